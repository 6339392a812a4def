import type { Mode } from '../kernel/caller.ts';

/** How the documents of one series are numbered. */
export interface Numbering {
  /** What stands before the number; `{year}` is the fiscal year's. */
  readonly prefix: string;
  /** Shorter numbers get zeros in front. */
  readonly digits: number;
}

/**
 * The fiscal year of a day, by the calendar year that it begins in.
 * @param firstMonth the month (1 to 12) whose first day begins it
 */
export function fiscalYearOf(day: Temporal.PlainDate, firstMonth: number): number {
  return day.month >= firstMonth ? day.year : day.year - 1;
}

/** Documents of the test mode are never taken for real ones. */
const TEST_PREFIX = 'TEST-';

/** The number as it stands on the document: `INV-2026-000413`. */
export function formatNumber(
  { prefix, digits }: Numbering,
  { mode, fiscalYear, sequence }: { readonly mode: Mode; readonly fiscalYear: number; readonly sequence: number },
): string {
  const written = prefix.replaceAll('{year}', fiscalYear.toString());
  return `${mode === 'test' ? TEST_PREFIX : ''}${written}${sequence.toString().padStart(digits, '0')}`;
}

/**
 * Whether a prefix leaves it clear where the number begins, and names the year: counters begin anew with each, and no
 * two documents may have one number.
 */
export function isClearPrefix(prefix: string): boolean {
  return /^[A-Za-z0-9./_-]*\{year\}[A-Za-z0-9./_-]*[A-Za-z./_-]$/.test(prefix);
}

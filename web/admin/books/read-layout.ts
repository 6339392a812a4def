import type { CreateStatement } from '../../../sdk/src/api.generated.ts';
import { LINE_KINDS, type LineKind } from '../../../src/reconciliation/line-kind.ts';
import { type CsvDelimiter, readCsv } from '../../../src/reconciliation/read-csv.ts';

/** The columns that a statement may have; those of the first row it must. */
export const REQUIRED_COLUMNS = ['lineRef', 'kind', 'occurredAt', 'currency', 'gross'] as const;
export const COLUMNS = [
  ...REQUIRED_COLUMNS,
  ...(['fee', 'net', 'operationId', 'operationRef', 'attemptId', 'providerRef', 'availableAt', 'payoutRef'] as const),
] as const;
export type ColumnName = (typeof COLUMNS)[number];

export const DELIMITERS = [',', ';', '\t'] as const satisfies readonly CsvDelimiter[];

/** How somebody reads a file of their provider's; kept for the next one of the same account. */
export interface FileLayout {
  readonly delimiter: CsvDelimiter;
  readonly amounts: 'minor' | 'decimal';
  /** The file's names of columns. */
  readonly columns: Readonly<Partial<Record<ColumnName, string>>>;
  /** The file's words for kinds of lines. */
  readonly kinds: Readonly<Record<string, LineKind>>;
}

export type ReadFile =
  | { readonly kind: 'read'; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'unreadable'; readonly line: number };

/** The header and the lines of a file. */
export function readFile(csv: string, delimiter: CsvDelimiter): ReadFile {
  const answer = readCsv(csv, delimiter);
  if (answer.kind === 'refused') return { kind: 'unreadable', line: answer.refusal.line };
  const [header, ...rows] = answer.records.map(({ fields }) => fields);
  return { kind: 'read', header: header ?? [], rows };
}

/** The separator that cuts the first line into the most parts. */
export function guessDelimiter(csv: string): CsvDelimiter {
  const first = csv.split('\n', 1)[0] ?? '';
  const parts = (delimiter: CsvDelimiter) => first.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (parts(one) > parts(best) ? one : best));
}

/** What is known of the columns: as they were read before, or as the default layout calls them. */
export function guessColumns(header: readonly string[], before: FileLayout['columns']): FileLayout['columns'] {
  const found = COLUMNS.flatMap((column) => {
    const kept = before[column];
    if (kept !== undefined && header.includes(kept)) return [[column, kept] as const];
    const usual = column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const name = header.find((one) => one.trim().toLowerCase() === usual);
    return name === undefined ? [] : [[column, name] as const];
  });
  return Object.fromEntries(found);
}

/** The words that the file has for kinds of lines, in the order in which they come; more than these are no kinds. */
const WORDS_MAX = 20;
export function kindWords({ header, rows }: ReadFile & { readonly kind: 'read' }, columns: FileLayout['columns']) {
  const place = columns.kind === undefined ? -1 : header.indexOf(columns.kind);
  if (place < 0) return [];
  return [...new Set(rows.map((row) => row[place] ?? ''))].filter((word) => word !== '').slice(0, WORDS_MAX);
}

/** What a word means: as it was said before, or by itself. */
export function meaningOf(word: string, kinds: FileLayout['kinds']): LineKind | undefined {
  // A file may have any word, also one that every object knows something about.
  return Object.hasOwn(kinds, word) ? kinds[word] : LINE_KINDS.find((kind) => kind === word);
}

type Upload = Extract<CreateStatement, { source: 'upload' }>;

/** The request, with what differs from the default layout and nothing else. */
export function uploadOf(
  file: { readonly name: string; readonly csv: string; readonly providerAccountId: string },
  layout: FileLayout,
  words: readonly string[],
): Upload {
  const kinds = words.flatMap((word) => {
    const kind = meaningOf(word, layout.kinds);
    return kind === undefined || kind === word ? [] : [[word, kind] as const];
  });
  return {
    source: 'upload',
    ...file,
    delimiter: layout.delimiter,
    amounts: layout.amounts,
    columns: layout.columns,
    kinds: Object.fromEntries(kinds),
  };
}

const keyOf = (providerAccountId: string) => `tollgate.statement-layout.${providerAccountId}`;

/** How the last file of an account was read, in this browser. */
export function keptLayout(providerAccountId: string): Partial<FileLayout> {
  try {
    return JSON.parse(localStorage.getItem(keyOf(providerAccountId)) ?? '{}') as Partial<FileLayout>;
  } catch {
    return {};
  }
}

export function keepLayout(providerAccountId: string, layout: FileLayout): void {
  localStorage.setItem(keyOf(providerAccountId), JSON.stringify(layout));
}

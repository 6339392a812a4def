import type { AuditEntryAnswer } from './api.ts';

export type ExportFormat = 'jsonl' | 'csv';

const COLUMNS = [
  ...['id', 'at', 'class', 'mode', 'actor', 'address', 'correlationId', 'action', 'targetType', 'targetId', 'outcome'],
  ...['made', 'tenantId', 'code', 'times', 'reason', 'fields', 'hash'],
] as const;

/** Entries as a file: JSON Lines, or CSV with a header (RFC 4180). */
export function writeExport(entries: readonly AuditEntryAnswer[], format: ExportFormat): string {
  if (format === 'jsonl') return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const rows = entries.map(({ target, ...entry }) =>
    rowOf({ ...entry, targetType: target.type, targetId: target.id, fields: JSON.stringify(entry.fields) }),
  );
  return [COLUMNS.join(','), ...rows].map((row) => `${row}\r\n`).join('');
}

function rowOf(values: Readonly<Record<string, unknown>>): string {
  return COLUMNS.map((name) => csvCell(values[name])).join(',');
}

/**
 * A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** What a browser holds with ease; whoever wants more narrows the filters, and is told so. */
export const EXPORT_ROWS_MAX = 5_000;
const PAGE_ROWS = 100;

/** Reads a list page by page, newest first, up to the most that one file holds. */
export async function readAllRows<Row>(
  readPage: (page: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<Row>>,
): Promise<{ readonly rows: readonly Row[]; readonly isCut: boolean }> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await readPage({ limit: PAGE_ROWS, cursor });
    rows.push(...page.data);
    if (!page.hasMore || page.nextCursor === null) return { rows, isCut: false };
    if (rows.length >= EXPORT_ROWS_MAX) return { rows, isCut: true };
    cursor = page.nextCursor;
  }
}

/** Rows as RFC 4180 has them: a column for each member of any row, members of members joined by a dot. */
export function toCsv(rows: readonly object[]): string {
  const flat = rows.map((row) => new Map(flatten(row, '')));
  const names = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  const lines = [names, ...flat.map((row) => names.map((name) => row.get(name) ?? ''))];
  return lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');
}

function flatten(value: object, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    const path = `${prefix}${name}`;
    if (member === null || member === undefined) return [[path, '']];
    if (Array.isArray(member)) return [[path, JSON.stringify(member)]];
    if (typeof member === 'object') return flatten(member, `${path}.`);
    return [[path, harmless(member)]];
  });
}

/**
 * Spreadsheets run what begins like a formula. A number is none, also below zero.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
function harmless(value: unknown): string {
  const text = String(value);
  return typeof value === 'string' && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

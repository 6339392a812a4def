/**
 * What spreadsheets take for the beginning of a formula, also in full width and after spaces.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** A text as a cell that no spreadsheet runs: what could be a formula gets an apostrophe before it. */
export function harmlessText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** One record of RFC 4180, ended as it says. Cells with commas, quotes, line ends or outer spaces stand in quotes. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

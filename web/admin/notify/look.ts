/** How a link looks in a line of text or a table. */
export const LINK = 'font-medium text-accent underline-offset-2 [overflow-wrap:anywhere] hover:underline';

/** Words by value as the choices of a field. */
export function choicesOf(words: Readonly<Record<string, string>>) {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}

import { textOf } from './bytes.ts';

/** An `application/x-www-form-urlencoded` body; null where it is none, or has a name twice and could be read in two ways. */
export function readForm(body: Uint8Array): Readonly<Record<string, string>> | null {
  const text = textOf(body);
  if (text === null || text === '') return null;
  const pairs: [name: string, value: string][] = [];
  for (const part of text.split('&')) {
    const [name, value, ...more] = part.split('=').map(decode);
    if (name === undefined || value === undefined || more.length > 0) return null;
    if (name === null || name === '' || value === null) return null;
    pairs.push([name, value]);
  }
  return new Set(pairs.map(([name]) => name)).size === pairs.length ? Object.fromEntries(pairs) : null;
}

/** null for what stands for no text in UTF-8. */
function decode(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

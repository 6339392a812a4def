import { textOf } from './bytes.ts';
import { isRecord } from './webhook-request.ts';

/** One member of an object without objects in it, from its name to the comma or the bracket behind it. */
const MEMBER = /\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"|[\w.+-]+)\s*([,}])/y;

/**
 * A JSON object of texts, numbers, booleans and nulls; null for anything else, and where a name is there twice: of two
 * values each parser believes another one, so that what was signed need not be what is read.
 */
export function readFlatJson(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  const text = textOf(body)?.trim();
  const members = text === undefined ? null : parse(text);
  if (text === undefined || members === null) return null;
  const names = namesOf(text);
  return names !== null && new Set(names).size === names.length ? members : null;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** The names as they are written, unescaped; null where a value is an object or a list. `text` is known to be JSON. */
function namesOf(text: string): readonly unknown[] | null {
  const names: unknown[] = [];
  let at = 1;
  while (at < text.length) {
    MEMBER.lastIndex = at;
    const [whole, name] = MEMBER.exec(text) ?? [];
    if (whole === undefined || name === undefined)
      return names.length === 0 && text.slice(1, -1).trim() === '' ? [] : null;
    names.push(JSON.parse(name));
    at += whole.length;
  }
  return names;
}

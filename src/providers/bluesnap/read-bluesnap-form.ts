/** Far more than the longest list of parameters, https://support.bluesnap.com/docs/ipns-name-reference */
const FIELDS_MAX = 500;

/** Field names as BlueSnap has them; a byte order mark or letters beyond ASCII in a name are none of its making. */
const NAME = /^[A-Za-z0-9_.{}[\]-]{1,100}$/;

/**
 * The fields of `application/x-www-form-urlencoded` bytes, or null where they are no such form or name a field twice:
 * two values of one name are two stories, of which the signer and the reader could pick different ones.
 * Values are bytes as Latin-1 text: what is relied on is ASCII, so that the sender's charset does not matter.
 */
export function readBluesnapForm(body: Uint8Array): ReadonlyMap<string, string> | null {
  const text = Buffer.from(body).toString('latin1');
  if (text === '' || hasControls(text)) return null;
  const pairs = text.split('&');
  if (pairs.length > FIELDS_MAX) return null;
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    const value = decode(at === -1 ? '' : pair.slice(at + 1));
    if (name === null || value === null || !NAME.test(name) || fields.has(name)) return null;
    fields.set(name, value);
  }
  return fields;
}

/** A line break or a zero in the raw bytes comes from no form encoder. */
function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function decode(text: string): string | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

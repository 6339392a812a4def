import { Problem } from '../../kernel/problem.ts';

/** Deeper than any body of ours by far, and shallow enough for plain recursion. */
const DEPTH_MAX = 32;
/** Longer literals are nobody's amount; a bound, so that exact decimals downstream are cheap. */
const NUMBER_LENGTH_MAX = 40;
/** A pointer is made of the sender's own keys; the answer does not repeat 256 KiB of them. */
const POINTER_LENGTH_MAX = 200;

/** A JSON number with a fraction, as it was written. Amounts are integers, so schemas refuse it unless they ask for it. */
export class DecimalLiteral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Reads JSON the way money needs it: what two parsers could read differently is refused. Stricter than RFC 8259: UTF-8
 * only and no byte order mark, unique keys, at most 32 levels, no `__proto__` or `constructor.prototype`, integers that
 * are exact or fractions kept as text, no exponents, no lone surrogates, no U+0000 (PostgreSQL has none). Linear time.
 * @throws Problem malformed_json, with the rule and the place, never the value
 */
export function parseJson(bytes: Uint8Array): unknown {
  return new JsonReader(decodeUtf8(bytes)).readDocument();
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Problem('malformed_json', 'The body is not valid UTF-8.');
  }
  if (text.charCodeAt(0) === 0xfeff) throw new Problem('malformed_json', 'The body begins with a byte order mark.');
  return text;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const SPACE = 0x20;

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;

class JsonReader {
  readonly #text: string;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): unknown {
    this.#skipSpace();
    const value = this.#readValue();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#refusal('There is something after the JSON value.');
    return value;
  }

  #readValue(): unknown {
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#readString();
    if (code === BRACE_OPEN) return this.#readObject();
    if (code === BRACKET_OPEN) return this.#readArray();
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text);
    if (number !== null) return this.#readNumber(number);
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0];
    if (word === undefined) throw this.#syntaxRefusal();
    this.#at += word.length;
    return word === 'null' ? null : word === 'true';
  }

  #readNumber([literal, fraction, exponent]: RegExpExecArray): number | DecimalLiteral {
    if (exponent !== undefined) throw this.#refusal('A number is written with an exponent.');
    if (literal.length > NUMBER_LENGTH_MAX)
      throw this.#refusal(`A number is longer than ${NUMBER_LENGTH_MAX} characters.`);
    this.#at += literal.length;
    if (fraction !== undefined) return new DecimalLiteral(literal);
    const value = Number(literal);
    if (!Number.isSafeInteger(value)) throw this.#refusal('An integer is beyond ±(2^53 − 1) and would not stay exact.');
    // Without the sign of zero, so that 0 and -0 are one value.
    return value === 0 ? 0 : value;
  }

  #readString(): string {
    const start = this.#at;
    let escaped = false;
    for (let at = start + 1; ; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === BACKSLASH) {
        escaped = true;
        at++;
      } else if (code === QUOTE) {
        this.#at = at + 1;
        return this.#checked(escaped ? this.#unescape(start, at + 1) : this.#text.slice(start + 1, at));
      } else if (!(code >= SPACE)) {
        // Also where the text ends: its code is NaN.
        this.#at = at;
        throw this.#syntaxRefusal();
      }
    }
  }

  #unescape(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start, end)) as string;
    } catch {
      throw this.#refusal('A string has an escape that JSON does not know.');
    }
  }

  #checked(text: string): string {
    if (!text.isWellFormed()) throw this.#refusal('A string has half of a surrogate pair.');
    if (text.includes('\u0000')) throw this.#refusal('A string has the character U+0000.');
    return text;
  }

  #readArray(): unknown[] {
    const items: unknown[] = [];
    this.#enter();
    while (!this.#closes(BRACKET_CLOSE, items.length === 0)) {
      this.#path.push(items.length);
      items.push(this.#readValue());
      this.#path.pop();
    }
    this.#depth--;
    return items;
  }

  #readObject(): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    let first = true;
    this.#enter();
    while (!this.#closes(BRACE_CLOSE, first)) {
      first = false;
      if (this.#text.charCodeAt(this.#at) !== QUOTE) throw this.#syntaxRefusal();
      const key = this.#readString();
      this.#path.push(key);
      this.#refuseKey(key, members);
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== COLON) throw this.#syntaxRefusal();
      this.#at++;
      this.#skipSpace();
      members[key] = this.#readValue();
      this.#path.pop();
    }
    this.#depth--;
    return members;
  }

  #depth = 0;

  #enter(): void {
    this.#depth++;
    if (this.#depth > DEPTH_MAX) throw this.#refusal(`The body is nested more than ${DEPTH_MAX} levels deep.`);
    this.#at++;
  }

  /** Steps to the next member, or over the closing bracket. */
  #closes(bracket: number, first: boolean): boolean {
    this.#skipSpace();
    const code = this.#text.charCodeAt(this.#at);
    if (code === bracket) {
      this.#at++;
      return true;
    }
    if (first) return false;
    if (code !== COMMA) throw this.#syntaxRefusal();
    this.#at++;
    this.#skipSpace();
    return false;
  }

  #refuseKey(key: string, members: Record<string, unknown>): void {
    if (Object.hasOwn(members, key)) throw this.#refusal('A key appears twice in one object.');
    if (key === '__proto__') throw this.#refusal('The key __proto__ is not accepted.');
    if (key === 'prototype' && this.#path.at(-2) === 'constructor') {
      throw this.#refusal('The key constructor.prototype is not accepted.');
    }
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #syntaxRefusal(): Problem {
    if (this.#at >= this.#text.length) return this.#refusal('The JSON ends too early.');
    return this.#refusal(`There is something that is not JSON at character ${this.#at + 1}.`);
  }

  #refusal(rule: string): Problem {
    const pointer = jsonPointer(this.#path);
    const short = pointer.length > POINTER_LENGTH_MAX ? `${pointer.slice(0, POINTER_LENGTH_MAX)}…` : pointer;
    return new Problem('malformed_json', short === '' ? rule : `${rule} (at ${short.toWellFormed()})`);
  }
}

/** RFC 6901: `['a/b', 0]` → `/a~1b/0`; the document itself is the empty text. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

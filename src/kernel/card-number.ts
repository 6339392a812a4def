import { isCardLength } from './card-scheme.ts';

/** ISO/IEC 7812-1 allows 8 to 19 digits; no scheme issues fewer than 13. */
const DIGITS_MIN = 13;
const DIGITS_MAX = 19;
/** As in `4111) - (1111`; more than that is no way to write one number. */
const SEPARATORS_MAX = 3;

/**
 * UUIDs, object ids and hashes. By chance about one in 3,000 UUIDs has a card number among its groups
 * (bench/card-number-false-alarms.ts), and as references they are too common for that.
 */
const HEXADECIMAL_ID = /(?<![0-9a-z])(?:[0-9a-f]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])/gi;

/** What a character is to a number: 0 to 9 for digits, or one of these. */
const SEPARATOR = 10;
const IGNORED = 11;
const BOUNDARY = 12;
const UNKNOWN = -1;

/**
 * Whether the text holds what looks like a payment card number: an issuer's prefix, a length the scheme uses, and the
 * check digit. Any Unicode digits count; letters end a number, other characters separate its groups, invisible ones
 * are passed over. A number begins and ends with a group, so that part of a longer digit string is none, and it is
 * written in one piece, in groups of three or more (the last of any size), or wholly in single digits or pairs.
 * Hexadecimal ids of 24 digits or more hold none. Linear in the length of the text.
 */
export function findCardNumber(given: string): boolean {
  if (given.length < DIGITS_MIN || hasTooFewDigits(given)) return false;
  const text = given.replace(HEXADECIMAL_ID, 'x');
  const digits = new DigitGroups(text.length);
  let separators = 0;
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) ?? 0;
    if (codePoint > 0xffff) i++;
    const kind = kindOf(codePoint);
    if (kind < SEPARATOR) {
      if (separators > 0 || digits.count === 0) digits.startGroup();
      digits.add(kind);
      separators = 0;
    } else if (kind === BOUNDARY || (kind === SEPARATOR && ++separators > SEPARATORS_MAX)) {
      if (digits.holdCardNumber()) return true;
      if (digits.count > 0) digits.clear();
      separators = 0;
    }
  }
  return digits.holdCardNumber();
}

/** Whether a text of plain ASCII has not the digits of a number, in groups or not: nearly all there are, told at once. */
function hasTooFewDigits(text: string): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Other scripts have digits and invisible characters of their own.
    if (code > 0x7f) return false;
    if (code >= 0x30 && code <= 0x39 && ++digits === DIGITS_MIN) return false;
  }
  return true;
}

/**
 * JSON pointers (RFC 6901) of the texts, numbers and keys of a parsed JSON value that hold a card number. A key is
 * pointed to by its object, and nothing below it is named, since the pointer itself would repeat the number.
 */
export function findCardNumbersIn(value: unknown): string[] {
  const found = new Set<string>();
  const waiting: { readonly pointer: string; readonly value: unknown }[] = [{ pointer: '', value }];
  // A list and not recursion: how deep a stranger's value goes must not decide about our stack.
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { pointer, value: item } = next;
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'bigint') {
      if (findCardNumber(String(item))) found.add(pointer);
    } else if (typeof item === 'object' && item !== null) {
      for (const [key, child] of Object.entries(item)) {
        if (findCardNumber(key)) found.add(pointer);
        else waiting.push({ pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, value: child });
      }
    }
  }
  return [...found].sort();
}

/** Digits that may belong together, in the groups they were written in. Nothing is allocated once it stands. */
class DigitGroups {
  count = 0;
  readonly #digits: Uint8Array;
  /** Index of each group's first digit. */
  readonly #starts: Uint32Array;
  #groups = 0;
  /** Last digit of the sum of all digits before an index, those at even (or odd) indexes doubled as annex B says. */
  readonly #evenDoubled: Uint8Array;
  readonly #oddDoubled: Uint8Array;

  constructor(digitsMax: number) {
    this.#digits = new Uint8Array(digitsMax);
    this.#starts = new Uint32Array(digitsMax);
    this.#evenDoubled = new Uint8Array(digitsMax + 1);
    this.#oddDoubled = new Uint8Array(digitsMax + 1);
  }

  startGroup(): void {
    this.#starts[this.#groups++] = this.count;
  }

  add(digit: number): void {
    const index = this.count++;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    const isEven = index % 2 === 0;
    this.#digits[index] = digit;
    this.#evenDoubled[index + 1] = ((this.#evenDoubled[index] ?? 0) + (isEven ? doubled : digit)) % 10;
    this.#oddDoubled[index + 1] = ((this.#oddDoubled[index] ?? 0) + (isEven ? digit : doubled)) % 10;
  }

  clear(): void {
    this.count = 0;
    this.#groups = 0;
  }

  holdCardNumber(): boolean {
    if (this.count < DIGITS_MIN) return false;
    for (let group = 0; group < this.#groups; group++) {
      if (this.#cardNumberBeginsAt(group)) return true;
    }
    return false;
  }

  #cardNumberBeginsAt(first: number): boolean {
    const from = this.#startOf(first);
    // A list of small numbers has a fitting stretch somewhere; only the whole of it counts.
    const size = this.#sizeOf(first);
    if (size < 3 && this.#sizeOf(first - 1) === size) return false;
    for (let last = first; last < this.#groups; last++) {
      const to = this.#startOf(last + 1);
      if (to - from > DIGITS_MAX) return false;
      if (to - from < DIGITS_MIN || !isCardLength(this.#prefixAt(from), to - from)) continue;
      if (this.#passesCheck(from, to) && this.#isWrittenAsOne(first, last)) return true;
    }
    return false;
  }

  /** ISO/IEC 7812-1 annex B: from the right, every second digit is doubled; the sum ends in 0. */
  #passesCheck(from: number, to: number): boolean {
    const sums = to % 2 === 0 ? this.#evenDoubled : this.#oddDoubled;
    return sums[to] === sums[from];
  }

  #isWrittenAsOne(first: number, last: number): boolean {
    const sizes = Array.from({ length: last - first }, (_, i) => this.#sizeOf(first + i));
    if (sizes.every((size) => size >= 3)) return true;
    const size = this.#sizeOf(first);
    return sizes.every((each) => each === size) && this.#sizeOf(last) <= size && this.#sizeOf(last + 1) !== size;
  }

  #startOf(group: number): number {
    return group < this.#groups ? (this.#starts[group] ?? 0) : this.count;
  }

  #sizeOf(group: number): number {
    return group < 0 ? 0 : this.#startOf(group + 1) - this.#startOf(group);
  }

  #prefixAt(from: number): number {
    let prefix = 0;
    for (let i = from; i < from + 4; i++) prefix = prefix * 10 + (this.#digits[i] ?? 0);
    return prefix;
  }
}

/** Digits lie in the first two planes; what lies beyond is a letter, or invisible (the tags of plane 14). */
const KINDS_KNOWN = 0x20000;
const kinds = new Int8Array(KINDS_KNOWN).fill(UNKNOWN);

/** Remembers, since asking for a character's properties takes longer than everything else together. */
function kindOf(codePoint: number): number {
  if (codePoint >= KINDS_KNOWN) return codePoint >= 0xe0000 && codePoint < 0xe1000 ? IGNORED : BOUNDARY;
  const known = kinds[codePoint] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const kind = readKind(codePoint);
  kinds[codePoint] = kind;
  return kind;
}

function readKind(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (/\p{Nd}/u.test(character)) return digitOf(codePoint);
  // ¹, ①, ⒈ and their like; a fraction or a Roman numeral becomes something else.
  const plain = character.normalize('NFKC').replace(/^\((.)\)$|^(.)\.$/, '$1$2');
  if (/^[0-9]$/.test(plain)) return Number(plain);
  // Joiners, soft hyphens, direction marks, and marks over or around a digit such as those of keycaps.
  if (/[\p{Cf}\p{M}]/u.test(character)) return IGNORED;
  return /[\p{L}\p{N}\p{Cs}]/u.test(character) ? BOUNDARY : SEPARATOR;
}

/** Decimal digits come in rows of ten that begin with zero. https://www.unicode.org/versions/stable/ch04 section 4.6 */
function digitOf(codePoint: number): number {
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(codePoint - before - 1))) before++;
  return before % 10;
}

import { AssertionFailed, assert } from '../kernel/assert.ts';

/** What PostgreSQL calls the types of our columns; scripts/generate-schema.ts refuses others. */
export type ColumnTypeName =
  | 'text'
  | 'text[]'
  | 'integer'
  | 'integer[]'
  | 'smallint'
  | 'bigint'
  | 'boolean'
  | 'json'
  | 'jsonb'
  | 'bytea'
  | 'numeric'
  | 'timestamp with time zone';

/** JSON that was written already, for a column of json or jsonb, so that nobody writes it twice. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Types that are sent as texts and cast by the statement: a list of lists would be taken apart to its last element, and
 * decimals have a form of their own.
 */
const CAST: ReadonlySet<ColumnTypeName> = new Set<ColumnTypeName>(['text[]', 'integer[]', 'numeric']);

/** Of the type that a column's values are sent as; https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const OIDS: Readonly<Record<string, number>> = {
  text: 25,
  integer: 23,
  smallint: 21,
  bigint: 20,
  boolean: 16,
  json: 114,
  jsonb: 3802,
  bytea: 17,
  'timestamp with time zone': 1184,
};

/** The type that values of a column are sent as, and whether they are cast from it. */
export function sentAs(type: ColumnTypeName): { readonly type: string; readonly isCast: boolean } {
  return CAST.has(type) ? { type: 'text', isCast: true } : { type, isCast: false };
}

/** Instants are counted from here. https://www.postgresql.org/docs/18/datatype-datetime.html */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const TWO_TO_32 = 2 ** 32;
const SCRATCH_BYTES = 64 * 1024;
/** What a statement of many large rows has stretched is not kept. */
const SCRATCH_KEPT_BYTES_MAX = 4 * 1024 * 1024;
/** One-dimensional, with nulls, element type, length, lower bound. */
const HEADER_BYTES = 20;
const UTF8_BYTES_MAX = 3;
/** Below this a loop is faster than a call out of the engine. */
const SHORT_TEXT = 32;

let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
let at = 0;

/**
 * Columns as arrays in the form that PostgreSQL sends and receives without reading any text (`array_recv`), one for each
 * column; null for a column that has no value at all. They share one piece of memory of their own.
 */
export function encodeColumns(
  columns: readonly { readonly name: string; readonly type: ColumnTypeName }[],
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly (Buffer | null)[] {
  at = 0;
  const ends = columns.map(({ name, type }) => {
    if (rows.every((row) => row[name] === null || row[name] === undefined)) return null;
    writeHeader(OIDS[sentAs(type).type] ?? 0, rows.length);
    for (const row of rows) writeElement(type, row[name]);
    return at;
  });
  const written = Buffer.allocUnsafe(at);
  scratch.copy(written, 0, 0, at);
  if (scratch.length > SCRATCH_KEPT_BYTES_MAX) scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  let begin = 0;
  return ends.map((end) => {
    if (end === null) return null;
    const column = written.subarray(begin, end);
    begin = end;
    return column;
  });
}

function writeHeader(elementOid: number, length: number): void {
  reserve(HEADER_BYTES);
  for (const word of [1, 1, elementOid, length, 1]) writeInt32(word);
}

/** Its length and its bytes; a length of -1 is null. */
function writeElement(type: ColumnTypeName, value: unknown): void {
  reserve(16);
  if (value === null || value === undefined) {
    writeInt32(-1);
    return;
  }
  const start = at;
  at += 4;
  writeValue(type, value);
  const length = at - start - 4;
  at = start;
  writeInt32(length);
  at += length;
}

function writeValue(type: ColumnTypeName, value: unknown): void {
  switch (type) {
    case 'text':
      writeText(String(value));
      break;
    case 'integer':
      writeInt32(integerOf(value, 32));
      break;
    case 'smallint':
      at = scratch.writeInt16BE(integerOf(value, 16), at);
      break;
    case 'bigint':
      assert(typeof value === 'bigint' && BigInt.asIntN(64, value) === value, 'A bigint column takes one of 64 bits');
      at = scratch.writeBigInt64BE(value, at);
      break;
    case 'boolean':
      assert(typeof value === 'boolean', 'A boolean column takes true or false');
      scratch[at++] = value ? 1 : 0;
      break;
    case 'timestamp with time zone':
      assert(value instanceof Temporal.Instant, 'A column of instants takes an instant');
      writeInstant(value);
      break;
    case 'json':
      writeText(jsonOf(value));
      break;
    case 'jsonb':
      // The version of the form; there is one.
      scratch[at++] = 1;
      writeText(jsonOf(value));
      break;
    case 'bytea':
      assert(value instanceof Uint8Array, 'A bytea column takes bytes');
      reserve(value.length);
      scratch.set(value, at);
      at += value.length;
      break;
    case 'numeric':
      writeText(String(value));
      break;
    case 'text[]':
    case 'integer[]':
      assert(Array.isArray(value), 'A column of lists takes a list');
      writeText(listOf(value));
      break;
  }
}

/** Refuses what would be cut to fit. */
function integerOf(value: unknown, bits: 16 | 32): number {
  const limit = 2 ** (bits - 1);
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit;
  assert(fits, `An integer column takes an integer of ${bits} bits`);
  return value;
}

function jsonOf(value: unknown): string {
  if (value instanceof JsonText) return value.text;
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new AssertionFailed('A value of a JSON column is not JSON');
  return json;
}

/** https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO */
function listOf(values: readonly unknown[]): string {
  const items = values.map((value) =>
    value === null ? 'null' : `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  );
  return `{${items.join(',')}}`;
}

/** Microseconds. Finer parts are rounded, as PostgreSQL rounds them in a text. */
function writeInstant(instant: Temporal.Instant): void {
  const { epochMilliseconds: ms } = instant;
  const rest = Number(instant.epochNanoseconds - BigInt(ms) * 1_000_000n);
  const micros = (ms - EPOCH_MS) * 1_000 + Math.round(rest / 1_000);
  if (!Number.isSafeInteger(micros)) {
    // Centuries away: sums of that size are exact with big integers alone.
    at = scratch.writeBigInt64BE(BigInt(ms - EPOCH_MS) * 1_000n + BigInt(Math.round(rest / 1_000)), at);
    return;
  }
  const high = Math.floor(micros / TWO_TO_32);
  writeInt32(high);
  writeInt32(micros - high * TWO_TO_32);
}

function writeText(text: string): void {
  const { length } = text;
  reserve(length * UTF8_BYTES_MAX);
  if (length > SHORT_TEXT) {
    at += scratch.write(text, at, 'utf8');
    return;
  }
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      at += scratch.write(text.slice(i), at, 'utf8');
      return;
    }
    scratch[at++] = code;
  }
}

function writeInt32(value: number): void {
  scratch[at++] = value >>> 24;
  scratch[at++] = value >>> 16;
  scratch[at++] = value >>> 8;
  scratch[at++] = value;
}

/** Makes room for so many bytes more, and the few of whatever is written next. */
function reserve(bytes: number): void {
  const needed = at + bytes + 32;
  if (needed <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, scratch.length * 2));
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}

/**
 * Columns of many rows as arrays in PostgreSQL's binary format, each a parameter to be cast and unnested. For statements that
 * write many rows again and again: nothing is escaped here or read as text there, and a plan takes an unnested parameter
 * for ten rows, so that it looks rows up by their keys, where it takes a recordset for a hundred.
 */

/** Object identifiers of element types; https://www.postgresql.org/docs/current/catalog-pg-type.html, pg_type.dat */
const OID = { bytea: 17, int4: 23, text: 25, timestamptz: 1184, jsonb: 3802 } as const;

/** Microseconds between 1970, where an Instant begins, and 2000, where PostgreSQL's times do. */
const MICROSECONDS_TO_2000 = 946_684_800_000_000n;
const JSONB_FORMAT = 1;
/** Dimensions, whether there are nulls, element type, length, lower bound. */
const HEADER_BYTES = 20;
const UTF8_BYTES_MAX = 3;

/** `text[]` */
export function textArray(values: readonly (string | null)[]): Buffer {
  return write(OID.text, values, (text) => UTF8_BYTES_MAX * text.length, writeText);
}

/** `jsonb[]`, of documents as they are written in JSON. */
export function jsonArray(documents: readonly (string | null)[]): Buffer {
  return write(
    OID.jsonb,
    documents,
    (text) => 1 + UTF8_BYTES_MAX * text.length,
    (text, at) => writeText(text, scratch.writeInt8(JSONB_FORMAT, at)),
  );
}

/** `bytea[]` */
export function bytesArray(values: readonly (Uint8Array | null)[]): Buffer {
  return write(
    OID.bytea,
    values,
    ({ byteLength }) => byteLength,
    (bytes, at) => {
      scratch.set(bytes, at);
      return at + bytes.byteLength;
    },
  );
}

/** `integer[]` */
export function integerArray(values: readonly (number | null)[]): Buffer {
  return write(
    OID.int4,
    values,
    () => 4,
    (value, at) => scratch.writeInt32BE(value, at),
  );
}

/** `timestamptz[]`, to the microsecond. */
export function instantArray(values: readonly (Temporal.Instant | null)[]): Buffer {
  return write(
    OID.timestamptz,
    values,
    () => 8,
    (instant, at) => scratch.writeBigInt64BE(instant.epochNanoseconds / 1_000n - MICROSECONDS_TO_2000, at),
  );
}

/** Written here first, since how long a text is in UTF-8 is known once it is written; grows to the largest array so far. */
let scratch = Buffer.allocUnsafeSlow(65_536);

function write<Value>(
  oid: number,
  values: readonly (Value | null)[],
  bytesMax: (value: Value) => number,
  writeValue: (value: Value, at: number) => number,
): Buffer {
  let at = HEADER_BYTES;
  let hasNulls = 0;
  reserve(HEADER_BYTES, 0);
  for (const value of values) {
    if (value === null) {
      hasNulls = 1;
      reserve(at + 4, at);
      at = scratch.writeInt32BE(-1, at);
      continue;
    }
    reserve(at + 4 + bytesMax(value), at);
    const end = writeValue(value, at + 4);
    scratch.writeInt32BE(end - at - 4, at);
    at = end;
  }
  // An array of no elements has no dimension either.
  const dimensions = values.length === 0 ? 0 : 1;
  scratch.writeInt32BE(dimensions, 0);
  scratch.writeInt32BE(hasNulls, 4);
  scratch.writeInt32BE(oid, 8);
  scratch.writeInt32BE(values.length, 12);
  scratch.writeInt32BE(1, 16);
  return Buffer.from(scratch.subarray(0, dimensions === 0 ? 12 : at));
}

function writeText(text: string, at: number): number {
  return at + scratch.write(text, at);
}

/** Makes room for so many bytes, of which the first `used` are kept. */
function reserve(bytes: number, used: number): void {
  if (bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(2 * bytes);
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}

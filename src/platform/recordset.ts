import { type ColumnType, type Generated, type RawBuilder, sql } from 'kysely';
import type { JsonColumn, Tables } from './tables.generated.ts';

type Value<Column> =
  Column extends Generated<infer Type>
    ? Type
    : Column extends JsonColumn
      ? unknown
      : Column extends ColumnType<infer Type>
        ? Type
        : Column;

/** A whole row of a table, jsonb columns as plain values. Every column is named: defaults do not apply. */
export type WholeRow<Table extends keyof Tables> = {
  readonly [Name in keyof Tables[Table]]: Value<Tables[Table][Name]>;
};

/**
 * Rows as one parameter: `json_populate_recordset(null::table, $1)`, each value read by its column's own input function.
 * Any number of rows, also none, is the same statement text, so a statement built of these is parsed and planned once
 * and serves one request or a hundred.
 */
export function recordset<Table extends keyof Tables>(
  table: Table,
  rows: readonly WholeRow<Table>[],
): RawBuilder<unknown> {
  return sql`json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows.map(plainRow))}::json)`;
}

/** Nulls are left out: a column that is not named is null, and a new payment has some twenty, a third of the text. */
function plainRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (value !== null) plain[name] = plainValue(value);
  }
  return plain;
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return value;
}

import { type ColumnType, type Generated, type RawBuilder, sql } from 'kysely';
import { type ColumnTypeName, encodeColumns, sentAs } from './binary-column.ts';
import { COLUMNS } from './columns.generated.ts';
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
 * Rows as a relation with the table's columns in their order, one array parameter for each column, in PostgreSQL's binary
 * form: `(select * from unnest($1::text[], …) as c (…))`, to be given a name. Any number of rows, also none, is the same
 * statement text, so a statement built of these is parsed and planned once and serves one request or a hundred. The
 * server reads no text but the values' own; as JSON, taking it apart was a third of what writing a payment cost it, and
 * making it more than that here. A column that a later version adds is left to its default.
 */
export function recordset<Table extends keyof Tables>(
  table: Table,
  rows: readonly WholeRow<Table>[],
): RawBuilder<unknown> {
  const { columns, fragments } = layoutOf(table);
  return sql(fragments, ...encodeColumns(columns, rows));
}

/** The names of a table's columns but one, behind a row's name (`r.tenant_id, …`) or, without it, alone. */
export function columnsBut<Table extends keyof Tables>(
  table: Table,
  left: keyof Tables[Table] & string,
  row?: string,
): RawBuilder<unknown> {
  const names = layoutOf(table).columns.flatMap(({ name }) => (name === left ? [] : [name]));
  return sql.join(names.map((name) => sql.ref(row === undefined ? name : `${row}.${name}`)));
}

interface Layout {
  readonly columns: readonly { readonly name: string; readonly type: ColumnTypeName }[];
  /** The text around the parameters. */
  readonly fragments: TemplateStringsArray;
}

const layouts = new Map<keyof Tables, Layout>();

function layoutOf(table: keyof Tables): Layout {
  const known = layouts.get(table);
  if (known !== undefined) return known;
  const columns = Object.entries<ColumnTypeName>(COLUMNS[table]).map(([name, type]) => ({ name, type }));
  const layout = { columns, fragments: fragmentsOf(columns) };
  layouts.set(table, layout);
  return layout;
}

function fragmentsOf(columns: Layout['columns']): TemplateStringsArray {
  const sent = columns.map(({ name, type }) => ({ name: `"${name}"`, own: type, ...sentAs(type) }));
  const read = sent.some(({ isCast }) => isCast)
    ? sent.map(({ name, own, isCast }) => (isCast ? `c.${name}::${own}` : `c.${name}`)).join(', ')
    : '*';
  const names = sent.map(({ name }) => name).join(', ');
  const between = sent.map(({ type }, index) => `::${type}[]${index === sent.length - 1 ? '' : ', '}`);
  const last = between.pop() ?? '';
  const texts = [`(select ${read} from unnest(`, ...between, `${last}) as c (${names}))`];
  return Object.assign(texts, { raw: texts });
}

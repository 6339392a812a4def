import pg from 'pg';

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly defaultText: string | null;
}

/** How a column's type is read by platform/database.ts. A type that is not listed stops the generator. */
const TYPESCRIPT_TYPES: Readonly<Record<string, string>> = {
  text: 'string',
  'text[]': 'string[]',
  integer: 'number',
  'integer[]': 'number[]',
  smallint: 'number',
  bigint: 'bigint',
  boolean: 'boolean',
  json: 'JsonColumn',
  jsonb: 'JsonColumn',
  bytea: 'BytesColumn',
  numeric: 'bigint',
  'timestamp with time zone': 'Temporal.Instant',
};

/** The texts of db/schema.sql, of the table types and of the columns by name, from a freshly migrated database. Partitions are as their tables. */
export async function generateSchema(
  databaseUrl: string,
): Promise<{ readonly schema: string; readonly tables: string; readonly columns: string }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const columns = await readColumns(client);
    return {
      schema: await schemaText(client, columns),
      tables: tablesText(columns),
      columns: columnsText(columns),
    };
  } finally {
    await client.end();
  }
}

async function readColumns(client: pg.Client): Promise<readonly Column[]> {
  const { rows } = await client.query<Column>(`
    select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      not a.attnotnull as nullable, pg_get_expr(d.adbin, d.adrelid) as "defaultText"
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'migrations'
    order by c.relname, a.attnum`);
  return rows;
}

async function schemaText(client: pg.Client, columns: readonly Column[]): Promise<string> {
  const { rows: constraints } = await client.query<{ table: string; name: string; definition: string }>(`
    select c.relname as "table", k.conname as name, pg_get_constraintdef(k.oid, true) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relname <> 'migrations' and k.contype <> 'n'
    order by c.relname, case k.contype when 'p' then 0 when 'u' then 1 when 'f' then 2 else 3 end, k.conname`);
  const { rows: indexes } = await client.query<{ table: string; definition: string }>(`
    select t.relname as "table", pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
    where t.relnamespace = 'public'::regnamespace and not t.relispartition and t.relname <> 'migrations'
      and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)
    order by t.relname, x.relname`);
  const { rows: triggers } = await client.query<{ table: string; definition: string }>(`
    select c.relname as "table", pg_get_triggerdef(t.oid) as definition
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition and not t.tgisinternal
    order by c.relname, t.tgname`);
  const { rows: policies } = await client.query<{ table: string; definition: string }>(`
    select c.relname as "table", format('create policy %I on %I%s for %s using (%s)%s', p.polname, c.relname,
      case when p.polpermissive then '' else ' as restrictive' end,
      case p.polcmd when '*' then 'all' when 'd' then 'delete' when 'r' then 'select' when 'a' then 'insert' else 'update' end,
      pg_get_expr(p.polqual, p.polrelid), ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') as definition
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition
    order by c.relname, p.polname desc`);
  const { rows: walls } = await client.query<{ table: string; definition: string }>(`
    select relname as "table", case when relforcerowsecurity
      then format('alter table %I enable row level security, force row level security', relname)
      else format('alter table %I enable row level security', relname) end as definition
    from pg_class where relnamespace = 'public'::regnamespace and not relispartition and relrowsecurity`);
  const { rows: routines } = await client.query<{ definition: string }>(`
    select pg_get_functiondef(p.oid) as definition from pg_proc p
    where p.pronamespace = 'public'::regnamespace order by p.proname`);
  const { rows: keys } = await client.query<{ table: string; definition: string }>(`
    select partrelid::regclass::text as "table", pg_get_partkeydef(partrelid) as definition from pg_partitioned_table`);
  const partitioned = new Map(
    keys.map(({ table, definition }) => [table, ` partition by ${definition.toLowerCase()}`]),
  );
  const tables = [...new Set(columns.map((column) => column.table))];
  const parts = tables.map((table) => {
    const lines = [
      ...columns.filter((column) => column.table === table).map(columnText),
      ...constraints
        .filter((constraint) => constraint.table === table)
        .map((constraint) => `  constraint ${constraint.name} ${constraint.definition}`),
    ];
    const own = [...indexes, ...triggers, ...walls, ...policies]
      .filter((one) => one.table === table)
      .map(({ definition }) => `${definition.replace(' ON ONLY ', ' ON ')};\n`);
    return `create table ${table} (\n${lines.join(',\n')}\n)${partitioned.get(table) ?? ''};\n${own.join('')}`;
  });
  const header = '-- Generated by `npm run gen` from db/migrations: the whole schema as it is now.\n\n';
  return header + [...parts, ...routines.map((routine) => `${routine.definition};\n`)].join('\n');
}

function columnText(column: Column): string {
  const preset = column.defaultText === null ? '' : ` default ${column.defaultText}`;
  return `  ${column.name} ${column.type}${column.nullable ? '' : ' not null'}${preset}`;
}

function tablesText(columns: readonly Column[]): string {
  const tables = [...new Set(columns.map((column) => column.table))];
  const interfaces = tables.map((table) => {
    const fields = columns
      .filter((column) => column.table === table)
      .map((column) => {
        const base = TYPESCRIPT_TYPES[column.type];
        if (base === undefined) throw new Error(`No TypeScript type for ${column.type} (${table}.${column.name})`);
        const type = column.nullable ? `${base} | null` : base;
        return `  ${column.name}: ${column.defaultText === null ? type : `Generated<${type}>`};`;
      });
    return `export interface ${typeName(table)} {\n${fields.join('\n')}\n}\n`;
  });
  const map = tables.map((table) => `  ${table}: ${typeName(table)};`);
  return (
    '// Generated by `npm run gen` from db/migrations. Do not edit.\n' +
    "import type { ColumnType, Generated } from 'kysely';\n\n" +
    '/** json and jsonb: written as JSON text, read as parsed JSON. */\n' +
    'export type JsonColumn = ColumnType<unknown, string, string>;\n' +
    '/** bytea. */\n' +
    'export type BytesColumn = ColumnType<Buffer, Uint8Array, Uint8Array>;\n\n' +
    `${interfaces.join('\n')}\nexport interface Tables {\n${map.join('\n')}\n}\n`
  );
}

/** What recordset.ts sends rows by: the columns of each table in their order. */
function columnsText(columns: readonly Column[]): string {
  const tables = [...new Set(columns.map((column) => column.table))].map((table) => {
    const fields = columns
      .filter((column) => column.table === table)
      .map(({ name, type }) => `    ${name}: '${type}',`);
    return `  ${table}: {\n${fields.join('\n')}\n  },`;
  });
  return (
    '// Generated by `npm run gen` from db/migrations. Do not edit.\n' +
    "import type { ColumnTypeName } from './binary-column.ts';\n" +
    "import type { Tables } from './tables.generated.ts';\n\n" +
    'export const COLUMNS: { readonly [Table in keyof Tables]: Readonly<Record<keyof Tables[Table], ColumnTypeName>> } = {\n' +
    `${tables.join('\n')}\n};\n`
  );
}

function typeName(table: string): string {
  return `${table.replace(/(^|_)([a-z])/g, (_, _gap, letter: string) => letter.toUpperCase())}Table`;
}

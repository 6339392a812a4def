import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLUMNS } from '../../src/platform/columns.generated.ts';
import { type Database, openDatabase, sqlState } from '../../src/platform/database.ts';
import { TABLE_RIGHTS } from '../../src/platform/runtime-role/rights.ts';
import { forInstallation, forTenants } from '../../src/platform/tenant-scope.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';
import { type Issued, recordStatements } from './recorded-statements.ts';

const TENANT_TABLES = Object.entries(COLUMNS).flatMap(([table, columns]) => ('tenant_id' in columns ? [table] : []));

let tollgate: Installation;
let sink: WebhookSink;
/** What the program asked of the database while two tenants did their business, one statement of each text and scope. */
let issued: readonly Issued[];
let A: string;
let B: string;
/** A session of the role that gateways run as, which nobody has told anything: as with a stolen password. */
let stranger: pg.Client;
/** The same role by the program's own way. */
let program: Database;

beforeAll(async () => {
  sink = await startWebhookSink();
  const recording = recordStatements();
  tollgate = await startInstallation();
  const other = await tollgate.createTenant();
  [A, B] = [tollgate.tenant.tenant.tenantId, other.tenant.tenantId];
  await doBusiness(merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test));
  await doBusiness(merchantOf(tollgate.apiUrl, other.apiKeys.test));
  await tollgate.tollgate.stop();
  issued = recording.stop();
  stranger = new pg.Client({ connectionString: tollgate.database.runtimeUrl });
  await stranger.connect();
  program = openDatabase({ url: tollgate.database.runtimeUrl, connectionsMax: 2, applicationName: 'wall test' });
});
afterAll(async () => {
  await program.close();
  await stranger.end();
  await sink.close();
  await tollgate.close();
});

/** Something of everything that most rows come from. */
async function doBusiness(merchant: Merchant): Promise<void> {
  await merchant.send('POST', '/webhook-endpoints', { body: { url: `${sink.url}/hook` } });
  const paid = await merchant.pay();
  await merchant.refund(paid.id, { amount: 100, reason: 'broken', reference: 'refund-1' });
  const held = (await merchant.create({ captureMethod: 'manual' })).body;
  await merchant.confirm(held.id, 'tok_no_ipn');
  await merchant.send('POST', `/payments/${held.id}/capture`, { body: {} });
  await until(async () => (await merchant.send('GET', '/deliveries?status=succeeded')).body.data[0]);
  for (const path of ['payments', 'events', 'ledger-entries', 'balances', 'webhook-endpoints', 'products']) {
    expect((await merchant.send('GET', `/${path}`)).status, path).toBe(200);
  }
}

/** In a transaction that is undone, told of this scope. */
async function asScope<Row extends pg.QueryResultRow>(
  scope: string | null,
  text: string,
): Promise<pg.QueryResult<Row>> {
  await stranger.query('begin');
  try {
    if (scope !== null) await stranger.query(`select set_config('tollgate.tenants', $1, true)`, [scope]);
    return await stranger.query<Row>(text);
  } finally {
    await stranger.query('rollback');
  }
}

const UNWALLED = `
  select c.relname as name from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and not (c.relrowsecurity and c.relforcerowsecurity
      and (select count(*) from pg_policy p where p.polrelid = c.oid) = 2
      and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = c.relname || '_tenants'
        and p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
        and pg_get_expr(p.polqual, c.oid) = $1 and pg_get_expr(p.polwithcheck, c.oid) = replace($2, 'TABLE', c.relname))
      and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = c.relname || '_deleted'
        and not p.polpermissive and p.polcmd = 'd' and p.polroles = '{0}'
        and pg_get_expr(p.polqual, c.oid) = replace($2, 'TABLE', c.relname)))
  order by 1`;

/** What says in which partition a row goes, which is found before anything is asked of the row. */
const PARTITION_KEYS: Readonly<Record<string, string>> = {
  events: 'event_id',
  deliveries: 'delivery_id',
  delivery_attempts: 'delivery_id',
  inbound_events: 'inbound_event_id',
  provider_calls: 'call_id',
  request_log: 'request_id',
};

/** The wall, as the catalog shows it. */
const IN_SCOPE = `(tenant_id = ANY (( SELECT string_to_array(current_setting('tollgate.tenants'::text, true), ','::text) AS string_to_array)::text[]))`;
const USING = `(${IN_SCOPE} OR ( SELECT scope_reads_all() AS scope_reads_all))`;
const CHECK = `(${IN_SCOPE} OR ( SELECT scope_writes_all('TABLE'::text) AS scope_writes_all))`;

describe('every table of tenants', () => {
  test('has the wall, for its owner too', async () => {
    expect(await tollgate.database.run(UNWALLED, [USING, CHECK])).toEqual([]);
  });

  test('that is new is found without it, and has it after the next migration', async () => {
    await tollgate.database.run('create table novelties (tenant_id text primary key)');
    expect(await tollgate.database.run(UNWALLED, [USING, CHECK])).toEqual([{ name: 'novelties' }]);
    await tollgate.database.run('call wall_tenant_tables()');
    expect(await tollgate.database.run(UNWALLED, [USING, CHECK])).toEqual([]);
    await tollgate.database.run('drop table novelties');
  });

  test('shows no row to a session that was told nothing, and that of a tenant none of another’s', async () => {
    const seen = new Set<string>();
    for (const table of TENANT_TABLES) {
      const all = await tollgate.database.run<{ tenant_id: string; n: string }>(
        `select tenant_id, count(*) as n from ${table} group by 1`,
      );
      const look = `select tenant_id, count(*) as n from ${table} group by 1 order by 1`;
      for (const nobody of [null, '', 'ten_nobody', '*', '*owner', '*lanes_']) {
        expect((await asScope(nobody, look)).rows, `${table} as ${nobody}`).toEqual([]);
      }
      for (const one of [A, B]) {
        const own = all.filter((row) => row.tenant_id === one);
        expect((await asScope(one, look)).rows, table).toEqual(own);
        if (own.length > 0) seen.add(table);
      }
    }
    // Else the test above would prove nothing.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'payments',
        'events',
        'deliveries',
        'ledger_transfers',
        'refunds',
        'api_keys',
        'data_keys',
      ]),
    );
  });

  test('takes no row of a tenant that is not in scope', async () => {
    for (const table of TENANT_TABLES) {
      const key = PARTITION_KEYS[table];
      const insert =
        key === undefined
          ? `insert into ${table} (tenant_id) values ('${B}')`
          : `insert into ${table} (tenant_id, ${key}) values ('${B}', 'x')`;
      for (const scope of [null, A, '*directory', '*sweep', '*operator,system']) {
        const refusal = await asScope(scope, insert).catch((error: Error) => error.message);
        const rights: readonly string[] = TABLE_RIGHTS[table as keyof typeof TABLE_RIGHTS];
        const wanted = rights.includes('insert') ? /row-level security policy/ : /permission denied/;
        expect(refusal, `${table} as ${scope}`).toMatch(wanted);
      }
    }
  });

  test('lets no row of a tenant be changed or deleted that is not in scope', async () => {
    for (const table of TENANT_TABLES) {
      const rights: readonly string[] = TABLE_RIGHTS[table as keyof typeof TABLE_RIGHTS];
      const own = await tollgate.database.run(`select from ${table} where tenant_id = '${A}'`);
      // Triggers that refuse any delete speak first, which is as good.
      for (const [verb, text] of [
        ['update', `update ${table} set tenant_id = tenant_id`],
        ['delete', `delete from ${table}`],
      ] as const) {
        if (!rights.includes(verb)) continue;
        expect((await asScope(null, text)).rowCount, `${text} as nobody`).toBe(0);
        // A row that others point at stays, and says so.
        const changed = await asScope(A, text).then(
          ({ rowCount }) => rowCount,
          (error: unknown) => (sqlState(error) === '23503' ? own.length : Promise.reject(error)),
        );
        expect(changed, `${text} as a tenant`).toBe(own.length);
      }
      if (rights.includes('update')) {
        const stolen = asScope(A, `update ${table} set tenant_id = '${B}'`);
        if (own.length > 0) await expect(stolen, table).rejects.toThrow(/row-level security|permission denied/);
        else expect((await stolen).rowCount).toBe(0);
      }
    }
  });
});

describe('work of the installation', () => {
  test('reads the rows of all tenants, and writes no other table than those it is listed for', async () => {
    const touch = (table: string) => `update ${table} set tenant_id = tenant_id where tenant_id = '${A}'`;
    for (const work of ['directory', 'sweep', 'operator', 'people', 'keys', 'lanes'] as const) {
      const { rows } = await asScope<{ n: number }>(
        `*${work}`,
        'select count(distinct tenant_id)::int as n from payments',
      );
      expect(rows, work).toEqual([{ n: 2 }]);
      await expect(asScope(`*${work}`, touch('payments')), work).rejects.toThrow('row-level security');
    }
    expect((await asScope('*keys', touch('data_keys'))).rowCount).toBe(1);
    await expect(asScope('*lanes', touch('data_keys'))).rejects.toThrow('row-level security');
  });

  test('empties the record by the owner’s function alone', async () => {
    const spoil = `update audit_entries set details = null`;
    await expect(asScope('*audit', spoil)).rejects.toThrow('permission denied');
    expect((await asScope('*audit', 'select erase_audit_entries(10)')).rows).toEqual([{ erase_audit_entries: 0 }]);
  });
});

describe('the program', () => {
  test('that forgets whose rows it wants gets those of its scope, written as it may be', async () => {
    const forgetful = () => program.query.selectFrom('payments').select('tenant_id').distinct().execute();
    expect(await forTenants([A], forgetful)).toEqual([{ tenant_id: A }]);
    expect(await forgetful()).toEqual([]);
    const everything = () => program.query.updateTable('webhook_endpoints').set({ description: 'mine' }).execute();
    const [{ numUpdatedRows } = { numUpdatedRows: null }] = await forTenants([A], everything);
    expect(numUpdatedRows).toBe(1n);
    const others = await tollgate.database.run(
      `select from webhook_endpoints where tenant_id = $1 and description = 'mine'`,
      [B],
    );
    expect(others).toEqual([]);
    const injected = sql`select tenant_id from payments where payment_id = ${'x'} or true union select tenant_id from payments`;
    expect((await forTenants([B], () => injected.execute(program.query))).rows).toEqual([{ tenant_id: B }]);
  });

  test('says nothing to a connection that stays: whatever fails, whoever comes next has their own scope', async () => {
    const look = (db: Database['query']) =>
      db.selectFrom('payments').select('tenant_id').distinct().orderBy('tenant_id').execute();
    const steps = {
      plain: () => look(program.query),
      fails: () =>
        sql`select 1 / 0 from payments`.execute(program.query).then(
          () => 'no',
          () => null,
        ),
      unparsed: () =>
        sql`selekt`.execute(program.query).then(
          () => 'no',
          () => null,
        ),
      refused: () =>
        sql`insert into payments (tenant_id) values ('ten_x')`.execute(program.query).then(
          () => 'no',
          () => null,
        ),
      transaction: () => program.transaction((tx) => look(tx)),
      'rolled back': () =>
        program
          .transaction(async (tx) => {
            await look(tx);
            throw new Error('undone');
          })
          .catch(() => null),
      'fails inside': () =>
        program
          .transaction((tx) => sql`select 1 / 0 from payments`.execute(tx))
          .then(
            () => 'no',
            () => null,
          ),
      'changes inside': () =>
        program.transaction(async (tx) => {
          const seen = await look(tx);
          await sql`savepoint here`.execute(tx);
          expect(await forTenants([B], () => look(tx))).toEqual([{ tenant_id: B }]);
          await sql`rollback to here`.execute(tx);
          expect(await look(tx)).toEqual(seen);
          return seen;
        }),
    } as const;
    const names = Object.keys(steps) as (keyof typeof steps)[];
    const scopes = [
      { run: <T>(work: () => T) => forTenants([A], work), sees: [{ tenant_id: A }] },
      { run: <T>(work: () => T) => forTenants([B], work), sees: [{ tenant_id: B }] },
      { run: <T>(work: () => T) => forTenants([], work), sees: [] },
      {
        run: <T>(work: () => T) => forInstallation('sweep', work),
        sees: [A, B].sort().map((id) => ({ tenant_id: id })),
      },
    ];
    await Promise.all(
      Array.from({ length: 160 }, async () => {
        const name = names[randomInt(names.length)] ?? 'plain';
        const scope = scopes[randomInt(scopes.length)];
        const seen = await scope?.run(() => steps[name]());
        expect(seen === null ? null : seen, name).toEqual(seen === null ? null : scope?.sees);
      }),
    );
    // Two connections did all of it, and neither remembers.
    const told = sql<{ told: string }>`select coalesce(current_setting('tollgate.tenants', true), '') as told`;
    const remembered = await Promise.all([1, 2, 3, 4].map(() => told.execute(program.query)));
    expect(remembered.flatMap(({ rows }) => rows.map((row) => row.told))).toEqual(['', '', '', '']);
  });

  test('is answered the same with the wall and without it, whatever it asks in a day’s business', async () => {
    expect(issued.length).toBeGreaterThan(100);
    const open = new pg.Client({ connectionString: tollgate.database.url });
    await open.connect();
    const outcomeOf = async (client: pg.Client, { scope, text, values }: Issued) => {
      await client.query('begin');
      try {
        await client.query(`select set_config('tollgate.tenants', $1, true)`, [scope]);
        const { rows, rowCount } = await client.query(text, [...values]);
        return { rowCount, rows: rows.map((row) => JSON.stringify(row)).sort() };
      } catch (error) {
        return sqlState(error);
      } finally {
        await client.query('rollback');
      }
    };
    for (const one of issued) expect(await outcomeOf(stranger, one), one.text).toEqual(await outcomeOf(open, one));
    await open.end();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from './api-client.ts';
import type { TestDatabase } from './database.ts';

/**
 * Number and hash of the rows of every table, read in one statement. A claimed lane is no change of state, so who
 * holds it and when it is looked at next is left out; so are the heartbeats of the installation and of its processes, the
 * log of requests, sums that the worker makes when it likes, when a key was last used, which every request may tell, and
 * what is recorded beside the answer: refusals, and how far the record was signed.
 */
export async function fingerprintTables(database: TestDatabase): Promise<Readonly<Record<string, string>>> {
  const text = await statementOf(database);
  const prints = await database.runPlanned<{ name: string; print: string }>('fingerprint', text);
  return Object.fromEntries(prints.map(({ name, print }) => [name, print]));
}

/** A migrated database gets no new tables; planning over all of them takes longer than reading them. */
const statements = new WeakMap<TestDatabase, string>();

async function statementOf(database: TestDatabase): Promise<string> {
  const known = statements.get(database) ?? (await writeStatement(database));
  statements.set(database, known);
  return known;
}

const LEFT_OUT = [
  ...['installation_epochs', 'processes', 'request_log', 'activity_hours', 'activity_positions'],
  ...['audit_heads', 'audit_checkpoints', 'audit_checkpointed', 'audit_signing_keys'],
];

async function writeStatement(database: TestDatabase): Promise<string> {
  const tables = await database.run<{ name: string }>(
    // Of partitions the whole table tells; the worker opens some when it likes.
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> all ($1)
     order by relname`,
    [LEFT_OUT],
  );
  const parts = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*) || ' ' || md5(coalesce(string_agg(line, ' ' order by line), '')) as print
       from (select (to_jsonb(t) - '{lease,leased_until,generation,next_due_at,held_until,last_used_at}'::text[])::text as line from "${name}" t
         where to_jsonb(t) ->> 'lane_id' is distinct from 'system'
           and ('${name}' <> 'audit_entries' or to_jsonb(t) ->> 'class' <> 'security')) rows`,
  );
  return parts.join(' union all ');
}

const LANES = `select coalesce(string_agg(t::text, ' ' order by kind, lane_id), '') as lanes from lanes t`;
/** Longer than a woken worker takes to claim a lane. */
const QUIET_MS = 80;

/** Waits until the worker has nothing left to do at once, so that only a request could still change something. */
export async function untilQuiet(database: TestDatabase): Promise<void> {
  await until(async () => {
    const [before] = await database.run<{ lanes: string }>(LANES);
    await sleep(QUIET_MS);
    const [after] = await database.run<{ lanes: string }>(LANES);
    // A lane that is due may not have been claimed yet, and which ones are due is the installation's clock to say.
    if (before?.lanes !== after?.lanes) return false;
    const [row] = await database.run<{ waiting: number }>(
      `select (select count(*) from outbox) + (select count(*) from deliveries where status = 'pending')
         + (select count(*) from inbound_events where state = 'pending')
         + (select count(*) from lanes where lease is not null) as waiting`,
    );
    return Number(row?.waiting) === 0;
  });
}

/** Runs work and states that no table differs afterwards. */
export async function changesNothing<T>(database: TestDatabase, work: () => Promise<T>): Promise<T> {
  const before = await fingerprintTables(database);
  const result = await work();
  expect(await fingerprintTables(database), 'something was written').toEqual(before);
  return result;
}

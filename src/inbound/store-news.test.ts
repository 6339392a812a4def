import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { outboxRow } from '../events/event.ts';
import { ManualClock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { type Database, KEYED_PLANS, openDatabase } from '../platform/database.ts';
import { type News, storeNews } from './store-news.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
let server: TestDatabase;
let nodes: readonly Database[];

beforeAll(async () => {
  server = await createTestDatabase();
  const options = { url: server.url, connectionsMax: 4, applicationName: 'test', settings: KEYED_PLANS };
  nodes = [openDatabase(options), openDatabase(options)];
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await server.drop();
});

interface Told {
  readonly account: string;
  readonly fact: string;
  readonly nonce?: string;
  readonly content?: string;
}

function newsOf({ account, fact, nonce, content = 'c' }: Told): News {
  const inboundEventId = newId('in', clock);
  const owner = { tenant_id: `ten_${account}`, provider_account_id: `pa_${account}` };
  const work = { tenantId: owner.tenant_id, topic: 'inbound', subjectId: owner.provider_account_id } as const;
  return {
    event: {
      ...owner,
      inbound_event_id: inboundEventId,
      provider: 'sandbox',
      received_at: clock.now(),
      remote_address: '127.0.0.1',
      request_sealed: Buffer.from('sealed'),
      verdict: 'accepted',
      state: 'pending',
      facts: [],
      outcome: null,
      tries: 0,
      due_at: clock.now(),
      processed_at: null,
      payment_id: null,
    },
    fact: { ...owner, dedupe_key: fact, content_hash: content, inbound_event_id: inboundEventId },
    nonce: nonce === undefined ? null : { ...owner, nonce, content_hash: content, received_at: clock.now() },
    about: { attemptId: 'att_unknown' },
    work: outboxRow({ ...work, dueAt: clock.now() }, clock),
  };
}

/** Of each notification, whether it was stored; those of one call arrive together. */
async function tell(node: Database | undefined, ...told: readonly Told[]): Promise<readonly boolean[]> {
  if (node === undefined) throw new Error('There is no such node');
  const stored = await Promise.all(told.map((one) => storeNews(node.query, newsOf(one))));
  return stored.map((one) => one !== null);
}

async function kept(account: string) {
  const [row] = await server.run(
    `select (select count(*)::int from inbound_events where provider_account_id = $1) as events,
       (select count(*)::int from provider_facts where provider_account_id = $1) as facts,
       (select count(*)::int from inbound_nonces where provider_account_id = $1) as nonces,
       (select count(*)::int from outbox where subject_id = $1) as work`,
    [`pa_${account}`],
  );
  return row;
}

describe('notifications that arrive together', () => {
  test('are all stored, with one row of work for each account', async () => {
    const told = ['f1', 'f2', 'f3'].flatMap((fact) => ['together', 'together2'].map((account) => ({ account, fact })));
    expect(await tell(nodes[0], ...told)).toEqual(told.map(() => true));
    expect(await kept('together')).toEqual({ events: 3, facts: 3, nonces: 0, work: 1 });
    expect(await kept('together2')).toEqual({ events: 3, facts: 3, nonces: 0, work: 1 });
  });

  test('hand the work over once, by one that was stored', async () => {
    const [node] = nodes;
    if (node === undefined) throw new Error('There is no node');
    await tell(node, { account: 'handed', fact: 'old' });
    const answers = await Promise.all(
      ['old', 'new', 'newer'].map((fact) => storeNews(node.query, newsOf({ account: 'handed', fact }))),
    );
    expect(answers.map((answer) => answer?.work.length ?? null)).toEqual([null, 1, 0]);
    const [handed] = answers.flatMap((answer) => answer?.work ?? []);
    expect(await server.run('select 1 from outbox where outbox_id = $1', [handed?.outbox_id])).toHaveLength(1);
  });

  test('leave no work where none of an account was new', async () => {
    await tell(nodes[0], { account: 'again', fact: 'f' });
    await server.run(`delete from outbox where subject_id = 'pa_again'`);
    expect(await tell(nodes[0], { account: 'again', fact: 'f' })).toEqual([false]);
    expect(await kept('again')).toEqual({ events: 1, facts: 1, nonces: 0, work: 0 });
  });

  test('are one where they tell the same fact, at one node and at two', async () => {
    const copies = Array.from({ length: 25 }, () => ({ account: 'copies', fact: 'f' }));
    const stored = (await Promise.all(nodes.map((node) => tell(node, ...copies)))).flat();
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await kept('copies')).toMatchObject({ events: 1, facts: 1 });
  });

  test('wait for nobody crosswise, in whatever order they come to two nodes', async () => {
    const deadlocks = async () => {
      const [row] = await server.run<{ deadlocks: number }>(
        'select deadlocks::int from pg_stat_database where datname = current_database()',
      );
      return row?.deadlocks;
    };
    const before = await deadlocks();
    for (let round = 0; round < 10; round++) {
      const told = Array.from({ length: 90 }, (_, n) => ({ account: `cross${n % 3}`, fact: `${round}-${n}` }));
      const stored = (await Promise.all([tell(nodes[0], ...told), tell(nodes[1], ...[...told].reverse())])).flat();
      expect(stored.filter(Boolean)).toHaveLength(told.length);
    }
    // A server tells its figures a second late.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await deadlocks()).toBe(before);
  });

  test('fail alone where one of them cannot be stored', async () => {
    const [node] = nodes;
    if (node === undefined) throw new Error('There is no node');
    const bad = newsOf({ account: 'poison', fact: 'bad' });
    const outcomes = await Promise.allSettled([
      storeNews(node.query, newsOf({ account: 'poison', fact: 'one' })),
      storeNews(node.query, { ...bad, event: { ...bad.event, verdict: 'no such verdict' } }),
      storeNews(node.query, newsOf({ account: 'poison', fact: 'two' })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await kept('poison')).toMatchObject({ events: 2, facts: 2 });
  });
});

describe('a nonce', () => {
  test('that has come before keeps a fact from being stored by it, also within one moment', async () => {
    const told = { account: 'nonce', nonce: 'n1' };
    expect(await tell(nodes[0], { ...told, fact: 'f1' }, { ...told, fact: 'f2' })).toEqual([true, false]);
    expect(await tell(nodes[1], { ...told, fact: 'f3' })).toEqual([false]);
    expect(await kept('nonce')).toMatchObject({ events: 1, facts: 1, nonces: 1 });
  });

  test('counts in its own account alone', async () => {
    const nonce = 'n1';
    const told = ['mine', 'theirs'].map((account) => ({ account, fact: 'f', nonce }));
    expect(await tell(nodes[0], ...told)).toEqual([true, true]);
  });
});

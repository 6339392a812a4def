import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../test/support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createLogger } from '../platform/log.ts';
import { createOutboundHttp } from '../platform/outbound-http.ts';
import type { CreateInput, PaymentProvider, ProviderCall } from '../providers/provider.ts';
import { createSandboxProvider } from '../providers/sandbox/sandbox-provider.ts';
import { type CallRecorder, createCallRecorder, type FinishedCall, recordCalls } from './record-calls.ts';

const PAN = '4111111111111111';
const SECRET = 'canary-secret-key-000';
const TOKEN = 'canary-method-token';
const MAIL = 'canary@shopper.example';
const CHECKOUT = 'https://pay.example/c/canary-checkout-token';
const ACCOUNT = { tenantId: 'ten_1', providerAccountId: 'pa_1' };
const MONEY = { amount: 1250n, currency: 'EUR' };

let testDatabase: TestDatabase;
let database: Database;
const lines: string[] = [];
const log = createLogger({ level: 'info', stream: { write: (line) => void lines.push(line) } });
const clock = new ManualClock();
const http = createOutboundHttp({ allowPrivateTargets: false, userAgent: 'test' });
const call: ProviderCall<unknown> = { mode: 'test', credentials: { secretKey: SECRET }, http, clock };

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase({ url: testDatabase.runtimeUrl, connectionsMax: 3, applicationName: 'test' });
});
afterAll(async () => {
  await Promise.all([http.close(), database.close()]);
  await testDatabase.drop();
});

const whole = createSandboxProvider({ baseUrl: 'http://127.0.0.1:9' }) as PaymentProvider;

/** The sandbox's adapter with other answers. */
function providerWith(methods: Partial<PaymentProvider>): PaymentProvider {
  return { ...whole, ...methods };
}

/** Notes what is recorded, without a database. */
function notedIn(calls: FinishedCall[]): CallRecorder {
  return { record: (finished) => void calls.push(finished), settled: () => Promise.resolve() };
}

function inputOf(attemptId: string): CreateInput {
  return {
    attemptId,
    amount: MONEY,
    captureMethod: 'manual',
    method: { type: 'card', token: TOKEN },
    returnUrl: CHECKOUT,
    notificationUrl: 'https://hooks.example/hooks/sandbox/pa_1',
    expiresAt: clock.now(),
    description: 'For canary-name',
  };
}

async function recorded(attemptId: string) {
  const [row] = await testDatabase.run('select * from provider_calls where attempt_id = $1', [attemptId]);
  return row;
}

describe('a recorded provider', () => {
  test.for(['cancel', 'capture', 'release', 'refund', 'reverse', 'submitEvidence'] as const)(
    'has no %s where the provider has none',
    (name) => {
      const { [name]: _, ...rest } = whole;
      const without = recordCalls(rest, ACCOUNT, notedIn([]));
      expect([name in without, without[name]]).toEqual([false, undefined]);
      expect(recordCalls(whole, ACCOUNT, notedIn([]))[name]).toBeTypeOf('function');
    },
  );

  test('records each operation by its name and gives the answer back as it came', async () => {
    const calls: FinishedCall[] = [];
    const answer = { kind: 'unknown', reason: 'timeout' } as const;
    const say = () => Promise.resolve(answer);
    const every = { create: say, retrieve: say, cancel: say, capture: say, release: say, refund: say, reverse: say };
    const provider = recordCalls(providerWith({ ...every, submitEvidence: say }), ACCOUNT, notedIn(calls));
    const notificationUrl = 'https://hooks.example/';
    const money = { attemptId: 'att_1', amount: MONEY, notificationUrl };
    expect(await provider.create(call, inputOf('att_1'))).toBe(answer);
    expect(await provider.retrieve(call, { attemptId: 'att_1' })).toBe(answer);
    expect(await provider.cancel?.(call, { attemptId: 'att_1' })).toBe(answer);
    expect(await provider.capture?.(call, { ...money, captureId: 'cap_1', final: true })).toBe(answer);
    expect(await provider.release?.(call, { attemptId: 'att_1' })).toBe(answer);
    expect(await provider.refund?.(call, { ...money, refundId: 're_1' })).toBe(answer);
    expect(await provider.reverse?.(call, { ...money, reversalId: 'rev_1' })).toBe(answer);
    const evidence = { attemptId: 'att_1', disputeRef: 'd', evidenceKey: 'k', text: 'canary' };
    expect(await provider.submitEvidence?.(call, evidence)).toBe(answer);
    expect(calls.map(({ operation }) => operation)).toEqual([...Object.keys(every), 'submitEvidence']);
  });

  test('records an adapter that throws as failed, and throws on', async () => {
    const recorder = createCallRecorder({ database, clock, log });
    const create = () => Promise.reject(new TypeError(`no ${SECRET}`));
    const provider = recordCalls(providerWith({ create }), ACCOUNT, recorder);
    await expect(provider.create(call, inputOf('att_throws'))).rejects.toThrow(TypeError);
    await recorder.settled();
    expect(await recorded('att_throws')).toMatchObject({ outcome: 'failed', answer: { error: 'TypeError' } });
  });
});

describe('a record', () => {
  test('has what was asked and said, and nothing secret or personal of either', async () => {
    const recorder = createCallRecorder({ database, clock, log });
    const message = `Key ${SECRET} may not use ${TOKEN} of ${MAIL} at ${CHECKOUT}; ${'x'.repeat(500)}`;
    const create = () => Promise.resolve({ kind: 'refused', code: 'bad_key', message } as const);
    const provider = recordCalls(providerWith({ create }), ACCOUNT, recorder);
    await provider.create(call, inputOf('att_secret'));
    await recorder.settled();
    const row = await recorded('att_secret');
    expect(row).toMatchObject({
      tenant_id: 'ten_1',
      provider_account_id: 'pa_1',
      operation: 'create',
      outcome: 'refused',
      request: { amount: 1250, currency: 'EUR', captureMethod: 'manual' },
      answer: { code: 'bad_key', message: expect.stringMatching(/^Key \[masked\] may not use \[masked\] of/) },
    });
    expect(row?.answer.message.length).toBeLessThanOrEqual(201);
    expect(JSON.stringify(row)).not.toMatch(/canary/);
  });

  test('has no sentence in which a card number stands', async () => {
    const recorder = createCallRecorder({ database, clock, log });
    const decline = { reason: 'fraud', message: `Card ${PAN} is stolen` } as const;
    const answer = { kind: 'answered', providerRef: 'ch_1', report: { state: 'declined', decline } } as const;
    const provider = recordCalls(providerWith({ create: () => Promise.resolve(answer) }), ACCOUNT, recorder);
    await provider.create(call, inputOf('att_card'));
    await recorder.settled();
    const row = await recorded('att_card');
    expect(row?.answer).toEqual({ providerRef: 'ch_1', state: 'declined', reason: 'fraud', message: '[masked]' });
  });

  test('has sums, ids and states of everything that a provider lists', async () => {
    const recorder = createCallRecorder({ database, clock, log });
    const operation = { providerRef: 'op_1', amount: MONEY, state: 'succeeded' } as const;
    const answer = {
      kind: 'answered',
      providerRef: 'ch_1',
      report: { state: 'requires_action', nextAction: { type: 'redirect', url: CHECKOUT, embeddable: true } },
      captures: [{ ...operation, captureId: null, final: true }],
      refunds: [],
      reversals: [],
      disputes: [],
    } as const;
    const provider = recordCalls(providerWith({ retrieve: () => Promise.resolve(answer) }), ACCOUNT, recorder);
    await provider.retrieve(call, { attemptId: 'att_list', providerRef: 'ch_1' });
    await recorder.settled();
    expect(await recorded('att_list')).toMatchObject({
      request: { providerRef: 'ch_1' },
      answer: {
        providerRef: 'ch_1',
        state: 'requires_action',
        nextAction: 'redirect',
        captures: [{ providerRef: 'op_1', state: 'succeeded', amount: 1250, currency: 'EUR' }],
      },
    });
  });

  test('is not waited for, and many share a statement', async () => {
    const lock = openDatabase({ url: testDatabase.url, connectionsMax: 1, applicationName: 'lock' });
    const recorder = createCallRecorder({ database, clock, log });
    const answer = { kind: 'unknown', reason: 'timeout' } as const;
    const provider = recordCalls(providerWith({ retrieve: () => Promise.resolve(answer) }), ACCOUNT, recorder);
    const ids = Array.from({ length: 250 }, (_, index) => `att_many${index}`);
    await lock.transaction(async (tx) => {
      await sql`lock table provider_calls in exclusive mode`.execute(tx);
      for (const attemptId of ids) expect(await provider.retrieve(call, { attemptId })).toBe(answer);
    });
    await recorder.settled();
    const [row] = await testDatabase.run<{ rows: number; statements: number }>(
      `select count(*)::int as rows, count(distinct xmin::text)::int as statements from provider_calls
       where attempt_id like 'att_many%'`,
    );
    expect(row?.rows).toBe(250);
    expect(row?.statements).toBeLessThanOrEqual(4);
    await lock.close();
  });

  test('that cannot be written is told in the log and disturbs nobody', async () => {
    const away = openDatabase({ url: 'postgres://127.0.0.1:9/none', connectionsMax: 1, applicationName: 'test' });
    const recorder = createCallRecorder({ database: away, clock, log });
    const answer = { kind: 'unknown', reason: 'timeout' } as const;
    const provider = recordCalls(providerWith({ retrieve: () => Promise.resolve(answer) }), ACCOUNT, recorder);
    expect(await provider.retrieve(call, { attemptId: 'att_lost' })).toBe(answer);
    await until(async () => lines.some((line) => line.includes('could not be recorded') && line.includes('att_lost')));
    await recorder.settled();
    await away.close();
  });

  test('that the database refuses harms none of those that share its statement', async () => {
    const recorder = createCallRecorder({ database, clock, log });
    const refOf = (attemptId: string) => (attemptId === 'att_bad3' ? 'a\u0000b' : 'ch_1');
    const create = (_: unknown, { attemptId }: CreateInput) =>
      Promise.resolve({ kind: 'answered', providerRef: refOf(attemptId), report: { state: 'pending' } } as const);
    const provider = recordCalls(providerWith({ create }), ACCOUNT, recorder);
    await Promise.all([0, 1, 2, 3, 4].map((n) => provider.create(call, inputOf(`att_bad${n}`))));
    await recorder.settled();
    const rows = await testDatabase.run('select attempt_id as id from provider_calls order by id');
    expect(rows.map(({ id }) => id).filter((id) => id.startsWith('att_bad'))).toEqual([
      'att_bad0',
      'att_bad1',
      'att_bad2',
      'att_bad4',
    ]);
    expect(lines.filter((line) => line.includes('could not be recorded') && line.includes('att_bad'))).toHaveLength(1);
  });

  test('of an answer that cannot be told in JSON is lost alone', async () => {
    const recorder = createCallRecorder({ database, clock, log });
    const amount = { amount: 2n ** 63n, currency: 'EUR' };
    const answer = { kind: 'answered', providerRef: 'ch_1', report: { state: 'captured', amount } } as const;
    const provider = recordCalls(providerWith({ create: () => Promise.resolve(answer) }), ACCOUNT, recorder);
    expect(await provider.create(call, inputOf('att_huge'))).toBe(answer);
    await recorder.settled();
    expect(await recorded('att_huge')).toBeUndefined();
    expect(lines.join('')).toContain('att_huge');
  });
});

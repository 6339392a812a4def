import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startWebhookSink, type WebhookSink } from '../../test/support/webhook-sink.ts';
import { ManualClock } from '../kernel/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createOutboundHttp } from '../platform/outbound-http.ts';
import type { Dialect, DialectEvent } from './dialects/dialect.ts';
import { standardDialect } from './dialects/standard-dialect.ts';
import type { Receiver } from './open-receiver.ts';
import { type TrialInput, tryReceiver } from './try-receiver.ts';

let filled: TestDatabase;
let database: Database;
let sink: WebhookSink;
const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'test' });
const clock = new ManualClock();

beforeAll(async () => {
  filled = await createTestDatabase();
  database = openDatabase({ url: filled.url, connectionsMax: 2, applicationName: 'test' });
  sink = await startWebhookSink();
});
afterAll(async () => {
  await Promise.all([sink.close(), http.close(), database.close()]);
  await filled.drop();
});

const event: DialectEvent = {
  tenantId: 'ten_1',
  eventId: 'evt_1',
  mode: 'test',
  type: 'payment.succeeded',
  apiVersion: 'x',
  paymentId: 'pay_1',
  notificationUrl: null,
  object: {},
  createdAt: clock.now(),
  payment: null,
};

const STAMP = '2026-01-01 00:00:00.000';
const BODY = 'transactionType=CHARGE&testMode=Y';

/** A form under BlueSnap's headers, acknowledged by a word of the receiver's. */
function formDialect(key: string): Dialect {
  return {
    ...standardDialect,
    encode: () => ({
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'bls-ipn-timestamp': STAMP,
        'bls-signature': createHmac('sha256', key)
          .update(STAMP + BODY)
          .digest('hex'),
      },
      body: BODY,
    }),
    acknowledged: ({ status, body }) => status === 200 && Buffer.from(body).toString() === 'receipt',
  };
}

function tried(dialect: Dialect, changes: Partial<TrialInput> = {}) {
  const receiver: Receiver = {
    kind: 'open',
    dialect,
    endpoint: { merchantCode: null, partnerKeyId: null },
    settings: null,
    keys: [{ keyId: 'key_1', kind: 'secret', text: 'the key' }],
    url: sink.url,
  };
  const input = { trigger: 'test', mode: 'test', receiver, url: `${sink.url}/form`, event, probe: true } as const;
  return tryReceiver({ database, clock, http: () => http }, { ...input, admit: async () => {}, ...changes });
}

describe('S3.14 a trial', () => {
  test('asks for the address by an empty GET first, and shows the timestamp and the body as what was signed', async () => {
    sink.answer = ({ headers }) => (headers['bls-signature'] === undefined ? 204 : { status: 200, body: 'receipt' });
    const trial = await tried(formDialect('the key'));
    expect(trial).toMatchObject({ passed: true, problem: null, probe: { kind: 'answered', status: 204 } });
    expect(trial.request.signed).toEqual({ text: STAMP + BODY, verifies: true });
    const [probe, message] = sink.received.slice(-2);
    expect([probe?.body, probe?.headers['content-type'], message?.body]).toEqual(['', undefined, BODY]);
    expect(message?.headers['tollgate-simulated']).toBe('1');
  });

  test('does not pass where the GET is refused, though the message is acknowledged', async () => {
    sink.answer = ({ headers }) => (headers['bls-signature'] === undefined ? 405 : { status: 200, body: 'receipt' });
    const trial = await tried(formDialect('the key'));
    expect([trial.passed, trial.delivery.status, trial.problem]).toEqual([
      false,
      'succeeded',
      'The address must answer an empty GET with 2xx; it answered 405.',
    ]);
  });

  test('is judged by the dialect: a 200 without the receipt acknowledges nothing', async () => {
    sink.answer = () => 200;
    const trial = await tried(formDialect('the key'));
    expect([trial.passed, trial.delivery.status, trial.problem]).toEqual([
      false,
      'exhausted',
      'The answer is a 200, but not the acknowledgment that this endpoint asks for.',
    ]);
  });

  test('does not pass where our own verifier refuses our signature', async () => {
    sink.answer = () => ({ status: 200, body: 'receipt' });
    const trial = await tried(formDialect('another key'));
    expect([trial.passed, trial.request.signed.verifies]).toEqual([false, false]);
    expect(trial.problem).toMatch(/a fault of ours/);
  });

  test('of what cannot be written is refused before anything is sent or counted', async () => {
    const before = sink.received.length;
    const broken: Dialect = {
      ...standardDialect,
      encode() {
        throw new Error('no key');
      },
    };
    const admit = async () => {
      throw new Error('It was counted');
    };
    await expect(tried(broken, { admit })).rejects.toMatchObject({ code: 'state_conflict' });
    expect(sink.received).toHaveLength(before);
  });
});

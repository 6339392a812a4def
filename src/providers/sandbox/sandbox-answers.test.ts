import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listenOnLoopback, startWorld, type World } from './sandbox-fixture.ts';
import { createSandboxProvider } from './sandbox-provider.ts';

/** What the liar answers to everything. */
let status: number;
let answer: unknown;
const liar = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(answer)));
});

let world: World;
let provider: World['provider'];
beforeAll(async () => {
  world = await startWorld();
  provider = createSandboxProvider({ baseUrl: await listenOnLoopback(liar), timeoutMs: 1_000 });
});
afterAll(async () => {
  liar.close();
  await world.close();
});
beforeEach(() => {
  status = 200;
});

const CHARGE_ID = `ch_${'a'.repeat(32)}`;
const ATTEMPT = { attemptId: 'att_1', providerRef: CHARGE_ID };
const OF_CHARGE = { chargeId: CHARGE_ID, chargeReference: 'att_1' };
const INPUT = { ...ATTEMPT, amount: { amount: 500n, currency: 'EUR' }, notificationUrl: 'http://127.0.0.1:9/' };
const OPERATION = {
  ...{ ...OF_CHARGE, reference: 'op_1', amount: 500, currency: 'EUR', state: 'succeeded', failureCode: null },
  createdAt: '2026-01-01T00:00:00Z',
};
const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

const OPERATIONS = [
  {
    kind: 'capture',
    truth: { id: `cp_${'1'.repeat(32)}`, object: 'capture', ...OPERATION, final: true },
    ask: () => provider.capture?.(world.call, { ...INPUT, captureId: 'op_1', final: true }),
  },
  {
    kind: 'refund',
    truth: { id: `rf_${'1'.repeat(32)}`, object: 'refund', ...OPERATION },
    ask: () => provider.refund?.(world.call, { ...INPUT, refundId: 'op_1' }),
  },
  {
    kind: 'reversal',
    truth: { id: `rv_${'1'.repeat(32)}`, object: 'reversal', ...OPERATION },
    ask: () => provider.reverse?.(world.call, { ...INPUT, reversalId: 'op_1' }),
  },
];

describe.each(OPERATIONS)('the answer to a $kind', ({ kind, truth, ask }) => {
  test('counts where it is whole and about what was asked', async () => {
    answer = truth;
    expect(await ask()).toMatchObject({ kind: 'answered', [kind]: { providerRef: truth.id, state: 'succeeded' } });
  });

  test.each<[string, Record<string, unknown>]>([
    ['another reference', { reference: 'op_2' }],
    ['no reference', { reference: null }],
    ['another charge', { chargeReference: 'att_2' }],
    ['another id of the charge', { chargeId: `ch_${'b'.repeat(32)}` }],
    ['another amount', { amount: 499 }],
    ['an amount as text', { amount: '500' }],
    ['another currency', { currency: 'USD' }],
    ['an unknown state', { state: 'done' }],
    ['another object', { object: 'charge' }],
    ['a foreign id', { id: `ds_${'1'.repeat(32)}` }],
    ['an unknown member', { bonus: 1 }],
    ['a member missing', { failureCode: undefined }],
  ])('with %s is unknown', async (_, lie) => {
    answer = { ...truth, ...lie };
    expect(await ask()).toEqual(UNKNOWN);
  });

  test('is unknown where the reference is taken, and refused where the sandbox says why', async () => {
    answer = { error: { code: 'reference_conflict', message: 'taken' } };
    status = 409;
    expect(await ask()).toEqual({ kind: 'unknown', reason: 'reference_conflict' });
    answer = { error: { code: 'state_conflict', message: 'because' } };
    expect(await ask()).toEqual({ kind: 'refused', code: 'state_conflict', message: 'because' });
    status = 500;
    expect(await ask()).toEqual(UNKNOWN);
  });
});

test('a capture answered with another finality is unknown', async () => {
  const [capture] = OPERATIONS;
  answer = { ...capture?.truth, final: false };
  expect(await capture?.ask()).toEqual(UNKNOWN);
});

const DISPUTE = {
  ...{ id: `ds_${'1'.repeat(32)}`, object: 'dispute', ...OF_CHARGE, state: 'under_review', amount: 500 },
  ...{ currency: 'EUR', reason: 'fraudulent', evidenceDueAt: null, withdrawn: 500, reinstated: 0 },
  ...{ createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:01Z' },
};

describe('the answer to evidence', () => {
  const submit = () => {
    return provider.submitEvidence?.(world.call, { ...ATTEMPT, disputeRef: DISPUTE.id, evidenceKey: 'k', text: 'x' });
  };

  test.each(['under_review', 'won', 'lost'])('counts where the dispute is %s', async (state) => {
    answer = { ...DISPUTE, state };
    expect(await submit()).toMatchObject({ kind: 'answered', dispute: { providerRef: DISPUTE.id, state } });
  });

  test.each<[string, Record<string, unknown>]>([
    ['no notice taken of it', { state: 'opened' }],
    ['no notice taken of it in an inquiry', { state: 'inquiry' }],
    ['another dispute', { id: `ds_${'2'.repeat(32)}` }],
    ['another charge', { chargeReference: 'att_2' }],
    ['another id of the charge', { chargeId: `ch_${'b'.repeat(32)}` }],
    ['more given back than withdrawn', { reinstated: 501 }],
    ['more withdrawn than disputed', { withdrawn: 501 }],
    ['an unknown state', { state: 'forgotten' }],
    ['an unknown member', { bonus: 1 }],
  ])('with %s is unknown', async (_, lie) => {
    answer = { ...DISPUTE, ...lie };
    expect(await submit()).toEqual(UNKNOWN);
  });
});

describe('the answer to a release', () => {
  const charge = (changes: Record<string, unknown>) => ({
    ...{ id: CHARGE_ID, object: 'charge', merchantCode: world.call.credentials.merchantCode, reference: 'att_1' },
    ...{ amount: 1250, currency: 'EUR', captureMethod: 'manual', amountAuthorized: 1250, amountCaptured: 0 },
    ...{ amountRefunded: 0, amountReversed: 0, decline: null, action: null, expiresAt: '2026-01-01T00:15:00Z' },
    ...{ authorizationExpiresAt: null, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
    ...{ captures: [], refunds: [], reversals: [], disputes: [], ...changes },
  });
  const release = () => provider.release?.(world.call, ATTEMPT);

  test('counts where nothing is left to capture', async () => {
    answer = charge({ state: 'canceled' });
    expect(await release()).toMatchObject({ kind: 'answered', report: { state: 'canceled' } });
    answer = charge({ state: 'captured', amountCaptured: 500 });
    expect(await release()).toMatchObject({ kind: 'answered', report: { state: 'captured' } });
  });

  test.each<[string, Record<string, unknown>]>([
    ['that leaves it authorized', { state: 'authorized', authorizationExpiresAt: '2026-01-08T00:00:00Z' }],
    ['that is about another charge', { state: 'canceled', reference: 'att_2' }],
    ['that has another id', { state: 'canceled', id: `ch_${'b'.repeat(32)}` }],
    ['that contradicts itself', { state: 'canceled', amountCaptured: 500 }],
  ])('%s is unknown', async (_, changes) => {
    answer = charge(changes);
    expect(await release()).toEqual(UNKNOWN);
  });
});

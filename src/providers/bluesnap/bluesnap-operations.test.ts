import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { CaptureAnswer, CaptureInput, CreateInput, RefundAnswer, RefundInput } from '../provider.ts';
import { type BluesnapStage, startBluesnapStage } from './bluesnap-fixture.ts';

let stage: BluesnapStage;
beforeAll(async () => {
  stage = await startBluesnapStage({ timeoutMs: 1_000 });
});
afterAll(() => stage.stop());

const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };
const notificationUrl = 'https://hooks.example/hooks/bluesnap/pa_1';

async function paid(captureMethod: CreateInput['captureMethod']): Promise<CreateInput> {
  const created = stage.input({ captureMethod });
  await stage.pay(created);
  return created;
}

function capture(created: CreateInput, changes: Partial<CaptureInput> = {}): Promise<CaptureAnswer> {
  const { attemptId, amount } = created;
  const captureId = newId('cap', stage.clock);
  const input = { attemptId, captureId, amount, final: true, notificationUrl, ...changes };
  return present(stage.provider.capture, 'capture')(stage.call(), input);
}

function refund(created: CreateInput, changes: Partial<RefundInput> = {}): Promise<RefundAnswer> {
  const { attemptId, amount } = created;
  const input = { attemptId, refundId: newId('re', stage.clock), amount, notificationUrl, ...changes };
  return present(stage.provider.refund, 'refund')(stage.call(), input);
}

const release = ({ attemptId }: CreateInput) => stage.provider.release?.(stage.call(), { attemptId });
const retrieve = ({ attemptId }: CreateInput) => stage.provider.retrieve(stage.call(), { attemptId });
const transactionOf = ({ attemptId }: CreateInput) => present(stage.simulator.transactionsOf(attemptId)[0], 'one');
const eur = (amount: bigint) => ({ amount, currency: 'EUR' });

describe('a capture', () => {
  test('takes the authorized amount', async () => {
    const created = await paid('manual');
    const captureId = newId('cap', stage.clock);
    expect(await capture(created, { captureId })).toEqual({
      kind: 'answered',
      capture: {
        ...{ captureId, providerRef: transactionOf(created).id, amount: eur(1_250n) },
        ...{ final: true, state: 'succeeded' },
      },
    });
    expect(await retrieve(created)).toMatchObject({
      report: { state: 'captured', amount: eur(1_250n) },
      captures: [{ captureId, amount: eur(1_250n), final: true, state: 'succeeded' }],
    });
  });

  test('of a part is all that is ever captured', async () => {
    const created = await paid('manual');
    expect(await capture(created, { amount: eur(500n) })).toMatchObject({ capture: { amount: eur(500n) } });
    expect(await retrieve(created)).toMatchObject({ report: { state: 'captured', amount: eur(500n) } });
    expect(await capture(created, { amount: eur(750n) })).toMatchObject({ kind: 'refused', code: 'already_captured' });
  });

  test('repeated is the same capture, once', async () => {
    const created = await paid('manual');
    const captureId = newId('cap', stage.clock);
    const first = await capture(created, { captureId, amount: eur(500n) });
    expect(await capture(created, { captureId, amount: eur(500n) })).toEqual(first);
    expect(await capture(created, { captureId, amount: eur(501n) })).toEqual(UNKNOWN);
    expect(transactionOf(created).amount).toBe(500n);
  });

  test('ten times at once captures once', async () => {
    const created = await paid('manual');
    const captureId = newId('cap', stage.clock);
    const answers = await Promise.all(Array.from({ length: 10 }, () => capture(created, { captureId })));
    expect(
      new Set(answers.map((each) => JSON.stringify(each, (_, v) => (typeof v === 'bigint' ? `${v}` : v)))).size,
    ).toBe(1);
    expect(answers[0]).toMatchObject({ kind: 'answered', capture: { captureId } });
  });

  test.each(['lost', 'bad_gateway', 'truncated', 'held'] as const)(
    'whose answer is %s is unknown; asking names it and a repeat finds it',
    async (fault) => {
      const created = await paid('manual');
      const captureId = newId('cap', stage.clock);
      stage.simulator.breakNext('change', fault);
      expect(await capture(created, { captureId })).toEqual(UNKNOWN);
      expect(await retrieve(created)).toMatchObject({ captures: [{ captureId, state: 'succeeded' }] });
      expect(await capture(created, { captureId })).toMatchObject({ capture: { captureId, state: 'succeeded' } });
    },
  );

  test('that is not final is refused, since there is only one', async () => {
    const answer = await capture(await paid('manual'), { final: false });
    expect(answer).toMatchObject({ kind: 'refused', code: 'capture_not_final' });
  });

  test.each([
    ['more than was authorized', { amount: eur(1_251n) }, 'amount_not_available'],
    ['another currency', { amount: { amount: 1_250n, currency: 'USD' } }, 'amount_not_available'],
    ['nothing', { amount: eur(0n) }, 'amount_not_supported'],
  ])('of %s is refused', async (_, changes, code) => {
    const created = await paid('manual');
    expect(await capture(created, changes)).toMatchObject({ kind: 'refused', code });
    expect(transactionOf(created).type).toBe('AUTH_ONLY');
  });

  test('of what was never authorized, or was given back, is refused', async () => {
    expect(await capture(stage.input())).toMatchObject({ kind: 'refused', code: 'transaction_not_found' });
    const created = await paid('manual');
    await release(created);
    expect(await capture(created)).toMatchObject({ kind: 'refused', code: 'not_authorized' });
  });

  test('of what is still reviewed is refused, as is its release', async () => {
    const created = await paid('manual');
    transactionOf(created).status = 'PENDING_MERCHANT_REVIEW';
    expect(await capture(created)).toMatchObject({ kind: 'refused', code: 'not_authorized' });
    expect(await release(created)).toMatchObject({ kind: 'refused', code: 'not_authorized' });
    expect(transactionOf(created).type).toBe('AUTH_ONLY');
  });

  test('made at the portal is told by the state alone, and taken for ours where it is of our amount', async () => {
    const created = await paid('manual');
    stage.simulator.console.capture(created.attemptId, 700n);
    expect(await retrieve(created)).toMatchObject({ report: { state: 'captured', amount: eur(700n) }, captures: [] });
    expect(await capture(created, { amount: eur(701n) })).toMatchObject({ kind: 'refused', code: 'already_captured' });
    expect(await capture(created, { amount: eur(700n) })).toMatchObject({ capture: { state: 'succeeded' } });
  });
});

describe('a release', () => {
  test('gives the authorization back, as often as asked', async () => {
    const created = await paid('manual');
    const report = { state: 'canceled', afterAuthorization: true };
    const answer = { kind: 'answered', providerRef: created.attemptId, report };
    expect(await release(created)).toEqual(answer);
    expect(await release(created)).toEqual(answer);
    expect(await retrieve(created)).toMatchObject({ report });
  });

  test('of what was captured tells what was', async () => {
    const created = await paid('manual');
    await capture(created, { amount: eur(500n) });
    expect(await release(created)).toMatchObject({ report: { state: 'captured', amount: eur(500n) } });
  });

  test('later than eight days is refused', async () => {
    const created = await paid('manual');
    stage.clock.advance({ hours: 24 * 8 + 1 });
    expect(await release(created)).toMatchObject({ kind: 'refused', code: 'authorization_expired' });
  });

  test.each(['lost', 'bad_gateway', 'truncated', 'held'] as const)(
    'whose answer is %s is unknown, and a repeat knows',
    async (fault) => {
      const created = await paid('manual');
      stage.simulator.breakNext('change', fault);
      expect(await release(created)).toEqual(UNKNOWN);
      expect(await release(created)).toMatchObject({ report: { state: 'canceled' } });
    },
  );

  test('and a capture at once end as one of the two', async () => {
    const created = await paid('manual');
    const [captured, released] = await Promise.all([capture(created), release(created)]);
    const { type } = transactionOf(created);
    expect(['CAPTURE', 'AUTH_REVERSAL']).toContain(type);
    expect(captured.kind).toBe(type === 'CAPTURE' ? 'answered' : 'refused');
    expect(released).toMatchObject({ report: { state: type === 'CAPTURE' ? 'captured' : 'canceled' } });
  });
});

describe('a refund', () => {
  test('gives back all or parts, each named by us', async () => {
    const created = await paid('automatic');
    const [one, two] = [newId('re', stage.clock), newId('re', stage.clock)];
    expect(await refund(created, { refundId: one, amount: eur(500n), reason: 'Too small' })).toEqual({
      kind: 'answered',
      refund: { refundId: one, providerRef: expect.stringMatching(/^\d+$/), amount: eur(500n), state: 'succeeded' },
    });
    await refund(created, { refundId: two, amount: eur(750n) });
    expect(await retrieve(created)).toMatchObject({
      refunds: [
        { refundId: one, amount: eur(500n), state: 'succeeded' },
        { refundId: two, amount: eur(750n), state: 'succeeded' },
      ],
    });
    const over = await refund(created, { amount: eur(1n) });
    expect(over).toMatchObject({ kind: 'refused', code: 'invoice_already_fully_refunded' });
  });

  test('repeated is the same refund, once, also when the idempotency key is forgotten', async () => {
    const created = await paid('automatic');
    const refundId = newId('re', stage.clock);
    const first = await refund(created, { refundId, amount: eur(500n) });
    expect(await refund(created, { refundId, amount: eur(500n) })).toEqual(first);
    stage.clock.advance({ hours: 25 });
    expect(await refund(created, { refundId, amount: eur(500n) })).toEqual(first);
    expect(await refund(created, { refundId, amount: eur(501n) })).toEqual(UNKNOWN);
    expect(transactionOf(created).refunds).toHaveLength(1);
  });

  test('ten times at once refunds once', async () => {
    const created = await paid('automatic');
    const refundId = newId('re', stage.clock);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refund(created, { refundId, amount: eur(100n) })),
    );
    expect(answers.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(transactionOf(created).refunds).toHaveLength(1);
  });

  test.each(['lost', 'bad_gateway', 'truncated', 'held'] as const)(
    'whose answer is %s is unknown; asking names it and a repeat finds it',
    async (fault) => {
      const created = await paid('automatic');
      const refundId = newId('re', stage.clock);
      stage.simulator.breakNext('refund', fault);
      expect(await refund(created, { refundId, amount: eur(300n) })).toEqual(UNKNOWN);
      expect(await retrieve(created)).toMatchObject({ refunds: [{ refundId, amount: eur(300n) }] });
      expect(await refund(created, { refundId, amount: eur(300n) })).toMatchObject({ refund: { refundId } });
      expect(transactionOf(created).refunds).toHaveLength(1);
    },
  );

  test('that another refund stands in the way of is refused in BlueSnap’s words', async () => {
    const created = await paid('automatic');
    await refund(created, { amount: eur(1_000n) });
    expect(await refund(created, { amount: eur(300n) })).toMatchObject({
      ...{ kind: 'refused', code: 'refund_max_amount_failure' },
    });
  });

  test.each([
    ['what is only authorized', 'manual', {}, 'not_captured'],
    ['more than was captured', 'automatic', { amount: eur(1_251n) }, 'amount_not_available'],
    ['another currency', 'automatic', { amount: { amount: 1n, currency: 'USD' } }, 'amount_not_available'],
    ['nothing', 'automatic', { amount: eur(0n) }, 'amount_not_supported'],
  ] as const)('of %s is refused', async (_, captureMethod, changes, code) => {
    const created = await paid(captureMethod);
    expect(await refund(created, changes)).toMatchObject({ kind: 'refused', code });
    expect(transactionOf(created).refunds).toHaveLength(0);
  });

  test('of an attempt that BlueSnap does not know is refused', async () => {
    expect(await refund(stage.input())).toMatchObject({ kind: 'refused', code: 'transaction_not_found' });
  });

  test('made at the portal is found and has no name of ours', async () => {
    const created = await paid('automatic');
    stage.simulator.console.refund(created.attemptId, 400n);
    expect(await retrieve(created)).toMatchObject({ refunds: [{ refundId: null, amount: eur(400n) }] });
  });
});

describe('asking', () => {
  test('for an attempt that has no transaction finds none', async () => {
    expect(await retrieve(stage.input())).toEqual({ kind: 'not_found' });
  });

  test('tells of chargebacks', async () => {
    const created = await paid('automatic');
    stage.simulator.console.chargeback(created.attemptId, 'NEW');
    const money = { amount: eur(1_250n), withdrawn: 1_250n, reinstated: 0n };
    expect(await retrieve(created)).toMatchObject({ disputes: [{ state: 'opened', ...money }] });
  });

  test('where BlueSnap has several transactions of the name is in doubt', async () => {
    stage.simulator.breakNext('read', {
      status: 400,
      body: JSON.stringify({ message: [{ errorName: 'MULTIPLE_TRANSACTIONS_FOUND', code: '20002' }] }),
    });
    expect(await retrieve(stage.input())).toEqual(UNKNOWN);
  });

  test('with credentials that BlueSnap knows accepts them, and moves nothing', async () => {
    expect(await stage.provider.checkCredentials(stage.call())).toEqual({ kind: 'accepted' });
    const credentials = { ...stage.call().credentials, apiPassword: 'not this one' };
    expect(await stage.provider.checkCredentials(stage.call({ credentials }))).toMatchObject({
      ...{ kind: 'refused', code: 'invalid_credentials' },
    });
  });
});

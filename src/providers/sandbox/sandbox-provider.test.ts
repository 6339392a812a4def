import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import type { RefundInput } from '../provider.ts';
import { newSandboxCredentials } from './sandbox-credentials.ts';
import { closedAddress, eventIn, pass, startWorld, statesReceived, type World } from './sandbox-fixture.ts';
import { createSandboxProvider } from './sandbox-provider.ts';

const FULL = { amount: 1250n, currency: 'EUR' };

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

function refundInput(attemptId: string, amount: bigint, clock: ManualClock): RefundInput {
  const refundId = newId('re', clock);
  return { attemptId, refundId, amount: { amount, currency: 'EUR' }, notificationUrl: world.receiver.url };
}

describe('doubt', () => {
  test.each([
    ['tok_charge_then_timeout', 'no answer: timeout'],
    ['tok_charge_then_502', 'unreadable answer with status 502'],
  ])('%s has charged but is unknown until asked, and a repeat finds the same charge', async (token, reason) => {
    const input = world.input(token);
    await world.provider.retrieve(world.call, input);
    const impatient = createSandboxProvider({ baseUrl: world.sandbox.url, timeoutMs: 1_000 });
    expect(await impatient.create(world.call, input)).toEqual({ kind: 'unknown', reason });
    const asked = await world.provider.retrieve(world.call, input);
    expect(asked).toMatchObject({ kind: 'answered', report: { state: 'captured', amount: FULL } });
    const repeated = await world.provider.create(world.call, input);
    expect(asked).toEqual({ ...repeated, captures: [], refunds: [], reversals: [], disputes: [] });
    expect(world.sandbox.countCharges(input.attemptId)).toBe(1);
  });

  test('tok_refuse_connection is not sent, and nothing was done', async () => {
    const input = world.input('tok_refuse_connection');
    expect(await world.provider.create(world.call, input)).toEqual({ kind: 'not_sent', reason: 'not_executed' });
    expect(await world.provider.retrieve(world.call, input)).toEqual({ kind: 'not_found' });
    expect(world.sandbox.countCharges(input.attemptId)).toBe(0);
  });

  test('a closed sandbox is not sent to', async () => {
    const provider = createSandboxProvider({ baseUrl: await closedAddress() });
    const answer = await provider.create(world.call, world.input('tok_approve'));
    expect(answer).toEqual({ kind: 'not_sent', reason: 'connection_refused' });
  });
});

describe('one charge per attempt', () => {
  test('ten concurrent creates open one charge', async () => {
    const input = world.input('tok_approve');
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.provider.create(world.call, input)));
    expect(
      new Set(answers.map((answer) => JSON.stringify(answer, (_, v) => (typeof v === 'bigint' ? `${v}` : v)))).size,
    ).toBe(1);
    expect(answers[0]).toMatchObject({ kind: 'answered' });
    expect(world.sandbox.countCharges(input.attemptId)).toBe(1);
    await world.sandbox.tick();
    expect(world.receiver.received).toHaveLength(1);
  });

  test('the same attempt with other content is unknown, and the charge stays as it was', async () => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const other = { ...input, amount: { amount: 1251n, currency: 'EUR' } };
    expect(await world.provider.create(world.call, other)).toEqual({ kind: 'unknown', reason: 'reference_conflict' });
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { amount: FULL } });
  });

  test('a repeat after the expiry still finds its charge', async () => {
    const input = world.input('tok_approve');
    const first = await world.provider.create(world.call, input);
    world.clock.advance({ hours: 1 });
    expect(await world.provider.create(world.call, input)).toEqual(first);
  });
});

describe('refunds', () => {
  test('partial refunds add up to the capture and not beyond it', async () => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const parts = [refundInput(input.attemptId, 1000n, world.clock), refundInput(input.attemptId, 250n, world.clock)];
    for (const part of parts) {
      expect(await world.provider.refund?.(world.call, part)).toMatchObject({
        kind: 'answered',
        refund: { refundId: part.refundId, amount: part.amount, state: 'succeeded' },
      });
    }
    const over = await world.provider.refund?.(world.call, refundInput(input.attemptId, 1n, world.clock));
    expect(over).toMatchObject({ kind: 'refused', code: 'amount_not_available' });
    const asked = await world.provider.retrieve(world.call, input);
    expect(asked).toMatchObject({ refunds: parts.map(({ refundId }) => ({ refundId, state: 'succeeded' })) });
    await world.sandbox.tick();
    expect(await statesReceived(world)).toEqual(['captured', 'refund succeeded', 'refund succeeded']);
  });

  test('ten concurrent copies of a refund pay back once', async () => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const wanted = refundInput(input.attemptId, 700n, world.clock);
    const refund = () => world.provider.refund?.(world.call, wanted);
    const answers = await Promise.all(Array.from({ length: 10 }, refund));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ kind: 'answered' });
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ refunds: [{ amount: wanted.amount }] });
  });

  test('of two racing refunds that exceed the capture together one is refused', async () => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const race = [800n, 800n].map((amount) => refundInput(input.attemptId, amount, world.clock));
    const answers = await Promise.all(race.map((part) => world.provider.refund?.(world.call, part)));
    expect(answers.map((answer) => answer?.kind).sort()).toEqual(['answered', 'refused']);
  });

  test('a refund reference with another amount is unknown', async () => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const wanted = refundInput(input.attemptId, 700n, world.clock);
    await world.provider.refund?.(world.call, wanted);
    const other = await world.provider.refund?.(world.call, { ...wanted, amount: { amount: 701n, currency: 'EUR' } });
    expect(other).toEqual({ kind: 'unknown', reason: 'reference_conflict' });
  });

  test.each([
    [103n, 'refund succeeded', 1147n],
    [104n, 'refund failed', 1250n],
  ])('a refund of %s is pending first, then: %s', async (amount, ending, left) => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const answer = await world.provider.refund?.(world.call, refundInput(input.attemptId, amount, world.clock));
    expect(answer).toMatchObject({ refund: { state: 'pending' } });
    const early = await world.provider.refund?.(world.call, refundInput(input.attemptId, 1250n, world.clock));
    expect(early).toMatchObject({ kind: 'refused', code: 'amount_not_available' });
    await pass(world, { seconds: 2 });
    expect(await statesReceived(world)).toEqual(['captured', 'refund pending', ending]);
    const rest = await world.provider.refund?.(world.call, refundInput(input.attemptId, left, world.clock));
    expect(rest).toMatchObject({ refund: { state: 'succeeded' } });
  });

  test('a refund in another currency than the charge is refused', async () => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const wanted = { ...refundInput(input.attemptId, 100n, world.clock), amount: { amount: 100n, currency: 'USD' } };
    expect(await world.provider.refund?.(world.call, wanted)).toMatchObject({
      kind: 'refused',
      code: 'validation_failed',
    });
  });

  test('an uncaptured charge is not refunded', async () => {
    const input = world.input('tok_authorize_only');
    await world.provider.create(world.call, input);
    const answer = await world.provider.refund?.(world.call, refundInput(input.attemptId, 100n, world.clock));
    expect(answer).toMatchObject({ kind: 'refused', code: 'state_conflict' });
  });
});

describe('credentials', () => {
  test('a new key is introduced by the previous one during a rotation, and both sign', async () => {
    const input = world.input('tok_approve');
    await world.provider.create(world.call, input);
    const { merchantCode } = world.call.credentials;
    const credentials = { ...newSandboxCredentials(), merchantCode };
    const rotated = { ...world.call, credentials, previousCredentials: world.call.credentials };
    expect(await world.provider.retrieve(rotated, input)).toMatchObject({ kind: 'answered' });
    await world.sandbox.tick();
    const before = world.receiver.received.length;
    await world.provider.create({ ...world.call, credentials }, world.input('tok_approve'));
    await world.sandbox.tick();
    const latest = world.receiver.received.slice(before)[0];
    for (const call of [world.call, rotated, { ...world.call, credentials }]) {
      expect(await eventIn({ ...world, call }, latest)).toMatchObject({ authoritative: true });
    }
  });

  test('a merchant code taken by somebody else is refused', async () => {
    await world.provider.create(world.call, world.input('tok_approve'));
    const { merchantCode } = world.call.credentials;
    const stranger = { ...world.call, credentials: { ...newSandboxCredentials(), merchantCode } };
    const answer = await world.provider.create(stranger, world.input('tok_approve'));
    expect(answer).toMatchObject({ kind: 'refused', code: 'bad_signature' });
  });

  test('live mode is refused without a call', async () => {
    const provider = createSandboxProvider({ baseUrl: await closedAddress() });
    const live = { ...world.call, mode: 'live' } as const;
    const answer = await provider.create(live, world.input('tok_approve'));
    expect(answer).toMatchObject({ kind: 'refused', code: 'test_mode_only' });
    expect(await provider.retrieve(live, { attemptId: 'att_1' })).toMatchObject({ kind: 'unknown' });
  });

  test.each(['', ' '.repeat(20), 'short'])('the secret key %j is never used', async (secretKey) => {
    const weak = { ...world.call, credentials: { ...world.call.credentials, secretKey } };
    const answer = await world.provider.create(weak, world.input('tok_approve'));
    expect(answer).toMatchObject({ kind: 'refused', code: 'not_configured' });
  });
});

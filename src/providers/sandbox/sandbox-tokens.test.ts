import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CreateAnswer, NextAction } from '../provider.ts';
import { eventIn, PAID_WITH, pass, startWorld, statesReceived, type World } from './sandbox-fixture.ts';
import { TOKENS } from './server/scenario.ts';

const FULL = { amount: 1250n, currency: 'EUR' };
const IN_SEVEN_DAYS = Temporal.Instant.from('2026-01-08T00:00:00Z');
/** What a charge has of captures and the like before anybody has asked for any. */
const NOTHING = { captures: [], refunds: [], reversals: [], disputes: [] };

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

function actionOf(answer: CreateAnswer): NextAction {
  if (answer.kind !== 'answered' || answer.report.state !== 'requires_action') throw new Error(`was ${answer.kind}`);
  return answer.report.nextAction;
}

describe('answers of create', () => {
  test.each([
    ['tok_approve', { state: 'captured', amount: FULL }],
    ['tok_authorize_only', { state: 'authorized', amount: FULL, authorizationExpiresAt: IN_SEVEN_DAYS }],
    ['tok_pending_then_approve', { state: 'pending' }],
    ['tok_pending_then_decline', { state: 'pending' }],
    ['tok_pending_forever', { state: 'pending' }],
    ['tok_late_approve', { state: 'pending' }],
    ['tok_ipn_before_answer', { state: 'captured', amount: FULL }],
    ['tok_duplicate_ipn', { state: 'captured', amount: FULL }],
    ['tok_reordered_ipn', { state: 'captured', amount: FULL }],
    ['tok_delayed_ipn', { state: 'captured', amount: FULL }],
    ['tok_bad_signature_ipn', { state: 'captured', amount: FULL }],
    ['tok_stale_ipn', { state: 'captured', amount: FULL }],
    ['tok_no_ipn', { state: 'captured', amount: FULL }],
    ['tok_dispute_won', { state: 'captured', amount: FULL }],
    ['tok_dispute_lost', { state: 'captured', amount: FULL }],
    ['tok_dispute_inquiry', { state: 'captured', amount: FULL }],
    [
      'tok_authorization_lapses',
      { state: 'authorized', amount: FULL, authorizationExpiresAt: Temporal.Instant.from('2026-01-01T00:00:05Z') },
    ],
  ])('%s answers at once', async (token, report) => {
    const input = world.input(token);
    const answer = await world.provider.create(world.call, input);
    const providerRef = expect.stringMatching(/^ch_[0-9a-f]{32}$/);
    const told = 'amount' in report ? { ...report, ...PAID_WITH } : report;
    expect(answer).toEqual({ kind: 'answered', providerRef, report: told });
    expect(await world.provider.retrieve(world.call, input)).toEqual({ ...answer, ...NOTHING });
  });

  test.each([
    ['tok_decline_insufficient_funds', 'insufficient_funds', 'insufficient_funds'],
    ['tok_decline_fraud', 'fraud', 'suspected_fraud'],
    ['tok_decline_then_approve', 'other', 'no_answer'],
  ])('%s is declined for its reason', async (token, reason, providerCode) => {
    const answer = await world.provider.create(world.call, world.input(token));
    expect(answer).toMatchObject({
      kind: 'answered',
      report: { state: 'declined', decline: { reason, providerCode, message: expect.any(String) } },
    });
  });

  test('tok_redirect and a missing method lead to an embeddable bank page', async () => {
    for (const token of ['tok_redirect', null]) {
      const input = world.input(token);
      const answer = await world.provider.create(world.call, input);
      const url = expect.stringMatching(/\/bank\/ch_[0-9a-f]{32}$/);
      expect(actionOf(answer)).toEqual({ type: 'redirect', url, embeddable: true });
      expect(answer).toMatchObject({ report: { expiresAt: input.expiresAt } });
    }
  });

  test('tok_qr carries the address of the bank page as its payload', async () => {
    const action = actionOf(await world.provider.create(world.call, world.input('tok_qr')));
    expect(action).toEqual({ type: 'qr', payload: expect.stringContaining(`${world.sandbox.url}/bank/ch_`) });
  });

  test.each([
    [1201n, { state: 'declined' }],
    [1202n, { state: 'declined' }],
    [1203n, { state: 'pending' }],
    [1204n, { state: 'pending' }],
    [1205n, { state: 'pending' }],
  ])('the amount %s decides where no token is given, and only there', async (amount, report) => {
    const money = { amount, currency: 'EUR' };
    expect(await world.provider.create(world.call, world.input(null, { amount: money }))).toMatchObject({ report });
    const chosen = await world.provider.create(world.call, world.input('tok_redirect', { amount: money }));
    expect(chosen).toMatchObject({ report: { state: 'requires_action' } });
  });

  test('manual capture stops at the authorization', async () => {
    const answer = await world.provider.create(world.call, world.input('tok_approve', { captureMethod: 'manual' }));
    expect(answer).toMatchObject({ report: { state: 'authorized', amount: FULL } });
  });

  test('the sandbox knows the same tokens as the adapter', () => {
    const taken = TOKENS.filter((token) => world.provider.method.safeParse({ type: 'sandbox', token }).success);
    expect(taken).toEqual(TOKENS);
    expect(world.provider.method.safeParse({ type: 'sandbox', token: 'tok_yes' }).success).toBe(false);
  });
});

describe('what happens later', () => {
  test.each([
    ['tok_pending_then_approve', ['pending', 'captured']],
    ['tok_pending_then_decline', ['pending', 'declined']],
  ])('%s settles two seconds later', async (token, states) => {
    const input = world.input(token);
    await world.provider.create(world.call, input);
    await pass(world, { milliseconds: 1_999 });
    expect(await statesReceived(world)).toEqual(['pending']);
    await pass(world, { milliseconds: 1 });
    expect(await statesReceived(world)).toEqual(states);
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: states[1] } });
  });

  test('tok_pending_forever never expires but can be canceled', async () => {
    const input = world.input('tok_pending_forever');
    await world.provider.create(world.call, input);
    await pass(world, { hours: 240 });
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: 'pending' } });
    const canceled = await world.provider.cancel?.(world.call, input);
    expect(canceled).toMatchObject({ kind: 'answered', report: { state: 'canceled' } });
    expect(await world.provider.cancel?.(world.call, input)).toEqual(canceled);
  });

  test('tok_late_approve expires on time and is approved five seconds after', async () => {
    const input = world.input('tok_late_approve');
    await world.provider.create(world.call, input);
    await pass(world, { minutes: 15 });
    expect(await world.provider.cancel?.(world.call, input)).toMatchObject({ kind: 'refused', code: 'state_conflict' });
    await pass(world, { seconds: 5 });
    expect(await statesReceived(world)).toEqual(['pending', 'expired', 'captured']);
  });

  test('tok_decline_then_approve is captured three seconds after its decline', async () => {
    const input = world.input('tok_decline_then_approve');
    await world.provider.create(world.call, input);
    await pass(world, { seconds: 3 });
    expect(await statesReceived(world)).toEqual(['declined', 'captured']);
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: 'captured' } });
  });

  test('tok_authorization_lapses expires five seconds on, and says that it had been authorized', async () => {
    const input = world.input('tok_authorization_lapses');
    await world.provider.create(world.call, input);
    await pass(world, { seconds: 5 });
    expect(await statesReceived(world)).toEqual(['authorized', 'expired']);
    const report = { state: 'expired', afterAuthorization: true };
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report });
  });

  test('a canceled charge is not approved late', async () => {
    const input = world.input('tok_late_approve');
    await world.provider.create(world.call, input);
    await world.provider.cancel?.(world.call, input);
    await pass(world, { hours: 1 });
    expect(await statesReceived(world)).toEqual(['pending', 'canceled']);
  });

  test('an undecided charge has expired for whoever asks at its expiry, without waiting for the timer', async () => {
    const input = world.input('tok_redirect');
    await world.provider.create(world.call, input);
    world.clock.advance({ minutes: 15 });
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: 'expired' } });
  });

  test('what was approved before the expiry stays approved', async () => {
    const input = world.input('tok_authorize_only');
    await world.provider.create(world.call, input);
    await pass(world, { hours: 1 });
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: 'authorized' } });
    expect(await world.provider.cancel?.(world.call, input)).toMatchObject({ kind: 'refused', code: 'state_conflict' });
  });
});

describe('notifications by token', () => {
  test('tok_ipn_before_answer has notified before create answers', async () => {
    const input = world.input('tok_ipn_before_answer');
    await world.provider.create(world.call, input);
    expect(await statesReceived(world)).toEqual(['captured']);
  });

  test('tok_duplicate_ipn sends the same event twice at the same instant', async () => {
    await world.provider.create(world.call, world.input('tok_duplicate_ipn'));
    await world.sandbox.tick();
    const [first, second, ...others] = world.receiver.received;
    expect(others).toEqual([]);
    expect(await eventIn(world, second)).toEqual(await eventIn(world, first));
  });

  test('tok_reordered_ipn sends the later event first', async () => {
    await world.provider.create(world.call, world.input('tok_reordered_ipn'));
    await pass(world, { seconds: 3 });
    expect(await statesReceived(world)).toEqual(['captured', 'authorized']);
  });

  test('tok_delayed_ipn notifies three seconds late', async () => {
    await world.provider.create(world.call, world.input('tok_delayed_ipn'));
    await world.sandbox.tick();
    expect(world.receiver.received).toHaveLength(0);
    await pass(world, { seconds: 3 });
    expect(await statesReceived(world)).toEqual(['captured']);
  });

  test.each([
    ['tok_bad_signature_ipn', 'bad_signature'],
    ['tok_stale_ipn', 'stale_timestamp'],
  ])('%s is rejected', async (token, reason) => {
    await world.provider.create(world.call, world.input(token));
    await world.sandbox.tick();
    const [webhook] = world.receiver.received;
    if (webhook === undefined) throw new Error('nothing came');
    const outcome = await world.provider.parseWebhook(world.call, webhook);
    expect(outcome).toEqual({ kind: 'rejected', reason, reply: { status: 401 } });
  });

  test('tok_no_ipn stays silent', async () => {
    await world.provider.create(world.call, world.input('tok_no_ipn'));
    await pass(world, { hours: 2 });
    expect(world.receiver.received).toHaveLength(0);
  });
});

import { describe, expect, test } from 'vitest';
import type { Delivery } from '../notifications/delivery.ts';
import type { AttemptOutcome } from '../notifications/delivery-hooks.ts';
import type { AckDeadline } from './ack-deadline.ts';
import { decideDispatch } from './decide-dispatch.ts';
import { decideOutcome, type OutcomeWorld } from './decide-outcome.ts';
import { decideSettlement } from './decide-settlement.ts';

const NOW = Temporal.Instant.from('2026-01-01T00:00:00Z');
const at = (seconds: number) => NOW.add({ milliseconds: Math.round(seconds * 1_000) });

const DELIVERY = {
  ...{ tenantId: 'ten_1', deliveryId: 'whd_1', laneId: 'we_1', eventId: 'evt_1', eventType: 'payment.succeeded' },
  ...{ paymentId: 'pay_1', mode: 'live', endpointId: 'we_1', urlOverride: null, partnerKeyId: null },
  ...{ trigger: 'automatic', reason: 'tenant', status: 'pending', attemptsMade: 0, dueAt: NOW },
  ...{ lastAttemptAt: null, lastStatusCode: null, lastError: null, createdAt: NOW },
} as const satisfies Delivery;

const ARMING = { windowSeconds: 45, epoch: 1 };

function armed(): AckDeadline {
  const world = { now: NOW, newDeadlineId: () => 'ack_1', arming: ARMING };
  const dispatch = decideDispatch(null, DELIVERY, world);
  if (dispatch.kind !== 'arm') throw new Error('It was not armed');
  return dispatch.deadline;
}

function outcome(changes: Partial<AttemptOutcome> = {}, delivery: Partial<Delivery> = {}): AttemptOutcome {
  const before = { ...DELIVERY, ...delivery };
  return {
    ...{ before, after: { ...before, attemptsMade: 1, dueAt: at(5) }, endpoint: null, attemptedAt: NOW },
    ...{ durationMs: 0, kind: 'lost', status: null, faultOf: 'receiver', ...changes },
  };
}

const world = (seconds: number, changes: Partial<OutcomeWorld> = {}): OutcomeWorld => ({
  ...{ now: at(seconds), reverses: true, stopped: null, ...changes },
});

describe('S1.21 silence', () => {
  test.each([
    ['44.7 s', 44.7, 'armed'],
    ['45 s', 45, 'firing'],
    ['45.1 s', 45.1, 'firing'],
  ])('that lasted %s leaves it %s', (_, seconds, state) => {
    const one = outcome({ durationMs: seconds * 1_000 });
    expect(decideOutcome(armed(), one, world(seconds))?.deadline.state).toBe(state);
  });

  test('counts from when the request began: what waited 40 s in our own queue has its whole window', () => {
    const refused = outcome({ kind: 'not_sent', durationMs: 10 });
    const settled = decideOutcome(armed(), refused, world(50));
    expect(settled?.deadline.state).toBe('armed');
    expect(settled?.deadline.deadlineAt.toString()).toBe(at(94.99).toString());
    expect(settled?.delivery).toEqual({ kind: 'due', at: at(5) });
  });

  test('within the window has it sent again by the schedule, and at the deadline at the latest', () => {
    const late = outcome({ durationMs: 10_000 });
    const after = { ...late.after, dueAt: null, status: 'exhausted' } as const;
    const settled = decideOutcome(armed(), { ...late, after }, world(10));
    expect(settled?.delivery).toEqual({ kind: 'due', at: at(45) });
  });
});

describe('an acknowledgement', () => {
  const yes = (delivery: Partial<Delivery> = {}) =>
    outcome({ kind: 'acknowledged', status: 200, faultOf: null }, delivery);

  test('after it fired is noted once, and nothing is undone', () => {
    const fired = decideOutcome(armed(), outcome({ kind: 'refused', status: 500 }), world(1));
    const firing = fired?.deadline ?? armed();
    expect(firing.state).toBe('firing');
    const late = decideOutcome(firing, yes({ trigger: 'resend', deliveryId: 'whd_2' }), world(3));
    expect(late?.deadline.state).toBe('firing');
    expect(late?.deadline.lateAcknowledgedAt?.toString()).toBe(at(3).toString());
    expect(late?.counts).toBeNull();
    expect(decideOutcome(late?.deadline ?? firing, yes(), world(4))).toBeNull();
  });

  test('of a resend of the same event ends the deadline too, of a test or a simulation never', () => {
    expect(decideOutcome(armed(), yes({ trigger: 'resend', deliveryId: 'whd_2' }), world(1))?.deadline.state).toBe(
      'acknowledged',
    );
    expect(decideOutcome(armed(), yes({ trigger: 'test' }), world(1))).toBeNull();
    expect(decideOutcome(armed(), yes({ trigger: 'simulation' }), world(1))).toBeNull();
  });

  test('of another event or another endpoint is none', () => {
    expect(decideOutcome(armed(), yes({ eventId: 'evt_2' }), world(1))).toBeNull();
    expect(decideOutcome(armed(), yes({ endpointId: 'we_2' }), world(1))).toBeNull();
  });
});

describe('an attempt that acknowledged nothing', () => {
  test('fires once: the next one finds that it has fired', () => {
    const refused = outcome({ kind: 'refused', status: 500 });
    const firing = decideOutcome(armed(), refused, world(1))?.deadline ?? armed();
    expect(decideOutcome(firing, refused, world(2))).toBeNull();
    expect(decideOutcome(firing, outcome({ durationMs: 45_000 }), world(60))).toBeNull();
  });

  test('fires nothing where it was a resend’s', () => {
    const resent = { trigger: 'resend', deliveryId: 'whd_2' } as const;
    expect(decideOutcome(armed(), outcome({ kind: 'refused', status: 500 }, resent), world(1))).toBeNull();
    expect(decideOutcome(armed(), outcome({ durationMs: 45_000 }, resent), world(45))).toBeNull();
  });

  test('withdraws it where we refused to send, however late it is', () => {
    const ours = outcome({ kind: 'not_sent', faultOf: 'us' });
    expect(decideOutcome(armed(), ours, world(100))?.deadline).toMatchObject({
      ...{ state: 'withdrawn', reason: 'not_sent_by_us', lookAt: null },
    });
  });

  test('withdraws it where the endpoint has another policy by now', () => {
    const settled = decideOutcome(armed(), outcome({ kind: 'refused', status: 500 }), world(1, { reverses: false }));
    expect(settled?.deadline).toMatchObject({ state: 'withdrawn', reason: 'policy_changed' });
    expect(settled?.counts).toBeNull();
  });

  test.each(['switched_off', 'fuse_open', 'other_epoch'] as const)('is left to a person: %s', (stopped) => {
    const settled = decideOutcome(armed(), outcome({ kind: 'refused', status: 500 }), world(1, { stopped }));
    expect(settled).toMatchObject({ deadline: { state: 'suppressed', reason: stopped }, delivery: null });
  });
});

describe('a request that was in flight when we died', () => {
  test('is sent again with a whole window, though its deadline has passed', () => {
    const again = decideDispatch(armed(), DELIVERY, { now: at(300), newDeadlineId: () => 'ack_2', arming: ARMING });
    expect(again).toMatchObject({
      kind: 'arm',
      deadline: { deadlineId: 'ack_1', version: 2, dispatches: 2, inFlight: true, epoch: 1 },
    });
    expect(again.kind === 'arm' && again.deadline.deadlineAt.toString()).toBe(at(345).toString());
  });

  test('stays one of its own life, also where the next one sends it again', () => {
    const arming = { windowSeconds: 45, epoch: 2 };
    const again = decideDispatch(armed(), DELIVERY, { now: at(300), newDeadlineId: () => 'ack_2', arming });
    expect(again).toMatchObject({ kind: 'arm', deadline: { epoch: 1 } });
  });
});

describe('what gives the money back', () => {
  const payment = {
    ...{ status: 'succeeded', reversalId: null, amountCaptured: 100n, amountCapturePending: 0n },
    ...{ amountRefunded: 0n, amountRefundPending: 0n, capturesClosed: true },
  };
  const asked = (times: number, reversalTried = times > 0) => ({ asked: times, askedEarlier: 0, reversalTried });
  const settle = (changes: object, asker = asked(0)) =>
    decideSettlement({ ...payment, ...changes } as unknown as Parameters<typeof decideSettlement>[0], asker);

  test.each([
    ['a whole payment', {}, asked(0), { kind: 'ask', operation: 'reversal' }],
    ['one whose reversal is not possible', {}, asked(1), { kind: 'ask', operation: 'refund' }],
    ['one that is refunded in part', { amountRefunded: 1n }, asked(0), { kind: 'ask', operation: 'refund' }],
    ['one whose refund is under way', { amountRefundPending: 100n }, asked(1), { kind: 'wait' }],
    ['one that is being reversed', { reversalId: 'rev_1' }, asked(0), { kind: 'wait' }],
    ['one that is refunded', { amountRefunded: 100n }, asked(1), { kind: 'end', state: 'refunded' }],
    ['one that is reversed', { status: 'reversed' }, asked(1), { kind: 'end', state: 'reversed' }],
    [
      'an authorization',
      { status: 'authorized', amountCaptured: 0n, capturesClosed: false },
      asked(0),
      { kind: 'ask', operation: 'release' },
    ],
    ['one that is being released', { status: 'authorized', amountCaptured: 0n }, asked(1), { kind: 'wait' }],
    ['one that is captured just now', { status: 'authorized', amountCapturePending: 1n }, asked(0), { kind: 'wait' }],
    ['a canceled one', { status: 'canceled', amountCaptured: 0n }, asked(1), { kind: 'end', state: 'released' }],
    ['one of which nobody takes a refund', {}, asked(4), { kind: 'fail', reason: 'refused' }],
  ] as const)('of %s', (_, changes, asker, expected) => {
    expect(settle(changes, asker)).toEqual(expected);
  });
});

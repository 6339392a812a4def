import { describe, expect, test } from 'vitest';
import { changesOf, type Mismatch, type ReconciliationException } from './exception.ts';

const NOON = Temporal.Instant.from('2026-01-01T12:00:00Z');
const LATER = NOON.add({ hours: 1 });
const place = { tenantId: 'ten_1', mode: 'test', providerAccountId: 'pa_1' } as const;

const MISMATCH: Mismatch = {
  ...{ kind: 'amount', subjectNoun: 'capture', subjectId: 'cap_1', paymentId: 'pay_1', statementId: 'st_1' },
  currency: 'EUR',
  here: { amount: 1000n, currency: 'EUR', status: 'succeeded' },
  there: { gross: 900n, fee: 0n, net: 900n, currency: 'EUR' },
  difference: 100n,
};

const changes = (known: readonly ReconciliationException[], found: readonly Mismatch[], now = LATER) =>
  changesOf(known, found, { now, place, newId: () => 'rx_1' });

function first(): ReconciliationException {
  const [change] = changes([], [MISMATCH], NOON);
  if (change === undefined) throw new Error('nothing was opened');
  return change.exception;
}

const resolvedBy = (resolution: ReconciliationException['resolution']): ReconciliationException => {
  const its = { state: 'resolved', resolution, note: 'n', resolvedBy: 'key:1', resolvedAt: NOON } as const;
  return { ...first(), ...its };
};

test('a mismatch opens one exception, and is told', () => {
  expect(changes([], [MISMATCH, MISMATCH], NOON)).toEqual([
    { exception: expect.objectContaining({ ...MISMATCH, ...place, state: 'open', timesOpened: 1 }), opened: true },
  ]);
});

describe('an open exception', () => {
  test('that is seen again stays as it is', () => {
    expect(changes([first()], [MISMATCH])).toEqual([]);
  });

  test('takes new facts on without being told again', () => {
    const worse = { ...MISMATCH, difference: 300n };
    expect(changes([first()], [worse])).toEqual([
      { exception: { ...first(), ...worse, updatedAt: LATER }, opened: false },
    ]);
  });

  test('closes itself once it is right', () => {
    const [change] = changes([first()], []);
    expect(change).toMatchObject({
      opened: false,
      exception: { state: 'resolved', resolution: 'matched_later', resolvedBy: 'gateway', difference: 0n },
    });
  });
});

describe('a resolved exception', () => {
  test('of a person stays so while the facts are the same', () => {
    expect(changes([resolvedBy('accepted')], [MISMATCH])).toEqual([]);
  });

  test('of a person opens again over other facts, and is told', () => {
    const [change] = changes([resolvedBy('accepted')], [{ ...MISMATCH, difference: 101n }]);
    expect(change).toMatchObject({
      opened: true,
      exception: { exceptionId: 'rx_1', state: 'open', resolution: null, note: null, timesOpened: 2, difference: 101n },
    });
  });

  test('of a person is no difference any more once it is right, and keeps the decision', () => {
    const [change] = changes([resolvedBy('accepted')], []);
    expect(change).toMatchObject({ opened: false, exception: { resolution: 'accepted', note: 'n', difference: 0n } });
    expect(changes([{ ...resolvedBy('accepted'), difference: 0n }], [])).toEqual([]);
  });

  test('that had closed itself opens again where it is wrong again', () => {
    const closed = { ...resolvedBy('matched_later'), difference: 0n };
    expect(changes([closed], [MISMATCH])).toMatchObject([{ opened: true, exception: { timesOpened: 2 } }]);
  });
});

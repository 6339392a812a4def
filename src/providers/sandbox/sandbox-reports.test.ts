import { describe, expect, test } from 'vitest';
import { isConsistent, reportOf } from './sandbox-reports.ts';
import { type WireWholeCharge, wireCharge } from './sandbox-wire.ts';

const ID = '0'.repeat(32);
const CHARGE = {
  ...{ id: `ch_${ID}`, object: 'charge', merchantCode: 'shop', reference: 'att_1', captureMethod: 'manual' },
  ...{ amount: 1250, currency: 'EUR', amountAuthorized: 1250, amountCaptured: 0, amountRefunded: 0, amountReversed: 0 },
  ...{ decline: null, action: null, expiresAt: '2026-01-01T00:15:00Z' },
  ...{ createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
  ...{ captures: [], refunds: [], reversals: [], disputes: [] },
};
const UNTIL = '2026-01-08T00:00:00Z';
const AUTHORIZED = { ...CHARGE, state: 'authorized', authorizationExpiresAt: UNTIL };
const CAPTURED = { ...CHARGE, state: 'captured', amountCaptured: 1250, authorizationExpiresAt: null };

let serial = 0;
const operation = (object: 'capture' | 'refund' | 'reversal', amount: number, state = 'succeeded') => ({
  id: `${{ capture: 'cp', refund: 'rf', reversal: 'rv' }[object]}_${(serial++).toString(16).padStart(32, '0')}`,
  ...{ object, chargeId: CHARGE.id, chargeReference: CHARGE.reference, reference: `o_${serial}`, amount },
  ...{ currency: 'EUR', ...(object === 'capture' ? { final: false } : {}), state, failureCode: null },
  createdAt: CHARGE.createdAt,
});
const DISPUTE = {
  ...{ id: `ds_${ID}`, object: 'dispute', chargeId: CHARGE.id, chargeReference: CHARGE.reference, state: 'won' },
  ...{ amount: 1250, currency: 'EUR', reason: 'fraudulent', evidenceDueAt: null, withdrawn: 1250, reinstated: 1250 },
  ...{ createdAt: CHARGE.createdAt, updatedAt: CHARGE.createdAt },
};

/** The charge as the adapter takes it; null where any of its rules breaks. */
function read(charge: Record<string, unknown>): WireWholeCharge | null {
  const parsed = wireCharge.safeParse(charge);
  if (!parsed.success) return null;
  return reportOf(parsed.data) !== null && isConsistent(parsed.data) ? parsed.data : null;
}

describe('a charge is taken', () => {
  test.each<[string, Record<string, unknown>]>([
    ['authorized', AUTHORIZED],
    ['captured with its authorization', CAPTURED],
    ['captured in part', { ...AUTHORIZED, amountCaptured: 500, captures: [operation('capture', 500)] }],
    [
      'with captures pending and failed',
      {
        ...{ ...AUTHORIZED, amountCaptured: 500 },
        captures: [
          operation('capture', 500),
          operation('capture', 700, 'pending'),
          operation('capture', 900, 'failed'),
        ],
      },
    ],
    [
      'refunded in part',
      {
        ...{ ...CAPTURED, amountRefunded: 150 },
        refunds: [operation('refund', 100), operation('refund', 50, 'pending'), operation('refund', 900, 'failed')],
      },
    ],
    ['reversed', { ...CAPTURED, amountReversed: 1250, reversals: [operation('reversal', 1250, 'pending')] }],
    ['disputed', { ...CAPTURED, disputes: [DISPUTE] }],
    [
      'with a refund made at the console',
      {
        ...{ ...CAPTURED, amountRefunded: 100 },
        refunds: [{ ...operation('refund', 100), reference: null }],
      },
    ],
    ['lapsed', { ...CHARGE, state: 'expired', authorizationExpiresAt: null }],
  ])('%s', (_, charge) => {
    expect(read(charge)).not.toBeNull();
  });
});

describe('a charge is not taken', () => {
  test.each<[string, Record<string, unknown>]>([
    ['authorized without an end', { ...AUTHORIZED, authorizationExpiresAt: null }],
    ['captured with an end of its authorization', { ...CAPTURED, authorizationExpiresAt: UNTIL }],
    ['authorized of nothing', { ...AUTHORIZED, amountAuthorized: 0 }],
    ['authorized with nothing left', { ...AUTHORIZED, amountCaptured: 1250, captures: [operation('capture', 1250)] }],
    ['canceled with captured money', { ...CAPTURED, state: 'canceled' }],
    ['with captures that do not add up', { ...AUTHORIZED, amountCaptured: 500, captures: [operation('capture', 499)] }],
    [
      'with pending captures counted as done',
      {
        ...{ ...AUTHORIZED, amountCaptured: 500 },
        captures: [operation('capture', 500, 'pending')],
      },
    ],
    [
      'with more pending than authorized',
      {
        ...AUTHORIZED,
        captures: [operation('capture', 1000, 'pending'), operation('capture', 251, 'pending')],
      },
    ],
    ['with a refund that its total leaves out', { ...CAPTURED, refunds: [operation('refund', 100)] }],
    [
      'with a failed refund in its total',
      {
        ...{ ...CAPTURED, amountRefunded: 100 },
        refunds: [operation('refund', 100, 'failed')],
      },
    ],
    ['with a part reversed', { ...CAPTURED, amountReversed: 100, reversals: [operation('reversal', 100)] }],
    ['with a reversal that its total leaves out', { ...CAPTURED, reversals: [operation('reversal', 1250)] }],
    [
      'both refunded and reversed',
      {
        ...{ ...CAPTURED, amountReversed: 1250, amountRefunded: 1 },
        ...{ reversals: [operation('reversal', 1250)], refunds: [operation('refund', 1)] },
      },
    ],
    [
      'with the same refund twice',
      {
        ...{ ...CAPTURED, amountRefunded: 200 },
        refunds: [operation('refund', 100)].flatMap((one) => [one, one]),
      },
    ],
    ['with the dispute of another charge', { ...CAPTURED, disputes: [{ ...DISPUTE, chargeReference: 'att_2' }] }],
    ['with a dispute in another currency', { ...CAPTURED, disputes: [{ ...DISPUTE, currency: 'USD' }] }],
    ['with more given back than withdrawn', { ...CAPTURED, disputes: [{ ...DISPUTE, withdrawn: 1249 }] }],
    ['with more withdrawn than disputed', { ...CAPTURED, disputes: [{ ...DISPUTE, amount: 1249 }] }],
    ['with a dispute beyond the charge', { ...CAPTURED, disputes: [{ ...DISPUTE, amount: 1251 }] }],
    ['without its list of reversals', { ...CAPTURED, reversals: undefined }],
    ['with a refund among its captures', { ...AUTHORIZED, captures: [operation('refund', 100)] }],
  ])('%s', (_, charge) => {
    expect(read(charge)).toBeNull();
  });
});

test('an authorization that ended is told apart from a try that ended', () => {
  const ended = { ...CHARGE, state: 'canceled', authorizationExpiresAt: null };
  expect(reportOf(wireCharge.parse(ended))).toEqual({ state: 'canceled', afterAuthorization: true });
  expect(reportOf(wireCharge.parse({ ...ended, amountAuthorized: 0 }))).toEqual({ state: 'canceled' });
});

test('of all charges with small amounts those are taken that keep each amount within the one before', () => {
  const states = ['authorized', 'captured', 'declined', 'canceled', 'expired', 'pending'] as const;
  const upTo = (max: number) => Array.from({ length: max + 1 }, (_, amount) => amount);
  const taken: string[] = [];
  for (const state of states)
    for (const amountAuthorized of upTo(3))
      for (const amountCaptured of upTo(3))
        for (const amountRefunded of upTo(3))
          for (const amountReversed of upTo(3)) {
            const amounts = { amount: 2, amountAuthorized, amountCaptured, amountRefunded, amountReversed };
            const decline = state === 'declined' ? { code: 'suspected_fraud', message: 'no' } : null;
            const authorizationExpiresAt = state === 'authorized' ? UNTIL : null;
            const found = wireCharge.parse({ ...CHARGE, ...amounts, state, decline, authorizationExpiresAt });
            if (reportOf(found) === null) continue;
            taken.push([state, amountAuthorized, amountCaptured, amountRefunded, amountReversed].join(' '));
          }
  // Authorized, captured, refunded, reversed; whoever ended without money may have been authorized.
  const endings = ['declined', 'canceled', 'expired', 'pending'].flatMap((state) =>
    upTo(2).map((authorized) => `${state} ${authorized} 0 0 0`),
  );
  const open = ['1 0 0 0', '2 0 0 0', '2 1 0 0', '2 1 0 1', '2 1 1 0'].map((amounts) => `authorized ${amounts}`);
  const closed = ['1 1', '2 1', '2 2'].flatMap((amounts) => {
    const captured = Number(amounts.at(-1));
    return [...upTo(captured).map((refunded) => `${amounts} ${refunded} 0`), `${amounts} 0 ${captured}`];
  });
  const expected = [...open, ...closed.map((amounts) => `captured ${amounts}`), ...endings];
  expect(taken.sort()).toEqual(expected.sort());
});

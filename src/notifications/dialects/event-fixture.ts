/** For tests only: events of any type, with the object that its type has. */
import fc from 'fast-check';
import { EVENT_TYPES, type EventType } from '../../events/event.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { currencyCodes } from '../../kernel/currency.ts';
import { newId } from '../../kernel/id.ts';
import { AMOUNT_MAX } from '../../kernel/money.ts';
import type { DialectEvent } from './dialect.ts';

export const NOON = Temporal.Instant.from('2026-01-01T12:00:00Z');

const amount = fc.integer({ min: 1, max: Number(AMOUNT_MAX) });
const text = fc.string({ unit: 'binary', maxLength: 40 });
const reference = fc.stringMatching(/^[A-Za-z0-9._:/-]{1,64}$/);
const instant = fc
  .integer({ min: Date.UTC(2020), max: Date.UTC(2099) })
  .map((milliseconds) => Temporal.Instant.fromEpochMilliseconds(milliseconds));
const ids = new ManualClock(NOON);
const idOf = (prefix: Parameters<typeof newId>[0]) => fc.constant(null).map(() => newId(prefix, ids));

const attempt = fc.record({
  id: idOf('att'),
  state: fc.constant('captured'),
  providerRef: fc.option(text),
  chargeRef: fc.option(text),
  failureCode: fc.option(fc.oneof(fc.constantFrom('insufficient_funds', 'fraud', 'other', '__proto__'), text)),
});

const payment = fc.record({
  id: idOf('pay'),
  reference,
  amount,
  amountCaptured: amount,
  currency: fc.oneof(fc.constantFrom(...currencyCodes()), fc.constantFrom('VND', 'JPY', 'KWD')),
  productId: fc.option(text),
  statementDescriptor: fc.option(text),
  description: fc.option(text),
  reversalId: fc.option(idOf('rev')),
  rrn2: fc.option(text),
  cartItems: fc.option(
    fc.array(fc.record({ description: text, quantity: fc.nat(), value: fc.nat(), itemType: text }), { maxLength: 3 }),
  ),
  shippingAddress: fc.option(fc.dictionary(text, text, { maxKeys: 3 })),
  metadata: fc.dictionary(text, text, { maxKeys: 3 }),
  latestAttempt: fc.option(attempt),
});

const operation = { amount, reason: text, reference: fc.option(text), duplicate: fc.boolean() };
const STATUSES = ['inquiry', 'opened', 'under_review', 'won', 'lost', 'expired'] as const;
const dispute = { amount, reason: text, status: fc.constantFrom(...STATUSES) };

/** Any event: all types, all currencies, texts of any characters, with or without what is optional. */
export const anyEvent: fc.Arbitrary<DialectEvent> = fc
  .record({
    type: fc.constantFrom(...EVENT_TYPES),
    mode: fc.constantFrom('live' as const, 'test' as const),
    createdAt: instant,
    payment,
    capture: fc.record({ id: idOf('cap'), ...operation }),
    refund: fc.record({ id: idOf('re'), ...operation }),
    reversal: fc.record({ id: idOf('rev'), ...operation }),
    dispute: fc.record({ id: idOf('dp'), ...dispute }),
    payout: fc.record({ id: idOf('po'), amount }),
  })
  .map(({ type, mode, createdAt, payment: paid, capture, refund, reversal, dispute: disputed, payout }) => {
    const { currency } = paid;
    const objects: Readonly<Record<string, object>> = { capture, refund, reversal, dispute: disputed, payout };
    const ofNoPayment = type === 'payout.paid' || type === 'reconciliation.mismatch';
    return {
      ...{ tenantId: newId('ten', ids), eventId: newId('evt', ids), mode, type, apiVersion: '2026-11-21', createdAt },
      ...{ paymentId: ofNoPayment ? null : paid.id, notificationUrl: null },
      object: { ...(objects[type.split('.')[0] ?? ''] ?? paid), currency },
      payment: ofNoPayment ? null : { ...paid, capture: { ...capture, currency }, reversal: { ...reversal, currency } },
    };
  });

/** A payment of 149.50 EUR that another Tollgate made, whose attempts' ids are our references. */
export const PAYMENT = {
  ...{ id: 'pay_01kaj2m3n4p5q6r7s8t9v0w1x3', reference: 'att_01kaj2m3n4p5q6r7s8t9v0w1x4', currency: 'EUR' },
  ...{ amount: 14_950, amountCaptured: 14_950 },
};

/** An event of such a payment. */
export function eventOf(type: EventType, object: object, payment: object | null = PAYMENT): DialectEvent {
  return {
    ...{ tenantId: 'ten_01kaj2m3n4p5q6r7s8t9v0w1x0', eventId: 'evt_01kaj2m3n4p5q6r7s8t9v0w1x2', mode: 'test', type },
    ...{ apiVersion: '2026-11-21', paymentId: PAYMENT.id, notificationUrl: null, createdAt: NOON, object, payment },
  };
}

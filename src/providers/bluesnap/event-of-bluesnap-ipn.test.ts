import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventIn, IPN_KEY, type IpnDesk, reasonOf, startIpnDesk } from './bluesnap-ipn-fixture.ts';

let desk: IpnDesk;
beforeAll(async () => {
  desk = await startIpnDesk();
});
afterAll(() => desk.stage.stop());

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });

describe('each type of notification', () => {
  const reversal = { reversalRefNum: '1000000777', invoiceChargeAmount: '-1,234.50' };

  test.each([
    ['AUTH_ONLY', { state: 'authorized', amount: eur(123_450n) }],
    ['AUTH_ONLY_SINGLE_CHARGE', { state: 'authorized', amount: eur(123_450n) }],
    ['CHARGE', { state: 'captured', amount: eur(123_450n) }],
    ['CHARGE_PENDING', { state: 'pending' }],
    ['UNDER_REVIEW', { state: 'pending' }],
    ['UNDER_VENDOR_REVIEW', { state: 'pending' }],
    ['CC_CHARGE_FAILED', { state: 'declined', decline: { reason: 'other' } }],
    ['DECLINE', { state: 'declined', decline: { reason: 'fraud' } }],
    ['FRAUD_DECLINE', { state: 'declined', decline: { reason: 'fraud' } }],
  ])('%s about the attempt', (transactionType, report) => {
    const event = eventIn(desk.told({ transactionType }));
    expect(event).toMatchObject({
      authoritative: true,
      attempt: { attemptId: desk.attemptId },
      fact: { about: 'attempt', report },
    });
  });

  test.each([
    ['INSUFFICIENT_FUNDS', 'insufficient_funds'],
    ['Do not honor', 'do_not_honor'],
    ['expired-card', 'expired_card'],
    ['Something new', 'other'],
  ])('CC_CHARGE_FAILED because of %s', (declineReason, reason) => {
    const { fact } = eventIn(desk.told({ transactionType: 'CC_CHARGE_FAILED', declineReason }));
    expect(fact).toMatchObject({ report: { state: 'declined', decline: { reason } } });
  });

  test.each([
    ['REFUND', 'succeeded'],
    ['PENDING_REFUND', 'pending'],
    ['CANCELLATION_REFUND', 'succeeded'],
    ['RDR', 'succeeded'],
  ])('%s names no refund of ours, so that the transaction is asked for', (transactionType, state) => {
    expect(eventIn(desk.told({ ...reversal, transactionType }))).toMatchObject({
      dedupeKey: `${transactionType}|1000000777|`,
      authoritative: false,
      fact: { about: 'refund', refund: { refundId: null, providerRef: '1000000777', amount: eur(123_450n), state } },
    });
  });

  test.each([
    ['CHARGEBACK', undefined, 'opened', 0n],
    ['CHARGEBACK', 'NEW', 'opened', 0n],
    ['CHARGEBACK_STATUS_CHANGED', 'Working', 'opened', 0n],
    ['CHARGEBACK_STATUS_CHANGED', 'COMPLETED_PENDING', 'under_review', 0n],
    ['CHARGEBACK_STATUS_CHANGED', 'CLOSED', 'expired', 0n],
    ['CHARGEBACK_STATUS_CHANGED', 'Completed_Lost', 'lost', 0n],
    ['CHARGEBACK_STATUS_CHANGED', 'COMPLETED_WON', 'won', 123_450n],
  ])('%s with %s is a dispute that is %s', (transactionType, cbStatus, state, reinstated) => {
    const reversalReason = 'Fraud - Card Absent';
    const event = eventIn(desk.told({ ...reversal, transactionType, cbStatus, reversalReason }));
    expect(event).toMatchObject({
      dedupeKey: `${transactionType}|1000000777|${(cbStatus ?? '').toUpperCase()}`,
      authoritative: true,
      fact: {
        about: 'dispute',
        dispute: {
          ...{ providerRef: '1000000777', state, amount: eur(123_450n), reason: reversalReason },
          ...{ withdrawn: 123_450n, reinstated },
        },
      },
    });
  });

  test('CHARGEBACK counts however late it comes, where it is signed', () => {
    const clock = { now: () => desk.stage.clock.now().add({ hours: 44 }) };
    const late = desk.told({ ...reversal, transactionType: 'CHARGEBACK' }, desk.stage.call({ clock }));
    expect(eventIn(late)).toMatchObject({ authoritative: true });
    expect(eventIn(desk.told({}, desk.stage.call({ clock })))).toMatchObject({ authoritative: false });
  });

  test('CHARGEBACK states of one minute stand in their order', () => {
    const asOf = (cbStatus: string) => {
      const { fact } = eventIn(desk.told({ ...reversal, transactionType: 'CHARGEBACK_STATUS_CHANGED', cbStatus }));
      return fact.about === 'dispute' ? fact.dispute.asOf.epochMilliseconds : 0;
    };
    expect(asOf('WORKING')).toBeLessThan(asOf('COMPLETED_PENDING'));
    expect(asOf('COMPLETED_PENDING')).toBeLessThan(asOf('COMPLETED_WON'));
  });

  test('CHARGEBACK tells no reason that may tell of a person', () => {
    for (const reversalReason of ['Card 4263982640269299', 'ada@example.com', 'x'.repeat(101), '']) {
      const { fact } = eventIn(desk.told({ ...reversal, transactionType: 'CHARGEBACK', reversalReason }));
      expect(fact).toMatchObject({ dispute: { reason: 'chargeback' } });
    }
  });

  test.each(['REFUND', 'CHARGEBACK'])(
    '%s without a number of its own, or of nothing, is malformed',
    (transactionType) => {
      expect(reasonOf(desk.told({ ...reversal, transactionType, reversalRefNum: undefined }))).toBe('malformed 400');
      expect(reasonOf(desk.told({ ...reversal, transactionType, invoiceChargeAmount: '0.00' }))).toBe('malformed 400');
    },
  );

  test('CHARGEBACK_STATUS_CHANGED to a state nobody knows is malformed', () => {
    for (const cbStatus of [undefined, 'PERHAPS']) {
      expect(reasonOf(desk.told({ ...reversal, transactionType: 'CHARGEBACK_STATUS_CHANGED', cbStatus }))).toBe(
        'malformed 400',
      );
    }
  });

  test.each([
    'ACCOUNT_UPDATER',
    'ACH_NOTIFICATION_OF_CHANGE',
    'CANCELLATION',
    'CANCEL_ON_RENEWAL',
    'CC_STATUS_CHANGED',
    'CHARGEBACK_FILE_UPLOADED',
    'CONTRACT_CHANGE',
    'FAILED_PAYOUT_TRANSFER',
    'MERCHANT_PARTNER_ONBOARDED',
    'MERCHANT_PARTNER_STATUS',
    'OFFLINE_ORDER',
    'PAYMENT_UPDATED',
    'PAYMENT_UPDATE_FAILURE',
    'PAYMENT_UPDATED_FAILURE',
    'PAYOUT',
    'RECURRING',
    'SUBSCRIPTION_CHARGE_FAILURE',
    'SUBSCRIPTION_REMINDER',
    'VENDOR_REPORT_AVAILABLE',
    'VENDOR_STATUS_CHANGED',
    'A_TYPE_OF_NEXT_YEAR',
  ])('%s is acknowledged, with nothing to apply', (transactionType) => {
    const reply = { status: 200 };
    const changes = { transactionType, invoiceChargeAmount: undefined, referenceNumber: undefined };
    expect(desk.told(changes)).toEqual({ kind: 'events', events: [], replies: { accepted: reply, duplicate: reply } });
  });

  test('about a transaction that is none of ours is acknowledged, with nothing to apply', () => {
    for (const merchantTransactionId of [undefined, 'order-7', 'att_1', 'ATT_01KAJ2M3N4P5Q6R7S8T9V0W1X2']) {
      expect(desk.told({ merchantTransactionId })).toMatchObject({ kind: 'events', events: [] });
    }
  });

  test('AUTH_ONLY of nothing only tried the card', () => {
    const changes = { transactionType: 'AUTH_ONLY', invoiceChargeAmount: '0.00' };
    expect(desk.told(changes)).toMatchObject({ kind: 'events', events: [] });
  });
});

describe('the name of a fact', () => {
  const one = () => ({ transactionType: 'REFUND', reversalRefNum: '11', invoiceChargeAmount: '-5.00' });
  const keyOf = (changes: Record<string, string | undefined>) => eventIn(desk.told(changes)).dedupeKey;
  const hashOf = (changes: Record<string, string | undefined>) => eventIn(desk.told(changes)).contentHash;

  test('is the same for copies, whenever they were sent, and another for another refund', () => {
    const [stamp, later] = ['2026-01-01 00:00:00.000', '2026-01-01 00:04:00.000'];
    const copies = [stamp, later].map((at) => eventIn(desk.read(desk.signed(desk.formWith(one()), IPN_KEY, at))));
    expect(copies[0]?.dedupeKey).toBe(copies[1]?.dedupeKey);
    expect(copies[0]?.contentHash).toBe(copies[1]?.contentHash);
    expect(keyOf({ ...one(), reversalRefNum: '12' })).not.toBe(keyOf(one()));
    expect(keyOf({ transactionType: 'AUTH_ONLY' })).not.toBe(keyOf({ transactionType: 'CHARGE' }));
  });

  test.each([
    ['the amount', { invoiceChargeAmount: '-5.01' }],
    ['the currency', { invoiceChargeCurrency: 'USD' }],
    ['the reference number', { referenceNumber: '77' }],
    ['the attempt', { merchantTransactionId: 'att_01kaj2m3n4p5q6r7s8t9v0w1x2' }],
  ])('has a hash that follows %s', (_, change) => {
    expect(hashOf({ ...one(), ...change })).not.toBe(hashOf(one()));
  });

  test('has a hash that follows neither spelling nor people nor dates', () => {
    const changes = {
      invoiceChargeAmount: '-5',
      firstName: 'Ada',
      transactionDate: '02/02/2026 01:00 PM',
      authKey: 'x',
    };
    expect(hashOf({ ...one(), ...changes })).toBe(hashOf(one()));
  });

  test('has the date of the notification, or the time of its sending where it has none', () => {
    const occurredAt = (transactionDate: string | undefined) =>
      String(eventIn(desk.told({ transactionDate })).occurredAt);
    expect(occurredAt('07/04/2026 03:05 PM')).toBe('2026-07-04T15:05:00Z');
    expect(occurredAt('07/04/2026 12:05 AM')).toBe('2026-07-04T00:05:00Z');
    expect(occurredAt('7/4/2026 12:05 PM')).toBe('2026-07-04T12:05:00Z');
    for (const none of [undefined, '', '02/30/2026 01:00 PM', '07/04/2026 13:05 PM', '07/04/2026 00:05 AM']) {
      expect(occurredAt(none)).toBe('2026-01-01T00:00:00Z');
    }
  });
});

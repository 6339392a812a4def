import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from '../../kernel/assert.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { declineReasonOf } from '../../providers/bluesnap/bluesnap-errors.ts';
import { BLUESNAP_DECLINE_NAMES, declineNameOf } from './bluesnap-decline-names.ts';
import {
  BLUESNAP_DISPUTE_STATUSES,
  BLUESNAP_PARAMETERS,
  BLUESNAP_TRANSACTIONS,
  bluesnapParametersOf,
} from './bluesnap-parameters.ts';
import type { DialectKey } from './dialect.ts';
import { eventOf, NOON, PAYMENT } from './event-fixture.ts';
import { findDialect } from './find-dialect.ts';

describe('the tables', () => {
  it('S3.3 name each event once, by the type that the contract gives it', () => {
    const types = Object.fromEntries(
      BLUESNAP_TRANSACTIONS.map(({ event, transactionType }) => [event, transactionType]),
    );
    expect(Object.keys(types)).toHaveLength(BLUESNAP_TRANSACTIONS.length);
    expect(types).toEqual({
      'payment.authorized': 'AUTH_ONLY',
      'payment.succeeded': 'CHARGE',
      'payment.attempt_failed': 'CC_CHARGE_FAILED',
      'payment.failed': 'DECLINE',
      'payment.canceled': 'CANCELLATION',
      'payment.reversed': 'CANCELLATION_REFUND',
      'refund.succeeded': 'REFUND',
      'dispute.opened': 'CHARGEBACK',
      'dispute.updated': 'CHARGEBACK_STATUS_CHANGED',
      'dispute.funds_withdrawn': 'CHARGEBACK_STATUS_CHANGED',
      'dispute.funds_reinstated': 'CHARGEBACK_STATUS_CHANGED',
      'dispute.won': 'CHARGEBACK_STATUS_CHANGED',
      'dispute.lost': 'CHARGEBACK_STATUS_CHANGED',
      'payout.paid': 'PAYOUT',
    });
  });

  it('S3.3 have every parameter of the contract once', () => {
    const names = BLUESNAP_PARAMETERS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['transactionType', 'referenceNumber', 'merchantTransactionId', 'contractId', 'accountId'],
        ...['invoiceChargeAmount', 'invoiceChargeCurrency', 'transactionDate', 'reversalRefNum', 'testMode'],
      ]),
    );
    const types = new Set<string>(BLUESNAP_TRANSACTIONS.map(({ transactionType }) => transactionType));
    for (const parameter of BLUESNAP_PARAMETERS) {
      if (parameter.types === 'all') continue;
      expect(parameter.types.filter((type) => !types.has(type))).toEqual([]);
    }
  });

  it('say why a bank said no so that our own adapter reads the same reason', () => {
    for (const [reason, name] of Object.entries(BLUESNAP_DECLINE_NAMES)) {
      expect(declineReasonOf({ name, code: '' })).toBe(reason);
    }
    expect(declineReasonOf({ name: String(declineNameOf('provider_unreachable')), code: '' })).toBe('other');
    expect(declineNameOf('constructor')).toBe('GENERAL_PAYMENT_PROCESSING_ERROR');
    expect(declineNameOf(null)).toBeNull();
  });

  it('have a word for every state of a dispute', () => {
    expect(new Set(Object.values(BLUESNAP_DISPUTE_STATUSES)).size).toBe(5);
  });
});

it('S3.21 without a data protection key there is no receipt to wait for, and nothing is sent', () => {
  const dialect = findDialect('bluesnap-receipt');
  const keys: readonly DialectKey[] = [{ keyId: 'key_1', kind: 'secret', text: 'a signing key' }];
  const encode = () => dialect.encode(eventOf('payment.succeeded', PAYMENT), TO, keys, new ManualClock(NOON));
  expect(encode).toThrow(AssertionFailed);
  const body = Buffer.from(createHash('md5').update('OK').digest('hex'));
  expect(dialect.acknowledged({ status: 200, body }, keys)).toBe(false);
});

const TO = { merchantCode: null, partnerKeyId: null };

it('without a signing key nothing is sent: there is no unsigned notification', () => {
  const keys: readonly DialectKey[] = [{ keyId: 'key_1', kind: 'data_protection', text: 'a protection key' }];
  for (const id of ['bluesnap', 'bluesnap-receipt'] as const) {
    const encode = () => findDialect(id).encode(eventOf('payment.succeeded', PAYMENT), TO, keys, new ManualClock(NOON));
    expect(encode).toThrow(AssertionFailed);
  }
});

it.each([
  ['2026-11-21T00:05:00Z', '11/21/2026 12:05 AM'],
  ['2026-11-21T11:59:59.999Z', '11/21/2026 11:59 AM'],
  ['2026-11-21T12:00:00Z', '11/21/2026 12:00 PM'],
  ['2026-01-02T23:09:00+02:00', '01/02/2026 09:09 PM'],
])('what happened at %s happened at %s', (instant, text) => {
  const event = { ...eventOf('payment.succeeded', PAYMENT), createdAt: Temporal.Instant.from(instant) };
  expect(bluesnapParametersOf(event)).toContainEqual(['transactionDate', text]);
});

it('a refund of money that arrived twice is not told: the charge that was told of stands', () => {
  const refund = { id: 're_1', amount: 1, currency: 'EUR', reason: 'Paid a second time', duplicate: true };
  expect(bluesnapParametersOf(eventOf('refund.succeeded', refund))).toBeNull();
  expect(bluesnapParametersOf(eventOf('refund.succeeded', { ...refund, duplicate: false }))).not.toBeNull();
});

it('a charge is what was taken, which may be less than what was asked for', () => {
  const taken = { ...PAYMENT, amountCaptured: 5_000 };
  expect(bluesnapParametersOf(eventOf('payment.succeeded', taken))).toContainEqual(['invoiceChargeAmount', '50.00']);
  expect(bluesnapParametersOf(eventOf('payment.authorized', taken))).toContainEqual(['invoiceChargeAmount', '149.50']);
});

it('a reversal is what was reversed, which may be less than what was asked for', () => {
  const reversal = { id: 'rev_1', amount: 5_000, currency: 'EUR', reason: 'Ordered twice' };
  const event = eventOf('payment.reversed', { ...PAYMENT, amountCaptured: 0 }, { ...PAYMENT, reversal });
  expect(bluesnapParametersOf(event)).toEqual(
    expect.arrayContaining([
      ['referenceNumber', 'rev_1'],
      ['reversalRefNum', 'rev_1'],
      ['invoiceChargeAmount', '-50.00'],
    ]),
  );
});

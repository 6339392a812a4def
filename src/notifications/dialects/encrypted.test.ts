import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { ENCRYPTED_FIELDS, ENCRYPTED_STATUSES, encryptedPlaintextOf } from './encrypted-notification.ts';
import { eventOf, NOON, PAYMENT } from './event-fixture.ts';
import { findDialect } from './find-dialect.ts';

describe('the tables', () => {
  it('S1.13 name the ends of a payment, each by one status, and nothing else', () => {
    const statuses = Object.fromEntries(ENCRYPTED_STATUSES.map(({ event, status }) => [event, status]));
    expect(statuses).toEqual({
      'payment.succeeded': 'SUCCESS',
      'payment.failed': 'FAILED',
      'payment.canceled': 'CLIENT_CANCEL',
      'payment.expired': 'EXPIRED',
      'payment.reversed': 'REVERSED',
      'refund.succeeded': 'REFUNDED',
    });
  });

  it('S1.14 have every field of the contract once', () => {
    const names = ENCRYPTED_FIELDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['transactionId', 'reference', 'amount', 'currencyCode', 'status', 'date', 'clientMsisdn'],
        ...['retrievalReferenceNumber', 'authCode', 'bankResponse', 'cardInfo', 'shippingAddress', 'cartItems'],
        ...['issuedAt', 'webhookId'],
      ]),
    );
  });
});

it('a refund of money that arrived twice is not told: the success that was told of stands', () => {
  const refund = { id: 're_1', amount: 1, currency: 'EUR', reason: 'Paid a second time', duplicate: true };
  expect(encryptedPlaintextOf(eventOf('refund.succeeded', refund), NOON)).toBeNull();
  expect(encryptedPlaintextOf(eventOf('refund.succeeded', { ...refund, duplicate: false }), NOON)).not.toBeNull();
});

it('S1.25 the shipping address and the cart are those of the payment, and null where it has none', () => {
  const address = { line1: '1 Long Street', city: 'Cape Town', postalCode: '8001', country: 'ZA' };
  const cartItems = [{ description: 'Airtime', quantity: 2, value: 1_050, itemType: 'AIRTIME' }];
  const told = (payment: object) =>
    encryptedPlaintextOf(eventOf('payment.succeeded', { ...PAYMENT, currency: 'ZAR', ...payment }), NOON) ?? '';
  const text = told({ shippingAddress: address, cartItems });
  expect(JSON.parse(text).shippingAddress).toEqual(address);
  expect(text).toContain('{"description":"Airtime","quantity":2,"value":10.50,"itemType":"AIRTIME"}');
  expect(JSON.parse(told({}))).toMatchObject({ shippingAddress: null, cartItems: null });
});

it('the same key encrypts the same words differently each time', () => {
  const dialect = findDialect('encrypted');
  const keys = [{ keyId: 'key_1', kind: 'notification', text: dialect.newSecret('notification') }] as const;
  const to = { merchantCode: null, partnerKeyId: null };
  const sealed = Array.from(
    { length: 50 },
    () => dialect.encode(eventOf('payment.succeeded', PAYMENT), to, keys, new ManualClock(NOON))?.body,
  );
  expect(new Set(sealed).size).toBe(50);
});

it('a success is what was taken, which may be less than what was asked for', () => {
  const taken = { ...PAYMENT, amountCaptured: 5_000 };
  expect(encryptedPlaintextOf(eventOf('payment.succeeded', taken), NOON)).toContain('"amount":50.00,');
  expect(encryptedPlaintextOf(eventOf('payment.expired', taken), NOON)).toContain('"amount":149.50,');
});

it('of a reversal it says what was reversed, which may be less than what was asked for', () => {
  const reversal = { id: 'rev_1', amount: 5_000, currency: 'EUR', reason: 'Ordered twice' };
  const reversed = { ...PAYMENT, amountCaptured: 0, reversalId: 'rev_1' };
  const told = encryptedPlaintextOf(eventOf('payment.reversed', reversed, { ...PAYMENT, reversal }), NOON) ?? '';
  expect(told).toContain('"amount":50.00,');
  expect(JSON.parse(told)).toMatchObject({ status: 'REVERSED', reversalId: 'rev_1', refundId: null });
});

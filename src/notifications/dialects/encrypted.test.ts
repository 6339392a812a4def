import { describe, expect, it } from 'vitest';
import { ENCRYPTED_FIELDS, ENCRYPTED_STATUSES } from './encrypted-notification.ts';

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

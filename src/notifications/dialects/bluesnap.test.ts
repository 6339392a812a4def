import { describe, expect, it } from 'vitest';
import { declineReasonOf } from '../../providers/bluesnap/bluesnap-errors.ts';
import { BLUESNAP_DECLINE_NAMES, declineNameOf } from './bluesnap-decline-names.ts';
import { BLUESNAP_DISPUTE_STATUSES, BLUESNAP_PARAMETERS, BLUESNAP_TRANSACTIONS } from './bluesnap-parameters.ts';

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

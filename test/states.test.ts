import { describe, expect, test } from 'vitest';
import { ACK_DEADLINE_TRANSITIONS } from '../src/acknowledgments/ack-deadline.ts';
import { ACK_FUSE_TRANSITIONS } from '../src/acknowledgments/ack-fuse.ts';
import { CHECKOUT_TRANSITIONS } from '../src/checkout-configurations/checkout-configuration.ts';
import { EVIDENCE_TRANSITIONS } from '../src/disputes/evidence.ts';
import { INBOUND_TRANSITIONS } from '../src/inbound/inbound-event.ts';
import { INVOICE_TRANSITIONS } from '../src/invoices/invoice.ts';
import { MAIL_TRANSITIONS } from '../src/mail/mail.ts';
import { DELIVERY_TRANSITIONS } from '../src/notifications/delivery.ts';
import { HEALTH_TRANSITIONS } from '../src/notifications/endpoint-health.ts';
import { REPLAY_TRANSITIONS } from '../src/notifications/replay.ts';
import { ATTEMPT_TRANSITIONS } from '../src/payments/attempt.ts';
import { DISPUTE_TRANSITIONS } from '../src/payments/dispute.ts';
import { OPERATION_TRANSITIONS } from '../src/payments/operation.ts';
import { PAYMENT_TRANSITIONS } from '../src/payments/payment.ts';
import { PERIOD_TRANSITIONS } from '../src/periods/period.ts';
import { PRODUCT_TRANSITIONS } from '../src/products/product.ts';
import { EXCEPTION_TRANSITIONS } from '../src/reconciliation/exception.ts';
import { MATCH_TRANSITIONS } from '../src/reconciliation/line.ts';
import { PAYOUT_TRANSITIONS } from '../src/reconciliation/payout.ts';
import { STATEMENT_TRANSITIONS } from '../src/reconciliation/statement.ts';
import { TEST_CLOCK_TRANSITIONS } from '../src/test-clocks/test-clock.ts';

const TABLES: readonly (readonly [string, string, Readonly<Record<string, readonly string[]>>])[] = [
  ['payment', 'created', PAYMENT_TRANSITIONS],
  ['attempt', 'dispatched', ATTEMPT_TRANSITIONS],
  ['capture, refund or reversal', 'pending', OPERATION_TRANSITIONS],
  ['dispute', 'inquiry', DISPUTE_TRANSITIONS],
  ['dispute evidence', 'dispatched', EVIDENCE_TRANSITIONS],
  ['provider notification', 'pending', INBOUND_TRANSITIONS],
  ['delivery', 'pending', DELIVERY_TRANSITIONS],
  ["endpoint's health", 'healthy', HEALTH_TRANSITIONS],
  ['mail', 'pending', MAIL_TRANSITIONS],
  ['invoice', 'draft', INVOICE_TRANSITIONS],
  ['replay', 'running', REPLAY_TRANSITIONS],
  ['test clock', 'held', TEST_CLOCK_TRANSITIONS],
  ['product', 'active', PRODUCT_TRANSITIONS],
  ['stored checkout', 'active', CHECKOUT_TRANSITIONS],
  ['statement', 'collecting', STATEMENT_TRANSITIONS],
  ['statement line', 'waiting', MATCH_TRANSITIONS],
  ['reconciliation exception', 'open', EXCEPTION_TRANSITIONS],
  ['payout', 'paid', PAYOUT_TRANSITIONS],
  ['month of the ledger', 'running', PERIOD_TRANSITIONS],
  ['acknowledgement deadline', 'armed', ACK_DEADLINE_TRANSITIONS],
  ['fuse', 'closed', ACK_FUSE_TRANSITIONS],
];

describe.each(TABLES)('S0.15 the states of a %s', (_noun, start, transitions) => {
  test('can all be reached from the first', () => {
    const reached = new Set([start]);
    for (const state of reached) for (const next of transitions[state] ?? []) reached.add(next);
    expect([...reached].sort()).toEqual(Object.keys(transitions).sort());
  });

  test('lead only to states of the table, and none to itself', () => {
    for (const [from, to] of Object.entries(transitions)) {
      for (const next of to) expect(Object.keys(transitions)).toContain(next);
      expect(to).not.toContain(from);
      expect(new Set(to).size).toBe(to.length);
    }
  });
});

/**
 * A double of Stripe by other people: https://github.com/pushplay/stripe-stateful-mock. It knows charges and their
 * refunds, and no PaymentIntents, sessions, events or balance, so that it can only judge how the client reads answers,
 * and how a capture in part looks.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import { askStripe, type StripeForm } from './stripe-client.ts';
import { declineOf } from './stripe-declines.ts';
import { SECRET_KEY } from './stripe-fixture.ts';
import { wireCharge } from './stripe-wire.ts';

const { createExpressApp } = await import('stripe-stateful-mock');
const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'stripe-test' });
let server: Server;
let apiUrl: string;
beforeAll(async () => {
  server = createServer(createExpressApp());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await http.close();
  server.close();
});

const ask = (path: string, form: StripeForm, idempotencyKey?: string) => {
  const credentials = { secretKey: SECRET_KEY, webhookSecret: `whsec_${'5'.repeat(24)}`, apiUrl };
  const request = { method: 'POST', path, form, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) } as const;
  return askStripe({ timeoutMs: 5_000 }, { mode: 'test', credentials, http, clock: new ManualClock() }, request);
};
const charge = (source: string, changes: StripeForm = {}, key?: string) =>
  ask('/v1/charges', { amount: '1250', currency: 'eur', source, ...changes }, key);

test('a charge is read', async () => {
  const reply = await charge('tok_visa');
  expect(wireCharge.safeParse(reply.kind === 'ok' ? reply.body : null)).toMatchObject({
    success: true,
    data: { captured: true, status: 'succeeded' },
  });
});

test.each([
  ['tok_chargeDeclined', 'do_not_honor'],
  ['tok_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['tok_chargeDeclinedFraudulent', 'fraud'],
  ['tok_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
  ['tok_chargeDeclinedExpiredCard', 'expired_card'],
  ['tok_chargeDeclinedProcessingError', 'other'],
])('%s is declined as %s', async (source, reason) => {
  const reply = await charge(source);
  expect(reply.kind === 'declined' && declineOf(reply.error).reason).toBe(reason);
});

test('too many requests are not sent, and an error of theirs is unknown', async () => {
  expect(await charge('tok_429')).toMatchObject({ kind: 'not_sent' });
  expect(await charge('tok_500')).toMatchObject({ kind: 'unknown' });
});

test('the same key finds the same charge, and with other content nothing that is certain', async () => {
  const first = await charge('tok_visa', {}, 'key_1');
  const again = await charge('tok_visa', {}, 'key_1');
  expect(again.kind === 'ok' && again.body).toEqual(first.kind === 'ok' && first.body);
  expect(await charge('tok_visa', { amount: '1251' }, 'key_1')).toMatchObject({ kind: 'unknown' });
});

test('what is not there is refused', async () => {
  const reply = await ask('/v1/charges/ch_0/capture', {});
  expect(reply).toMatchObject({ kind: 'refused', code: 'resource_missing' });
});

test('a capture in part leaves a refund of the rest, which nobody asked for', async () => {
  const made = await charge('tok_visa', { capture: 'false' });
  const { id } = wireCharge.parse(made.kind === 'ok' ? made.body : null);
  const captured = await ask(`/v1/charges/${id}/capture`, { amount: '500' });
  expect(captured.kind === 'ok' && captured.body).toMatchObject({
    ...{ amount: 1250, amount_refunded: 750, captured: true },
    refunds: { data: [{ object: 'refund', amount: 750, metadata: {}, status: 'succeeded' }] },
  });
});

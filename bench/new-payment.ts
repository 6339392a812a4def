import { randomBytes, randomUUID } from 'node:crypto';
import { eventRows } from '../src/events/event.ts';
import type { Clock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/id.ts';
import { samplePayment } from '../src/payments/payment-fixture.ts';
import { paymentObjectJson } from '../src/payments/payment-json.ts';
import { paymentToRow } from '../src/payments/rows.ts';
import type { NewPayment } from '../src/payments/store-new-payments.ts';

/** As long as the kept answer and the sealed customer of the payment that the load driver creates. */
const ANSWER_BYTES = 1_300;

const CUSTOMER_BYTES = 117;

/** What creating one payment writes, under keys of its own. */
export function newPayment(clock: Clock, tenantId: string): NewPayment {
  const now = clock.now();
  const expiresAt = now.add({ minutes: 15 });
  const payment = samplePayment({
    tenantId,
    paymentId: newId('pay', clock),
    reference: `bench-${randomUUID()}`,
    description: 'Two tickets',
    orderId: 'order-0a1b2c3d',
    returnUrl: 'https://shop.example/thanks?order=0a1b2c3d',
    cancelUrl: 'https://shop.example/cart?order=0a1b2c3d',
    customerSealed: randomBytes(CUSTOMER_BYTES),
    emailDigest: randomBytes(8).readBigInt64BE(),
    metadata: { cart: '0a1b2c3d', channel: 'web', campaign: 'spring' },
    expiresAt,
    dueAt: expiresAt,
    createdAt: now,
    updatedAt: now,
  });
  const { paymentId, mode, dueAt } = payment;
  const object = paymentObjectJson(payment, null);
  const about = { tenantId, mode, paymentId, productId: null, notificationUrl: null, dueAt, object };
  const token = { token_hash: randomBytes(32), tenant_id: tenantId, payment_id: paymentId };
  const key = { tenant_id: tenantId, mode, route: 'createPayment', idempotency_key: randomUUID(), created_at: now };
  const answer = {
    state: 'done',
    resource_id: paymentId,
    answer_status: 201,
    answer_sealed: randomBytes(ANSWER_BYTES),
  };
  return {
    payment: paymentToRow(payment),
    token: { ...token, expires_at: expiresAt, revoked_at: null },
    ...eventRows({ ...about, type: 'payment.created' }, clock),
    key: { ...key, ...answer, fingerprint: randomBytes(32).toString('hex') },
  };
}

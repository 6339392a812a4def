/** For tests only: messages of the Bluecom contract signed with node:crypto alone, as somebody else would sign them. */
import { createHmac } from 'node:crypto';
import type { RawWebhook } from '../provider-webhook.ts';
import { MERCHANT, SECRET } from './partner-fixture.ts';

/** Which values are signed, in their order. */
export const SIGNED = {
  created: 'orderId providerRef redirectUrl qrPayload expiresAt',
  queried: 'orderId providerRef status amount currency paidAt',
  refunded: 'merchantCode orderId providerRef refundId status amount currency paidAt timestamp',
  refused: 'orderId code message',
  ipn: 'merchantCode orderId providerRef refundId eventType status amount currency paidAt timestamp nonce',
} as const;

/** A body signed by whoever holds the key. */
export function signedBody(kind: keyof typeof SIGNED, members: Record<string, unknown>, key = SECRET): string {
  const text = SIGNED[kind].split(' ').map((name) => members[name] ?? '');
  return JSON.stringify({ ...members, signature: createHmac('sha256', key).update(text.join('|')).digest('hex') });
}

/** What a partner says of a payment of 1,250 euros, at noon of the stage's day. */
export const PAID: Readonly<Record<string, unknown>> = {
  ...{ merchantCode: MERCHANT, orderId: 'att_01kaj2m3n4p5q6r7s8t9v0w1x2', providerRef: 'PG1' },
  ...{ eventType: 'PAYMENT', status: 'SUCCESS', amount: 125_000, currency: 'EUR' },
  ...{ paidAt: '2026-03-01T12:00:00Z', timestamp: '2026-03-01T12:00:00Z', nonce: 'n1' },
};

/** A notification with this body, as it would arrive. */
export function webhookOf(body: string | Uint8Array): RawWebhook {
  return {
    ...{ method: 'POST', query: {}, headers: { 'content-type': ['application/json'] }, body: Buffer.from(body) },
    ...{ remoteAddress: '127.0.0.1', receivedAt: Temporal.Instant.from('2026-03-01T12:00:00Z') },
  };
}

/** A truly signed notification of that payment, with changes. */
export function signedWebhook(changes: Record<string, unknown> = {}, key = SECRET): RawWebhook {
  return webhookOf(signedBody('ipn', { ...PAID, ...changes }, key));
}

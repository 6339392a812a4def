import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type Answer, call } from './api-client.ts';

type Options = Parameters<typeof call>[1];

/** A tenant's back end: calls the API with one credential. */
export interface Merchant {
  send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options?: Options): Promise<Answer>;
  create(fields?: Readonly<Record<string, unknown>>, options?: Options): Promise<Answer>;
  confirm(paymentId: string, token: string, options?: Options): Promise<Answer>;
  /** A payment that is paid, without a notification of the sandbox that would still be under way. */
  pay(fields?: Readonly<Record<string, unknown>>): Promise<Answer['body']>;
  refund(paymentId: string, body: unknown, idempotencyKey?: string): Promise<Answer>;
}

export function freshReference(): string {
  // Letters: of many random digits a few look like a card number, and those are refused.
  return `order-${randomBytes(8)
    .toString('hex')
    .replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))}`;
}

/** A merchant that sends these headers with every request. */
export function merchantOf(apiUrl: string, key: string, headers: Readonly<Record<string, string>> = {}): Merchant {
  const merchant: Merchant = {
    // Bluebox's paths stand by themselves.
    send: (method, path, options = {}) =>
      call(`${apiUrl}${path.startsWith('/bluebox/') ? '' : '/api/v1'}${path}`, {
        key,
        ...options,
        method,
        headers: { ...headers, ...options.headers },
      }),
    create: (fields = {}, options = {}) =>
      merchant.send('POST', '/payments', {
        ...options,
        body: { reference: freshReference(), amount: 1250, ...fields },
      }),
    confirm: (paymentId, token, options = {}) =>
      merchant.send('POST', `/payments/${paymentId}/confirm`, {
        ...options,
        body: { method: { type: 'sandbox', token } },
      }),
    async pay(fields) {
      const created = await merchant.create(fields);
      expect(created.status, created.text).toBe(201);
      const confirmed = await merchant.confirm(created.body.id, 'tok_no_ipn');
      expect(confirmed.body.status, confirmed.text).toBe('succeeded');
      return confirmed.body;
    },
    refund: (paymentId, body, idempotencyKey) =>
      merchant.send('POST', `/payments/${paymentId}/refunds`, {
        body,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      }),
  };
  return merchant;
}

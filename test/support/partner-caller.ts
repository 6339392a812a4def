import { createHmac, createSign } from 'node:crypto';
import { type Answer, call } from './api-client.ts';

/** Which values are signed, as the contract lists them; written here once more, so that both lists would have to be wrong. */
const SIGNED = {
  'create-payment': 'merchantCode orderId amount currency description returnUrl ipnUrl expiresAt',
  'query-payment': 'merchantCode orderId providerRef timestamp',
  refund: 'merchantCode orderId providerRef refundId amount currency timestamp',
  created: 'orderId providerRef redirectUrl qrPayload expiresAt',
  queried: 'orderId providerRef status amount currency paidAt',
  refunded: 'merchantCode orderId providerRef refundId status amount currency paidAt timestamp',
  refused: 'orderId code message',
} as const;
export type PartnerMessageName = keyof typeof SIGNED;
export type PartnerOperation = 'create-payment' | 'query-payment' | 'refund';
type Members = Readonly<Record<string, unknown>>;

/** A partner's program: signs with node:crypto alone, as somebody else would. */
export interface PartnerCaller {
  readonly merchantCode: string;
  sign(name: PartnerMessageName, members: Members): string;
  /** The members with their signature, as a body. */
  body(operation: PartnerOperation, members: Members): string;
  ask(operation: PartnerOperation, members: Members, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  send(
    operation: PartnerOperation,
    rawBody: string | Buffer,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** `key`: the shared secret, or a private RSA key in PEM. */
export function partnerCaller(apiUrl: string, merchantCode: string, key: string): PartnerCaller {
  const caller: PartnerCaller = {
    merchantCode,
    sign(name, members) {
      const text = textOf(name, members);
      if (key.includes('PRIVATE KEY')) return createSign('RSA-SHA256').update(text).sign(key, 'base64');
      return createHmac('sha256', key).update(text).digest('hex');
    },
    body(operation, members) {
      const named = { merchantCode, ...members };
      return JSON.stringify({ ...named, signature: caller.sign(operation, named) });
    },
    ask: (operation, members, headers) => caller.send(operation, caller.body(operation, members), headers),
    send: (operation, rawBody, headers = {}) => call(`${apiUrl}/api/partner/${operation}`, { rawBody, headers }),
  };
  return caller;
}

/** The text that a message's signature covers. */
export function textOf(name: PartnerMessageName, members: Members): string {
  return SIGNED[name]
    .split(' ')
    .map((member) => members[member] ?? '')
    .join('|');
}

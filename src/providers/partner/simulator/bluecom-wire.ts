import { createHmac, createPrivateKey, createPublicKey, createSign, createVerify } from 'node:crypto';
import type { SimulatedMerchant } from './merchant.ts';
import type { CreateAsk, OrderStatus, RefundAsk, SimulatedOrder } from './order.ts';
import { Refusal } from './refusal.ts';
import type { JsonObject, Operation, Wire } from './wire.ts';

/** The order in which each message is signed, as the contract lists it. */
const SIGNED = {
  create: 'merchantCode orderId amount currency description returnUrl ipnUrl expiresAt',
  created: 'orderId providerRef redirectUrl qrPayload expiresAt',
  query: 'merchantCode orderId providerRef timestamp',
  queried: 'orderId providerRef status amount currency paidAt',
  refund: 'merchantCode orderId providerRef refundId amount currency timestamp',
  refunded: 'merchantCode orderId providerRef refundId status amount currency paidAt timestamp',
  refused: 'orderId code message',
  ipn: 'merchantCode orderId providerRef refundId eventType status amount currency paidAt timestamp nonce',
} as const;

const WORDS: Readonly<Record<OrderStatus, string>> = {
  waiting: 'PENDING',
  paid: 'SUCCESS',
  failed: 'FAILED',
  canceled: 'CANCELLED',
  expired: 'EXPIRED',
};

const PATHS: Readonly<Record<string, Operation>> = {
  '/create-payment': 'create',
  '/query-payment': 'query',
  '/refund': 'refund',
};

export const bluecomWire: Wire = {
  operationOf: (path) => PATHS[path] ?? null,
  merchantCodeOf: ({ merchantCode }) => merchantCode,
  isSigned: (merchant, operation, body) => {
    const { signature } = body;
    if (typeof signature !== 'string') return false;
    const text = signedText(SIGNED[operation], body);
    if (text === null) return false;
    if (merchant.rsa !== undefined) {
      const key = createPublicKey(merchant.rsa.merchantPublicKey);
      return createVerify('RSA-SHA256').update(text).verify(key, signature, 'base64');
    }
    return merchant.secretKeys.some((secret) => hmac(secret, text) === signature);
  },
  sentAt: (operation, { timestamp }) => {
    if (operation === 'create') return null;
    const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
    if (Number.isNaN(at)) throw new Refusal('malformed', 'timestamp must be an instant');
    return at / 1000;
  },
  readCreate,
  readQuery: (body) => ({ orderId: textIn(body, 'orderId') }),
  readRefund,
  created: (merchant, order, address) => {
    const { ask, providerRef, way } = order;
    const target = way === 'qr' ? { qrPayload: address } : { redirectUrl: address };
    return signed(merchant, 'created', { orderId: ask.orderId, providerRef, ...target, expiresAt: `${ask.expiresAt}` });
  },
  queried: (merchant, order) => {
    const { ask, providerRef, paidAt } = order;
    const whole = [...order.refunds.values()].reduce((sum, one) => sum + (one.state === 'done' ? one.amount : 0n), 0n);
    const status = whole === ask.amount ? 'REFUNDED' : WORDS[order.status];
    const paid = paidAt === null ? {} : { paidAt: `${paidAt}` };
    return signed(merchant, 'queried', { orderId: ask.orderId, providerRef, status, ...priceOf(order), ...paid });
  },
  refunded: (merchant, order, refund, now) =>
    signed(merchant, 'refunded', {
      ...namesOf(order),
      refundId: refund.refundId,
      status: refund.state === 'done' ? 'REFUNDED' : refund.state === 'failed' ? 'FAILED' : 'PENDING',
      amount: Number(refund.amount),
      currency: order.ask.currency,
      timestamp: `${now}`,
    }),
  refused: (merchant, { code, message, status }, _operation, orderId) => {
    const members = { orderId, code, message };
    return merchant === null ? { status, members } : { ...signed(merchant, 'refused', members), status };
  },
  notification: (merchant, order, refund, { now, nonce }) => {
    const paid = order.paidAt === null ? {} : { paidAt: `${order.paidAt}` };
    const about =
      refund === null
        ? { eventType: 'PAYMENT', status: WORDS[order.status], ...priceOf(order), ...paid }
        : {
            ...{
              refundId: refund.refundId,
              eventType: 'REFUND',
              status: refund.state === 'done' ? 'REFUNDED' : 'FAILED',
            },
            ...{ amount: Number(refund.amount), currency: order.ask.currency },
          };
    return signed(merchant, 'ipn', { ...namesOf(order), ...about, timestamp: `${now}`, nonce }).members;
  },
  isAcknowledged: (status) => status === 200,
  withSignature: ({ signature: _, ...members }, signature) =>
    signature === null ? members : { ...members, signature },
};

function readCreate(body: JsonObject): CreateAsk {
  const { orderId, currency, description, returnUrl, ipnUrl, expiresAt } = body;
  const amount = wholeIn(body, 'amount');
  if (typeof orderId !== 'string' || !/^[A-Za-z0-9_-]{1,36}$/.test(orderId)) throw invalid('orderId');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw invalid('currency');
  if (typeof returnUrl !== 'string' || returnUrl === '') throw invalid('returnUrl');
  if (typeof ipnUrl !== 'string' || !URL.canParse(ipnUrl)) throw invalid('ipnUrl');
  if (typeof expiresAt !== 'string' || Number.isNaN(Date.parse(expiresAt))) throw invalid('expiresAt');
  if (description !== undefined && typeof description !== 'string') throw invalid('description');
  const until = Temporal.Instant.from(expiresAt);
  return { orderId, amount, currency, description: description ?? '', returnUrl, ipnUrl, expiresAt: until };
}

function readRefund(body: JsonObject): RefundAsk {
  const { providerRef } = body;
  return {
    orderId: textIn(body, 'orderId'),
    providerRef: typeof providerRef === 'string' ? providerRef : null,
    refundId: textIn(body, 'refundId'),
    amount: wholeIn(body, 'amount'),
    currency: textIn(body, 'currency'),
  };
}

function namesOf({ merchantCode, ask, providerRef }: SimulatedOrder): JsonObject {
  return { merchantCode, orderId: ask.orderId, providerRef };
}

function priceOf({ ask }: SimulatedOrder): JsonObject {
  return { amount: Number(ask.amount), currency: ask.currency };
}

function signed(merchant: SimulatedMerchant, list: keyof typeof SIGNED, members: JsonObject) {
  const text = signedText(SIGNED[list], members);
  if (text === null) throw new Refusal('validation_failed', 'A value cannot be signed');
  return { status: 200, members: { ...members, signature: signatureBy(merchant, text) } };
}

function signatureBy({ rsa, secretKeys: [secret = ''] }: SimulatedMerchant, text: string): string {
  if (rsa === undefined) return hmac(secret, text);
  return createSign('RSA-SHA256').update(text).sign(createPrivateKey(rsa.partnerPrivateKey), 'base64');
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(text, 'utf8').digest('hex');
}

/** Null where a value holds a bar or a control character, or is nothing that can be written in one way. */
function signedText(list: string, members: JsonObject): string | null {
  const values = list.split(' ').map((name) => members[name] ?? '');
  if (values.some((value) => typeof value !== 'string' && !Number.isSafeInteger(value))) return null;
  const texts = values.map(String);
  return texts.some((text) => /[|\p{Cc}]/u.test(text)) ? null : texts.join('|');
}

function textIn(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw invalid(name);
  return value;
}

function wholeIn(body: JsonObject, name: string): bigint {
  const value = body[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw invalid(name);
  return BigInt(value);
}

function invalid(name: string): Refusal {
  return new Refusal('validation_failed', `${name} is missing or not what it must be`);
}

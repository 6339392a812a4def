import { z } from 'zod';
import { assert, present } from '../../kernel/assert.ts';
import { takeRandomBytes } from '../../kernel/random-bytes.ts';
import { newSharedSecret } from '../../partners/make-partner-secret.ts';
import { formatPartnerInstant, partnerOwnRefundId } from '../../partners/partner-words.ts';
import { partnerTextOf, signPartnerText } from '../../partners/sign-partner-message.ts';
import type { Dialect, DialectEndpoint, DialectEvent, DialectKey, EncodedMessage } from './dialect.ts';

/** The members of a notification, in the order in which they are signed. */
export const MEMBERS = [
  'merchantCode',
  'orderId',
  'providerRef',
  'refundId',
  'eventType',
  'status',
  'amount',
  'currency',
  'paidAt',
  'timestamp',
  'nonce',
] as const;

type Words = Readonly<Partial<Record<(typeof MEMBERS)[number], string | number>>>;

const NONCE_BYTES = 16;
const SECRET_CHARACTERS_MAX = 512;

const STATUS_OF_PAYMENT: Readonly<Record<string, string>> = {
  'payment.succeeded': 'SUCCESS',
  'payment.failed': 'FAILED',
  'payment.expired': 'EXPIRED',
  'payment.canceled': 'CANCELLED',
};
const STATUS_OF_REFUND: Readonly<Record<string, string>> = {
  'refund.succeeded': 'REFUNDED',
  'refund.failed': 'FAILED',
  'reversal.succeeded': 'REFUNDED',
};

/** The objects inside our own events, as far as they are told. */
const payment = z.object({
  id: z.string(),
  reference: z.string(),
  amount: z.int(),
  amountCaptured: z.int(),
  currency: z.string(),
});
const givenBack = z.object({
  id: z.string(),
  amount: z.int(),
  currency: z.string(),
  reference: z.string().nullish(),
  duplicate: z.boolean().default(false),
});

/**
 * The signed notification of partner gateways, so that one Tollgate can be another's provider: final states of payments,
 * and money given back. A plain 200 acknowledges. docs/dialects/partner.md
 */
export const partnerDialect: Dialect = {
  id: 'partner',
  speaks: (eventType) => Object.hasOwn(STATUS_OF_PAYMENT, eventType) || Object.hasOwn(STATUS_OF_REFUND, eventType),
  needsPayment: true,
  encode(event, endpoint, keys, clock) {
    // A receiver may take no number twice: a repeat with the old one, whose first answer was lost, would be refused for
    // ever, while a repeat with a fresh one is known by what it says and acknowledged.
    const nonce = takeRandomBytes(NONCE_BYTES).toString('hex');
    return encodeNumbered(event, endpoint, keys, { at: clock.now(), nonce });
  },
  acknowledged: ({ status }) => status === 200,
  newSecret: newSharedSecret,
  brokenRule: (secret) =>
    secret.trim() !== '' && secret.length <= SECRET_CHARACTERS_MAX
      ? null
      : `Must be a text of at most ${SECRET_CHARACTERS_MAX} characters, and not blank`,
};

function encodeNumbered(
  event: DialectEvent,
  endpoint: DialectEndpoint,
  keys: readonly DialectKey[],
  { at, nonce }: { readonly at: Temporal.Instant; readonly nonce: string },
): EncodedMessage | null {
  const said = wordsOf(event, endpoint);
  if (said === null) return null;
  const members: Words = {
    merchantCode: present(endpoint.merchantCode, 'the merchant code'),
    ...said,
    timestamp: formatPartnerInstant(at),
    nonce,
  };
  const signed = partnerTextOf(MEMBERS, members);
  assert(signed.ok, 'what we say ourselves can be signed');
  const signature = signPartnerText(signingKeyOf(keys), signed.text);
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...members, signature }) };
}

/** The old key until its overlap ends: a receiver that has not changed yet knows no other, one that has knows both. */
function signingKeyOf(keys: readonly DialectKey[]): Parameters<typeof signPartnerText>[0] {
  const key = present(keys.at(-1), 'a key to sign with');
  return key.kind === 'rsa'
    ? { algorithm: 'rsa-sha256', privateKey: key.privateKey }
    : { algorithm: 'hmac-sha256', secretKey: key.text };
}

function wordsOf(event: DialectEvent, endpoint: DialectEndpoint): Words | null {
  const happenedAt = formatPartnerInstant(event.createdAt);
  const ofPayment = STATUS_OF_PAYMENT[event.type];
  if (ofPayment !== undefined) {
    const { id, reference, amount, amountCaptured, currency } = payment.parse(event.object);
    const paid = ofPayment === 'SUCCESS';
    return {
      ...{ orderId: reference, providerRef: id, eventType: 'PAYMENT', status: ofPayment },
      ...{ amount: paid ? amountCaptured : amount, currency, ...(paid ? { paidAt: happenedAt } : {}) },
    };
  }
  const ofRefund = STATUS_OF_REFUND[event.type];
  if (ofRefund === undefined || event.payment === null) return null;
  const { id, amount, currency, reference, duplicate } = givenBack.parse(event.object);
  // Money that arrived twice and went back once: the receiver has heard of neither, and its payment stands.
  if (duplicate) return null;
  const order = payment.parse(event.payment);
  const own = endpoint.partnerKeyId === null ? null : partnerOwnRefundId(endpoint.partnerKeyId, reference ?? null);
  return {
    ...{ orderId: order.reference, providerRef: order.id, refundId: own ?? `gateway:${id}` },
    ...{ eventType: 'REFUND', status: ofRefund, amount, currency, paidAt: happenedAt },
  };
}

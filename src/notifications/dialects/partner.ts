import type { EventType } from '../../events/event.ts';
import { assert, present } from '../../kernel/assert.ts';
import type { Money } from '../../kernel/money.ts';
import { takeRandomBytes } from '../../kernel/random-bytes.ts';
import { partnerOwnRefundId } from '../../partners/partner-words.ts';
import { bluecomProfile } from '../../providers/partner-profiles/bluecom-profile.ts';
import { neopayProfile } from '../../providers/partner-profiles/neopay-profile.ts';
import type { PartnerProfile } from '../../providers/partner-profiles/profile.ts';
import { composeMessage, type Values, withSignature } from '../../providers/partner-profiles/read-message.ts';
import { signTextBy } from '../../providers/partner-profiles/sign-message.ts';
import { amountToWire } from '../../providers/partner-profiles/wire-amount.ts';
import { instantToWire } from '../../providers/partner-profiles/wire-instant.ts';
import type { PartnerProfileId } from '../endpoint.ts';
import type { Dialect, DialectEndpoint, DialectEvent, DialectKey, EncodedMessage } from './dialect.ts';
import { DEFAULT_SCHEDULE } from './schedules.ts';
import { dialectSecrets, PARTNER_SECRET } from './secret-rules.ts';
import { paymentOf, toldPayment, toldReturn } from './told-objects.ts';

/** How partners' messages look and are signed: the same data by which our own adapter reads them. */
export const PARTNER_PROFILES: Readonly<Record<PartnerProfileId, PartnerProfile>> = {
  bluecom: bluecomProfile,
  neopay: neopayProfile,
};

/** What is told: final states of payments, and money given back. Events that are not here have no word. */
export const PARTNER_EVENTS = [
  { event: 'payment.succeeded', about: 'payment', state: 'captured' },
  { event: 'payment.failed', about: 'payment', state: 'declined' },
  { event: 'payment.expired', about: 'payment', state: 'expired' },
  { event: 'payment.canceled', about: 'payment', state: 'canceled' },
  { event: 'refund.succeeded', about: 'refund', state: 'succeeded' },
  { event: 'refund.failed', about: 'refund', state: 'failed' },
  { event: 'reversal.succeeded', about: 'refund', state: 'succeeded' },
] as const satisfies readonly {
  readonly event: EventType;
  readonly about: 'payment' | 'refund';
  readonly state: string;
}[];

type PartnerEvent = (typeof PARTNER_EVENTS)[number];

const EVENTS: ReadonlyMap<string, PartnerEvent> = new Map(PARTNER_EVENTS.map((one) => [one.event, one]));

const NONCE_BYTES = 16;

/**
 * The signed notification of partner gateways, so that one Tollgate can be another's provider. A plain 200 acknowledges.
 * docs/dialects/partner.md
 */
export const partnerDialect: Dialect = {
  id: 'partner',
  speaks: (eventType) => EVENTS.has(eventType),
  needsPayment: true,
  encode(event, endpoint, keys, clock) {
    // A receiver may take no number twice: a repeat with the old one, whose first answer was lost, would be refused for
    // ever, while a repeat with a fresh one is known by what it says and acknowledged.
    const nonce = takeRandomBytes(NONCE_BYTES).toString('hex');
    return encodePartner(event, endpoint, keys, { at: clock.now(), nonce });
  },
  acknowledged: ({ status }) => status === 200,
  defaultSchedule: DEFAULT_SCHEDULE,
  ...dialectSecrets({ signing: PARTNER_SECRET }),
};

/** The same with the number as an argument. */
export function encodePartner(
  event: DialectEvent,
  endpoint: DialectEndpoint,
  keys: readonly DialectKey[],
  { at, nonce }: { readonly at: Temporal.Instant; readonly nonce: string },
): EncodedMessage | null {
  const profile = PARTNER_PROFILES[endpoint.profile ?? 'bluecom'];
  const said = valuesOf(profile, event, endpoint);
  if (said === null) return null;
  const merchantCode = present(endpoint.merchantCode, 'the merchant code');
  const values: Values = { merchantCode, ...said, timestamp: instantToWire(profile, at), nonce };
  const composed = composeMessage(profile, 'ipn', values);
  assert(composed.kind === 'composed', 'what we say ourselves can be signed');
  const { body, headers } = withSignature(profile, composed.members, signatureOf(profile, keys, composed.text));
  return { headers: { ...headers, 'content-type': 'application/json' }, body };
}

/** The words of a profile for an event, as its notifications have them; null where it has none. */
export function partnerWordsOf(
  { eventTypes, statuses }: PartnerProfile,
  eventType: string,
): { readonly eventType: string; readonly status: string } | null {
  const told = EVENTS.get(eventType);
  if (told === undefined) return null;
  const type = wordFor(eventTypes, told.about);
  const status = wordFor(told.about === 'payment' ? statuses.payment : statuses.refund, told.state);
  return type === null || status === null ? null : { eventType: type, status };
}

/** A profile gives words their meanings; of several words for one meaning the first is used. */
function wordFor(meanings: Readonly<Record<string, string>>, meaning: string): string | null {
  return Object.entries(meanings).find(([, each]) => each === meaning)?.[0] ?? null;
}

/** The old key until its overlap ends: a receiver that has not changed yet knows no other, one that has knows both. */
function signatureOf(profile: PartnerProfile, keys: readonly DialectKey[], text: string): string {
  const key = present(keys.at(-1), 'a key to sign with');
  const isPair = key.kind === 'rsa';
  const method = profile.signing.methods.find(({ algorithm }) => (algorithm === 'rsa-sha256') === isPair);
  const signature = signTextBy(
    profile,
    present(method, `a method of ${profile.id} for this key`),
    isPair ? { privateKey: key.privateKey } : { secretKey: key.text },
    text,
  );
  return present(signature, 'a signature');
}

function valuesOf(profile: PartnerProfile, event: DialectEvent, endpoint: DialectEndpoint): Values | null {
  const words = partnerWordsOf(profile, event.type);
  const told = EVENTS.get(event.type);
  if (words === null || told === undefined) return null;
  return told.about === 'payment'
    ? paymentValues(profile, event, { ...words, isPaid: told.state === 'captured' })
    : refundValues(profile, event, endpoint, words);
}

interface Words {
  readonly eventType: string;
  readonly status: string;
}

function paymentValues(
  profile: PartnerProfile,
  event: DialectEvent,
  { isPaid, ...words }: Words & { readonly isPaid: boolean },
): Values | null {
  const { id, reference, amount, amountCaptured, currency } = toldPayment.parse(event.object);
  const money = moneyToWire(profile, { amount: BigInt(isPaid ? amountCaptured : amount), currency });
  if (money === null) return null;
  const paidAt = isPaid ? { paidAt: instantToWire(profile, event.createdAt) } : {};
  return { orderId: reference, providerRef: id, ...words, ...money, ...paidAt };
}

function refundValues(
  profile: PartnerProfile,
  event: DialectEvent,
  { partnerKeyId }: DialectEndpoint,
  words: Words,
): Values | null {
  const order = paymentOf(event);
  if (order === null) return null;
  const { id, amount, currency, reference, duplicate } = toldReturn.parse(event.object);
  const money = moneyToWire(profile, { amount: BigInt(amount), currency });
  // Money that arrived twice and went back once: the receiver has heard of neither, and its payment stands.
  if (duplicate || money === null) return null;
  const own = partnerKeyId === null ? null : partnerOwnRefundId(partnerKeyId, reference ?? null);
  return {
    ...{ orderId: order.reference, providerRef: order.id, refundId: own ?? `gateway:${id}` },
    ...{ ...words, ...money, paidAt: instantToWire(profile, event.createdAt) },
  };
}

/** An amount as the profile writes it; null where it cannot, or knows no such currency. */
function moneyToWire(profile: PartnerProfile, money: Money): Pick<Values, 'amount' | 'currency'> | null {
  const { currency } = money;
  if (profile.currencies !== 'any' && !profile.currencies.includes(currency)) return null;
  const amount = amountToWire(profile, money);
  return amount === null ? null : { amount, currency };
}

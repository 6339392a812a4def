import { createHash } from 'node:crypto';
import type { EventSubject, ProviderEvent } from '../provider-webhook.ts';
import { askStripe, STRIPE_VERSION, type StripeAddress, stripePath } from './stripe-client.ts';
import type { StripeCall } from './stripe-credentials.ts';
import { attemptIdOf, disputeReport, flowOf, intentReport, isRelease, refundReport } from './stripe-reports.ts';
import {
  type WireEvent,
  type WireIntent,
  wireDispute,
  wireIntent,
  wireNamed,
  wireRefund,
  wireSession,
} from './stripe-wire.ts';

/**
 * What a verified event tells. `nothing`: not about an attempt of ours, or no news. `malformed`: not as documented.
 * `unreadable`: whose it is could not be asked just now.
 */
export type ReadEvent = { readonly kind: 'event'; readonly event: ProviderEvent } | Failure;
type Failure = { readonly kind: 'nothing' } | { readonly kind: 'malformed' } | { readonly kind: 'unreadable' };

/** What of an event is fact; what it leaves out is the same for all of them. */
interface Told {
  readonly kind: 'told';
  readonly attempt: EventSubject;
  readonly fact: ProviderEvent['fact'];
  /** true: the event leaves out something that counts, and the gateway had better ask. */
  readonly isHint?: boolean;
}

const NOTHING = { kind: 'nothing' } as const;
const MALFORMED = { kind: 'malformed' } as const;
const UNREADABLE = { kind: 'unreadable' } as const;

/** What each type of event is about. Types that are not here tell nothing that these do not. */
const SUBJECTS: Readonly<Record<string, (reading: Reading) => Told | Failure | Promise<Told | Failure>>> = {
  'checkout.session.completed': readSession,
  'checkout.session.async_payment_succeeded': readSession,
  'checkout.session.async_payment_failed': readSession,
  'checkout.session.expired': readSession,
  'payment_intent.processing': readIntent,
  'payment_intent.requires_action': readIntent,
  'payment_intent.amount_capturable_updated': readIntent,
  'payment_intent.succeeded': readIntent,
  'payment_intent.payment_failed': readIntent,
  'payment_intent.canceled': readIntent,
  'refund.created': readRefund,
  'refund.updated': readRefund,
  'refund.failed': readRefund,
  'charge.dispute.created': readDispute,
  'charge.dispute.updated': readDispute,
  'charge.dispute.closed': readDispute,
  'charge.dispute.funds_withdrawn': readDispute,
  'charge.dispute.funds_reinstated': readDispute,
};

interface Reading {
  readonly address: StripeAddress;
  readonly call: StripeCall;
  readonly event: WireEvent;
}

/** Translates an event whose signature was verified. https://docs.stripe.com/api/events/types */
export async function readStripeEvent(address: StripeAddress, call: StripeCall, event: WireEvent): Promise<ReadEvent> {
  const read = Object.hasOwn(SUBJECTS, event.type) ? SUBJECTS[event.type] : undefined;
  // What happens on an account that is connected to ours is none of our attempts.
  if (read === undefined || event.account) return NOTHING;
  const told = await read({ address, call, event });
  if (told.kind !== 'told') return told;
  const { attempt, fact, isHint = false } = told;
  return {
    kind: 'event',
    event: {
      // Of one fact Stripe may make two events; the second changes nothing, and one key for both would lose news.
      dedupeKey: event.id,
      contentHash: contentHashOf(event.type, attempt, fact),
      attempt,
      occurredAt: event.created,
      // Written in another version's words, it is only a reason to ask in ours.
      authoritative: !isHint && event.api_version === STRIPE_VERSION,
      fact,
    },
  };
}

/** A session says that Stripe's page is left, and not what became of the money. */
function readSession({ event }: Reading): Told | Failure {
  const attemptId = namedIn(event).attemptId;
  if (attemptId === null) return NOTHING;
  const session = wireSession.safeParse(event.data.object);
  if (!session.success) return MALFORMED;
  const attempt = { attemptId, providerRef: session.data.id };
  if (session.data.status === 'expired') {
    return { kind: 'told', attempt, fact: { about: 'attempt', report: { state: 'expired' } } };
  }
  return { kind: 'told', attempt, isHint: true, fact: { about: 'attempt', report: { state: 'pending' } } };
}

/**
 * The attempt of a session is known by the session's name, so its PaymentIntent's is left out. Where the shopper is on
 * Stripe's page, only what has left it counts: the page deals with declines.
 */
function readIntent({ call, event }: Reading): Told | Failure {
  const { attemptId, flow } = namedIn(event);
  if (attemptId === null || flow === null) return NOTHING;
  const parsed = wireIntent.safeParse(event.data.object);
  if (!parsed.success) return MALFORMED;
  const intent = parsed.data;
  const waits = ['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status);
  if (waits && flow !== 'server') return NOTHING;
  const report = intentReport(intent, call.credentials);
  if (report === null) return MALFORMED;
  const attempt = flow === 'redirect' ? { attemptId } : { attemptId, providerRef: intent.id };
  // Until when an authorization lasts, and whether there was one, its charge tells, which is only named here.
  const isEnd = intent.status === 'canceled';
  const isHint =
    report.state === 'authorized' || (isEnd && (flow === 'redirect' || intent.capture_method === 'manual'));
  return { kind: 'told', attempt, isHint, fact: { about: 'attempt', report } };
}

async function readRefund(reading: Reading): Promise<Told | Failure> {
  const { attemptId, id, intentId } = namedIn(reading.event);
  if (id === null || intentId === null) return NOTHING;
  const attempt = attemptId === null ? await askForOwner(reading, id) : { attemptId };
  if ('kind' in attempt) return attempt;
  const parsed = wireRefund.safeParse(reading.event.data.object);
  const refund = parsed.success ? refundReport(parsed.data) : null;
  return refund === null ? MALFORMED : { kind: 'told', attempt, fact: { about: 'refund', refund } };
}

/** Whose money a refund gives back that nobody asked us for, and whether it is one at all. */
async function askForOwner(
  { address, call }: Reading,
  refundId: string,
): Promise<{ readonly attemptId: string } | Failure> {
  const form = { 'expand[0]': 'payment_intent', 'expand[1]': 'balance_transaction' };
  const reply = await askStripe(address, call, { method: 'GET', path: stripePath('refunds', refundId), form });
  if (reply.kind === 'refused' && reply.code === 'resource_missing') return NOTHING;
  if (reply.kind !== 'ok') return UNREADABLE;
  const parsed = wireRefund.safeParse(reply.body);
  if (!parsed.success || parsed.data.id !== refundId) return UNREADABLE;
  const { payment_intent: intent } = parsed.data;
  if (typeof intent !== 'object' || intent === null) return UNREADABLE;
  return isRelease(parsed.data, intent) ? NOTHING : ownerIn(intent);
}

async function readDispute(reading: Reading): Promise<Told | Failure> {
  const { event } = reading;
  const { intentId } = namedIn(event);
  if (intentId === null) return NOTHING;
  const attempt = await ownerOf(reading, intentId);
  if ('kind' in attempt) return attempt;
  const parsed = wireDispute.safeParse(event.data.object);
  const dispute = parsed.success ? disputeReport(parsed.data, event.created) : null;
  return dispute === null ? MALFORMED : { kind: 'told', attempt, fact: { about: 'dispute', dispute } };
}

interface Named {
  readonly id: string | null;
  readonly attemptId: string | null;
  readonly flow: ReturnType<typeof flowOf>;
  readonly intentId: string | null;
}

/** What an event's object says of whose it is: others may use the account too, for whatever Stripe has. */
function namedIn({ data }: WireEvent): Named {
  const parsed = wireNamed.safeParse(data.object);
  if (!parsed.success) return { id: null, attemptId: null, flow: null, intentId: null };
  const { id, metadata, payment_intent: intentId } = parsed.data;
  const labeled = { metadata: metadata ?? {} };
  return { id, attemptId: attemptIdOf(labeled), flow: flowOf(labeled), intentId: intentId ?? null };
}

/**
 * The attempt that a PaymentIntent belongs to, which we wrote into it. Disputes name nothing else, and an attempt that
 * went through Stripe's page is not known by its PaymentIntent.
 */
async function ownerOf(
  { address, call }: Reading,
  intentId: string,
): Promise<{ readonly attemptId: string } | Failure> {
  const reply = await askStripe(address, call, { method: 'GET', path: stripePath('payment_intents', intentId) });
  if (reply.kind === 'refused' && reply.code === 'resource_missing') return NOTHING;
  if (reply.kind !== 'ok') return UNREADABLE;
  const parsed = wireIntent.safeParse(reply.body);
  return parsed.success && parsed.data.id === intentId ? ownerIn(parsed.data) : UNREADABLE;
}

function ownerIn(intent: WireIntent): { readonly attemptId: string } | Failure {
  const attemptId = attemptIdOf(intent);
  return attemptId === null || flowOf(intent) === null ? NOTHING : { attemptId };
}

/** Over everything that is fact; an event's own stamps are none, but a dispute's time is: of two states the later counts. */
function contentHashOf(type: string, attempt: EventSubject, fact: ProviderEvent['fact']): string {
  const json = JSON.stringify([type, attempt, fact], (name, value: unknown) => {
    if (name === 'message' || name === 'clientSecret' || name === 'url') return undefined;
    return typeof value === 'bigint' ? value.toString() : value;
  });
  return createHash('sha256').update(json).digest('hex');
}

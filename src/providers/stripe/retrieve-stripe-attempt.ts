import type { z } from 'zod';
import type {
  AttemptRef,
  DisputeReport,
  NotSent,
  RefundReport,
  Refused,
  RetrieveAnswer,
  Unknown,
} from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { askStripe, type StripeAddress, type StripeForm, stripePath } from './stripe-client.ts';
import type { StripeCall } from './stripe-credentials.ts';
import {
  attemptIdOf,
  captureReports,
  disputeReport,
  intentIdOf,
  intentReport,
  isRelease,
  refundReport,
  sessionReport,
} from './stripe-reports.ts';
import {
  type WireIntent,
  type WireRefund,
  wireDispute,
  wireIntent,
  wireList,
  wireRefund,
  wireSession,
} from './stripe-wire.ts';

/** With what moved the balance shown, each has about two kilobytes; so many stay within the bound of an answer. */
const PAGE = 50;
/** A thousand refunds of one payment are a fault, and a list must be whole. */
const PAGES_MAX = 20;

/** Asks where an attempt stands: its session or PaymentIntent and, where money was taken, its refunds and disputes. */
export async function retrieveStripeAttempt(
  address: StripeAddress,
  call: StripeCall,
  attempt: AttemptRef,
): Promise<RetrieveAnswer> {
  const found = await readAttempt(address, call, attempt);
  if (found.kind === 'refused') return found.code === 'resource_missing' ? { kind: 'not_found' } : unknown(found.code);
  if (found.kind !== 'found') return unknown(found.reason);
  const { report, intent, providerRef } = found;
  const captures = intent === null ? [] : captureReports(intent);
  if (captures === null) return unknown('the answer contradicts itself');
  const moved = intent?.status === 'succeeded' ? await readMovements(address, call, intent) : NOTHING_MOVED;
  if (moved.kind === 'unknown') return moved;
  return {
    kind: 'answered',
    providerRef,
    report,
    captures,
    refunds: moved.refunds,
    reversals: [],
    disputes: moved.disputes,
  };
}

type ReadAttempt =
  | {
      readonly kind: 'found';
      readonly providerRef: string;
      readonly report: Extract<RetrieveAnswer, { kind: 'answered' }>['report'];
      /** null: nobody has tried to pay on Stripe's page yet. */
      readonly intent: WireIntent | null;
    }
  | Refused
  | NotSent
  | Unknown;

/** The attempt by Stripe's name for it, which is the session's where there is one. It counts only if it is the one meant. */
export async function readAttempt(address: StripeAddress, call: StripeCall, attempt: AttemptRef): Promise<ReadAttempt> {
  const { providerRef } = attempt;
  if (providerRef === undefined) return NAMELESS;
  const isSession = providerRef.startsWith('cs_');
  const reply = await askStripe(address, call, {
    method: 'GET',
    path: stripePath(isSession ? 'checkout/sessions' : 'payment_intents', providerRef),
    form: { 'expand[]': isSession ? 'payment_intent.latest_charge' : 'latest_charge' },
  });
  if (reply.kind === 'declined') return unknown('a question was answered with a decline');
  if (reply.kind !== 'ok') return reply;
  return isSession ? readSession(call, attempt, reply.body) : readIntent(call, attempt, reply.body);
}

function readSession({ mode, credentials }: StripeCall, attempt: AttemptRef, body: unknown): ReadAttempt {
  const parsed = wireSession.safeParse(body);
  if (!parsed.success) return unknown('the answer is no Checkout Session');
  const session = parsed.data;
  const { payment_intent: intent } = session;
  if (typeof intent === 'string') return unknown('the answer does not show the PaymentIntent');
  const isMeant = session.id === attempt.providerRef && session.client_reference_id === attempt.attemptId;
  if (!isMeant || (intent !== null && attemptIdOf(intent) !== attempt.attemptId)) return OTHER_ATTEMPT;
  if (session.livemode !== (mode === 'live')) return OTHER_MODE;
  const report = sessionReport(session, credentials);
  return report === null ? CONTRADICTION : { kind: 'found', providerRef: session.id, report, intent };
}

function readIntent({ mode, credentials }: StripeCall, attempt: AttemptRef, body: unknown): ReadAttempt {
  const parsed = wireIntent.safeParse(body);
  if (!parsed.success) return unknown('the answer is no PaymentIntent');
  const intent = parsed.data;
  if (intent.id !== attempt.providerRef || attemptIdOf(intent) !== attempt.attemptId) return OTHER_ATTEMPT;
  if (intent.livemode !== (mode === 'live')) return OTHER_MODE;
  const report = intentReport(intent, credentials);
  return report === null ? CONTRADICTION : { kind: 'found', providerRef: intent.id, report, intent };
}

const OTHER_ATTEMPT = unknown('the answer is about another attempt');
const OTHER_MODE = unknown('the answer is of the other mode');
const CONTRADICTION = unknown('the answer contradicts itself');
const NAMELESS: NotSent = { kind: 'not_sent', reason: "Stripe's name for the attempt is not known" };

type FoundIntent = { readonly kind: 'found'; readonly intentId: string } | Refused | NotSent;

/** The PaymentIntent on which an attempt's money is. Where it cannot be found out, nothing was sent. */
export async function findIntent(address: StripeAddress, call: StripeCall, attempt: AttemptRef): Promise<FoundIntent> {
  if (attempt.providerRef?.startsWith('pi_')) return { kind: 'found', intentId: attempt.providerRef };
  const found = await readAttempt(address, call, attempt);
  if (found.kind === 'unknown') return { kind: 'not_sent', reason: `the session could not be read: ${found.reason}` };
  if (found.kind !== 'found') return found;
  if (found.intent === null) return refused('nothing_paid', 'Nobody has paid in this session');
  return { kind: 'found', intentId: found.intent.id };
}

interface Movements {
  readonly kind: 'read';
  readonly refunds: readonly RefundReport[];
  readonly disputes: readonly DisputeReport[];
}

const NOTHING_MOVED: Movements = { kind: 'read', refunds: [], disputes: [] };

async function readMovements(
  address: StripeAddress,
  call: StripeCall,
  intent: WireIntent,
): Promise<Movements | Unknown> {
  const refunds = await listRefunds(address, call, intent.id);
  if (refunds.kind !== 'listed') return unknown(refunds.reason);
  const disputes = await listAll(address, call, { path: '/v1/disputes', intentId: intent.id, item: wireDispute });
  if (disputes.kind !== 'listed') return unknown(disputes.reason);
  if (disputes.items.some((dispute) => intentIdOf(dispute.payment_intent) !== intent.id)) {
    return unknown('the answer has disputes of another payment');
  }
  const refundReports = refunds.items.filter((refund) => !isRelease(refund, intent)).map(refundReport);
  const disputeReports = disputes.items.map((dispute) => disputeReport(dispute, disputes.at));
  if (refundReports.includes(null) || disputeReports.includes(null)) return unknown('the answer contradicts itself');
  return {
    kind: 'read',
    refunds: refundReports.filter((report) => report !== null),
    disputes: disputeReports.filter((report) => report !== null),
  };
}

type Listed<Item> =
  | { readonly kind: 'listed'; readonly items: readonly Item[]; readonly at: Temporal.Instant }
  | Unlisted;
type Unlisted = { readonly kind: 'unlisted'; readonly reason: string };

/** Every refund of a PaymentIntent. Lists tell what was written before they were asked, unlike Stripe's search. */
export async function listRefunds(
  address: StripeAddress,
  call: StripeCall,
  intentId: string,
): Promise<Listed<WireRefund>> {
  const shown = 'data.balance_transaction';
  const listed = await listAll(address, call, { path: '/v1/refunds', intentId, item: wireRefund, shown });
  if (listed.kind === 'listed' && listed.items.some((refund) => intentIdOf(refund.payment_intent) !== intentId)) {
    return { kind: 'unlisted', reason: 'the answer has refunds of another payment' };
  }
  return listed;
}

interface List<Item> {
  readonly path: string;
  readonly intentId: string;
  readonly item: Item;
  /** What is to be shown and not only named. */
  readonly shown?: string;
}

async function listAll<Item extends z.ZodType<{ readonly id: string }>>(
  address: StripeAddress,
  call: StripeCall,
  { path, intentId, item, shown }: List<Item>,
): Promise<Listed<z.output<Item>>> {
  const items: z.output<Item>[] = [];
  let at: Temporal.Instant | null = null;
  let cursor: StripeForm = {};
  for (let page = 0; page < PAGES_MAX; page++) {
    const form = { payment_intent: intentId, limit: PAGE.toString(), 'expand[]': shown, ...cursor };
    const reply = await askStripe(address, call, { method: 'GET', path, form });
    if (reply.kind !== 'ok') return { kind: 'unlisted', reason: `${path} could not be read: ${reasonOf(reply)}` };
    const parsed = wireList(item).safeParse(reply.body);
    if (!parsed.success) return { kind: 'unlisted', reason: `the answer of ${path} is no list` };
    // The earliest: what was read first may have changed since.
    at ??= reply.at;
    const { data, has_more: hasMore } = parsed.data;
    items.push(...data);
    const last = data.at(-1);
    if (!hasMore) return { kind: 'listed', items, at };
    if (last === undefined) break;
    cursor = { starting_after: last.id };
  }
  return { kind: 'unlisted', reason: `the list of ${path} has no end` };
}

function reasonOf(reply: Exclude<Awaited<ReturnType<typeof askStripe>>, { kind: 'ok' }>): string {
  if (reply.kind === 'declined') return 'declined';
  return reply.kind === 'refused' ? reply.code : reply.reason;
}

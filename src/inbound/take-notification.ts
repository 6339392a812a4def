import { createHash } from 'node:crypto';
import { outboxRow } from '../events/event.ts';
import { newId } from '../kernel/id.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { PaymentStatus } from '../payments/payment.ts';
import { readPaymentOfAttempt } from '../payments/read-payment.ts';
import type { Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { ProviderAccount } from '../provider-accounts/account.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome, WebhookReply } from '../providers/provider-webhook.ts';
import { findAttempt } from './find-attempt.ts';
import type { InboundVerdict } from './inbound-event.ts';
import { inboundRow } from './inbound-row.ts';
import { claimFacts, claimNonce, insertInboundEvents, type KnownFact, selectKnownFacts, updateTaken } from './store.ts';
import { storeNews } from './store-news.ts';
import { putQuestion } from './store-questions.ts';

type VerifiedNotification = Extract<WebhookOutcome, { kind: 'events' }>;

/** What became of a verified notification: the reply it gets, and the rows to be handed over once it is committed. */
interface TakenNotification {
  readonly verdict: InboundVerdict;
  readonly reply: WebhookReply;
  readonly work: readonly WholeRow<'outbox'>[];
}

/** A notification that was kept as refused, to be taken now under its own name. */
interface KeptNotification {
  readonly inboundEventId: string;
  readonly verdict: string;
}

/** Money that comes now is not wanted any more. */
const ENDED: ReadonlySet<PaymentStatus> = new Set(['canceled', 'expired', 'failed', 'reversed'] as const);
/** A provider whose money was refused needs a moment to give it back before it is asked. */
const ASK_AFTER_REFUSAL = { minutes: 1 } as const;
const REJECTED: WebhookReply = { status: 401 };

/**
 * Stores a verified notification, all or nothing: whether its nonce is its own, which of its facts are new, the bytes
 * as they came, and the work for the worker. Null where it was kept before (`kept`) and somebody else took it meanwhile;
 * then nothing is written.
 */
export async function takeNotification(
  context: PaymentContext,
  account: ProviderAccount,
  request: RawWebhook,
  verified: VerifiedNotification,
  kept?: KeptNotification,
): Promise<TakenNotification | null> {
  const inboundEventId = kept?.inboundEventId ?? newId('in', context.clock);
  if (kept === undefined) {
    const taken = await takeAsNews(context, account, request, verified, inboundEventId);
    if (taken !== null) return taken;
  }
  const { events } = verified;
  return context.database
    .transaction(async (tx) => {
      const judged = await judge(tx, account, request, verified, inboundEventId);
      const { verdict } = judged;
      const found = { verdict, events: judged.news, inboundEventId };
      const row = await inboundRow(context, account, request, found);
      const now = context.clock.now();
      const askAt = verdict === 'refused_unwanted' ? now.add(ASK_AFTER_REFUSAL) : now;
      if (judged.isDoubtful) await askAbout(tx, account, events, askAt);
      const hasWork = judged.news.length > 0 || judged.isDoubtful;
      const dueAt = judged.news.length > 0 ? row.due_at : askAt;
      const { tenantId, providerAccountId } = account;
      const told = { tenantId, topic: 'inbound', subjectId: providerAccountId, dueAt } as const;
      const work = hasWork ? [outboxRow(told, context.clock)] : [];
      const about = events[0]?.attempt ?? null;
      if (kept === undefined) await insertInboundEvents(tx, [row], about, work);
      else if (!(await updateTaken(tx, row, { verdict: kept.verdict, about }, work))) throw new AlreadyTaken();
      return { verdict, reply: judged.reply, work };
    })
    .catch((error: unknown) => {
      if (error instanceof AlreadyTaken) return null;
      throw error;
    });
}

/**
 * The way of nearly all: one fact that is new, stored together with what else arrives at this moment. Null where the
 * fact, or the nonce, has come before or more must be looked at; then the transaction of its own says what it is.
 */
async function takeAsNews(
  context: PaymentContext,
  account: ProviderAccount,
  request: RawWebhook,
  { events, nonce, replies }: VerifiedNotification,
  inboundEventId: string,
): Promise<TakenNotification | null> {
  const [event, ...others] = events;
  if (event === undefined || others.length > 0 || replies.refused !== undefined) return null;
  const { tenantId, providerAccountId } = account;
  const verdict = 'accepted';
  const row = await inboundRow(context, account, request, { verdict, events, inboundEventId });
  const told = { tenantId, topic: 'inbound', subjectId: providerAccountId, dueAt: row.due_at } as const;
  const stored = await storeNews(context.database.query, {
    event: row,
    fact: factRow(account, event, inboundEventId),
    nonce: nonce === undefined ? null : nonceRow(account, nonce, events, request),
    about: event.attempt,
    work: outboxRow(told, context.clock),
  });
  return stored === null ? null : { verdict, reply: replies.accepted, work: stored.work };
}

function factRow(
  { tenantId, providerAccountId }: ProviderAccount,
  { dedupeKey, contentHash }: ProviderEvent,
  inboundEventId: string,
): WholeRow<'provider_facts'> {
  return {
    tenant_id: tenantId,
    provider_account_id: providerAccountId,
    dedupe_key: dedupeKey,
    content_hash: contentHash,
    inbound_event_id: inboundEventId,
  };
}

function nonceRow(
  { tenantId, providerAccountId }: ProviderAccount,
  nonce: string,
  events: readonly ProviderEvent[],
  { receivedAt }: RawWebhook,
): WholeRow<'inbound_nonces'> {
  return {
    tenant_id: tenantId,
    provider_account_id: providerAccountId,
    nonce,
    content_hash: contentHashOf(events),
    received_at: receivedAt,
  };
}

/** Thrown inside the transaction, so that what it claimed is given back. */
class AlreadyTaken extends Error {}

interface Judged {
  readonly verdict: InboundVerdict;
  readonly reply: WebhookReply;
  /** The facts that are to be applied. */
  readonly news: readonly ProviderEvent[];
  /** What it says is not applied, and yet something may have happened: the provider is asked. */
  readonly isDoubtful: boolean;
}

async function judge(
  tx: Queryable,
  account: ProviderAccount,
  request: RawWebhook,
  { events, nonce, replies }: VerifiedNotification,
  inboundEventId: string,
): Promise<Judged> {
  if (nonce !== undefined) {
    if ((await claimNonce(tx, nonceRow(account, nonce, events, request))) === 'other') {
      return { verdict: 'nonce_reused', reply: replies.rejected ?? REJECTED, news: [], isDoubtful: false };
    }
  }
  const facts = events.map((event) => factRow(account, event, inboundEventId));
  const fresh = await claimFacts(tx, facts);
  const news = events.filter(({ dedupeKey }) => fresh.has(dedupeKey));
  const repeated = facts.filter(({ dedupe_key }) => !fresh.has(dedupe_key));
  const known: ReadonlyMap<string, KnownFact> =
    repeated.length === 0
      ? new Map()
      : await selectKnownFacts(
          tx,
          account,
          repeated.map(({ dedupe_key }) => dedupe_key),
        );
  if (repeated.some(({ dedupe_key, content_hash }) => known.get(dedupe_key)?.contentHash !== content_hash)) {
    return { verdict: 'conflicting_duplicate', reply: replies.duplicate, news, isDoubtful: true };
  }
  if (replies.refused !== undefined && (await isUnwanted(tx, account, news))) {
    return { verdict: 'refused_unwanted', reply: replies.refused, news: [], isDoubtful: true };
  }
  if (news.length > 0) return { verdict: 'accepted', reply: replies.accepted, news, isDoubtful: false };
  // A copy is told what the first one was told, or the provider would keep money that it was to give back.
  const wasRefused = [...known.values()].some(({ verdict }) => verdict === 'refused_unwanted');
  const reply = wasRefused ? (replies.refused ?? replies.duplicate) : replies.duplicate;
  return { verdict: 'duplicate', reply, news: [], isDoubtful: false };
}

/** Of what a message says, stamps and signature aside; the order of its facts does not matter. */
export function contentHashOf(events: readonly ProviderEvent[]): string {
  const facts = events.map(({ dedupeKey, contentHash }) => [dedupeKey, contentHash]).sort();
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** Whether money has come that the payment does not take: it has ended, or it is about another amount. */
export async function isUnwanted(
  tx: Queryable,
  account: ProviderAccount,
  events: readonly ProviderEvent[],
): Promise<boolean> {
  for (const { attempt: named, fact } of events) {
    if (fact.about !== 'attempt') continue;
    const { report } = fact;
    if (report.state !== 'authorized' && report.state !== 'captured') continue;
    const attempt = await findAttempt(tx, account, named);
    if (attempt === null || attempt.providerAccountId !== account.providerAccountId) continue;
    const { status, amount, currency } = await readPaymentOfAttempt(tx, attempt);
    if (ENDED.has(status) || report.amount.amount !== amount || report.amount.currency !== currency) return true;
  }
  return false;
}

/** In one order for everybody, so that two notifications with several facts never wait for each other crosswise. */
async function askAbout(
  tx: Queryable,
  account: ProviderAccount,
  events: readonly ProviderEvent[],
  dueAt: Temporal.Instant,
): Promise<void> {
  const attemptIds = new Set<string>();
  for (const { attempt: named } of events) {
    const attempt = await findAttempt(tx, account, named);
    if (attempt !== null) attemptIds.add(attempt.attemptId);
  }
  for (const attemptId of [...attemptIds].sort()) await putQuestion(tx, account, attemptId, dueAt);
}

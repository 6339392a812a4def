import type { PaymentContext } from '../payments/context.ts';
import { readPaymentOfAttempt } from '../payments/read-payment.ts';
import { type OpenAccount, openOwnAccount } from '../provider-accounts/open-provider-account.ts';
import { sharesLiveSecret } from '../provider-accounts/share-live-secret.ts';
import type { ProviderEvent, RawWebhook, WebhookDescription, WebhookOutcome } from '../providers/provider-webhook.ts';
import { findAttempt } from './find-attempt.ts';
import type { InboundVerdict } from './inbound-event.ts';
import { type KnownFact, selectKnownFacts, selectNonceContent } from './store.ts';
import type { Owner } from './store-lists.ts';
import { contentHashOf, isUnwanted } from './take-notification.ts';

/** How one verified fact of a notification would be met. */
export interface CheckedFact {
  readonly event: ProviderEvent;
  readonly isNew: boolean;
  /** The payment it is about; null where no attempt of this account has its name. */
  readonly payment: { readonly paymentId: string; readonly attemptId: string; readonly status: string } | null;
}

/** What the gateway would make of a notification if it came now. */
export interface NotificationCheck {
  readonly account: OpenAccount['account'];
  readonly asOf: Temporal.Instant;
  readonly verdict: InboundVerdict | 'probe';
  readonly replyStatus: number;
  readonly facts: readonly CheckedFact[];
  /** Whether the provider would be asked, although nothing of the message itself is applied. */
  readonly asks: boolean;
  /** How it is checked; null where the provider's adapter does not describe it. */
  readonly described: WebhookDescription | null;
  /** Whether signatures over any content may be shown whole: only of keys that are good for test mode alone. */
  readonly mayShowExpected: boolean;
}

/**
 * Looks at a notification as the gateway would if it came at an instant (`receivedAt` of the request), and stores,
 * applies, claims and tells nothing. What an unverified body says is looked up nowhere.
 * @throws Problem not_found, no_provider_account (the provider has left this mode)
 */
export async function checkNotification(
  context: PaymentContext,
  owner: Owner,
  providerAccountId: string,
  request: RawWebhook,
): Promise<NotificationCheck> {
  const opened = await openOwnAccount(context, owner, providerAccountId);
  const { account, provider } = opened;
  const call = { ...opened.call, clock: { now: () => request.receivedAt } };
  const outcome = await provider.parseWebhook(call, request);
  const judged = await judge(context, opened, outcome);
  return {
    account,
    asOf: request.receivedAt,
    ...judged,
    described: provider.describeWebhook?.(call, request) ?? null,
    mayShowExpected: account.mode === 'test' && !(await sharesLiveSecret(context, opened)),
  };
}

type Judged = Pick<NotificationCheck, 'verdict' | 'replyStatus' | 'facts' | 'asks'>;

/** The order of take-notification.ts, with reads alone. */
async function judge(context: PaymentContext, { account }: OpenAccount, outcome: WebhookOutcome): Promise<Judged> {
  const db = context.database.query;
  if (outcome.kind === 'probe') {
    return { verdict: 'probe', replyStatus: outcome.reply.status, facts: [], asks: false };
  }
  if (outcome.kind === 'rejected') {
    const { reason, reply, about } = outcome;
    const asks = about !== undefined && (await findAttempt(db, account, about)) !== null;
    return { verdict: reason, replyStatus: reply.status, facts: [], asks };
  }
  const { events, nonce, replies } = outcome;
  const firstContent = nonce === undefined ? null : await selectNonceContent(db, account, nonce);
  if (firstContent !== null && firstContent !== contentHashOf(events)) {
    return { verdict: 'nonce_reused', replyStatus: replies.rejected?.status ?? 401, facts: [], asks: false };
  }
  const keys = events.map(({ dedupeKey }) => dedupeKey);
  const known: ReadonlyMap<string, KnownFact> =
    keys.length === 0 ? new Map() : await selectKnownFacts(db, account, keys);
  const facts: CheckedFact[] = [];
  for (const event of events) {
    facts.push({ event, isNew: !known.has(event.dedupeKey), payment: await paymentOf(context, account, event) });
  }
  const isContradicted = events.some(
    ({ dedupeKey, contentHash }) => known.has(dedupeKey) && known.get(dedupeKey)?.contentHash !== contentHash,
  );
  if (isContradicted) {
    return { verdict: 'conflicting_duplicate', replyStatus: replies.duplicate.status, facts, asks: true };
  }
  const news = facts.filter(({ isNew }) => isNew).map(({ event }) => event);
  if (replies.refused !== undefined && (await isUnwanted(db, account, news))) {
    return { verdict: 'refused_unwanted', replyStatus: replies.refused.status, facts, asks: true };
  }
  if (news.length > 0) return { verdict: 'accepted', replyStatus: replies.accepted.status, facts, asks: false };
  const wasRefused = [...known.values()].some(({ verdict }) => verdict === 'refused_unwanted');
  const { status } = wasRefused ? (replies.refused ?? replies.duplicate) : replies.duplicate;
  return { verdict: 'duplicate', replyStatus: status, facts, asks: false };
}

async function paymentOf(
  context: PaymentContext,
  account: OpenAccount['account'],
  event: ProviderEvent,
): Promise<CheckedFact['payment']> {
  const db = context.database.query;
  const attempt = await findAttempt(db, account, event.attempt);
  if (attempt === null || attempt.providerAccountId !== account.providerAccountId) return null;
  const { paymentId, status } = await readPaymentOfAttempt(db, attempt);
  return { paymentId, attemptId: attempt.attemptId, status };
}

import { outboxRow } from '../events/event.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Logger } from '../platform/log.ts';
import type { ProviderAccount } from '../provider-accounts/account.ts';
import { findProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { RawWebhook, WebhookOutcome, WebhookReply } from '../providers/provider-webhook.ts';
import { findAttempt } from './find-attempt.ts';
import type { InboundVerdict } from './inbound-event.ts';
import { inboundRow } from './inbound-row.ts';
import { REFUSED_BODY_BYTES_MAX, RefusedEvidence } from './refused-evidence.ts';
import { insertInboundEvents } from './store.ts';
import { putQuestion } from './store-questions.ts';
import { takeNotification } from './take-notification.ts';

const refusedEvidence = new RefusedEvidence();

/** What somebody should look at. */
const REMARKS: Readonly<Partial<Record<InboundVerdict, string>>> = {
  conflicting_duplicate: 'A notification repeats an earlier one with other content; it was set aside',
  nonce_reused: 'A notification has the nonce of an earlier one and other content; it was refused',
  refused_unwanted: 'A notification tells of money that its payment does not take; the provider was told so',
};

/**
 * Takes a provider's notification. Order: verify on the raw bytes; persist bytes, headers, address and verdict together
 * with the work they cause; only then acknowledge. Nothing is applied here, and what could not be stored is not
 * acknowledged. Refused ones are kept as evidence, up to a bound.
 * @throws Problem not_found where the address names no account of that provider
 */
export async function receiveNotification(
  context: PaymentContext,
  target: { readonly provider: string; readonly providerAccountId: string },
  request: RawWebhook,
  log: Logger,
): Promise<WebhookReply> {
  const found = await findProviderAccount(context, target.provider, target.providerAccountId);
  if (found === null) throw new Problem('not_found', 'There is no such provider account.');
  const { account, provider, call } = found;
  const outcome = await provider.parseWebhook(call, request);
  if (outcome.kind === 'probe') return outcome.reply;
  if (outcome.kind === 'rejected') {
    await keepRefused(context, account, request, outcome);
    log.warn({ providerAccountId: account.providerAccountId, reason: outcome.reason }, 'A notification was refused');
    return outcome.reply;
  }
  crashPoint('notification-verified');
  const taken = await takeNotification(context, account, request, outcome);
  crashPoint('notification-stored');
  if (taken === null) throw new Error('A notification that is new was taken by somebody else');
  const remark = REMARKS[taken.verdict];
  if (remark !== undefined) log.error({ providerAccountId: account.providerAccountId }, remark);
  context.handOver(taken.work);
  return taken.reply;
}

/** Keeps what was refused as far as the bound allows; about what was truly signed and came too late, the provider is asked. */
async function keepRefused(
  context: PaymentContext,
  account: ProviderAccount,
  request: RawWebhook,
  { reason, about }: Extract<WebhookOutcome, { kind: 'rejected' }>,
): Promise<void> {
  const isKept = refusedEvidence.mayKeep(account.providerAccountId, performance.now());
  if (!isKept && about === undefined) return;
  const { database, clock } = context;
  const { tenantId, providerAccountId } = account;
  const cut = { ...request, body: request.body.subarray(0, REFUSED_BODY_BYTES_MAX) };
  const found = { verdict: reason, events: [], inboundEventId: newId('in', clock) };
  const row = isKept ? await inboundRow(context, account, cut, found) : null;
  const work = await database.transaction(async (tx) => {
    const attempt = about === undefined ? null : await findAttempt(tx, account, about);
    const told = { tenantId, topic: 'inbound', subjectId: providerAccountId, dueAt: clock.now() } as const;
    const rows = attempt === null ? [] : [outboxRow(told, clock)];
    if (attempt !== null) await putQuestion(tx, account, attempt.attemptId, clock.now());
    await insertInboundEvents(tx, row === null ? [] : [row], about ?? null, rows);
    return rows;
  });
  context.handOver(work);
}

import { outboxRow } from '../events/event.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Logger } from '../platform/log.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { ProviderAccount } from '../provider-accounts/account.ts';
import { findProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome, WebhookReply } from '../providers/provider-webhook.ts';
import { factsToJson } from './fact-json.ts';
import { REFUSED_BODY_BYTES_MAX, RefusedEvidence } from './refused-evidence.ts';
import { claimFacts, insertInboundEvent, selectFactHashes } from './store.ts';

const refusedEvidence = new RefusedEvidence();

type Verdict = 'accepted' | 'duplicate' | 'conflicting_duplicate' | (WebhookOutcome & { kind: 'rejected' })['reason'];

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
    if (refusedEvidence.mayKeep(account.providerAccountId, performance.now())) {
      const cut = { ...request, body: request.body.subarray(0, REFUSED_BODY_BYTES_MAX) };
      const row = await inboundRow(context, account, cut, { verdict: outcome.reason, events: [] });
      await insertInboundEvent(context.database.query, row, []);
    }
    log.warn({ providerAccountId: account.providerAccountId, reason: outcome.reason }, 'A notification was refused');
    return outcome.reply;
  }
  crashPoint('notification-verified');
  const { verdict, work } = await storeEvents(context, account, request, outcome.events);
  crashPoint('notification-stored');
  if (verdict === 'conflicting_duplicate') {
    log.error(
      { providerAccountId: account.providerAccountId },
      'A notification repeats an earlier one with other content; it was set aside',
    );
  }
  context.handOver(work);
  return verdict === 'accepted' ? outcome.replies.accepted : outcome.replies.duplicate;
}

/** One transaction: which facts are new, the notification as it came, and the work for the worker. */
async function storeEvents(
  context: PaymentContext,
  account: ProviderAccount,
  request: RawWebhook,
  events: readonly ProviderEvent[],
): Promise<{ readonly verdict: Verdict; readonly work: readonly WholeRow<'outbox'>[] }> {
  const inboundEventId = newId('in', context.clock);
  const { tenantId, providerAccountId } = account;
  const facts = events.map((event) => ({
    tenant_id: tenantId,
    provider_account_id: providerAccountId,
    dedupe_key: event.dedupeKey,
    content_hash: event.contentHash,
    inbound_event_id: inboundEventId,
  }));
  return context.database.transaction(async (tx) => {
    const fresh = await claimFacts(tx, facts);
    const known = facts.filter(({ dedupe_key }) => !fresh.has(dedupe_key));
    const hashes = await selectFactHashes(
      tx,
      account,
      known.map(({ dedupe_key }) => dedupe_key),
    );
    const conflicting = known.some(({ dedupe_key, content_hash }) => hashes.get(dedupe_key) !== content_hash);
    const verdict: Verdict = conflicting ? 'conflicting_duplicate' : fresh.size > 0 ? 'accepted' : 'duplicate';
    const news = events.filter(({ dedupeKey }) => fresh.has(dedupeKey));
    const row = await inboundRow(context, account, request, { verdict, events: news, inboundEventId });
    const outbox = outboxRow(
      { tenantId, topic: 'inbound', subjectId: providerAccountId, dueAt: row.due_at },
      context.clock,
    );
    const work = news.length > 0 ? [outbox] : [];
    await insertInboundEvent(tx, row, work);
    return { verdict, work };
  });
}

async function inboundRow(
  context: PaymentContext,
  account: ProviderAccount,
  request: RawWebhook,
  found: { readonly verdict: Verdict; readonly events: readonly ProviderEvent[]; readonly inboundEventId?: string },
): Promise<WholeRow<'inbound_events'>> {
  const inboundEventId = found.inboundEventId ?? newId('in', context.clock);
  const { tenantId, providerAccountId, provider } = account;
  const place = { tenantId, table: 'inbound_events', column: 'request_sealed', row: inboundEventId };
  const evidence = JSON.stringify({
    method: request.method,
    query: request.query,
    headers: request.headers,
    bodyBase64: Buffer.from(request.body).toString('base64'),
  });
  const pending = found.events.length > 0;
  return {
    tenant_id: tenantId,
    inbound_event_id: inboundEventId,
    provider_account_id: providerAccountId,
    provider,
    received_at: request.receivedAt,
    remote_address: request.remoteAddress,
    request_sealed: await context.sealer.seal(place, evidence),
    verdict: found.verdict,
    state: pending ? 'pending' : null,
    facts: factsToJson(found.events),
    outcome: null,
    tries: 0,
    due_at: pending ? request.receivedAt : null,
    processed_at: null,
  };
}

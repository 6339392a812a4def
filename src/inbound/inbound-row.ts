import { z } from 'zod';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { ProviderAccount } from '../provider-accounts/account.ts';
import type { ProviderEvent, RawWebhook } from '../providers/provider-webhook.ts';
import { factsToJson } from './fact-json.ts';
import type { InboundVerdict } from './inbound-event.ts';

const keptRequest = z.strictObject({
  method: z.string(),
  query: z.record(z.string(), z.string()),
  headers: z.record(z.string(), z.array(z.string())),
  bodyBase64: z.string(),
});

/** A notification as it is kept: the request sealed, verdict and facts beside it. */
export async function inboundRow(
  { sealer }: Pick<PaymentContext, 'sealer'>,
  { tenantId, providerAccountId, provider }: Pick<ProviderAccount, 'tenantId' | 'providerAccountId' | 'provider'>,
  request: RawWebhook,
  found: {
    readonly verdict: InboundVerdict;
    readonly events: readonly ProviderEvent[];
    readonly inboundEventId: string;
  },
): Promise<WholeRow<'inbound_events'>> {
  const { method, query, headers, body, receivedAt, remoteAddress } = request;
  const kept = { method, query, headers, bodyBase64: Buffer.from(body).toString('base64') };
  const pending = found.events.length > 0;
  return {
    tenant_id: tenantId,
    inbound_event_id: found.inboundEventId,
    provider_account_id: providerAccountId,
    provider,
    received_at: receivedAt,
    remote_address: remoteAddress,
    request_sealed: await sealer.seal(requestPlace(tenantId, found.inboundEventId), JSON.stringify(kept)),
    verdict: found.verdict,
    state: pending ? 'pending' : null,
    facts: factsToJson(found.events),
    outcome: null,
    tries: 0,
    due_at: pending ? receivedAt : null,
    processed_at: null,
    // Found by the statement that writes the row.
    payment_id: null,
    resolved_note: null,
    resolved_by: null,
    resolved_at: null,
  };
}

/** The request of a kept notification, unsealed. @throws Problem event_expired where it was erased */
export async function openRequest(
  { sealer }: Pick<PaymentContext, 'sealer'>,
  kept: Pick<
    WholeRow<'inbound_events'>,
    'tenant_id' | 'inbound_event_id' | 'request_sealed' | 'received_at' | 'remote_address'
  >,
): Promise<RawWebhook> {
  if (kept.request_sealed.length === 0) throw new Problem('event_expired', 'What was sent is not kept any more.');
  const sealed = await sealer.open(requestPlace(kept.tenant_id, kept.inbound_event_id), kept.request_sealed);
  const { bodyBase64, ...request } = keptRequest.parse(JSON.parse(String(sealed)));
  return {
    ...request,
    body: Buffer.from(bodyBase64, 'base64'),
    remoteAddress: kept.remote_address,
    receivedAt: kept.received_at,
  };
}

function requestPlace(tenantId: string, row: string) {
  return { tenantId, table: 'inbound_events', column: 'request_sealed', row };
}

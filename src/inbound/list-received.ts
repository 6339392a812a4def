import type { PaymentContext } from '../payments/context.ts';
import type { ProviderAccount } from '../provider-accounts/account.ts';
import type { RawWebhook } from '../providers/provider-webhook.ts';
import { openRequest } from './inbound-row.ts';
import { selectInboundEvents } from './store-lists.ts';

/** A notification as it came, and what the door made of it. */
export interface KeptRequest {
  readonly inboundEventId: string;
  readonly verdict: string;
  readonly request: RawWebhook;
}

const PAGE = 100;

/** The notifications of an account that came after an instant, oldest first: the newest hundred at most. Writes nothing. */
export async function listReceived(
  { database, sealer }: Pick<PaymentContext, 'database' | 'sealer'>,
  { tenantId, mode, providerAccountId }: Pick<ProviderAccount, 'tenantId' | 'mode' | 'providerAccountId'>,
  after: Temporal.Instant,
): Promise<readonly KeptRequest[]> {
  const filter = { providerAccountId, createdAfter: after };
  const rows = await selectInboundEvents(database.query, { tenantId, mode }, filter, { limit: PAGE });
  const kept = rows.slice(0, PAGE).filter((row) => row.request_sealed.length > 0);
  const oldestFirst = kept.toReversed();
  return Promise.all(
    oldestFirst.map(async (row) => ({
      inboundEventId: row.inbound_event_id,
      verdict: row.verdict,
      request: await openRequest({ sealer }, row),
    })),
  );
}

import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { SecretOwner, SecretPurpose } from './store.ts';

/** Ends the valid secrets of some purposes at an instant, or sooner where they were to end sooner; `keep` stays. */
export async function expireSecrets(
  tx: Queryable,
  { tenantId, mode, endpointId }: SecretOwner,
  { purposes, at, keep = [] }: ExpiringSecrets,
): Promise<void> {
  await sql`
    update signing_secrets set expires_at = ${at}
    where tenant_id = ${tenantId} and endpoint_id = ${endpointId} and mode = ${mode}
      and purpose = any(${purposes}::text[]) and secret_id <> all(${keep}::text[])
      and (expires_at is null or expires_at > ${at})`.execute(tx);
}

interface ExpiringSecrets {
  readonly purposes: readonly SecretPurpose[];
  readonly at: Temporal.Instant;
  readonly keep?: readonly string[];
}

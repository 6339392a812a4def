import { createAppSecret, expireOlderAppSecrets } from '../access/api-key.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';

/** Makes a new app secret; the ones before it stay valid for the overlap. Returns the new one, the only time it is seen. */
export async function rotateAppSecret(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  tenantId: string,
  mode: Mode,
  overlapSeconds: number,
): Promise<string> {
  return database.transaction(async (tx) => {
    const secret = await createAppSecret(tx, clock, tenantId, mode);
    await expireOlderAppSecrets(tx, { tenantId, mode, secret, at: clock.now().add({ seconds: overlapSeconds }) });
    return secret;
  });
}

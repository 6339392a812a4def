import { createAppSecret, expireOlderAppSecrets } from '../access/api-key.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { forTenants } from '../platform/tenant-scope.ts';

interface Rotation {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly overlapSeconds: number;
}

/** Makes a new app secret; the ones before it stay valid for the overlap. Returns the new one, the only time it is seen. */
export async function rotateAppSecret(
  context: { readonly database: Database; readonly clock: Clock },
  tenantId: string,
  mode: Mode,
  overlapSeconds: number,
): Promise<string> {
  return forTenants([tenantId], () =>
    context.database.transaction((tx) => rotateAppSecretIn(context, tx, { tenantId, mode, overlapSeconds })),
  );
}

/** The same, in the caller's transaction. */
export async function rotateAppSecretIn(
  { clock }: { readonly clock: Clock },
  tx: Queryable,
  { tenantId, mode, overlapSeconds }: Rotation,
): Promise<string> {
  const secret = await createAppSecret(tx, clock, tenantId, mode);
  await expireOlderAppSecrets(tx, { tenantId, mode, secret, at: clock.now().add({ seconds: overlapSeconds }) });
  return secret;
}

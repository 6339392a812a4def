import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { alsoForTenants } from '../platform/tenant-scope.ts';
import { NO_RULES, type RoutingRules } from '../routing/routing-rules.ts';
import { credentialsPlace, type ProviderAccount } from './account.ts';
import type { ReversalCutOff } from './reversal-cut-off.ts';
import { insertAccount } from './store.ts';

interface NewProviderAccount {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly provider: string;
  readonly name: string;
  readonly priority: number;
  /** Already parsed by the provider's own schema. */
  readonly credentials: unknown;
  readonly reversalCutOff: ReversalCutOff | null;
  /** Left out: it takes whatever its provider takes. */
  readonly routing?: RoutingRules;
}

/** Stores an account with its credentials sealed. Runs in the caller's transaction. */
export async function createProviderAccount(
  { db, sealer, clock }: { readonly db: Queryable; readonly sealer: Sealer; readonly clock: Clock },
  account: NewProviderAccount,
): Promise<ProviderAccount> {
  const { credentials, routing = NO_RULES, ...open } = account;
  const now = clock.now();
  const named = { ...open, routing, providerAccountId: newId('pa', clock), status: 'active' as const };
  const credentialsSealed = await sealer.seal(credentialsPlace(named), JSON.stringify(credentials));
  const created = { ...named, credentialsSealed, previousCredentials: null, createdAt: now, updatedAt: now };
  await alsoForTenants([account.tenantId], () => insertAccount(db, created));
  return created;
}

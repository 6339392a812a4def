import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { accountCapabilities } from '../providers/provider-limits.ts';
import { NO_RULES, type RoutingChanges, withChanges } from '../routing/routing-rules.ts';
import type { ProviderAccount } from './account.ts';
import { checkRoutingRules } from './check-routing-rules.ts';
import { createProviderAccount } from './create-provider-account.ts';
import { parseCredentials } from './credentials.ts';
import type { AccountContext } from './open-provider-account.ts';
import type { ReversalCutOff } from './reversal-cut-off.ts';
import type { Owner } from './store.ts';

interface AddedAccount {
  readonly provider: string;
  readonly name?: string | undefined;
  /** As they were sent; parsed here. */
  readonly credentials: unknown;
  readonly priority: number;
  readonly reversalCutOff?: ReversalCutOff | null | undefined;
  readonly routing?: RoutingChanges | undefined;
}

/**
 * Adds an account of a tenant's own in the caller's transaction. The provider is not asked: that is what a test is for.
 * @throws Problem validation_failed (no such provider, credentials, rules), not_supported_by_provider (mode, reversals)
 */
export async function addProviderAccount(
  { registry, sealer, clock }: Pick<AccountContext, 'registry' | 'sealer' | 'clock'>,
  tx: Queryable,
  { tenantId, mode }: Owner,
  input: AddedAccount,
): Promise<ProviderAccount> {
  const provider = registry.get(input.provider)?.provider;
  if (provider === undefined) {
    throw new Problem('validation_failed', 'There is no such provider.', {
      errors: [{ pointer: '/provider', detail: 'Must be the id of one of GET /api/v1/providers' }],
    });
  }
  if (!provider.capabilities.modes.includes(mode)) {
    throw new Problem('not_supported_by_provider', `${provider.displayName} does not work in ${mode} mode.`, {
      errors: [{ pointer: '/provider', detail: `Must work in ${mode} mode` }],
    });
  }
  const reversalCutOff = input.reversalCutOff ?? null;
  const credentials = parseCredentials(provider, mode, input.credentials);
  refuseIdleCutOff(provider, credentials, reversalCutOff);
  const routing = withChanges(NO_RULES, input.routing ?? {});
  checkRoutingRules(provider, routing);
  return createProviderAccount(
    { db: tx, sealer, clock },
    {
      ...{ tenantId, mode, provider: provider.id, priority: input.priority, reversalCutOff, routing },
      name: input.name ?? provider.displayName,
      credentials,
    },
  );
}

/**
 * A cut-off of an account without reversals would promise what cannot be done.
 * @throws Problem not_supported_by_provider
 */
export function refuseIdleCutOff(
  provider: PaymentProvider,
  credentials: unknown,
  reversalCutOff: ReversalCutOff | null,
): void {
  if (reversalCutOff === null || accountCapabilities(provider, credentials).reversal) return;
  throw new Problem('not_supported_by_provider', `${provider.displayName} makes no reversals.`, {
    errors: [{ pointer: '/reversalCutOff', detail: 'Must be left out where the provider makes no reversals' }],
  });
}

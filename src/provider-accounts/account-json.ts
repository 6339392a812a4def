import type { Clock } from '../kernel/clock.ts';
import type { Sealer } from '../keys/sealer.ts';
import { accountCapabilities } from '../providers/provider-limits.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import { type Circuit, CLOSED, stateOf } from '../routing/circuit.ts';
import { notificationUrlOf, type ProviderAccount } from './account.ts';
import type { ProviderAccountAnswer } from './api.ts';
import { capabilitiesJson } from './capabilities-json.ts';
import { openCredentials, overlapEnd } from './credentials.ts';

interface JsonContext {
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly registry: ProviderRegistry;
  /** Where providers reach us. */
  readonly hooksUrl: string;
}

/** The account as its tenant sees it, without its credentials. `circuit`: undefined where it has never failed. */
export async function accountJson(
  { sealer, clock, registry, hooksUrl }: JsonContext,
  account: ProviderAccount,
  circuit: Circuit = CLOSED,
): Promise<ProviderAccountAnswer> {
  const credentials = await openCredentials(sealer, account);
  const provider = registry.get(account.provider)?.provider;
  const parsed = provider?.credentials.safeParse(credentials);
  return {
    id: account.providerAccountId,
    object: 'provider_account',
    mode: account.mode,
    provider: account.provider,
    name: account.name,
    priority: account.priority,
    status: account.status,
    credentialsSet: Object.keys(credentials),
    capabilities:
      provider === undefined || parsed?.success !== true
        ? null
        : capabilitiesJson(accountCapabilities(provider, parsed.data)),
    previousCredentialsUntil: overlapEnd(account, clock)?.toString() ?? null,
    reversalCutOff: account.reversalCutOff,
    routing: account.routing,
    circuit: circuitJson(circuit, clock),
    notificationUrl: notificationUrlOf(hooksUrl, account),
    createdAt: account.createdAt.toString(),
    updatedAt: account.updatedAt.toString(),
  };
}

/** How an account has lately answered, as people see it. */
export function circuitJson(circuit: Circuit, clock: Clock): ProviderAccountAnswer['circuit'] {
  return {
    state: stateOf(circuit, clock.now()),
    since: circuit.since?.toString() ?? null,
    failures: circuit.failures,
    retryAt: circuit.retryAt?.toString() ?? null,
  };
}

import type { Mode } from '../kernel/caller.ts';
import type { SealedPlace } from '../keys/sealer.ts';
import type { RoutingRules } from '../routing/routing-rules.ts';
import type { ReversalCutOff } from './reversal-cut-off.ts';

/** A tenant's account at a payment provider. Its credentials go in and never come out. */
export interface ProviderAccount {
  readonly tenantId: string;
  readonly providerAccountId: string;
  readonly mode: Mode;
  readonly provider: string;
  readonly name: string;
  /** The lower is tried first. */
  readonly priority: number;
  /** `disabled`: gets no new payments; what was begun is finished, and its notifications are taken. */
  readonly status: 'active' | 'disabled';
  /** Which payments it takes, and its share of them. */
  readonly routing: RoutingRules;
  readonly credentialsSealed: Uint8Array;
  /** What the credentials were before a rotation; until then they still verify notifications. */
  readonly previousCredentials: { readonly sealed: Uint8Array; readonly until: Temporal.Instant } | null;
  /** null: this account makes no reversals. */
  readonly reversalCutOff: ReversalCutOff | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** Where the provider of an account sends its notifications. */
export function notificationUrlOf(
  hooksUrl: string,
  { provider, providerAccountId }: Pick<ProviderAccount, 'provider' | 'providerAccountId'>,
): string {
  return `${hooksUrl}/hooks/${provider}/${providerAccountId}`;
}

type Named = Pick<ProviderAccount, 'tenantId' | 'providerAccountId'>;

/** Where an account's credentials stand; bound into the sealed bytes. */
export function credentialsPlace(account: Named): SealedPlace {
  return placeOf(account, 'credentials_sealed');
}

/** Where the credentials before a rotation stand: bytes of the one column do not open in the other. */
export function previousCredentialsPlace(account: Named): SealedPlace {
  return placeOf(account, 'previous_credentials_sealed');
}

function placeOf({ tenantId, providerAccountId }: Named, column: string): SealedPlace {
  return { tenantId, table: 'provider_accounts', column, row: providerAccountId };
}

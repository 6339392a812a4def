import type { Mode } from '../kernel/caller.ts';
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
  readonly status: 'active' | 'disabled';
  readonly credentialsSealed: Uint8Array;
  /** null: this account makes no reversals. */
  readonly reversalCutOff: ReversalCutOff | null;
}

/** Where an account's credentials stand; bound into the sealed bytes. */
export function credentialsPlace(account: Pick<ProviderAccount, 'tenantId' | 'providerAccountId'>) {
  return {
    tenantId: account.tenantId,
    table: 'provider_accounts',
    column: 'credentials_sealed',
    row: account.providerAccountId,
  };
}

import type { ProviderAccount } from '../../../sdk/src/api.generated.ts';

type Sharing = Pick<ProviderAccount, 'priority' | 'status' | 'id'> & {
  readonly routing: Pick<ProviderAccount['routing'], 'weight'>;
};

/** The order in which accounts are tried: by priority, then by share, then by age; disabled ones last. */
export function inOrder<Account extends Sharing>(accounts: readonly Account[]): readonly Account[] {
  const weightOf = ({ routing }: Account): number => routing.weight ?? 0;
  return accounts.toSorted(
    (one, other) =>
      Number(one.status === 'disabled') - Number(other.status === 'disabled') ||
      one.priority - other.priority ||
      weightOf(other) - weightOf(one) ||
      (one.id < other.id ? -1 : 1),
  );
}

/**
 * The part of the payments of its priority that an account gets in the long run, while all of them may take them; null:
 * it has none, as a spare behind others or because it is disabled.
 */
export function shareOf(account: Sharing, accounts: readonly Sharing[]): number | null {
  if (account.status === 'disabled') return null;
  const equals = accounts.filter(({ priority, status }) => priority === account.priority && status === 'active');
  const total = equals.reduce((sum, { routing }) => sum + (routing.weight ?? 0), 0);
  if (total > 0) return account.routing.weight === null ? null : account.routing.weight / total;
  return equals.every(({ id }) => id >= account.id) ? 1 : null;
}

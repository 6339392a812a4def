import type { Clock } from '../kernel/clock.ts';
import type { Queryable } from '../platform/database.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { TokenKey } from './key-status.ts';
import type { MasterKeys } from './master-keys.ts';
import { selectTotals } from './store.ts';
import { countWrappedByOthers } from './store-rewrap.ts';

interface MeasuredKeys {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly masterKeys: MasterKeys;
  readonly listTokenKeys: () => Promise<readonly TokenKey[]>;
}

/** Adds how old the keys are that seal and sign, and what is still under older ones. */
export function measureKeys(metrics: Metrics, { db, clock, masterKeys, listTokenKeys }: MeasuredKeys): void {
  const ageOf = (at: Temporal.Instant | null | undefined) =>
    at == null ? 0 : Math.max(0, clock.now().since(at).total('seconds'));
  metrics.gauge('tollgate_data_key_oldest_seconds', 'Age of the oldest data key that seals', async () =>
    ageOf((await selectTotals(db)).oldestPrimaryAt),
  );
  metrics.gauge('tollgate_token_key_age_seconds', 'Age of the key that signs access tokens', async () =>
    ageOf((await listTokenKeys()).find(({ state }) => state === 'primary')?.createdAt),
  );
  metrics.gauge(
    'tollgate_data_keys_readable',
    'Versions of data keys that were replaced and still open something',
    async () => (await selectTotals(db)).readable,
  );
  metrics.gauge(
    'tollgate_data_keys_under_previous_master',
    'Data keys that another master key than the primary one wraps',
    () => countWrappedByOthers(db, masterKeys.primary.id),
  );
}

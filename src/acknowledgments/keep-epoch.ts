import type { Clock } from '../kernel/clock.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { RaiseAlarm } from '../notifications/alarm.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { alsoForTenants, forInstallation } from '../platform/tenant-scope.ts';
import { countDeadlines } from './store.ts';
import { type Epoch, insertEpoch, selectEpoch, selectFingerprint, touchEpoch } from './store-circumstances.ts';

export interface EpochContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly raiseAlarm: RaiseAlarm;
}

/**
 * A database that nobody of us has seen for longer than this is treated as one that was set back. Longer than a restart or
 * a night's failover takes, shorter than the age of any backup that is worth restoring.
 */
const UNSEEN_MAX = { hours: 1 } as const;

/**
 * The epoch that this moment belongs to, as the transaction sees it; a new one where the database is not the one that was
 * seen last (a restore, a promotion, a move) or was not seen for an hour. Whoever arms or fires asks here first, so that
 * no deadline of another life is ever fired by this one.
 */
export function currentEpoch(context: EpochContext, tx: Queryable): Promise<Epoch> {
  return alsoForTenants([SYSTEM], () => findEpoch(context, tx));
}

async function findEpoch(context: EpochContext, tx: Queryable): Promise<Epoch> {
  const fingerprint = await selectFingerprint(tx);
  const now = context.clock.now();
  // Looked at before it is locked: who takes the weak lock first and the strong one later waits crosswise for a twin.
  const seen = await selectEpoch(tx, 'none');
  if (seen === null || whyOver(seen, fingerprint, now) !== null) return beginEpoch(context, tx, fingerprint);
  const known = await selectEpoch(tx, 'share');
  if (known !== null && whyOver(known, fingerprint, now) === null) return known;
  return beginEpoch(context, tx, fingerprint);
}

/** Says that the installation lives. To be called again and again, far more often than UNSEEN_MAX. */
export async function beat(context: EpochContext): Promise<void> {
  const live = () =>
    context.database.transaction(async (tx) => {
      const { epoch } = await currentEpoch(context, tx);
      await touchEpoch(tx, epoch, context.clock.now());
    });
  await alsoForTenants([SYSTEM], live);
}

/** Begins an epoch although nothing was noticed; for the operator, who knows what was restored. */
export async function declareEpoch(context: EpochContext, reason: string): Promise<Epoch> {
  return context.database.transaction(async (tx) => {
    const known = await selectEpoch(tx, 'update');
    return insertNext(context, tx, { known, fingerprint: await selectFingerprint(tx), reason });
  });
}

async function beginEpoch(context: EpochContext, tx: Queryable, fingerprint: string): Promise<Epoch> {
  const known = await selectEpoch(tx, 'update');
  const reason = known === null ? 'first' : whyOver(known, fingerprint, context.clock.now());
  if (known !== null && reason === null) return known;
  return insertNext(context, tx, { known, fingerprint, reason: reason ?? 'first' });
}

async function insertNext(
  { clock, raiseAlarm }: EpochContext,
  tx: Queryable,
  {
    known,
    fingerprint,
    reason,
  }: { readonly known: Epoch | null; readonly fingerprint: string; readonly reason: string },
): Promise<Epoch> {
  const now = clock.now();
  const epoch: Epoch = { epoch: (known?.epoch ?? 0) + 1, fingerprint, reason, startedAt: now, lastSeenAt: now };
  // Only the first can be raced for: every later one is begun under the lock of the one before.
  if (!(await insertEpoch(tx, epoch))) return (await selectEpoch(tx, 'share')) ?? epoch;
  const underWay = await forInstallation('sweep', () => countDeadlines(tx, 'under way'));
  if (known !== null && underWay > 0) {
    const facts = { epoch: epoch.epoch, reason, unseenSince: known.lastSeenAt.toString(), underWay };
    await raiseAlarm(tx, { tenantId: SYSTEM, mode: 'live', kind: 'ack_epoch_begun', facts });
  }
  return epoch;
}

function whyOver(known: Epoch, fingerprint: string, now: Temporal.Instant): string | null {
  if (known.fingerprint !== fingerprint) return 'another database, server or timeline than was seen last';
  if (Temporal.Instant.compare(now, known.lastSeenAt.add(UNSEEN_MAX)) > 0) return 'not seen for an hour';
  return null;
}

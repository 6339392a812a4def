import { SYSTEM } from '../keys/sealer.ts';
import type { RaiseAlarm } from '../notifications/alarm.ts';
import { pause } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';
import { eraseExpired } from './erase-expired.ts';
import { type HeldFamily, type RetentionContext, tendPartitions } from './tend-partitions.ts';

export interface RetentionJobContext extends RetentionContext {
  readonly log: Logger;
  readonly raiseAlarm: RaiseAlarm;
}

/** Whatever is written before finds a partition too, and a process that ends at once need not begin. */
const FIRST_LOOK_MS = 30_000;
/** Days count in hours; looking costs a few reads of small catalogs. */
const LOOK_MS = 3_600_000;
/** When a lock was not to be had, or more was to be erased than one turn does. */
const LOOK_AGAIN_MS = 5_000;

/** Opens and drops partitions and erases what tenants want kept for less long, until the signal aborts. */
export async function keepRetention(context: RetentionJobContext, signal: AbortSignal): Promise<void> {
  let waitMs = FIRST_LOOK_MS;
  for (await pause(waitMs, signal); !signal.aborted; await pause(waitMs, signal)) {
    try {
      waitMs = (await lookOnce(context)) ? LOOK_AGAIN_MS : LOOK_MS;
    } catch (error) {
      context.log.warn({ error }, 'The partitions could not be looked after');
      waitMs = LOOK_AGAIN_MS;
    }
  }
}

/** One turn; returns whether there is more to be done soon. */
export async function lookOnce(context: RetentionJobContext): Promise<boolean> {
  const { held, isBusy } = await tendPartitions(context);
  for (const one of held) await raiseOnce(context, one);
  const { hasMore } = await eraseExpired(context);
  return isBusy || hasMore;
}

/** Once for each month that waits, however long it does. */
async function raiseOnce({ database, raiseAlarm }: RetentionJobContext, { family, month }: HeldFamily): Promise<void> {
  await database.transaction((tx) =>
    raiseAlarm(tx, {
      tenantId: SYSTEM,
      mode: 'live',
      kind: 'retention_waits',
      key: `${family} ${month}`,
      facts: { rows: family, olderThan: month },
    }),
  );
}

import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import type { MetricCounter } from '../platform/metrics.ts';

/** Something about money that a person should hear of at once. */
export interface Alarm {
  /** `system`: the whole installation. */
  readonly tenantId: string;
  readonly mode: Mode;
  readonly kind: AlarmKind;
  /** Ids, counts and instants; no secret, no person. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

type AlarmKind =
  /** A payment's money goes back, since its success was not acknowledged. */
  | 'ack_deadline_fired'
  /** It should, and nobody could have it done. */
  | 'ack_deadline_failed'
  /** It should have, and something stopped it: a person decides. */
  | 'ack_deadline_suppressed'
  | 'ack_fuse_opened'
  | 'ack_switch_moved'
  /** The database may have been set back. */
  | 'ack_epoch_begun';

/** Raises an alarm in the transaction that gives cause for it. */
export type RaiseAlarm = (tx: Queryable, alarm: Alarm) => Promise<void>;

/** Alarms as errors of the log and as a metric. Whoever else tells people of them writes its row with `tx`. */
export function createRaiseAlarm({
  log,
  alarms,
}: {
  readonly log: Logger;
  readonly alarms: MetricCounter;
}): RaiseAlarm {
  return async (_tx, { tenantId, mode, kind, facts }) => {
    alarms.add(1, { kind });
    log.error({ alarm: kind, tenantId, mode, ...facts }, 'An alarm was raised');
  };
}

import type { Mode } from '../kernel/caller.ts';
import type { AlarmKind } from '../mail/alarm.ts';
import type { MailContext } from '../mail/queue-mail.ts';
import { raiseAlarm } from '../mail/raise-alarm.ts';
import type { Queryable } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import type { MetricCounter } from '../platform/metrics.ts';

/** Something about money that a person should hear of at once. */
export interface Alarm {
  /** `system`: the whole installation. */
  readonly tenantId: string;
  readonly mode: Mode;
  readonly kind: AlarmKind;
  /** Where given, an alarm of this kind with the same key is raised once, for ever. */
  readonly key?: string;
  /** Ids, counts and instants; no secret, no person. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

/** Raises an alarm in the transaction that gives cause for it. */
export type RaiseAlarm = (tx: Queryable, alarm: Alarm) => Promise<void>;

/** Alarms by mail to whoever looks after the tenant, as errors of the log, and as a metric. */
export function createRaiseAlarm(
  mail: MailContext,
  { log, alarms }: { readonly log: Logger; readonly alarms: MetricCounter },
): RaiseAlarm {
  return async (tx, alarm) => {
    const { tenantId, mode, kind, facts } = alarm;
    await raiseAlarm(mail, tx, alarm);
    alarms.add(1, { kind });
    log.error({ alarm: kind, tenantId, mode, ...facts }, 'An alarm was raised');
  };
}

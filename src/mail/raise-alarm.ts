import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import type { AlarmKind } from './alarm.ts';
import type { MailEntry } from './mail.ts';
import { type MailContext, queueSingleMail } from './queue-mail.ts';

export interface Alarm {
  readonly tenantId: string;
  readonly mode: Mode;
  /** Of the endpoint or payment it is about; null: the tenant's own. */
  readonly productId: string | null;
  readonly kind: AlarmKind;
  /** Tells this occurrence from the next: an alarm of the same kind with the same key is raised once, for ever. */
  readonly key: string;
  /** Shown as they are, by their names; no secrets, nothing of a customer's. */
  readonly facts: MailEntry;
}

/**
 * Tells whoever looks after a tenant of something that cannot wait, by a mail of its own that goes out at once. In the
 * caller's transaction, so that there is no alarm about what was rolled back. Returns whether it was new.
 */
export function raiseAlarm(context: MailContext, tx: Queryable, alarm: Alarm): Promise<boolean> {
  const { tenantId, mode, productId, kind, key, facts } = alarm;
  return queueSingleMail(context, tx, {
    ...{ tenantId, mode, productId },
    kind: 'alarm',
    dedupeKey: `alarm ${mode} ${kind} ${key}`,
    facts: { counts: { [kind]: 1 }, entries: [facts] },
  });
}

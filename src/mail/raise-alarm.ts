import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { alsoForTenants } from '../platform/tenant-scope.ts';
import type { AlarmKind } from './alarm.ts';
import type { MailEntry } from './mail.ts';
import { type MailContext, queueNews, queueSingleMail } from './queue-mail.ts';

export interface Alarm {
  /** `system`: about the whole installation, for whoever runs it. */
  readonly tenantId: string;
  readonly mode: Mode;
  /** Of the endpoint or payment it is about; the tenant's own unless given. */
  readonly productId?: string | null;
  readonly kind: AlarmKind;
  /** Where given, an alarm of this kind with the same key is raised once, for ever. */
  readonly key?: string;
  /** Shown as they are, by their names; no secrets, nothing of a customer's. */
  readonly facts: MailEntry;
}

/**
 * Tells whoever looks after a tenant of something that cannot wait: the mail goes out at once, and what more there is of
 * the kind within a quarter of an hour in one further mail. In the caller's transaction, so that there is no alarm about
 * what was rolled back.
 */
export function raiseAlarm(context: MailContext, tx: Queryable, alarm: Alarm): Promise<void> {
  return alsoForTenants([alarm.tenantId], () => raise(context, tx, alarm));
}

async function raise(context: MailContext, tx: Queryable, alarm: Alarm): Promise<void> {
  const { tenantId, mode, productId = null, kind, key, facts } = alarm;
  const mail = { tenantId, mode, productId, kind: 'alarm' } as const;
  if (key === undefined) return queueNews(context, tx, [{ ...mail, what: kind, entry: facts }]);
  const dedupeKey = `alarm ${mode} ${kind} ${key}`;
  await queueSingleMail(context, tx, { ...mail, dedupeKey, facts: { counts: { [kind]: 1 }, entries: [facts] } });
}

import type { Config } from '../config.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { SendMailsContext } from '../mail/send-mails.ts';
import { createRaiseAlarm, type RaiseAlarm } from '../notifications/alarm.ts';
import { COMPOSERS } from '../notifications/compose-mails.ts';
import type { DeliveryHook } from '../notifications/delivery-hooks.ts';
import { findAdminEmail } from '../notifications/find-admin-email.ts';
import { countAttempts } from '../notifications/measure-notifications.ts';
import { createHealthHook } from '../notifications/record-health.ts';
import { createMailSender } from '../platform/mail-sender.ts';
import type { Metrics } from '../platform/metrics.ts';

interface Mailing {
  readonly mail: SendMailsContext;
  readonly raiseAlarm: RaiseAlarm;
  /** What notices that an endpoint fares badly. */
  readonly deliveryHooks: readonly DeliveryHook[];
}

/** Mails to tenants (what they say, whom they go to, the way out), and what has them written. */
export function openMail(
  { smtp, operatorEmail }: Pick<Config, 'smtp' | 'operatorEmail'>,
  context: Pick<SendMailsContext, 'database' | 'sealer' | 'clock' | 'log'>,
  metrics: Metrics,
): Mailing {
  const mail: SendMailsContext = {
    ...context,
    findRecipient: async (db, concerned) =>
      concerned.tenantId === SYSTEM ? operatorEmail : (await findAdminEmail(db, context.sealer, concerned)).value,
    compose: (db, queued) => COMPOSERS[queued.kind](db, queued),
    sender: smtp === null ? null : createMailSender(smtp),
  };
  const alarms = metrics.counter('tollgate_alarms_total', 'Alarms that this process has raised', ['kind']);
  return {
    mail,
    raiseAlarm: createRaiseAlarm(mail, { log: context.log, alarms }),
    deliveryHooks: [createHealthHook({ ...mail, ...countAttempts(metrics) })],
  };
}

import type { MailContext } from '../../src/mail/queue-mail.ts';
import { MAIL_LEASE_MS, type SendMailsContext, sendMails } from '../../src/mail/send-mails.ts';
import { claimLanes } from '../../src/platform/lanes.ts';
import { createMailSender } from '../../src/platform/mail-sender.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import type { Installation } from './installation.ts';
import type { MailBox } from './mail-box.ts';

/** What mails are queued and sent with, to a mail server of the test and to whomever `findRecipient` names. */
export function mailContextOf(
  tollgate: Installation,
  box: MailBox,
  findRecipient: MailContext['findRecipient'],
): SendMailsContext {
  const sender = createMailSender({ server: box.server, from: 'tollgate@gateway.example' });
  return { ...tollgate.tollgate.gateway.mail, sender, findRecipient };
}

/** Sends everything that is due, as a worker would. */
export async function workOffMails(context: SendMailsContext): Promise<void> {
  for (;;) {
    const lanes = await claimLanes(context.database.query, 'mail', context.clock.now(), 10, MAIL_LEASE_MS);
    if (lanes.length === 0) return;
    for (const lane of lanes) await forTenants([lane.tenantId], () => sendMails(context, lane));
  }
}

import type { Clock } from '../kernel/clock.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { type ClaimedLane, holdsLane, releaseLane } from '../platform/lanes.ts';
import type { Logger } from '../platform/log.ts';
import type { MailOutcome, MailSender } from '../platform/mail-sender.ts';
import type { ComposeMail } from './compose-mail.ts';
import type { MailContent } from './lay-out-mail.ts';
import { isStale, type Mail, nextMailTryAt } from './mail.ts';
import type { MailContext } from './queue-mail.ts';
import { closeMail, recordTry, selectDueMailIds, selectNextMailAt } from './store.ts';

export interface SendMailsContext extends MailContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly compose: ComposeMail;
  readonly log: Logger;
  /** null: mails stay in the table. */
  readonly sender: MailSender | null;
}

/** A batch of deadlines of 45 s, and time to record. */
export const MAIL_LEASE_MS = 300_000;
const BATCH = 5;
/** How soon mails are looked at again that nobody here can send; another process may, or this one after a restart. */
const LOOK_AGAIN_S = 900;

/**
 * Sends what is due of a tenant's mails. For each: close it to further news and commit; send, with no transaction open;
 * record, if the lane is still ours. A crash between the last two sends it again under the same Message-ID.
 */
export async function sendMails(context: SendMailsContext, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  if (context.sender === null) {
    const later = clock.now().add({ seconds: LOOK_AGAIN_S });
    return releaseLane(database.query, lane, later, later);
  }
  const due = await selectDueMailIds(database.query, lane.tenantId, clock.now(), BATCH);
  for (const mailId of due) {
    const mail = await underLease(database, lane, (tx) => closeMail(tx, lane.tenantId, mailId));
    if (mail === null) continue;
    const tried = await trySending(context, context.sender, mail);
    crashPoint('mail-unrecorded');
    await underLease(database, lane, (tx) => recordTry(tx, tried));
  }
  await releaseLane(database.query, lane, await selectNextMailAt(database.query, lane.tenantId), clock.now());
}

class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * Once the lease is somebody else's, so is the mail, and nothing is written. The mail's row is locked before the lane's, as
 * by whoever adds to a mail.
 */
async function underLease<T>(
  database: Database,
  lane: ClaimedLane,
  work: (tx: Queryable) => Promise<T>,
): Promise<T | null> {
  try {
    return await database.transaction(async (tx) => {
      const done = await work(tx);
      if (!(await holdsLane(tx, lane))) throw new LeaseLost();
      return done;
    });
  } catch (error) {
    if (error instanceof LeaseLost) return null;
    throw error;
  }
}

async function trySending(context: SendMailsContext, sender: MailSender, mail: Mail): Promise<Mail> {
  const { database, clock } = context;
  if (isStale(mail, clock.now())) return { ...mail, state: 'skipped', dueAt: null, lastError: 'Too old to be news' };
  const recipient = await context.findRecipient(database.query, mail);
  if (recipient === null) return { ...mail, state: 'skipped', dueAt: null, lastError: 'Nobody is named to be told' };
  const content = await write(context, mail);
  const messageId = `${mail.mailId}@${sender.domain}`;
  const outcome = content === null ? UNWRITABLE : await sender.send({ messageId, to: recipient, ...content });
  return afterTry({ ...mail, triesMade: mail.triesMade + 1 }, outcome, clock.now());
}

const UNWRITABLE: MailOutcome = { kind: 'unknown', detail: 'The mail could not be put into words' };

/** A fault of ours in one mail must hold up no other of the tenant: it is tried again later, like any. */
async function write({ database, compose, log }: SendMailsContext, mail: Mail): Promise<MailContent | null> {
  try {
    return await compose(database.query, mail);
  } catch (error) {
    log.error({ mailId: mail.mailId, kind: mail.kind, error }, 'A mail could not be put into words');
    return null;
  }
}

function afterTry(mail: Mail, outcome: MailOutcome, now: Temporal.Instant): Mail {
  if (outcome.kind === 'sent') return { ...mail, state: 'sent', dueAt: null, sentAt: now, lastError: null };
  const again = outcome.kind === 'refused' ? null : nextMailTryAt(mail.triesMade, now);
  return { ...mail, state: again === null ? 'failed' : 'pending', dueAt: again, lastError: outcome.detail };
}

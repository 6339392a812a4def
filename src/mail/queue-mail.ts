import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { addFacts, GATHERING, MAIL_KINDS, type MailEntry, type MailFacts, type MailKind } from './mail.ts';
import { gatherMails, insertMails } from './store.ts';

/** Who is told about what happens to a tenant, or to one of its products. */
export interface Concerned {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly productId: string | null;
}

export interface MailContext {
  /** The machine's: people's mail does not wait for a test clock. */
  readonly clock: Clock;
  readonly sealer: Sealer;
  /** The address of whoever is to be told; null where none was named. */
  readonly findRecipient: (db: Queryable, concerned: Concerned) => Promise<string | null>;
}

/** Something that joins the next mail of its kind. */
export interface News extends Concerned {
  readonly kind: MailKind;
  /** Under which name it is counted. */
  readonly what: string;
  readonly entry: MailEntry;
}

/**
 * Has news told by mail, in the caller's transaction: those of one kind for one address together, as often as GATHERING
 * says, however many there are.
 */
export async function queueNews(context: MailContext, tx: Queryable, news: readonly News[]): Promise<void> {
  const topics = new Map<string, string>();
  const rows = new Map<string, WholeRow<'mails'>>();
  for (const { what, entry, ...mail } of news) {
    // Alarms of different kinds have nothing to say to each other.
    const subject = mail.kind === 'alarm' ? `alarm ${what}` : mail.kind;
    const group = JSON.stringify([mail.tenantId, mail.mode, mail.productId, subject]);
    const topic = topics.get(group) ?? (await topicOf(context, tx, mail, subject));
    topics.set(group, topic);
    const facts = { counts: { [what]: 1 }, entries: [entry] };
    const place = `${mail.tenantId} ${topic}`;
    const known = rows.get(place) ?? newMail(context, mail, topic);
    rows.set(place, { ...known, facts: addFacts(known.facts as MailFacts, facts) });
  }
  // Sorted, so that two that write at once never wait for each other crosswise.
  const sorted = [...rows.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  for (const kind of MAIL_KINDS) {
    const ofKind = sorted.filter((row) => row.kind === kind);
    if (ofKind.length > 0) await gather(tx, kind, ofKind);
  }
}

/** The lane is told of a new mail alone: it knows those that were open. */
async function gather(tx: Queryable, kind: MailKind, rows: readonly WholeRow<'mails'>[]): Promise<void> {
  const gathered = await gatherMails(tx, rows, GATHERING[kind].intervalSeconds);
  const ours = new Set(rows.map((row) => row.mail_id));
  await addLaneWork(
    tx,
    gathered
      .filter(({ mailId }) => ours.has(mailId))
      .map(({ tenantId, dueAt }) => ({ kind: 'mail', laneId: tenantId, tenantId, dueAt })),
  );
}

interface SingleMail extends Concerned {
  readonly kind: MailKind;
  readonly dedupeKey: string;
  readonly facts: MailFacts;
}

/** Has a mail sent by itself, in the caller's transaction. The same news twice are one mail. */
export async function queueSingleMail(
  context: MailContext,
  tx: Queryable,
  { dedupeKey, facts, ...mail }: SingleMail,
): Promise<void> {
  const row = { ...newMail(context, mail, dedupeKey), is_open: false, dedupe_key: dedupeKey, facts };
  const [isNew] = await insertMails(tx, [row]);
  if (isNew === undefined) return;
  const { tenantId } = mail;
  await addLaneWork(tx, [{ kind: 'mail', laneId: tenantId, tenantId, dueAt: row.scheduled_at }]);
}

function newMail(
  { clock }: MailContext,
  mail: Concerned & { readonly kind: MailKind },
  topic: string,
): WholeRow<'mails'> {
  const mailId = newId('mail', clock);
  const now = clock.now();
  const at = now.add({ seconds: GATHERING[mail.kind].gatherSeconds });
  return {
    tenant_id: mail.tenantId,
    mail_id: mailId,
    mode: mail.mode,
    kind: mail.kind,
    topic,
    is_open: true,
    dedupe_key: mailId,
    product_id: mail.productId,
    facts: { counts: {}, entries: [] },
    state: 'pending',
    tries_made: 0,
    scheduled_at: at,
    due_at: at,
    sent_at: null,
    last_error: null,
    created_at: now,
  };
}

/** By the address and not by the product: ten products of one person are one mail. Keyed, so that nobody reads it back. */
async function topicOf(
  { sealer, findRecipient }: MailContext,
  tx: Queryable,
  mail: Concerned,
  subject: string,
): Promise<string> {
  const recipient = await findRecipient(tx, mail);
  const whose = recipient === null ? `nobody ${mail.productId ?? ''}` : recipient.toLowerCase();
  return `${subject} ${mail.mode} ${await sealer.digest(mail.tenantId, 'mail recipient', whose)}`;
}

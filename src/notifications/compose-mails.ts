import { composeAlarm } from '../mail/compose-alarm.ts';
import { FOOT, type MailComposers, subjectOf } from '../mail/compose-mail.ts';
import { type Block, layOutMail, type MailContent } from '../mail/lay-out-mail.ts';
import type { Mail, MailEntry } from '../mail/mail.ts';
import type { Queryable } from '../platform/database.ts';
import { maskCopy } from './mask-copy.ts';
import { selectEventsByIds } from './store-deliveries.ts';

/** How each kind of mail is put into words. */
export const COMPOSERS: MailComposers = {
  delivery_failures: composeDeliveryFailures,
  endpoint_states: async (_db, mail) => composeEndpointStates(mail),
  alarm: async (_db, mail) => composeAlarm(mail),
};

/** What could not be delivered: how many, the first ten, and a copy of the first with what is a customer's masked. */
async function composeDeliveryFailures(db: Queryable, mail: Mail): Promise<MailContent> {
  const { exhausted = 0, receipt = 0 } = mail.facts.counts;
  const parts = [
    ...(exhausted === 0 ? [] : [`${counted(exhausted, 'notification')} could not be delivered`]),
    ...(receipt === 0 ? [] : [`${counted(receipt, 'answer')} held no valid receipt`]),
  ];
  const subject = parts.join(', ');
  const blocks: Block[] = [{ kind: 'text', text: `${subject}.` }];
  if (exhausted > 0) blocks.push({ kind: 'text', text: EXHAUSTED });
  if (receipt > 0) blocks.push({ kind: 'text', text: RECEIPT });
  blocks.push(...mail.facts.entries.map(factsOf), ...more(mail, 'GET /api/v1/deliveries?status=exhausted'));
  const copy = await copyOf(db, mail);
  if (copy !== null) {
    blocks.push({ kind: 'text', text: 'What the first of them was to tell, with customers’ data masked:' });
    blocks.push({ kind: 'verbatim', text: copy });
  }
  return layOutMail(subjectOf(mail, subject), blocks, FOOT);
}

const EXHAUSTED =
  'Every try of the schedule was made and none was acknowledged; nothing is sent any more by itself. Repair the ' +
  'receiver, then send them again: POST /api/v1/deliveries/{delivery}/resend.';
const RECEIPT =
  'The receiver answered 200 without the receipt that its endpoint demands, so that these do not count as ' +
  'acknowledged. They are sent again by the schedule until there is one.';

async function copyOf(db: Queryable, { tenantId, facts }: Mail): Promise<string | null> {
  const eventId = facts.entries[0]?.event;
  if (typeof eventId !== 'string') return null;
  const [event] = await selectEventsByIds(db, [{ tenantId, eventId }]);
  return event === undefined ? null : maskCopy(event);
}

/** Endpoints that fail and endpoints that were given up. */
function composeEndpointStates(mail: Mail): MailContent {
  const { failing = 0, failures = 0, gone = 0 } = mail.facts.counts;
  const disabled = failures + gone;
  const parts = [
    ...(disabled === 0 ? [] : [`${counted(disabled, 'endpoint')} disabled`]),
    ...(failing === 0 ? [] : [`${counted(failing, 'endpoint')} failing`]),
  ];
  const blocks: Block[] = [
    ...(failing === 0 ? [] : [{ kind: 'text', text: FAILING } as const]),
    ...(failures === 0 ? [] : [{ kind: 'text', text: DISABLED } as const]),
    ...(gone === 0 ? [] : [{ kind: 'text', text: GONE } as const]),
    ...mail.facts.entries.map(factsOf),
    ...more(mail, 'GET /api/v1/webhook-endpoints'),
  ];
  return layOutMail(subjectOf(mail, parts.join(', ')), blocks, FOOT);
}

const FAILING =
  'None of the last notifications to this endpoint was acknowledged. They are sent again by the schedule. If it goes on ' +
  'like this until the time named below, the endpoint is disabled.';
const DISABLED =
  'The endpoint failed for as long as its settings allow and was disabled: nothing is sent to it any more. What waits ' +
  'and what comes is kept. Repair the receiver, then resume: PATCH /api/v1/webhook-endpoints/{endpoint} {"status": "active"}.';
const GONE =
  'The receiver answered 410 Gone, which asks for no further requests: the endpoint was disabled. What waits and what ' +
  'comes is kept until you resume it or delete it.';

function factsOf(entry: MailEntry): Block {
  const facts = Object.entries(entry).filter(([, value]) => value !== null);
  return { kind: 'facts', facts: facts.map(([name, value]) => [WORDS[name] ?? name, String(value)]) };
}

const WORDS: Readonly<Record<string, string>> = {
  failures: 'failures in a row',
  since: 'failing since',
  lastSuccess: 'last acknowledged',
  lastError: 'last error',
  disableAt: 'disabled from',
  at: 'last try',
};

function more({ facts }: Mail, list: string): readonly Block[] {
  const total = Object.values(facts.counts).reduce((sum, count) => sum + count, 0);
  const left = total - facts.entries.length;
  return left > 0 ? [{ kind: 'text', text: `And ${left} more, which ${list} lists.` }] : [];
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

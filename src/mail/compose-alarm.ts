import { ALARMS, isAlarmKind } from './alarm.ts';
import { FOOT, subjectOf } from './compose-mail.ts';
import { type Block, layOutMail, type MailContent } from './lay-out-mail.ts';
import type { Mail } from './mail.ts';

/** An alarm in words, with the facts it was raised with. */
export function composeAlarm(mail: Mail): MailContent {
  const [name = ''] = Object.keys(mail.facts.counts);
  // Raised by a newer program that runs over the same database.
  const words = isAlarmKind(name) ? ALARMS[name] : { subject: `Alarm: ${name}`, text: 'Look at the facts below.' };
  const each = mail.facts.entries.map((entry): Block => {
    const facts = Object.entries(entry).map(([label, value]) => [label, String(value ?? '–')] as const);
    return { kind: 'facts', facts: [['tenant', mail.tenantId], ['mode', mail.mode], ...facts] };
  });
  const left = (mail.facts.counts[name] ?? 0) - each.length;
  const more: Block[] = left > 0 ? [{ kind: 'text', text: `And ${left} more of the kind.` }] : [];
  return layOutMail(subjectOf(mail, words.subject), [{ kind: 'text', text: words.text }, ...each, ...more], FOOT);
}

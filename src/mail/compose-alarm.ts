import { ALARMS, isAlarmKind } from './alarm.ts';
import { FOOT, subjectOf } from './compose-mail.ts';
import { layOutMail, type MailContent } from './lay-out-mail.ts';
import type { Mail } from './mail.ts';

/** An alarm in words, with the facts it was raised with. */
export function composeAlarm(mail: Mail): MailContent {
  const [name = ''] = Object.keys(mail.facts.counts);
  // Raised by a newer program that runs over the same database.
  const words = isAlarmKind(name) ? ALARMS[name] : { subject: `Alarm: ${name}`, text: 'Look at the facts below.' };
  const facts = mail.facts.entries.flatMap((entry) =>
    Object.entries(entry).map(([label, value]) => [label, String(value ?? '–')] as const),
  );
  return layOutMail(
    subjectOf(mail, words.subject),
    [
      { kind: 'text', text: words.text },
      { kind: 'facts', facts: [['tenant', mail.tenantId], ['mode', mail.mode], ...facts] },
    ],
    FOOT,
  );
}

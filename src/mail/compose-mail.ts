import type { Queryable } from '../platform/database.ts';
import type { MailContent } from './lay-out-mail.ts';
import type { Mail, MailKind } from './mail.ts';

/** Puts a mail into words. What it looks up does not change, so that a further try says the same. */
export type ComposeMail = (db: Queryable, mail: Mail) => Promise<MailContent>;
export type MailComposers = Readonly<Record<MailKind, ComposeMail>>;

export const FOOT =
  'You get this because your address stands in the notification settings of this tenant or product. Amounts and ids ' +
  'are shown, customers’ data are not.';

/** Test mode says so first: nobody is to be woken by it. */
export function subjectOf({ mode }: Pick<Mail, 'mode'>, subject: string): string {
  return mode === 'test' ? `[test] ${subject}` : subject;
}

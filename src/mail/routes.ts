import { pageOf } from '../kernel/page.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import type { ComposeMail } from './compose-mail.ts';
import type { Mail } from './mail.ts';
import type { MailContext } from './queue-mail.ts';
import { selectMails } from './store.ts';

interface MailRoutesContext extends MailContext {
  readonly database: Database;
  readonly compose: ComposeMail;
}

/** What an operator sees of the mails to tenants. */
export function mailRoutes(context: MailRoutesContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.listMails, async ({ query }) => {
      const mails = await selectMails(context.database.query, query, query);
      const page = pageOf(
        mails.map((mail) => ({ ...mail, id: mail.mailId })),
        query.limit,
      );
      const data: api.MailAnswer[] = [];
      // One after the other: a page of mails is no reason to take many connections.
      for (const mail of page.data) data.push(await mailJson(context, mail));
      return { body: { ...page, data } };
    }),
  ];
}

async function mailJson({ database, compose, findRecipient }: MailRoutesContext, mail: Mail): Promise<api.MailAnswer> {
  const { subject, text } = await compose(database.query, mail);
  return {
    id: mail.mailId,
    object: 'mail',
    tenantId: mail.tenantId,
    mode: mail.mode,
    kind: mail.kind,
    state: mail.state,
    recipient: await findRecipient(database.query, mail),
    ...{ subject, text },
    triesMade: mail.triesMade,
    nextTryAt: mail.dueAt?.toString() ?? null,
    sentAt: mail.sentAt?.toString() ?? null,
    lastError: mail.lastError,
    createdAt: mail.createdAt.toString(),
  };
}

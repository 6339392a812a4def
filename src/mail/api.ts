import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { MAIL_KINDS, MAIL_STATES } from './mail.ts';

const mail = z
  .strictObject({
    id: z.string(),
    object: z.literal('mail'),
    tenantId: z.string(),
    mode: z.enum(['live', 'test']),
    kind: z.enum(MAIL_KINDS),
    state: z.enum(MAIL_STATES).meta({
      description: '`skipped`: nobody is named in the notification settings, or it waited for more than a week.',
    }),
    recipient: z.string().nullable().meta({ description: 'Whom the notification settings name now.' }),
    subject: z.string(),
    text: z.string().meta({ description: 'What it says; one that is pending may still gain news.' }),
    triesMade: z.int(),
    nextTryAt: instant.nullable(),
    sentAt: instant.nullable(),
    lastError: z.string().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Mail' });
export type MailAnswer = z.infer<typeof mail>;

export const listMails = endpoint({
  id: 'listMails',
  method: 'GET',
  path: '/api/v1/operator/mails',
  summary: 'List mails to tenants, newest first',
  description: 'Without SMTP_URL they are not sent and stay pending, to be read here.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'mail:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    tenantId: z.string().max(64).optional(),
    state: z.enum(MAIL_STATES).optional(),
    kind: z.enum(MAIL_KINDS).optional(),
  }),
  answer: { status: 200, schema: pageAnswer(mail), description: 'A page of mails.' },
  problems: [],
});

import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { LEDGER_ACCOUNTS } from '../ledger/ledger-account.ts';
import { PERIOD_STATES } from './period.ts';

const TAG = 'Ledger';
const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'Must be a month such as 2026-11')
  .meta({ description: 'The month, in UTC.', example: '2026-11' });
const one = z.strictObject({ id: z.string().max(64).meta({ description: 'The month, such as 2026-11.' }) });
const sum = z.int();

const period = z
  .strictObject({
    id: month,
    object: z.literal('period'),
    mode: z.enum(['live', 'test']),
    state: z.enum(PERIOD_STATES).meta({
      description: 'running: not over for an hour; open: over, and to be closed; closed: takes no posting any more.',
    }),
    startsAt: instant,
    endsAt: instant.meta({ description: 'The first moment that does not belong to it.' }),
    closableAt: instant,
    closedAt: instant.nullable(),
    closedBy: z.string().nullable(),
    note: z.string().nullable().meta({ description: 'What was said when it was closed.' }),
    reopenedAt: instant.nullable().meta({ description: 'When it was last opened again, unless it was closed since.' }),
    reopenedBy: z.string().nullable(),
    reopenReason: z.string().nullable(),
  })
  .meta({ id: 'Period', description: 'A month of the ledger.' });
export type PeriodObject = z.infer<typeof period>;

const total = z
  .strictObject({
    currency: z.string(),
    providerAccountId: z.string(),
    account: z.enum(LEDGER_ACCOUNTS),
    opening: sum.meta({ description: 'The balance before the month, on the account’s normal side.' }),
    debits: sum,
    credits: sum,
    closing: sum.meta({ description: 'The balance at its end: what the next month begins with.' }),
  })
  .meta({ id: 'PeriodTotal', description: 'What a month moved on one account at one provider account; minor units.' });
export type PeriodTotal = z.infer<typeof total>;

const periodWithTotals = z
  .strictObject({
    ...period.shape,
    totals: z.array(total).meta({ description: 'As they were closed; of an open month as they are now.' }),
    tied: z.boolean().meta({
      description: 'Whether debits equal credits, and a closed month is still to the unit what the ledger has in it.',
    }),
    checks: z
      .strictObject({
        openExceptions: z.int().meta({ description: 'Differences from statements that are open.' }),
        unreadStatements: z.int().meta({ description: 'Statements whose lines are not all compared.' }),
        pendingOperations: z.int().meta({
          description: 'Captures, refunds and reversals of the month or before of which nobody knows the outcome.',
        }),
        blockedBy: z.string().nullable().meta({ description: 'Why it cannot be closed now; null where it can.' }),
        reopenBlockedBy: z.string().nullable().meta({ description: 'Why it cannot be opened again.' }),
      })
      .meta({ description: 'As of now. What is open or pending does not forbid closing, but has to be explained.' }),
  })
  .meta({ id: 'PeriodWithTotals' });
export type PeriodWithTotals = z.infer<typeof periodWithTotals>;

export const listPeriods = endpoint({
  id: 'listPeriods',
  method: 'GET',
  path: '/api/v1/periods',
  summary: 'List the months of the ledger, newest first',
  description: 'From the month of the first entry to the one that is running.',
  tag: TAG,
  access: { by: 'tenant', scope: 'period:read' },
  idempotency: 'none',
  query: z.strictObject({ ...pageQuery, state: z.enum(PERIOD_STATES).optional() }),
  answer: { status: 200, schema: pageAnswer(period), description: 'A page of months.' },
  problems: [],
});

export const getPeriod = endpoint({
  id: 'getPeriod',
  method: 'GET',
  path: '/api/v1/periods/{id}',
  summary: 'Read a month with what it adds up to',
  tag: TAG,
  access: { by: 'tenant', scope: 'period:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: periodWithTotals, description: 'The month.' },
  problems: [],
});

export const closePeriod = endpoint({
  id: 'closePeriod',
  method: 'POST',
  path: '/api/v1/periods/{id}/close',
  summary: 'Close a month',
  description:
    'Keeps what each account held before it and what it moved, for good; nothing is posted into it any more. Months are ' +
    'closed one after the other, each an hour after its end. Where exceptions are open, statements are being compared or ' +
    'operations are pending, the note has to say why it is closed all the same.',
  tag: TAG,
  access: { by: 'tenant', scope: 'period:update' },
  idempotency: 'optional',
  audit: { class: 'money', shows: ['note'] },
  params: one,
  body: z
    .strictObject({ note: line(1_000).nullable().default(null) })
    .default({ note: null })
    .meta({ id: 'ClosePeriod' }),
  answer: { status: 200, schema: periodWithTotals, description: 'The closed month.' },
  problems: ['state_conflict', 'card_number_not_allowed'],
  example: { note: 'Two exceptions are with the provider, case 4711.' },
});

export const reopenPeriod = endpoint({
  id: 'reopenPeriod',
  method: 'POST',
  path: '/api/v1/periods/{id}/reopen',
  summary: 'Open the month that was closed last again',
  description: 'What it was closed with stays on record, with who opened it again and why.',
  tag: TAG,
  access: { by: 'tenant', scope: 'period:update' },
  stepUp: true,
  idempotency: 'optional',
  audit: { class: 'money', shows: ['reason'] },
  params: one,
  body: z.strictObject({ reason: line(1_000) }).meta({ id: 'ReopenPeriod' }),
  answer: { status: 200, schema: periodWithTotals, description: 'The month, open again.' },
  problems: ['state_conflict', 'card_number_not_allowed'],
  example: { reason: 'A statement of November came late.' },
});

import { z } from 'zod';
import { findCardNumber } from '../kernel/card-number.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { currency, instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { expectedFee } from './account.ts';
import { lineObject, reconciliationSettings, reportObject } from './account-json.ts';
import { EXCEPTION_KINDS, RESOLUTIONS } from './exception.ts';
import { LINE_KINDS } from './line-kind.ts';
import { exceptionObject, payoutObject, statementObject, statementWithResult } from './reconciliation-json.ts';

const TAG = 'Reconciliation';
/** The limit of every body, in bytes; a file that is larger comes in parts. */
const CSV_MAX = 256 * 1_024;

const one = z.strictObject({ id: z.string().max(64) });
const id = z.string().max(64);
const header = line(100).optional();
const providerAccountId = id.meta({ description: 'Whose statement it is; an account of your mode.' });

const upload = z.strictObject({
  source: z.literal('upload'),
  providerAccountId,
  // Bodies with files are not searched for card numbers as a whole, since columns of figures may look like one.
  name: line(200)
    .refine((text) => !findCardNumber(text), 'Must not hold a card number')
    .optional()
    .meta({ description: 'For people, such as the file’s name.' }),
  csv: z.string().min(1, 'Must not be empty').max(CSV_MAX).meta({
    description: 'The file (RFC 4180) with its header. A larger one comes in parts, each with the header.',
  }),
  delimiter: z.enum([',', ';', '\t']).default(','),
  amounts: z.enum(['minor', 'decimal']).default('minor').meta({
    description: 'minor: whole units such as 1250; decimal: 12.50, with a point.',
  }),
  columns: z
    .strictObject({
      ...{ lineRef: header, kind: header, occurredAt: header, currency: header, gross: header, fee: header },
      ...{ net: header, operationId: header, operationRef: header, attemptId: header, providerRef: header },
      ...{ availableAt: header, payoutRef: header },
    })
    .default({})
    .meta({ description: 'The file’s names of columns, where they are not line_ref, kind, occurred_at and so on.' }),
  kinds: z
    .record(line(100), z.enum(LINE_KINDS))
    .default({})
    .meta({ description: 'The file’s words for kinds of lines, such as {"Payment":"charge"}.' }),
});

const listing = z.strictObject({
  source: z.literal('listing'),
  providerAccountId,
  from: instant,
  to: instant.optional().meta({ description: 'Now unless given.' }),
});

export const createStatement = endpoint({
  id: 'createStatement',
  method: 'POST',
  path: '/api/v1/statements',
  summary: 'Give a statement, or have one listed',
  description:
    'A file is taken whole or not at all; each line that breaks a rule is named. The same file again is the same ' +
    'statement, and a line that is known already is not a second one. Comparing follows at once, by itself.',
  tag: TAG,
  access: { by: 'tenant', scope: 'statement:create' },
  idempotency: 'optional',
  audit: { class: 'money', shows: ['source', 'providerAccountId'] },
  secretsInBody: true,
  body: z.discriminatedUnion('source', [upload, listing]).meta({ id: 'CreateStatement' }),
  answer: { status: 201, schema: statementObject, description: 'The statement, not compared yet.' },
  problems: ['no_provider_account', 'not_supported_by_provider'],
  example: {
    source: 'upload',
    providerAccountId: 'pa_01kaj2m3n4p5q6r7s8t9v0w1x2',
    csv: 'line_ref,kind,occurred_at,currency,gross,fee\nL-1,fee,2026-11-21,EUR,-500,0\n',
  },
});

export const listStatements = endpoint({
  id: 'listStatements',
  method: 'GET',
  path: '/api/v1/statements',
  summary: 'List statements, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'statement:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    providerAccountId: id.optional(),
    status: statementObject.shape.status.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(statementObject), description: 'A page of statements.' },
  problems: [],
});

export const getStatement = endpoint({
  id: 'getStatement',
  method: 'GET',
  path: '/api/v1/statements/{id}',
  summary: 'Read a statement',
  tag: TAG,
  access: { by: 'tenant', scope: 'statement:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: statementWithResult, description: 'The statement as it stands.' },
  problems: [],
});

export const listStatementLines = endpoint({
  id: 'listStatementLines',
  method: 'GET',
  path: '/api/v1/statements/{id}/lines',
  summary: 'List the lines of a statement',
  description: 'Those that it was the first to bring, with what was made of each.',
  tag: TAG,
  access: { by: 'tenant', scope: 'statement:read' },
  idempotency: 'none',
  params: one,
  query: z.strictObject({ ...pageQuery, state: lineObject.shape.state.optional() }),
  answer: { status: 200, schema: pageAnswer(lineObject), description: 'A page of lines.' },
  problems: [],
});

export const listReconciliationExceptions = endpoint({
  id: 'listReconciliationExceptions',
  method: 'GET',
  path: '/api/v1/reconciliation-exceptions',
  summary: 'List what differs, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'reconciliation:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    providerAccountId: id.optional(),
    state: exceptionObject.shape.state.optional(),
    kind: z.enum(EXCEPTION_KINDS).optional(),
    paymentId: id.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(exceptionObject), description: 'A page of exceptions.' },
  problems: [],
});

export const getReconciliationException = endpoint({
  id: 'getReconciliationException',
  method: 'GET',
  path: '/api/v1/reconciliation-exceptions/{id}',
  summary: 'Read an exception',
  tag: TAG,
  access: { by: 'tenant', scope: 'reconciliation:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: exceptionObject, description: 'The exception as it stands.' },
  problems: [],
});

export const resolveReconciliationException = endpoint({
  id: 'resolveReconciliationException',
  method: 'POST',
  path: '/api/v1/reconciliation-exceptions/{id}/resolve',
  summary: 'Decide on an exception',
  description:
    'Records the decision; nothing is posted and no payment moves. The difference stays in the daily proof, among the ' +
    'accepted ones. An operation opens again should a statement later say something else of it.',
  tag: TAG,
  access: { by: 'tenant', scope: 'reconciliation:update' },
  idempotency: 'optional',
  audit: { class: 'money', shows: ['resolution'] },
  params: one,
  body: z
    .strictObject({ resolution: z.enum(RESOLUTIONS), note: line(1_000) })
    .meta({ id: 'ResolveReconciliationException' }),
  answer: { status: 200, schema: exceptionObject, description: 'The resolved exception.' },
  problems: ['state_conflict', 'card_number_not_allowed'],
  example: { resolution: 'provider_error', note: 'Reported to the provider, case 4711.' },
});

export const listPayouts = endpoint({
  id: 'listPayouts',
  method: 'GET',
  path: '/api/v1/payouts',
  summary: 'List payouts, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'payout:read' },
  idempotency: 'none',
  query: z.strictObject({ ...pageQuery, providerAccountId: id.optional(), currency: currency.optional() }),
  answer: { status: 200, schema: pageAnswer(payoutObject), description: 'A page of payouts.' },
  problems: [],
});

export const getPayout = endpoint({
  id: 'getPayout',
  method: 'GET',
  path: '/api/v1/payouts/{id}',
  summary: 'Read a payout',
  tag: TAG,
  access: { by: 'tenant', scope: 'payout:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: payoutObject, description: 'The payout as it stands.' },
  problems: [],
});

export const listReconciliationReports = endpoint({
  id: 'listReconciliationReports',
  method: 'GET',
  path: '/api/v1/reconciliation-reports',
  summary: 'List the daily proofs, newest first',
  description:
    'For each provider account, currency and day: what the ledger says the provider owes, what its statements say, what ' +
    'was paid out, and what explains the rest.',
  tag: TAG,
  access: { by: 'tenant', scope: 'reconciliation:read' },
  idempotency: 'none',
  query: z.strictObject({ ...pageQuery, providerAccountId: id.optional(), currency: currency.optional() }),
  answer: { status: 200, schema: pageAnswer(reportObject), description: 'A page of reports.' },
  problems: [],
});

export const getReconciliationSettings = endpoint({
  id: 'getReconciliationSettings',
  method: 'GET',
  path: '/api/v1/provider-accounts/{id}/reconciliation',
  summary: 'Read how an account is reconciled',
  tag: TAG,
  access: { by: 'tenant', scope: 'reconciliation:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: reconciliationSettings, description: 'The settings, and how far statements reach.' },
  problems: [],
});

export const updateReconciliationSettings = endpoint({
  id: 'updateReconciliationSettings',
  method: 'PATCH',
  path: '/api/v1/provider-accounts/{id}/reconciliation',
  summary: 'Change how an account is reconciled',
  tag: TAG,
  access: { by: 'tenant', scope: 'reconciliation:update' },
  idempotency: 'none',
  audit: { class: 'money' },
  params: one,
  body: z
    .strictObject({
      listing: z.enum(['daily', 'off']).optional().meta({
        description: 'Whether the provider’s listing is read every day, where it has one.',
      }),
      missingAfterDays: z.int().min(1).max(90).optional().meta({
        description: 'So many days after an operation it must be on a statement; 5 unless set.',
      }),
      expectedFee: expectedFee.nullable().optional().meta({
        description: 'What a charge costs by your contract; null: fees are not compared.',
      }),
    })
    .meta({ id: 'UpdateReconciliationSettings' }),
  answer: { status: 200, schema: reconciliationSettings, description: 'The settings as they are now.' },
  problems: [],
  example: { missingAfterDays: 7, expectedFee: { basisPoints: 150, fixed: 25 } },
});

import { z } from 'zod';
import { amountToJson } from '../kernel/money.ts';
import { instant } from '../kernel/shapes.ts';
import { EXCEPTION_KINDS, RESOLUTIONS, type ReconciliationException } from './exception.ts';
import type { Payout } from './payout.ts';
import type { Statement } from './statement.ts';

const sum = z.int();
const mode = z.enum(['live', 'test']);

export const statementObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('statement'),
    mode,
    providerAccountId: z.string(),
    source: z.enum(['listing', 'upload']),
    name: z.string().nullable(),
    status: z.enum(['collecting', 'matching', 'reconciled']).meta({
      description:
        'collecting: the provider has more pages; matching: its lines are being compared; reconciled: each line was ' +
        'looked at, and what differs is an exception.',
    }),
    periodFrom: instant,
    periodTo: instant,
    lines: z.int(),
    linesNew: z.int().meta({ description: 'Those that no statement had brought before.' }),
    contentHash: z.string().meta({ description: 'SHA-256, hex.' }),
    lastError: z.string().nullable().meta({ description: 'Why the next page could not be had; it is tried again.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Statement', description: "A provider's settlement report: a window of its listing, or a file." });
export type StatementObject = z.infer<typeof statementObject>;

const lineCount = z.int().min(0);

export const statementWithResult = z
  .strictObject({
    ...statementObject.shape,
    lineStates: z
      .strictObject({
        ...{ waiting: lineCount, deferred: lineCount, open: lineCount },
        ...{ matched: lineCount, booked: lineCount, accepted: lineCount },
      })
      .meta({ description: 'How many of the lines it was the first to bring are in which state.' }),
  })
  .meta({ id: 'StatementWithResult' });

/** A statement as other programs see it. */
export function statementJson(statement: Statement): StatementObject {
  const { mode, providerAccountId, source, name, status, lines, linesNew, contentHash, lastError } = statement;
  return {
    id: statement.statementId,
    object: 'statement',
    ...{ mode, providerAccountId, source, name, status },
    periodFrom: statement.periodFrom.toString(),
    periodTo: statement.periodTo.toString(),
    ...{ lines, linesNew, contentHash, lastError },
    createdAt: statement.createdAt.toString(),
    updatedAt: statement.updatedAt.toString(),
  };
}

export const exceptionObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('reconciliation_exception'),
    mode,
    providerAccountId: z.string(),
    kind: z.enum(EXCEPTION_KINDS).meta({
      description:
        'missing_here: a line of nothing known here; missing_there: on no statement although it is time; amount, ' +
        'currency: not what is booked; status: a line of what failed, was canceled or reversed, or is not decided here; ' +
        'duplicate: a second line for one operation; fee: a sum that does not come out, or not the expected fee; ' +
        'conflicting_line: one line told in two ways.',
    }),
    state: z.enum(['open', 'resolved']),
    subject: z
      .strictObject({ type: z.enum(['line', 'capture', 'refund', 'reversal', 'dispute']), id: z.string() })
      .meta({ description: 'The line or the operation that differs.' }),
    paymentId: z.string().nullable(),
    statementId: z.string().nullable(),
    here: z
      .strictObject({ amount: sum, currency: z.string(), status: z.string() })
      .nullable()
      .meta({ description: 'What is booked, signed as the balance at the provider moves; null: nothing is.' }),
    there: z
      .strictObject({ gross: sum, fee: sum, net: sum, currency: z.string() })
      .nullable()
      .meta({ description: 'What the statements say, as a sum where there are several lines; null: nothing.' }),
    currency: z.string(),
    difference: sum.meta({ description: 'Booked here minus said there; 0 once it is right.' }),
    resolution: z
      .enum(['matched_later', ...RESOLUTIONS])
      .nullable()
      .meta({ description: 'matched_later: later lines or facts made it right by themselves.' }),
    note: z.string().nullable(),
    resolvedBy: z.string().nullable(),
    resolvedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ReconciliationException', description: 'A difference between a statement and the books.' });
export type ExceptionObject = z.infer<typeof exceptionObject>;

/** An exception as other programs see it. */
export function exceptionJson(exception: ReconciliationException): ExceptionObject {
  const { mode, providerAccountId, kind, state, paymentId, statementId, here, there, currency } = exception;
  return {
    id: exception.exceptionId,
    object: 'reconciliation_exception',
    ...{ mode, providerAccountId, kind, state },
    subject: { type: exception.subjectNoun, id: exception.subjectId },
    ...{ paymentId, statementId },
    here: here === null ? null : { ...here, amount: amountToJson(here.amount) },
    there:
      there === null
        ? null
        : {
            gross: amountToJson(there.gross),
            fee: amountToJson(there.fee),
            net: amountToJson(there.net),
            currency: there.currency,
          },
    currency,
    difference: amountToJson(exception.difference),
    resolution: exception.resolution,
    note: exception.note,
    resolvedBy: exception.resolvedBy,
    resolvedAt: exception.resolvedAt?.toString() ?? null,
    createdAt: exception.createdAt.toString(),
    updatedAt: exception.updatedAt.toString(),
  };
}

export const payoutObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('payout'),
    mode,
    providerAccountId: z.string(),
    providerRef: z.string().meta({ description: 'The provider’s name for it.' }),
    status: z.enum(['paid', 'returned']).meta({ description: 'returned: the bank sent it back.' }),
    amount: z.int().min(1),
    currency: z.string(),
    statementId: z.string(),
    paidAt: instant,
    returnedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Payout', description: 'Money a provider sent to your bank.' });
export type PayoutObject = z.infer<typeof payoutObject>;

/** A payout as other programs see it. */
export function payoutJson(payout: Payout): PayoutObject {
  const { mode, providerAccountId, status, currency, statementId } = payout;
  return {
    id: payout.payoutId,
    object: 'payout',
    ...{ mode, providerAccountId, providerRef: payout.payoutRef, status },
    amount: amountToJson(payout.amount),
    ...{ currency, statementId },
    paidAt: payout.paidAt.toString(),
    returnedAt: payout.returnedAt?.toString() ?? null,
    createdAt: payout.createdAt.toString(),
    updatedAt: payout.updatedAt.toString(),
  };
}

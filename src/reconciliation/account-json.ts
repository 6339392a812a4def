import { z } from 'zod';
import { amountToJson } from '../kernel/money.ts';
import { instant } from '../kernel/shapes.ts';
import { expectedFee, type ReconciledAccount } from './account.ts';
import { LINE_KINDS } from './line-kind.ts';
import { differenceOf, type Report } from './report.ts';
import type { ShownLine } from './store-lines.ts';

const sum = z.int();

export const lineObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('statement_line'),
    statementId: z.string(),
    lineRef: z.string().meta({ description: 'The provider’s own name; unique within the account.' }),
    kind: z.enum(LINE_KINDS),
    state: z.enum(['waiting', 'deferred', 'open', 'matched', 'booked', 'accepted']).meta({
      description:
        'waiting: not looked at; deferred: its operation is under way; open: an exception stands in its way; matched: it ' +
        'counts for its operation; booked: a fee or payout; accepted: a person took the exception as it is.',
    }),
    subject: z.strictObject({ type: z.enum(['capture', 'refund', 'reversal', 'dispute']), id: z.string() }).nullable(),
    gross: sum.meta({ description: 'Signed as your balance moves; minor units.' }),
    fee: sum,
    net: sum,
    currency: z.string(),
    occurredAt: instant,
    availableAt: instant.nullable(),
    payoutRef: z.string().nullable(),
    operationRef: z.string().nullable(),
    providerRef: z.string().nullable(),
  })
  .meta({ id: 'StatementLine', description: 'A line as the provider said it first; never changed.' });

/** A line as other programs see it. */
export function lineJson({ line, state, subject }: ShownLine): z.infer<typeof lineObject> {
  const { statementId, lineRef, kind, currency, payoutRef, operationRef, providerRef } = line;
  return {
    id: line.lineId,
    object: 'statement_line',
    ...{ statementId, lineRef, kind, state, subject },
    gross: amountToJson(line.gross),
    fee: amountToJson(line.fee),
    net: amountToJson(line.net),
    currency,
    occurredAt: line.occurredAt.toString(),
    availableAt: line.availableAt?.toString() ?? null,
    ...{ payoutRef, operationRef, providerRef },
  };
}

export const reportObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('reconciliation_report'),
    mode: z.enum(['live', 'test']),
    providerAccountId: z.string(),
    currency: z.string(),
    day: z.string().meta({ description: 'In UTC; made anew during the day, kept afterwards.' }),
    asOf: instant,
    ledgerReceivable: sum.meta({ description: 'What the ledger says the provider owes you.' }),
    linesNet: sum.meta({ description: 'All lines but payouts, net.' }),
    paidOut: sum.meta({ description: 'Payouts less those that came back.' }),
    difference: sum.meta({ description: 'ledgerReceivable − (linesNet − paidOut).' }),
    inTransit: sum.meta({ description: 'Booked, and too young to be on a statement.' }),
    waitingLines: sum.meta({ description: 'Lines that nobody has looked at, or whose operation is under way.' }),
    openExceptions: sum.meta({ description: 'Differences that are open.' }),
    acceptedExceptions: sum.meta({ description: 'Differences a person took as they are.' }),
    unexplained: sum.meta({
      description:
        'difference − inTransit + waitingLines − openExceptions − acceptedExceptions; 0, or something is wrong.',
    }),
    exceptionsOpen: z.int().meta({ description: 'How many are open.' }),
  })
  .meta({ id: 'ReconciliationReport', description: 'The proof of a day for one account and currency; minor units.' });

/** A report as other programs see it. */
export function reportJson(report: Report): z.infer<typeof reportObject> {
  const { ledgerReceivable, linesNet, paidOut } = report;
  return {
    id: report.reportId,
    object: 'reconciliation_report',
    mode: report.mode,
    providerAccountId: report.providerAccountId,
    currency: report.currency,
    day: report.day,
    asOf: report.asOf.toString(),
    ledgerReceivable: amountToJson(ledgerReceivable),
    linesNet: amountToJson(linesNet),
    paidOut: amountToJson(paidOut),
    difference: amountToJson(differenceOf(report)),
    inTransit: amountToJson(report.inTransit),
    waitingLines: amountToJson(report.waitingLines),
    openExceptions: amountToJson(report.openExceptions),
    acceptedExceptions: amountToJson(report.acceptedExceptions),
    unexplained: amountToJson(report.unexplained),
    exceptionsOpen: report.exceptionsOpen,
  };
}

export const reconciliationSettings = z
  .strictObject({
    object: z.literal('reconciliation_settings'),
    providerAccountId: z.string(),
    listing: z.enum(['daily', 'off']),
    missingAfterDays: z.int(),
    expectedFee: expectedFee.nullable(),
    listedUntil: instant.nullable().meta({ description: 'How far the provider’s listing has been read.' }),
    coveredUntil: instant.nullable().meta({ description: 'How far statements reach; null: there are none.' }),
    updatedAt: instant,
  })
  .meta({ id: 'ReconciliationSettings' });

/** How an account is reconciled, as other programs see it. */
export function settingsJson(account: ReconciledAccount): z.infer<typeof reconciliationSettings> {
  const { providerAccountId, listing, missingAfterDays, listedUntil, coveredUntil, updatedAt } = account;
  return {
    object: 'reconciliation_settings',
    ...{ providerAccountId, listing, missingAfterDays, expectedFee: account.expectedFee },
    listedUntil: listedUntil?.toString() ?? null,
    coveredUntil: coveredUntil?.toString() ?? null,
    updatedAt: updatedAt.toString(),
  };
}

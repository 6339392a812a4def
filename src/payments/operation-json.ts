import { z } from 'zod';
import { amountToJson } from '../kernel/money.ts';
import { instant } from '../kernel/shapes.ts';
import type { Capture } from './capture.ts';
import type { Dispute } from './dispute.ts';
import type { Operation } from './operation.ts';
import type { Refund } from './refund.ts';
import type { Reversal } from './reversal.ts';
import type { Settlement } from './settlement.ts';

const settlement = z
  .strictObject({
    gross: z.int().meta({ description: 'Signed as your balance at the provider moves: a refund takes.' }),
    fee: z.int(),
    net: z.int().meta({ description: 'gross − fee.' }),
    statementId: z.string(),
    settledAt: instant.meta({ description: 'When the money is or was free to be paid out.' }),
  })
  .nullable()
  .meta({
    description:
      'null until statements of the provider confirm the amount to the unit: succeeded is not settled. Events carry what ' +
      'was known when they happened.',
  });

const operationFields = {
  paymentId: z.string(),
  amount: z.int().describe('In minor units.'),
  currency: z.string().describe('ISO 4217.'),
  status: z.enum(['pending', 'succeeded', 'failed']).describe('pending: promised, or not known yet.'),
  failureCode: z.string().nullable().describe('Why it failed; null where it did not.'),
  madeBy: z.enum(['tenant', 'gateway', 'provider']).meta({
    description: 'Who wanted it: the tenant, a rule of the gateway, or somebody at the provider.',
  }),
  createdAt: instant,
  updatedAt: instant,
};

export const captureObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('capture'),
    ...operationFields,
    final: z.boolean().meta({ description: 'Releases what stays uncaptured.' }),
    duplicate: z.boolean().meta({ description: "A second success's money: not the payment's." }),
    settlement,
  })
  .meta({ id: 'Capture' });
export type CaptureObject = z.infer<typeof captureObject>;

export const refundObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('refund'),
    ...operationFields,
    reason: z.string().describe('As it was given.'),
    reference: z.string().nullable().describe('Your own name for it.'),
    duplicate: z.boolean().meta({ description: "Gives a second success's money back." }),
    settlement,
  })
  .meta({ id: 'Refund' });
export type RefundObject = z.infer<typeof refundObject>;

export const reversalObject = z
  .strictObject({ id: z.string(), object: z.literal('reversal'), ...operationFields, reason: z.string() })
  .meta({ id: 'Reversal' });
export type ReversalObject = z.infer<typeof reversalObject>;

export const disputeObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('dispute'),
    paymentId: z.string(),
    amount: z.int().describe('Disputed, in minor units.'),
    currency: z.string().describe('ISO 4217.'),
    status: z.enum(['inquiry', 'opened', 'under_review', 'won', 'lost', 'expired']),
    reason: z.string().describe('The payer’s, as far as the provider tells it.'),
    evidenceDueAt: instant.nullable().describe('Until when evidence is taken.'),
    amountWithdrawn: z.int().meta({ description: 'Taken by the provider so far.' }),
    amountReinstated: z.int().meta({ description: 'Given back by the provider so far.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Dispute' });
export type DisputeObject = z.infer<typeof disputeObject>;

/** A capture as other programs see it. */
export function captureJson(capture: Capture, settled: Settlement | null = null): CaptureObject {
  const { captureId, final, duplicate } = capture;
  return { id: captureId, object: 'capture', ...operationJson(capture), final, duplicate, ...settlementJson(settled) };
}

/** A refund as other programs see it. */
export function refundJson(refund: Refund, settled: Settlement | null = null): RefundObject {
  const { refundId, reason, reference, duplicate } = refund;
  return {
    id: refundId,
    object: 'refund',
    ...operationJson(refund),
    reason,
    reference,
    duplicate,
    ...settlementJson(settled),
  };
}

/** A reversal as other programs see it. */
export function reversalJson(reversal: Reversal): ReversalObject {
  return { id: reversal.reversalId, object: 'reversal', ...operationJson(reversal), reason: reversal.reason };
}

/** A dispute as other programs see it. */
export function disputeJson(dispute: Dispute): DisputeObject {
  return {
    id: dispute.disputeId,
    object: 'dispute',
    paymentId: dispute.paymentId,
    amount: amountToJson(dispute.amount),
    currency: dispute.currency,
    status: dispute.status,
    reason: dispute.reason,
    evidenceDueAt: dispute.evidenceDueAt?.toString() ?? null,
    amountWithdrawn: amountToJson(dispute.amountWithdrawn),
    amountReinstated: amountToJson(dispute.amountReinstated),
    createdAt: dispute.createdAt.toString(),
    updatedAt: dispute.updatedAt.toString(),
  };
}

function settlementJson(settled: Settlement | null): Pick<CaptureObject, 'settlement'> {
  if (settled === null) return { settlement: null };
  const { gross, fee, net, statementId, settledAt } = settled;
  const amounts = { gross: amountToJson(gross), fee: amountToJson(fee), net: amountToJson(net) };
  return { settlement: { ...amounts, statementId, settledAt: settledAt.toString() } };
}

function operationJson(operation: Operation) {
  return {
    paymentId: operation.paymentId,
    amount: amountToJson(operation.amount),
    currency: operation.currency,
    status: operation.status,
    failureCode: operation.failureCode,
    madeBy: operation.madeBy,
    createdAt: operation.createdAt.toString(),
    updatedAt: operation.updatedAt.toString(),
  };
}

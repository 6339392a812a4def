import { z } from 'zod';
import { amountToJson } from '../kernel/money.ts';
import { instant } from '../kernel/shapes.ts';
import type { Refund } from './refund.ts';

export const refundObject = z
  .strictObject({
    id: z.string(),
    object: z.literal('refund'),
    paymentId: z.string(),
    amount: z.int(),
    currency: z.string(),
    status: z.enum(['pending', 'succeeded', 'failed']),
    reason: z.string(),
    reference: z.string().nullable(),
    failureCode: z.string().nullable(),
    settlement: z.null().meta({ description: 'Filled once a provider statement lists the refund.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Refund' });
export type RefundObject = z.infer<typeof refundObject>;

/** A refund as other programs see it. */
export function refundJson(refund: Refund): RefundObject {
  return {
    id: refund.refundId,
    object: 'refund',
    paymentId: refund.paymentId,
    amount: amountToJson(refund.amount),
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    reference: refund.reference,
    failureCode: refund.failureCode,
    settlement: null,
    createdAt: refund.createdAt.toString(),
    updatedAt: refund.updatedAt.toString(),
  };
}

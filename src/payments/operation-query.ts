import { z } from 'zod';
import { instant, pageQuery } from '../kernel/shapes.ts';

/** How captures, refunds and reversals are listed: the same for each of them. */
export const operationListQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(['pending', 'succeeded', 'failed']).optional(),
  paymentId: z.string().max(64).optional(),
  providerRef: z.string().max(200).optional().meta({ description: 'What the provider calls it, whole.' }),
  createdAfter: instant.optional(),
  createdBefore: instant.optional(),
});
export type OperationListQuery = z.output<typeof operationListQuery>;

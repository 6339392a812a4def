/**
 * The answers of BlueSnap's Payment API as far as they are relied on; members beyond these are let pass.
 * https://developers.bluesnap.com/v8976-JSON/reference/card-transaction
 */
import { z } from 'zod';

/** Ids come as text and as numbers, depending on the call. */
const id = z
  .union([z.string(), z.int()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,20}$/));

/** Decimals come as numbers and as text; shortest notation of a double has all digits of sums up to 10^10. */
const decimal = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,13}(\.\d{1,6})?$/));

const currency = z.string().regex(/^[A-Z]{3}$/);

/** One is sent without a list around it, as everywhere in answers that were XML once. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.union([z.array(item), item.transform((one) => [one])]);
}

const metaData = z.object({ metaKey: z.string(), metaValue: z.string() });
const transactionMetaData = z.object({ metaData: listOf(metaData) }).optional();

const refund = z.object({
  refundTransactionId: id,
  amount: decimal,
  currency: currency.optional(),
  refundStatus: z.enum(['SUCCESS', 'PENDING']).optional(),
});

const chargeback = z.object({
  chargebackTransactionId: id,
  amount: decimal,
  currency: currency.optional(),
  date: z.string().optional(),
});

export const wireTransaction = z.object({
  transactionId: id,
  cardTransactionType: z.enum(['AUTH_ONLY', 'AUTH_CAPTURE', 'CAPTURE', 'AUTH_REVERSAL']),
  merchantTransactionId: z.union([z.string(), z.int()]).transform(String).optional(),
  amount: decimal,
  currency,
  processingInfo: z.object({
    processingStatus: z
      .string()
      .toUpperCase()
      .pipe(z.enum(['SUCCESS', 'PENDING', 'PENDING_MERCHANT_REVIEW', 'FAIL'])),
  }),
  transactionMetaData,
  refunds: z.object({ refund: listOf(refund).optional() }).optional(),
  chargebacks: z.object({ chargeback: listOf(chargeback).optional() }).optional(),
});

/** The answer to a refund; its amount is left out where all was refunded. */
export const wireRefund = z.object({
  refundTransactionId: id,
  amount: decimal.optional(),
  currency: currency.optional(),
  refundStatus: z.enum(['SUCCESS', 'PENDING']).optional(),
});

/** A refund asked for by its own id: https://developers.bluesnap.com/v8976-JSON/reference/refund */
export const wireRefundDetails = z.object({ transactionId: id, transactionMetaData });

const wireError = z.object({
  errorName: z.string().regex(/^[A-Z0-9_]{1,80}$/),
  code: z
    .union([z.string(), z.int()])
    .transform(String)
    .pipe(z.string().regex(/^\d{1,10}$/)),
  invalidProperty: z
    .object({ name: z.string().regex(/^[A-Za-z0-9.[\]]{1,60}$/) })
    .optional()
    .catch(undefined),
});

/** https://developers.bluesnap.com/v8976-JSON/docs/error-handling-overview */
export const wireErrors = z.object({ message: z.tuple([wireError], z.unknown()) });

export type WireTransaction = z.output<typeof wireTransaction>;
export type WireMetaData = z.output<typeof transactionMetaData>;
export type WireError = z.output<typeof wireError>;

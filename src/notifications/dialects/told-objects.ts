import { z } from 'zod';

/** The objects inside our own events, as far as dialects with words of their own tell them. */

const operation = { id: z.string(), amount: z.int(), currency: z.string() };

const cartItem = z.object({
  description: z.string(),
  quantity: z.int(),
  value: z.int(),
  imageUrl: z.string().nullish(),
  destination: z.string().nullish(),
  itemType: z.string().nullish(),
});

export const toldPayment = z.object({
  ...operation,
  reference: z.string(),
  amountCaptured: z.int().default(0),
  productId: z.string().nullish(),
  statementDescriptor: z.string().nullish(),
  reversalId: z.string().nullish(),
  terminalId: z.string().nullish(),
  subMerchantName: z.string().nullish(),
  mcc: z.string().nullish(),
  rrn2: z.string().nullish(),
  cartItems: z.array(cartItem).nullish(),
  shippingAddress: z.looseObject({ phone: z.string().optional() }).nullish(),
  latestAttempt: z
    .object({
      id: z.string(),
      providerRef: z.string().nullish(),
      chargeRef: z.string().nullish(),
      failureCode: z.string().nullish(),
      authCode: z.string().nullish(),
      instrument: z
        .object({
          type: z.string(),
          brand: z.string().optional(),
          bin: z.string().optional(),
          last4: z.string().optional(),
          accountType: z.string().optional(),
        })
        .nullish(),
    })
    .nullish(),
  /** Not of the object: what was told before of the payment that an event belongs to. */
  capture: z.object({ id: z.string() }).nullish(),
  reversal: z.object({ ...operation, reason: z.string().nullish() }).nullish(),
});
export type ToldPayment = z.output<typeof toldPayment>;

/** A refund, reversal or payout; `duplicate`: of money that arrived twice. */
export const toldReturn = z.object({
  ...operation,
  reason: z.string().nullish(),
  reference: z.string().nullish(),
  duplicate: z.boolean().default(false),
});

export const toldDispute = z.object({
  ...operation,
  reason: z.string(),
  status: z.enum(['inquiry', 'opened', 'under_review', 'won', 'lost', 'expired']),
});

export const toldPayout = z.object(operation);

/** The payment an event belongs to; null where it belongs to none, or it was not read. */
export function paymentOf({ payment }: { readonly payment: unknown }): ToldPayment | null {
  return payment === null ? null : toldPayment.parse(payment);
}

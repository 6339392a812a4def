import { z } from 'zod';

const digits = (max: number) => z.string().regex(new RegExp(`^\\d{1,${max}}$`));

/** A signed 64-bit integer. */
const transactionId = digits(19);
/** The digits of a number as they stood on the wire; scantopay-amount.ts reads them. */
const amount = z.string().max(30);

/** The answer to a request for a code. Source: https://developer.scantopay.io/docs/dynamic-qr-payments */
export const wireCode = z.object({
  code: z.string().regex(/^\d{10}$/),
  /** Milliseconds since 1970; 0 stands for never. */
  expiryDate: digits(14),
  codeUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullish(),
});

/** A code as it stands. Source: https://developer.scantopay.io/docs/qr-code-lifecycle */
export const wireCodeRecord = z.object({
  code: z.string(),
  codeState: z.string().max(40),
  merchantReference: z.string(),
  amount,
  expiryDate: digits(14),
  codeUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullish(),
});

/** The answer of the hosted checkout. Source: https://developer.scantopay.io/docs/api-create-transaction */
export const wireHostedCheckout = z.object({
  reference: z.string(),
  /** SUCCESS, or FAILED and a reason. */
  status: z.string().max(200),
  redirectUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullish(),
});

/** `binLast4`: the last four digits, with or without the first six. */
const cardInfo = z.object({
  cardType: z.string().max(40).nullish(),
  binLast4: z.string().regex(/^(\d{6}[^0-9]{0,10})?\d{4}$/),
  accountType: z.string().max(40).nullish(),
});

/**
 * A transaction as it is asked for or told of. Only what is relied on, and the masked card: the rest is about the payer
 * and stays unread. What is odd about the card is left out, since nothing depends on it.
 * Sources: https://developer.scantopay.io/docs/api-request, https://developer.scantopay.io/docs/api-requests
 */
export const wireTransaction = z
  .object({
    transactionId,
    reference: z.string().min(1).max(45).optional(),
    merchantReference: z.string().min(1).max(45).optional(),
    amount,
    currencyCode: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .nullish(),
    status: z.string().min(1).max(60),
    bankResponse: z.string().max(200).nullish(),
    authCode: z
      .string()
      .regex(/^[0-9A-Za-z]{1,12}$/)
      .nullish()
      .catch(null),
    cardInfo: cardInfo.nullish().catch(null),
    /** The payment that a refund gave back. */
    originalTransactionId: transactionId.nullish(),
  })
  .transform(({ reference, merchantReference, ...rest }, context) => {
    const named = reference ?? merchantReference;
    if (named !== undefined && (merchantReference ?? named) === named) return { ...rest, reference: named };
    context.issues.push({ code: 'custom', message: 'names no single reference', input: reference });
    return z.NEVER;
  });

/** The answer to a refund or reversal: it was taken, and its end comes later. */
export const wireTaken = z.object({ status: z.literal('Processed') });

/** The answer to the deletion of a code. */
export const wireDeletedCode = wireCodeRecord.pick({ code: true }).extend({ codeState: z.literal('Deleted') });

/** While nothing was paid, a query knows no transaction. */
export const wireNoTransaction = z.object({ status: z.literal('N/A') });

export type WireTransaction = z.output<typeof wireTransaction>;
export type WireCodeRecord = z.output<typeof wireCodeRecord>;

/**
 * JSON with every number left as its own digits, since amounts and 64-bit names do not fit a float; undefined where it
 * is none.
 */
export function exactJsonOf(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
      return typeof value === 'number' ? context?.source : value;
    });
  } catch {
    return undefined;
  }
}

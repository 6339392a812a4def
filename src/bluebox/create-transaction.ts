import type { z } from 'zod';
import { present } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import { type CreatePaymentBody, createPayment as declaration } from '../payments/api.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { CreatePayment } from '../payments/create-payment.ts';
import type { CreatedPaymentAnswer } from '../payments/payment-shape.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { checkAgainst } from '../platform/http/validation.ts';
import type { createTransaction as createDeclaration } from './api.ts';
import { toMinorUnits } from './bluebox-amount.ts';

type TransactionBody = z.output<NonNullable<typeof createDeclaration.body>>;
type Created = z.output<typeof createDeclaration.answer.schema>;

/** What a member of the payment is called in Bluebox. */
const NAMES: Readonly<Record<string, string>> = { '/returnUrl': '/callbackUrl' };

/**
 * Makes a payment out of a Bluebox transaction, in the currency of the tenant. What is refused is named by Bluebox's own
 * members.
 * @throws Problem validation_failed, target_not_allowed, reference_already_used (with transactionId), and what else
 * creating a payment refuses
 */
export async function createTransaction(
  { readTenant }: PaymentContext,
  createPayment: CreatePayment,
  {
    caller,
    body,
    idempotency,
  }: { readonly caller: TenantCaller; readonly body: TransactionBody; readonly idempotency: IdempotencyClaim | null },
): Promise<EndpointAnswer<Created>> {
  const { currency } = await readTenant(caller.tenantId);
  const request = { caller, body: paymentBody(body, currency), idempotency, returnStyle: 'bluebox' } as const;
  const answer = await createPayment(request).catch(renamed);
  const payment: CreatedPaymentAnswer = 'json' in answer ? JSON.parse(answer.json) : answer.body;
  return {
    ...('json' in answer || answer.replayed === true ? { replayed: true } : {}),
    body: {
      transactionId: payment.id,
      reference: payment.reference,
      redirectUrl: payment.paymentUrl,
      status: 'PENDING',
    },
  };
}

function paymentBody(body: TransactionBody, currency: string): CreatePaymentBody {
  const { callbackUrl, cartItems, ...same } = body;
  const errors: FieldError[] = [];
  const minor = (decimal: string, pointer: string): number => {
    const read = toMinorUnits(decimal, currency);
    if (read.ok) return read.amount;
    errors.push({ pointer, detail: read.rule });
    return 0;
  };
  const amount = minor(body.amount, '/amount');
  const items = cartItems?.map(({ imageURL, value, ...item }, index) => ({
    ...item,
    value: minor(value, `/cartItems/${index}/value`),
    ...(imageURL === undefined ? {} : { imageUrl: imageURL }),
  }));
  const given = {
    ...same,
    amount,
    currency,
    returnUrl: callbackUrl,
    ...(items === undefined ? {} : { cartItems: items }),
  };
  const checked = checkAgainst(present(declaration.body, 'the shape of a new payment'), given, 'body');
  if (!checked.ok)
    errors.push(...checked.errors.filter(({ pointer }) => !errors.some((one) => one.pointer === pointer)));
  if (errors.length > 0 || !checked.ok) throw new Problem('validation_failed', 'Some fields break a rule', { errors });
  return checked.value as CreatePaymentBody;
}

/** The same refusal in the words of Bluebox. */
function renamed(error: unknown): never {
  if (!(error instanceof Problem)) throw error;
  const { paymentId, ...members } = error.members;
  throw new Problem(error.code, error.message, {
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    errors: error.errors.map(({ pointer, detail }) => ({ pointer: NAMES[pointer] ?? pointer, detail })),
    replayed: error.replayed,
    members: paymentId === undefined ? members : { ...members, transactionId: paymentId },
  });
}

import type { z } from 'zod';
import { findAnswer } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import { type CreatePaymentBody, createPayment as paymentDeclaration } from '../payments/api.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { CreatePayment } from '../payments/create-payment.ts';
import type { CreatedPaymentAnswer } from '../payments/payment-shape.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { checkAgainst } from '../platform/http/validation.ts';
import type { createCheckoutPayment as declaration } from './api.ts';
import type { CheckoutConfiguration } from './checkout-configuration.ts';
import { findCheckout } from './find-checkout.ts';

type Body = z.output<NonNullable<typeof declaration.body>>;

interface Request {
  readonly caller: TenantCaller;
  readonly params: { readonly id: string };
  readonly body: Body;
  readonly idempotency: IdempotencyClaim | null;
}

/** What a stored checkout fixes: another amount for the same thing is a mistake, or somebody's attempt. */
const FIXED = ['amount', 'currency'] as const;

/**
 * Makes a payment by a stored checkout. A repeat is answered as the first time, whatever the checkout says by now.
 * @throws Problem not_found, state_conflict where it is archived, validation_failed, and what else creating refuses
 */
export async function createCheckoutPayment(
  context: PaymentContext,
  createPayment: CreatePayment,
  { caller, params, body, idempotency }: Request,
): Promise<EndpointAnswer<CreatedPaymentAnswer>> {
  const checkout = await findCheckout(context.database.query, caller, params.id);
  let composed: CreatePaymentBody;
  try {
    composed = composePayment(checkout, body);
  } catch (refusal) {
    const first = idempotency === null ? null : await firstAnswer(context, caller, idempotency);
    if (first === null) throw refusal;
    return first;
  }
  return createPayment({ caller, body: composed, idempotency, checkoutId: checkout.checkoutId });
}

async function firstAnswer(
  context: PaymentContext,
  { tenantId, mode }: TenantCaller,
  idempotency: IdempotencyClaim,
): Promise<EndpointAnswer<CreatedPaymentAnswer> | null> {
  const scope = { tenantId, mode, route: 'createCheckoutPayment' };
  const earlier = await findAnswer(context, scope, idempotency);
  return earlier.state === 'done' ? earlier.answer : null;
}

function composePayment({ status, terms }: CheckoutConfiguration, body: Body): CreatePaymentBody {
  if (status === 'archived') throw new Problem('state_conflict', 'This checkout is archived and makes no payments.');
  const errors: FieldError[] = FIXED.filter(
    (member) => terms[member] !== undefined && body[member] !== undefined && body[member] !== terms[member],
  ).map((member) => ({ pointer: `/${member}`, detail: 'Is fixed by the checkout' }));
  if (errors.length > 0) throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
  // One of the two ways to say when it ends, the request's before the checkout's.
  const { expiresIn, ...stored } = terms;
  const given = {
    ...stored,
    ...(expiresIn === undefined || body.expiresAt !== undefined ? {} : { expiresIn }),
    ...body,
    metadata: { ...terms.metadata, ...body.metadata },
  };
  const checked = checkAgainst(present(paymentDeclaration.body, 'the shape of a new payment'), given, 'body');
  if (!checked.ok) throw new Problem('validation_failed', 'Some fields break a rule.', { errors: checked.errors });
  return checked.value as CreatePaymentBody;
}

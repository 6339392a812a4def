import { amountToJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { CreatePaymentBody } from '../payments/api.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { CreatePayment } from '../payments/create-payment.ts';
import type { CreatedPaymentAnswer } from '../payments/payment-shape.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Queryable } from '../platform/database.ts';
import { refuseUnlessActive } from './change-qr-code.ts';
import { findQrCodeLocked } from './find-qr-code.ts';
import { amountRule, orderIdOf, type QrCode, type QrCodeUse } from './qr-code.ts';
import { insertUse, savePaymentOfUse, selectUse } from './store.ts';

/** A code of a single use has one visit, whoever comes: there is never a second payment. */
export const ONLY_VISIT = 'only';

interface Visit {
  readonly code: QrCode;
  /** The same visit gets the same payment. Whoever has no reason to come twice makes one up. */
  readonly visit: string;
  /** What the shopper has entered; null: the code's own. */
  readonly amount: bigint | null;
  readonly now: Temporal.Instant;
}

/**
 * Takes a use of the code for a visit, in the caller's transaction; for a visit that has come before, the use it has.
 * The code's row is locked, so that two scans at the same instant are counted one after the other.
 * @throws Problem not_found, state_conflict (used, expired, canceled), validation_failed (amount)
 */
export async function claimUse(tx: Queryable, { code: seen, visit, amount, now }: Visit): Promise<QrCodeUse> {
  const code = await findQrCodeLocked(tx, seen, seen.qrCodeId);
  const earlier = await selectUse(tx, code, visit);
  if (earlier !== null) return earlier;
  refuseUnlessActive(code, now);
  const { tenantId, qrCodeId } = code;
  const use = {
    ...{ tenantId, qrCodeId, visit },
    useNumber: code.usesMade + 1,
    amount: amountOf(code, amount),
    paymentId: null,
    createdAt: now,
  };
  await insertUse(tx, use);
  return use;
}

/**
 * Refuses what its payment would be refused for just now, before a use is taken for it.
 * @throws Problem endpoint_unhealthy, validation_failed (productId)
 */
export async function admitUse({ admission, checkProduct }: PaymentContext, code: QrCode): Promise<void> {
  const { productId = null } = code.paymentFields;
  if (productId !== null) await checkProduct(code, productId);
  await admission.checkNew({ ...code, productId });
}

interface PaidUse {
  readonly code: QrCode;
  readonly use: QrCodeUse;
  readonly customer?: CreatePaymentBody['customer'];
  readonly now: Temporal.Instant;
}

/**
 * Makes the payment of a use. Under the use's own key, so that a use has one payment, whoever comes for it and however
 * often, also after a crash between the two.
 * @throws Problem endpoint_unhealthy, and what else creating a payment refuses
 */
export async function createPaymentOfUse(
  { database }: PaymentContext,
  createPayment: CreatePayment,
  { code, use, customer, now }: PaidUse,
): Promise<CreatedPaymentAnswer> {
  crashPoint('qr-use-taken');
  const { tenantId, mode, qrCodeId } = code;
  const name = `${qrCodeId}-${use.useNumber}`;
  const create = (reference: string) =>
    createPayment({
      caller: { by: 'tenant', tenantId, mode, scopes: 'all', actor: `qr-code:${qrCodeId}`, person: null },
      body: paymentBody(code, { use, customer, now, reference }),
      idempotency: { key: name, fingerprint: name },
      ofQrCode: true,
    });
  const answer = await create(referenceOf(code, use) ?? name).catch((error: unknown) => {
    // The tenant has used it for a payment of its own; nobody else would use the id of the code.
    if (error instanceof Problem && error.code === 'reference_already_used') return create(name);
    throw error;
  });
  const payment: CreatedPaymentAnswer = 'json' in answer ? JSON.parse(answer.json) : answer.body;
  if (use.paymentId === null) await savePaymentOfUse(database.query, use, payment.id);
  return payment;
}

function amountOf(code: QrCode, entered: bigint | null): bigint {
  const amount = entered ?? code.amount;
  if (amount === null) throw wrongAmount('Is required: the shopper enters it');
  if (entered !== null && !code.amountEditable) throw wrongAmount('Must be left out: the amount of this code is fixed');
  if (amountRule(code, amount) !== null) throw wrongAmount('Must be from amountMin to amountMax');
  return amount;
}

function wrongAmount(detail: string): Problem {
  const errors = [{ pointer: '/amount', detail }];
  return new Problem('validation_failed', 'Some fields break a rule.', { errors });
}

function referenceOf({ reference, uses }: QrCode, { useNumber }: QrCodeUse): string | null {
  return reference === null || uses === 'single' ? reference : `${reference}-${useNumber}`;
}

/** A payment shorter than this is refused; who has scanned in time may finish. */
const PAYMENT_SECONDS_MIN = 30;

/** A single-use code's payment ends with the code, those of others in the usual time. */
function paymentBody(
  code: QrCode,
  { use, customer, now, reference }: Pick<PaidUse, 'use' | 'customer' | 'now'> & { readonly reference: string },
): CreatePaymentBody {
  const { cartItems, metadata, ...fields } = code.paymentFields;
  const soonest = now.add({ seconds: PAYMENT_SECONDS_MIN });
  const end = code.uses === 'single' ? code.expiresAt : null;
  const expiresAt = end !== null && Temporal.Instant.compare(end, soonest) < 0 ? soonest : end;
  return {
    ...fields,
    reference,
    orderId: orderIdOf(code),
    amount: amountToJson(use.amount),
    currency: code.currency,
    cartItems: cartItems === undefined ? undefined : [...cartItems],
    metadata: { ...metadata },
    customer,
    requestShipping: false,
    attemptsMax: 3,
    expiresAt: expiresAt?.toString(),
  };
}

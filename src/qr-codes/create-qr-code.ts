import { findAnswer, type KeyScope, runOnce } from '../idempotency/run-once.ts';
import { assert } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { newId, newSecret } from '../kernel/id.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import { checkNotificationUrl } from '../payments/check-addresses.ts';
import type { PaymentContext } from '../payments/context.ts';
import { readPaymentByReference } from '../payments/read-payment.ts';
import { violatedConstraint } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { checkQrCode } from './check-qr-code.ts';
import { parseEmvco } from './emvco-fields.ts';
import type { QrCode, QrPaymentFields } from './qr-code.ts';
import { qrCodeJson } from './qr-code-json.ts';
import type { CreateQrCodeBody, QrCodeAnswer } from './qr-code-shape.ts';
import { insertQrCode, type Owner, selectQrCodeIdByReference } from './store.ts';

/** As long as Scan to Pay's own codes unless they say otherwise. Requirements of seed 001, qr-payments-business-rules. */
const SINGLE_EXPIRES_IN_S = 1_800;

/**
 * Makes a code. What its payments would be refused for later is refused now, while somebody who can mend it listens.
 * @throws Problem validation_failed, target_not_allowed, reference_already_used, idempotency_key_reused
 */
export async function createQrCode(
  context: PaymentContext,
  { tenantId, mode }: TenantCaller,
  body: CreateQrCodeBody,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<QrCodeAnswer>> {
  const scope: KeyScope = { tenantId, mode, route: 'createQrCode' };
  if (idempotency !== null) {
    // Before the checks: clock and settings move on, and what was made once is answered as it was then.
    const earlier = await findAnswer(context, scope, idempotency);
    if (earlier.state === 'done') return earlier.answer;
  }
  const owner = { tenantId, mode };
  const tenant = await context.readTenant(tenantId);
  const { now } = await timeOf(context, owner);
  const code = newQrCode(context, tenant, { owner, body, now });
  await checkNew(context, tenant, body, code);
  const checkoutUrl = await context.checkoutUrlOf(owner);
  const answer = qrCodeJson(code, { checkoutUrl, now, latestPaymentId: null });
  assert(code.content === 'url' || parseEmvco(answer.payload).ok, 'A payload that is drawn is one that can be read');
  return runOnce(context, scope, idempotency, async (tx) => {
    await insertQrCode(tx, code).catch((error: unknown) => refuseTaken(context, code, error));
    return { status: 201, body: answer };
  });
}

/** The time that counts for a tenant's codes. */
export async function timeOf(
  { tenantClocks }: Pick<PaymentContext, 'tenantClocks'>,
  { tenantId, mode }: Owner,
): Promise<{ readonly now: Temporal.Instant }> {
  return { now: (await tenantClocks.of(tenantId, mode)).now() };
}

function newQrCode(
  { clock }: PaymentContext,
  tenant: Tenant,
  { owner, body, now }: { readonly owner: Owner; readonly body: CreateQrCodeBody; readonly now: Temporal.Instant },
): QrCode {
  const uses = body.uses ?? (body.kind === 'static' ? 'many' : 'single');
  return {
    ...owner,
    qrCodeId: newId('qr', clock),
    token: newSecret(128),
    kind: body.kind,
    content: body.content,
    reference: body.reference ?? null,
    amount: minorOrNull(body.amount),
    currency: body.currency ?? tenant.currency,
    amountEditable: body.amountEditable,
    amountMin: minorOrNull(body.amountMin),
    amountMax: minorOrNull(body.amountMax),
    uses,
    usesMax: uses === 'single' ? 1 : (body.usesMax ?? null),
    usesMade: 0,
    expiresAt: expiryOf(body, uses, now),
    canceledAt: null,
    paymentFields: paymentFieldsOf(body, tenant),
    emvco: body.emvco ?? null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function expiryOf(body: CreateQrCodeBody, uses: QrCode['uses'], now: Temporal.Instant): Temporal.Instant | null {
  if (body.expiresAt !== undefined) return Temporal.Instant.from(body.expiresAt).round('millisecond');
  const seconds = body.expiresIn ?? (uses === 'single' ? SINGLE_EXPIRES_IN_S : null);
  return seconds === null ? null : now.add({ seconds });
}

/** The tenant's defaults are taken over now: a payload that was printed must not come to say something else. */
function paymentFieldsOf(body: CreateQrCodeBody, { settings }: Tenant): QrPaymentFields {
  const { captureMethod, description, statementDescriptor, productId, returnUrl, notificationUrl } = body;
  const { cartItems, subMerchantName, metadata } = body;
  return {
    ...{ captureMethod, description, statementDescriptor, productId, returnUrl, notificationUrl },
    ...{ cartItems, subMerchantName, metadata },
    terminalId: body.terminalId ?? settings.defaultTerminalId,
    mcc: body.mcc ?? settings.defaultMcc,
  };
}

async function checkNew(context: PaymentContext, tenant: Tenant, body: CreateQrCodeBody, code: QrCode): Promise<void> {
  const { mode, reference, uses } = code;
  const errors = checkQrCode(body, code, { tenant, mode });
  if (errors.length > 0) throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
  checkNotificationUrl(context.targetPolicy(mode), body);
  if (body.productId !== undefined) await context.checkProduct(code, body.productId);
  // Its one payment is to have the very reference of the code.
  if (reference !== null && uses === 'single') await refusePaid(context, code, reference);
}

async function refusePaid({ database }: PaymentContext, owner: Owner, reference: string): Promise<void> {
  const found = await readPaymentByReference(database.query, owner, reference).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'not_found') return null;
    throw error;
  });
  if (found === null) return;
  throw new Problem('reference_already_used', 'A payment has this reference; references are unique for ever.', {
    errors: [{ pointer: '/reference', detail: 'Must not be a payment’s' }],
    members: { paymentId: found.payment.paymentId },
  });
}

/** Asks outside the transaction, which the broken constraint has ended. */
async function refuseTaken({ database }: PaymentContext, code: QrCode, error: unknown): Promise<never> {
  if (violatedConstraint(error) !== 'qr_codes_reference_key' || code.reference === null) throw error;
  const first = await selectQrCodeIdByReference(database.query, code, code.reference);
  throw new Problem('reference_already_used', 'Another code has this reference; references are unique for ever.', {
    errors: [{ pointer: '/reference', detail: 'Must not be another code’s' }],
    ...(first === null ? {} : { members: { qrCodeId: first } }),
  });
}

function minorOrNull(amount: number | undefined): bigint | null {
  return amount === undefined ? null : amountFromJson(amount);
}

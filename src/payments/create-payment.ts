import { eventRows } from '../events/event.ts';
import { answeredKey, findAnswer, type KeyScope } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { newId } from '../kernel/id.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { LimitClaim } from '../limits/claim-limits.ts';
import { holdsOf } from '../limits/take-limits.ts';
import { JsonText } from '../platform/binary-column.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { checkRoutable } from '../provider-accounts/choose-account.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { CreatePaymentBody } from './api.ts';
import { checkNotificationUrl, checkReturnUrls } from './check-addresses.ts';
import { hashCheckoutToken, newCheckoutToken } from './checkout-token.ts';
import type { PaymentContext } from './context.ts';
import { digestCustomer } from './email-digest.ts';
import type { Payment } from './payment.ts';
import { customerPlace, paymentObjectJson } from './payment-json.ts';
import type { CreatedPaymentAnswer } from './payment-shape.ts';
import { paymentToRow } from './rows.ts';
import { type NewPayment, selectPaymentIdByReference } from './store-new-payments.ts';
import { createWriteNewPayment } from './write-new-payment.ts';

interface CreateRequest {
  readonly caller: TenantCaller;
  readonly body: CreatePaymentBody;
  readonly idempotency: IdempotencyClaim | null;
  /** The key of the partner whose payment it is, under its own name for it: the reference. */
  readonly partnerKeyId?: string;
  /** `bluebox`: it came through Bluebox's own interface. */
  readonly returnStyle?: Payment['returnStyle'];
  /** The stored checkout that it is made by. */
  readonly checkoutId?: string;
  /** It is made of a scan, under a key of ours. */
  readonly ofQrCode?: true;
}

export type CreatePayment = (request: CreateRequest) => Promise<EndpointAnswer<CreatedPaymentAnswer>>;

const EXPIRES_IN_S = 900;
const EXPIRES_IN_MIN_S = 30;
const EXPIRES_IN_MAX_S = 31 * 86_400;

/**
 * Creates payments: payment, checkout token, event, outbox row and kept answer in one statement, which serves all
 * requests that arrived while the statement before was under way.
 * @throws (from the returned function) Problem validation_failed, target_not_allowed,
 * no_provider_account, reference_already_used, endpoint_unhealthy, limit_exceeded, idempotency_key_reused
 */
export function createCreatePayment(context: PaymentContext): CreatePayment {
  const write = createWriteNewPayment(context);
  return async (request) => {
    const { caller, body } = request;
    const tenant = await context.readTenant(caller.tenantId);
    const clock = await context.tenantClocks.of(caller.tenantId, caller.mode);
    let claims: readonly LimitClaim[];
    try {
      checkBody(context, tenant, caller, body, clock);
      if (body.productId !== undefined) await context.checkProduct(caller, body.productId);
      await checkProviderAccount(context, tenant, caller, body);
      await context.admission.checkNew({ ...caller, productId: body.productId ?? null });
      claims = await context.limits.claimsOf(
        { ...tenant, mode: caller.mode, now: clock.now() },
        purchaseOf(tenant, body),
      );
    } catch (refusal) {
      // Clock and settings move on: what was taken once is answered as it was then.
      const first = await firstAnswer(context, request);
      if (first === null) throw refusal;
      return first;
    }
    const { item, answer, answerJson } = await preparePayment(context, tenant, request, clock, claims);
    const written = await write(item, claims);
    if (written === 'written') return { body: answer, bodyJson: answerJson };
    return explainRefusal(context, request, written === 'passed_over' ? null : written);
  };
}

/**
 * Why a payment was not written: its key was used (then the first answer comes again), or its reference was, or there was
 * no room for it; in this order, since who repeats a request must find what it made, which may have taken the last room.
 */
async function explainRefusal(
  context: PaymentContext,
  request: CreateRequest,
  refusal: Problem | null,
): Promise<EndpointAnswer<CreatedPaymentAnswer>> {
  const first = await firstAnswer(context, request);
  if (first !== null) return first;
  const { caller, body } = request;
  const paymentId = await selectPaymentIdByReference(context.database.query, caller, body.reference);
  if (paymentId === null) {
    throw refusal ?? new Problem('unavailable', 'Please send the request again.', { retryAfterSeconds: 1 });
  }
  throw new Problem('reference_already_used', 'Another payment has this reference; references are unique for ever.', {
    members: { paymentId },
  });
}

async function firstAnswer(
  context: PaymentContext,
  request: CreateRequest,
): Promise<EndpointAnswer<CreatedPaymentAnswer> | null> {
  if (request.idempotency === null) return null;
  const earlier = await findAnswer(context, keyScope(request), request.idempotency);
  return earlier.state === 'done' ? earlier.answer : null;
}

/** Apart for partners, whose names for payments are no keys that the tenant has used, and for every other front door. */
function keyScope(request: CreateRequest): KeyScope {
  const { tenantId, mode } = request.caller;
  return { tenantId, mode, route: frontDoorOf(request) };
}

function frontDoorOf({ partnerKeyId, returnStyle, checkoutId, ofQrCode }: CreateRequest): string {
  if (partnerKeyId !== undefined) return 'createPartnerPayment';
  if (ofQrCode === true) return 'createQrPayment';
  if (checkoutId !== undefined) return 'createCheckoutPayment';
  return returnStyle === 'bluebox' ? 'createBlueboxTransaction' : 'createPayment';
}

/** Rules that need more than the body's shape. */
function checkBody(
  context: PaymentContext,
  tenant: Tenant,
  caller: TenantCaller,
  body: CreatePaymentBody,
  clock: TenantClock,
): void {
  const errors = checkReturnUrls(tenant, caller.mode, body);
  const seconds = (expiryOf(clock, body).epochMilliseconds - clock.now().epochMilliseconds) / 1_000;
  if (seconds < EXPIRES_IN_MIN_S - 1 || seconds > EXPIRES_IN_MAX_S) {
    errors.push({ pointer: '/expiresAt', detail: 'Must be 30 seconds to 31 days from now' });
  }
  if (errors.length > 0) throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
  checkNotificationUrl(context.targetPolicy(caller.mode), body);
}

/** What would be refused at every confirmation is refused now, while somebody who can mend it is listening. */
async function checkProviderAccount(
  context: PaymentContext,
  tenant: Tenant,
  { tenantId, mode }: TenantCaller,
  { providerAccountId, amount, currency, captureMethod }: CreatePaymentBody,
): Promise<void> {
  if (providerAccountId === undefined) return;
  const sum = { amount: amountFromJson(amount), currency: currency ?? tenant.currency };
  const payment = { ...sum, paymentId: null, captureMethod, providerAccountId };
  await checkRoutable(context, { owner: { tenantId, mode }, payment, method: 'undecided' }, { sayWhy: true });
}

/** What limits look at. */
function purchaseOf(tenant: Tenant, body: CreatePaymentBody): Parameters<PaymentContext['limits']['claimsOf']>[1] {
  return {
    amount: amountFromJson(body.amount),
    currency: body.currency ?? tenant.currency,
    cartItems: body.cartItems ?? null,
    customer: body.customer ?? null,
    subMerchantName: body.subMerchantName ?? null,
  };
}

function expiryOf(clock: TenantClock, body: CreatePaymentBody): Temporal.Instant {
  if (body.expiresAt !== undefined) return Temporal.Instant.from(body.expiresAt).round('millisecond');
  return clock.now().add({ seconds: body.expiresIn ?? EXPIRES_IN_S });
}

/** All rows and the answer, made before anything is written: writing is one statement with nothing left to work out. */
async function preparePayment(
  context: PaymentContext,
  tenant: Tenant,
  request: CreateRequest,
  clock: TenantClock,
  claims: readonly LimitClaim[],
): Promise<{ readonly item: NewPayment; readonly answer: CreatedPaymentAnswer; readonly answerJson: string }> {
  const { body, idempotency, partnerKeyId } = request;
  const payment = { ...(await newPayment(context, tenant, request, clock)), holdsLimits: claims.length > 0 };
  const { tenantId, mode, paymentId } = payment;
  const object = paymentObjectJson(payment, null);
  const objectJson = JSON.stringify(object);
  const token = newCheckoutToken();
  const paymentUrl = `${await context.checkoutUrlOf(payment)}/c/${token}`;
  const besides = { customer: body.customer ?? null, checkoutToken: token, paymentUrl };
  // The same object stands in the answer, in the kept answer and in the event, and is written down once.
  const answerJson = `${objectJson.slice(0, -1)},${JSON.stringify(besides).slice(1)}`;
  const { event, outbox } = eventRows(
    {
      tenantId,
      mode,
      type: 'payment.created',
      paymentId,
      productId: payment.productId,
      notificationUrl: payment.notificationUrl,
      object: new JsonText(objectJson),
      dueAt: clock.realTimeOf(payment.expiresAt),
    },
    clock,
  );
  const first = { status: 201, json: answerJson, resourceId: paymentId, createdAt: payment.createdAt };
  const key = idempotency === null ? null : await answeredKey(context.sealer, keyScope(request), idempotency, first);
  const tokenRow = {
    token_hash: hashCheckoutToken(token),
    tenant_id: tenantId,
    payment_id: paymentId,
    expires_at: payment.expiresAt,
    revoked_at: null,
  };
  const written = {
    payment: paymentToRow(payment),
    token: tokenRow,
    event,
    outbox,
    key,
    holds: holdsOf(payment, claims),
  };
  const names = { tenant_id: tenantId, payment_id: paymentId, order_id: body.reference };
  const item = partnerKeyId === undefined ? written : { ...written, order: { ...names, partner_key_id: partnerKeyId } };
  return { item, answer: { ...object, ...besides }, answerJson };
}

async function newPayment(
  context: PaymentContext,
  tenant: Tenant,
  { caller: { tenantId, mode }, body, returnStyle = 'plain', checkoutId }: CreateRequest,
  clock: TenantClock,
): Promise<Payment> {
  const paymentId = newId('pay', clock);
  const now = clock.now();
  const expiresAt = expiryOf(clock, body);
  const customerSealed =
    body.customer === undefined
      ? null
      : await context.sealer.seal(customerPlace({ tenantId, paymentId }), JSON.stringify(body.customer));
  return {
    tenantId,
    paymentId,
    mode,
    reference: body.reference,
    amount: amountFromJson(body.amount),
    currency: body.currency ?? tenant.currency,
    captureMethod: body.captureMethod,
    status: 'created',
    late: false,
    version: 1,
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountRefunded: 0n,
    amountRefundPending: 0n,
    amountCapturePending: 0n,
    capturesClosed: false,
    reversalId: null,
    duplicatePayment: false,
    holdsLimits: false,
    attemptsMax: body.attemptsMax,
    attemptsDeclined: 0,
    openAttemptId: null,
    lastAttemptId: null,
    providerAccountId: body.providerAccountId ?? null,
    orderId: body.orderId ?? null,
    productId: body.productId ?? null,
    checkoutId: checkoutId ?? null,
    description: body.description ?? null,
    statementDescriptor: body.statementDescriptor ?? null,
    returnUrl: body.returnUrl ?? null,
    returnStyle,
    cancelUrl: body.cancelUrl ?? null,
    notificationUrl: body.notificationUrl ?? body.ipnUrl ?? null,
    customerSealed,
    emailDigest: await digestCustomer(context.emailDigests, tenantId, body.customer),
    cartItems: body.cartItems ?? null,
    requestShipping: body.requestShipping,
    shippingAddressSealed: null,
    terminalId: body.terminalId ?? tenant.settings.defaultTerminalId ?? null,
    subMerchantName: body.subMerchantName ?? null,
    mcc: body.mcc ?? tenant.settings.defaultMcc ?? null,
    rrn2: body.rrn2 ?? null,
    metadata: body.metadata,
    expiresAt,
    authorizationExpiresAt: null,
    dueAt: expiresAt,
    createdAt: now,
    updatedAt: now,
  };
}

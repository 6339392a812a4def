import { createHash } from 'node:crypto';
import { runOnceInTwoPhases } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { newSecret } from '../kernel/id.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { CreatePaymentBody } from '../payments/api.ts';
import { confirmPayment } from '../payments/confirm-payment.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { CreatePayment } from '../payments/create-payment.ts';
import { isEnded } from '../payments/payment.ts';
import { paymentJson } from '../payments/payment-json.ts';
import type { CreatedPaymentAnswer, PaymentAnswer } from '../payments/payment-shape.ts';
import { readPayment } from '../payments/read-payment.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { timeOf } from './create-qr-code.ts';
import { findQrCode } from './find-qr-code.ts';
import type { QrCode } from './qr-code.ts';
import { insertKeyOfScan, selectUse } from './store.ts';
import { admitUse, claimUse, createPaymentOfUse, ONLY_VISIT } from './use-qr-code.ts';

interface ScanRequest {
  readonly qrCodeId: string;
  readonly amount?: number | undefined;
  /** Of the sandbox; without one the payment waits for a shopper. */
  readonly token?: string | undefined;
  readonly customer?: CreatePaymentBody['customer'];
}

/**
 * Plays a shopper in test mode. Phases: commit the use, and the claim of the request's key with it; make the payment,
 * key = use; confirm it, under a key that is made of the request's. Each phase is found done by who comes after a crash.
 * @throws Problem forbidden (live mode), not_found, validation_failed, state_conflict, attempt_in_progress,
 * no_provider_account, endpoint_unhealthy, idempotency_key_reused, idempotency_in_progress
 */
export async function scanQrCode(
  context: PaymentContext,
  createPayment: CreatePayment,
  caller: TenantCaller,
  request: ScanRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<CreatedPaymentAnswer>> {
  const { tenantId, mode } = caller;
  const scope = { tenantId, mode, route: 'scanQrCode' };
  const amount = request.amount === undefined ? null : amountFromJson(request.amount);
  let scanned: CreatedPaymentAnswer | null = null;
  const finish = (visit: string) => payVisit(context, createPayment, { caller, request, visit, idempotency });
  return runOnceInTwoPhases<CreatedPaymentAnswer, { readonly code: QrCode; readonly visit: string }>(
    context,
    scope,
    idempotency,
    {
      async plan() {
        const code = await findQrCode(context.database.query, caller, request.qrCodeId);
        if (mode === 'live') throw new Problem('forbidden', 'Codes of live mode are scanned by shoppers alone.');
        return { code, visit: code.uses === 'single' ? ONLY_VISIT : newSecret(128) };
      },
      resourceId: ({ visit }) => visit,
      async intend({ code, visit }, key) {
        await admitUse(context, code);
        const { now } = await timeOf(context, code);
        await context.database.transaction(async (tx) => {
          await claimUse(tx, { code, visit, amount, now });
          await insertKeyOfScan(tx, key);
        });
        return true;
      },
      async carryOut({ visit }) {
        scanned = await finish(visit);
      },
      answer: async (visit) => ({ status: 201, body: scanned ?? (await finish(visit)) }),
    },
  );
}

interface ClaimedVisit {
  readonly caller: TenantCaller;
  readonly request: ScanRequest;
  readonly visit: string;
  readonly idempotency: IdempotencyClaim | null;
}

async function payVisit(
  context: PaymentContext,
  createPayment: CreatePayment,
  { caller, request, visit, idempotency }: ClaimedVisit,
): Promise<CreatedPaymentAnswer> {
  const db = context.database.query;
  const code = await findQrCode(db, caller, request.qrCodeId);
  const use = present(await selectUse(db, code, visit), 'the use that was claimed');
  const { now } = await timeOf(context, code);
  const { customer, token } = request;
  const { id, checkoutToken, paymentUrl } = await createPaymentOfUse(context, createPayment, {
    ...{ code, use, customer, now },
  });
  const payment =
    token === undefined
      ? await openedPayment(context, caller, id)
      : await confirmed(context, { caller, paymentId: id, token, claim: confirmClaim(code, idempotency) });
  return { ...payment, checkoutToken, paymentUrl };
}

/** Who scans a code of a single use a second time finds the same payment, until it is over. */
async function openedPayment(context: PaymentContext, caller: TenantCaller, paymentId: string): Promise<PaymentAnswer> {
  const { payment, latestAttempt } = await readPayment(context.database.query, caller, paymentId);
  if (isEnded(payment)) throw new Problem('state_conflict', 'The code is used.', { members: { qrCodeStatus: 'used' } });
  return paymentJson(context.sealer, payment, latestAttempt);
}

async function confirmed(
  context: PaymentContext,
  {
    caller: { tenantId, mode },
    paymentId,
    token,
    claim,
  }: {
    readonly caller: TenantCaller;
    readonly paymentId: string;
    readonly token: string;
    readonly claim: IdempotencyClaim | null;
  },
): Promise<PaymentAnswer> {
  const method = { type: 'sandbox', token };
  const answer = await confirmPayment(context, { tenantId, mode, paymentId, method, source: 'tenant' }, claim);
  return 'json' in answer ? JSON.parse(answer.json) : answer.body;
}

/** The request's key under another name, as the same key may have confirmed something else. */
function confirmClaim({ qrCodeId }: QrCode, idempotency: IdempotencyClaim | null): IdempotencyClaim | null {
  if (idempotency === null) return null;
  const name = createHash('sha256').update(`${qrCodeId} ${idempotency.key}`).digest('hex');
  return { key: `qr-scan-${name}`, fingerprint: idempotency.fingerprint };
}

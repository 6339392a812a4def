import { runOnceInTwoPhases } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { PaymentContext } from '../payments/context.ts';
import { newRefund } from '../payments/decide-refund.ts';
import { makingWith } from '../payments/decision.ts';
import { dispatchOperation } from '../payments/dispatch-operation.ts';
import { isBeingSent } from '../payments/operation.ts';
import { type RefundObject, refundJson } from '../payments/operation-json.ts';
import { type Payment, refundableAmount } from '../payments/payment.ts';
import { readPayment } from '../payments/read-payment.ts';
import type { Refund } from '../payments/refund.ts';
import { violatedConstraint } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import { readRefund, selectRefundIdByReference } from './read-refund.ts';

interface RefundRequest {
  readonly paymentId: string;
  readonly amount?: number | undefined;
  readonly reason: string;
  readonly reference?: string | undefined;
}

/**
 * Refunds captured money, all or part of it. Phases: promise the amount and commit the refund and refund.created; call
 * the provider, key = refund id; apply its answer. What is in doubt stays pending, and its amount stays promised.
 * @throws Problem idempotency_required, not_found, state_conflict, amount_not_available, reference_already_used,
 * not_supported_by_provider, idempotency_key_reused, idempotency_in_progress
 */
export async function refundPayment(
  context: PaymentContext,
  caller: TenantCaller,
  request: RefundRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<RefundObject>> {
  checkRequest(request, idempotency);
  const { payment, latestAttempt } = await readPayment(context.database.query, caller, request.paymentId);
  const scope = { tenantId: payment.tenantId, mode: payment.mode, route: 'createRefund' };
  return runOnceInTwoPhases<RefundObject, Plan>(context, scope, idempotency, {
    async plan() {
      const clock = await context.tenantClocks.of(payment.tenantId, payment.mode);
      const refund = planRefund(clock, payment, latestAttempt, request);
      const { provider } = await openProviderAccount(context, refund.tenantId, refund.providerAccountId);
      return { refund, capability: provider.capabilities.refund };
    },
    resourceId: ({ refund }) => refund.refundId,
    async intend(plan, key) {
      await context.applySignal(payment, 'tenant', { kind: 'refund_requested', ...plan }, { key });
      return true;
    },
    carryOut: ({ refund }) => dispatchOperation(context, refund),
    async answer(refundId) {
      const stored = await readRefund(context.database.query, caller, refundId);
      return isBeingSent(stored) ? null : { status: 201, body: refundJson(stored) };
    },
  }).catch((error: unknown) => explainReference(context, caller, request, error));
}

interface Plan {
  readonly refund: Refund;
  readonly capability: Capabilities['refund'];
}

function checkRequest(request: RefundRequest, idempotency: IdempotencyClaim | null): void {
  if (idempotency === null && request.reference === undefined) {
    throw new Problem(
      'idempotency_required',
      'Send an Idempotency-Key header or a reference, so that a repeat is safe.',
    );
  }
}

/** Asks outside the transaction that failed: one that waits for a second connection may wait for itself. */
async function explainReference(
  context: PaymentContext,
  caller: TenantCaller,
  request: RefundRequest,
  error: unknown,
): Promise<never> {
  if (violatedConstraint(error) !== 'refunds_reference_key' || request.reference === undefined) throw error;
  const refundId = present(
    await selectRefundIdByReference(context.database.query, caller, request.reference),
    'the refund with this reference',
  );
  throw new Problem('reference_already_used', 'Another refund has this reference.', { members: { refundId } });
}

function planRefund(clock: Clock, payment: Payment, latestAttempt: Attempt | null, request: RefundRequest): Refund {
  if (latestAttempt === null || payment.amountCaptured === 0n) {
    throw new Problem('state_conflict', `A payment that is ${payment.status} has nothing to refund.`);
  }
  const amount = request.amount === undefined ? refundableAmount(payment) : amountFromJson(request.amount);
  if (amount === 0n) {
    throw new Problem('amount_not_available', 'Nothing of this payment can be refunded any more.', {
      errors: [{ pointer: '/amount', detail: 'At most 0 minor units can still be refunded.' }],
    });
  }
  const { reason, reference = null } = request;
  return newRefund(payment, latestAttempt, makingWith(clock), { amount, madeBy: 'tenant', reason, reference });
}

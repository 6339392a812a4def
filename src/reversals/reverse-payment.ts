import { runOnceInTwoPhases } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { newReversal, whyNotReversible } from '../payments/decide-reversal.ts';
import { makingWith } from '../payments/decision.ts';
import { dispatchOperation } from '../payments/dispatch-operation.ts';
import { isBeingSent } from '../payments/operation.ts';
import { type ReversalObject, reversalJson } from '../payments/operation-json.ts';
import { type PaymentWithAttempt, readPayment } from '../payments/read-payment.ts';
import type { Reversal } from '../payments/reversal.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { cutOffAfter } from '../provider-accounts/reversal-cut-off.ts';
import { readReversal, selectFirstCaptureAt } from './read-reversal.ts';

interface ReversalRequest {
  readonly paymentId: string;
  readonly reason: string;
}

/**
 * Undoes a whole capture, as if it had never been; possible until the provider account's cut-off and only while nothing
 * is refunded. Phases: commit the reversal; call the provider, key = reversal id; apply its answer. What is in doubt
 * stays pending, and keeps refunds away.
 * @throws Problem not_found, state_conflict, reversal_too_late, not_supported_by_provider, idempotency_key_reused,
 * idempotency_in_progress
 */
export async function reversePayment(
  context: PaymentContext,
  caller: TenantCaller,
  request: ReversalRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<ReversalObject>> {
  const found = await readPayment(context.database.query, caller, request.paymentId);
  const { payment } = found;
  const scope = { tenantId: payment.tenantId, mode: payment.mode, route: 'reversePayment' };
  return runOnceInTwoPhases<ReversalObject, Reversal>(context, scope, idempotency, {
    plan: () => planReversal(context, found, request),
    resourceId: ({ reversalId }) => reversalId,
    async intend(reversal, key) {
      await context.applySignal(payment, 'tenant', { kind: 'reversal_requested', reversal }, { key });
      return true;
    },
    carryOut: (reversal) => dispatchOperation(context, reversal),
    async answer(reversalId) {
      const stored = await readReversal(context.database.query, caller, reversalId);
      return isBeingSent(stored) ? null : { status: 201, body: reversalJson(stored) };
    },
  });
}

async function planReversal(
  context: PaymentContext,
  { payment, latestAttempt }: PaymentWithAttempt,
  request: ReversalRequest,
): Promise<Reversal> {
  const db = context.database.query;
  const refusal = whyNotReversible(payment);
  if (refusal !== null || latestAttempt === null)
    throw new Problem('state_conflict', refusal ?? 'Nothing was captured.');
  const { account, provider } = await openProviderAccount(context, payment.tenantId, latestAttempt.providerAccountId);
  if (!provider.capabilities.reversal || account.reversalCutOff === null) {
    throw new Problem('not_supported_by_provider', 'This provider account makes no reversals; refund the payment.');
  }
  const making = makingWith(await context.tenantClocks.of(payment.tenantId, payment.mode));
  const cutOff = cutOffAfter(account.reversalCutOff, (await selectFirstCaptureAt(db, payment)) ?? payment.createdAt);
  if (Temporal.Instant.compare(making.now, cutOff) >= 0) {
    throw new Problem('reversal_too_late', `The provider reversed this until ${cutOff}; refund the payment.`);
  }
  return newReversal(payment, latestAttempt, making, { madeBy: 'tenant', reason: request.reason });
}

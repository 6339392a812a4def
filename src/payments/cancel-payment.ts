import { findAnswer, runOnceInTwoPhases } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { PaymentContext } from './context.ts';
import { endOpenAttempt } from './end-open-attempt.ts';
import { paymentJson } from './payment-json.ts';
import type { PaymentAnswer } from './payment-shape.ts';
import { type PaymentWithAttempt, readPayment } from './read-payment.ts';
import { releaseAttempt } from './release-attempt.ts';
import { selectAttempt } from './store.ts';

interface CancelRequest {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly paymentId: string;
  readonly source: 'tenant' | 'shopper';
}

/**
 * Cancels a payment, or what of it is authorized and not captured. Phases: an open attempt is ended at the provider,
 * where it can be; then the payment is canceled, or the release of its authorization committed; the provider is asked
 * to release, and repeatedly where no answer comes. After a partial capture the payment ends as succeeded.
 * Canceling a canceled payment answers it as it is.
 * @throws Problem not_found, attempt_in_progress (its outcome is open), state_conflict, not_supported_by_provider,
 * idempotency_key_reused, idempotency_in_progress
 */
export async function cancelPayment(
  context: PaymentContext,
  request: CancelRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<PaymentAnswer>> {
  const { payment } = await readPayment(context.database.query, request, request.paymentId);
  const scope = { tenantId: payment.tenantId, mode: payment.mode, route: 'cancelPayment' };
  if (payment.status === 'processing') {
    // A repeat is answered as before; nothing more is done at the provider for it.
    const earlier = idempotency === null ? null : await findAnswer(context, scope, idempotency);
    if (earlier?.state === 'done') return earlier.answer;
    await endOpenAttempt(context, payment);
  }
  return runOnceInTwoPhases<PaymentAnswer, PaymentWithAttempt>(context, scope, idempotency, {
    plan: () => readPayment(context.database.query, request, request.paymentId),
    resourceId: (found) => found.payment.paymentId,
    async intend(found, key) {
      const kind = found.payment.status === 'authorized' ? 'release_requested' : 'cancel_requested';
      if (kind === 'release_requested') await checkRelease(context, found);
      const result = await context.applySignal(payment, request.source, { kind }, { key });
      return result.outcome === 'applied';
    },
    async carryOut({ latestAttempt }) {
      const { tenantId } = payment;
      const attempt = latestAttempt && (await selectAttempt(context.database.query, tenantId, latestAttempt.attemptId));
      if (attempt?.state === 'authorized' && attempt.releaseRequestedAt !== null)
        await releaseAttempt(context, attempt);
    },
    async answer(paymentId) {
      const now = await readPayment(context.database.query, request, paymentId);
      return { status: 200, body: await paymentJson(context.sealer, now.payment, now.latestAttempt) };
    },
  });
}

async function checkRelease(context: PaymentContext, { payment, latestAttempt }: PaymentWithAttempt): Promise<void> {
  const { providerAccountId } = present(latestAttempt, 'the attempt that authorized');
  const { provider } = await openProviderAccount(context, payment.tenantId, providerAccountId);
  if (!provider.capabilities.release) {
    throw new Problem('not_supported_by_provider', 'This provider does not release authorizations.');
  }
}

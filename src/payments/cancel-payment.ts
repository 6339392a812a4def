import { findAnswer, runOnce } from '../idempotency/run-once.ts';
import type { Mode } from '../kernel/caller.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { applySignal } from './apply-signal.ts';
import type { PaymentContext } from './context.ts';
import { endOpenAttempt } from './end-open-attempt.ts';
import { paymentJson } from './payment-json.ts';
import type { PaymentAnswer } from './payment-shape.ts';
import { readPayment } from './read-payment.ts';

interface CancelRequest {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly paymentId: string;
  readonly source: 'tenant' | 'shopper';
}

/**
 * Cancels a payment that has no money yet. Phases: an open attempt is ended at the provider, where it can be; then the
 * payment is canceled. Canceling a canceled payment answers it as it is.
 * @throws Problem not_found, attempt_in_progress (its outcome is open), state_conflict, idempotency_key_reused
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
  const answer = await runOnce<PaymentAnswer>(context, scope, idempotency, async (tx) => {
    const { tenantId, paymentId } = payment;
    const signal = { kind: 'cancel_requested' } as const;
    const result = await applySignal({ db: tx, clock: context.clock }, { tenantId, paymentId }, request.source, signal);
    return { status: 200, body: await paymentJson(context.sealer, result.payment, result.attempt) };
  });
  context.wakeRelay();
  return answer;
}

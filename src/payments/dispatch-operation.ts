import { crashPoint } from '../platform/crash-point.ts';
import { notificationUrlOf } from '../provider-accounts/account.ts';
import { type OpenAccount, openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { AttemptRef, Refused } from '../providers/provider.ts';
import { attemptRefOf } from './attempt.ts';
import type { Capture } from './capture.ts';
import type { PaymentContext } from './context.ts';
import type { Refund } from './refund.ts';
import type { Reversal } from './reversal.ts';
import type { Signal } from './signal.ts';
import { selectAttempt } from './store.ts';
import { syncAttempt } from './sync-attempt.ts';

export type AnyOperation = Capture | Refund | Reversal;

/**
 * Sends the request of a capture, refund or reversal and applies the answer. Its key is the operation's id and its
 * content is the stored row's, so sending it again, also after a crash, never moves money twice.
 */
export async function dispatchOperation(context: PaymentContext, operation: AnyOperation): Promise<void> {
  const { tenantId, attemptId, providerAccountId } = operation;
  const account = await openProviderAccount(context, tenantId, providerAccountId);
  const attempt = await selectAttempt(context.database.query, tenantId, attemptId);
  crashPoint('operation-unsent');
  const signal = await send(context, account, operation, attempt === null ? { attemptId } : attemptRefOf(attempt));
  crashPoint('operation-answered');
  await context.applySignal(operation, 'provider_answer', signal);
  // A refusal has a reason that we may not have heard of: something happened to the money at the provider's console.
  if (isRefusal(signal) && attempt !== null) await syncAttempt(context, attempt, 'poll');
}

function isRefusal({ kind }: Signal): boolean {
  return kind === 'capture_refused' || kind === 'refund_refused' || kind === 'reversal_refused';
}

/** Not sent is as good as unknown here: the same request goes out again with the same key. */
async function send(
  { hooksUrl }: PaymentContext,
  { provider, call, account }: OpenAccount,
  operation: AnyOperation,
  ref: AttemptRef,
): Promise<Signal> {
  const { attemptId } = operation;
  const common = {
    ...ref,
    amount: { amount: operation.amount, currency: operation.currency },
    notificationUrl: notificationUrlOf(hooksUrl, account),
  };
  if ('captureId' in operation) {
    const { captureId, final } = operation;
    const answer = (await provider.capture?.(call, { ...common, captureId, final })) ?? UNSUPPORTED;
    if (answer.kind === 'answered') return { kind: 'capture_reported', attemptId, report: answer.capture };
    if (answer.kind === 'refused') return { kind: 'capture_refused', captureId, code: answer.code };
    return { kind: 'capture_unknown', captureId, reason: answer.reason };
  }
  if ('refundId' in operation) {
    const { refundId, reason } = operation;
    const answer = (await provider.refund?.(call, { ...common, refundId, reason })) ?? UNSUPPORTED;
    if (answer.kind === 'answered') return { kind: 'refund_reported', attemptId, report: answer.refund };
    if (answer.kind === 'refused') return { kind: 'refund_refused', refundId, code: answer.code };
    return { kind: 'refund_unknown', refundId, reason: answer.reason };
  }
  const { reversalId } = operation;
  const answer = (await provider.reverse?.(call, { ...common, reversalId })) ?? UNSUPPORTED;
  if (answer.kind === 'answered') return { kind: 'reversal_reported', attemptId, report: answer.reversal };
  if (answer.kind === 'refused') return { kind: 'reversal_refused', reversalId, code: answer.code };
  return { kind: 'reversal_unknown', reversalId, reason: answer.reason };
}

const UNSUPPORTED: Refused = {
  kind: 'refused',
  code: 'not_supported',
  message: 'This provider does not do that.',
};

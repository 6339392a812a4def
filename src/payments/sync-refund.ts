import { unreachable } from '../kernel/assert.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { RefundAnswer, RefundInput } from '../providers/provider.ts';
import { applySignal } from './apply-signal.ts';
import type { PaymentContext } from './context.ts';
import { nextRefundSyncAt, type Refund } from './refund.ts';
import type { Signal } from './signal.ts';
import { selectAttempt, selectRefund } from './store.ts';
import { scheduleRefundSync } from './store-due-work.ts';

/**
 * Sends a refund's request and applies the answer. Its key is the refund's id and its content is the stored row's, so
 * sending it again never refunds twice.
 */
export async function dispatchRefund(context: PaymentContext, refund: Refund): Promise<void> {
  const db = context.database.query;
  const { tenantId, refundId, attemptId, providerAccountId } = refund;
  const { provider, call } = await openProviderAccount(context, tenantId, providerAccountId);
  const attempt = await selectAttempt(db, tenantId, attemptId);
  const input: RefundInput = {
    attemptId,
    ...(attempt?.providerRef == null ? {} : { providerRef: attempt.providerRef }),
    refundId,
    amount: { amount: refund.amount, currency: refund.currency },
    reason: refund.reason,
    notificationUrl: `${context.hooksUrl}/hooks/${provider.id}/${providerAccountId}`,
  };
  crashPoint('refund-unsent');
  const answer: RefundAnswer =
    provider.refund === undefined
      ? { kind: 'refused', code: 'refunds_not_supported', message: 'This provider makes no refunds.' }
      : await provider.refund(call, input);
  crashPoint('refund-answered');
  await applySignal({ db, clock: context.clock }, refund, 'provider_answer', signalOf(refundId, answer));
  context.wakeRelay();
}

/** Repeats or asks about a refund without a known outcome, and schedules the next try. */
export async function syncRefund(context: PaymentContext, refund: Refund): Promise<void> {
  await dispatchRefund(context, refund);
  const now = await selectRefund(context.database.query, refund.tenantId, refund.refundId);
  if (now === null || now.status !== 'pending') return;
  const tries = refund.syncTries + 1;
  const dueAt = nextRefundSyncAt(tries, context.clock.now());
  await scheduleRefundSync(context.database.query, refund, { dueAt, tries });
}

function signalOf(refundId: string, answer: RefundAnswer): Signal {
  switch (answer.kind) {
    case 'answered':
      return { kind: 'refund_reported', refundId, report: answer.refund };
    case 'refused':
      return { kind: 'refund_refused', refundId, code: answer.code };
    // Not sent is as good as unknown here: the same request goes out again with the same key.
    case 'not_sent':
    case 'unknown':
      return { kind: 'refund_unknown', refundId, reason: answer.reason };
    default:
      return unreachable(answer);
  }
}

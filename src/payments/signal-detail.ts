import type { Money } from '../kernel/money.ts';
import type { Signal } from './signal.ts';

/** What of a signal is worth keeping: its words and sums, none of its secrets. */
export function signalDetail(signal: Signal): Readonly<Record<string, unknown>> {
  const { inboundEventId } = signal;
  return { ...wordsOf(signal), ...(inboundEventId === undefined ? {} : { inboundEventId }) };
}

function wordsOf(signal: Signal): Readonly<Record<string, unknown>> {
  switch (signal.kind) {
    case 'attempt_reported': {
      const { report } = signal;
      const decline = report.state === 'declined' ? { reason: report.decline.reason } : {};
      const money = 'amount' in report ? moneyJson(report.amount) : {};
      const charge = 'chargeRef' in report ? { chargeRef: report.chargeRef } : {};
      return { state: report.state, providerRef: signal.providerRef, ...charge, ...money, ...decline };
    }
    case 'capture_reported':
    case 'refund_reported':
    case 'reversal_reported': {
      const { amount, state, providerRef, failureCode = null } = signal.report;
      return { state, providerRef, ...moneyJson(amount), failureCode };
    }
    case 'dispute_reported': {
      const { amount, state, providerRef, reason, withdrawn, reinstated } = signal.report;
      const totals = { withdrawn: withdrawn.toString(), reinstated: reinstated.toString() };
      return { state, providerRef, ...moneyJson(amount), reason, ...totals };
    }
    case 'attempt_refused':
      return { code: signal.code, message: signal.message };
    case 'attempt_not_sent':
    case 'attempt_unknown':
    case 'capture_unknown':
    case 'refund_unknown':
    case 'reversal_unknown':
      return { reason: signal.reason };
    case 'capture_refused':
    case 'release_refused':
    case 'refund_refused':
    case 'reversal_refused':
      return { code: signal.code };
    case 'expiry_reached':
      return { early: signal.early };
    case 'capture_requested':
      return { amount: signal.capture.amount.toString(), final: signal.capture.final };
    case 'refund_requested':
      return { amount: signal.refund.amount.toString() };
    case 'reversal_requested':
      return { amount: signal.reversal.amount.toString() };
    case 'attempt_started':
      return { provider: signal.attempt.provider, ...(signal.route === undefined ? {} : { route: signal.route }) };
    case 'attempt_failed_over': {
      const { end, next, route } = signal;
      const why = end.state === 'not_sent' ? { reason: end.reason } : { code: end.code, message: end.message };
      return { state: end.state, ...why, nextAttemptId: next.attemptId, provider: next.provider, route };
    }
    case 'address_given':
    case 'completion_started':
    case 'cancel_requested':
    case 'release_requested':
      return {};
  }
}

function moneyJson({ amount, currency }: Money): { readonly amount: string; readonly currency: string } {
  return { amount: amount.toString(), currency };
}

import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { checkRoutable } from '../provider-accounts/choose-account.ts';
import { type OpenAccount, openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import { cutOffAfter } from '../provider-accounts/reversal-cut-off.ts';
import type { PaymentContext } from './context.ts';
import { type AccountFacts, explainPayment } from './explain-payment.ts';
import type { Explanation } from './explain-shape.ts';
import type { Payment } from './payment.ts';
import { readPayment } from './read-payment.ts';
import {
  selectAttemptsToAsk,
  selectDisputesToAnswer,
  selectHistory,
  selectLastSignal,
  selectPendingOperations,
  selectRouteSignals,
} from './store-explanations.ts';
import { tellRoute } from './tell-route.ts';

/** Gathers what is known of a payment and explains it; asks nobody and changes nothing. @throws Problem not_found */
export async function readExplanation(
  context: PaymentContext,
  owner: { readonly tenantId: string; readonly mode: Mode },
  paymentId: string,
): Promise<Explanation> {
  const db = context.database.query;
  const { payment, latestAttempt } = await readPayment(db, owner, paymentId);
  const [openAttempts, pendingOperations, disputesOpen, history, lastSignal, routeSignals] = await Promise.all([
    selectAttemptsToAsk(db, payment),
    selectPendingOperations(db, payment),
    selectDisputesToAnswer(db, payment),
    selectHistory(db, payment),
    selectLastSignal(db, payment),
    selectRouteSignals(db, payment),
  ]);
  const opened =
    latestAttempt === null
      ? null
      : await openProviderAccount(context, payment.tenantId, latestAttempt.providerAccountId);
  const { duplicateKept, quarantinedSignals, firstCaptureAt } = history;
  return explainPayment({
    now: (await context.tenantClocks.of(payment.tenantId, payment.mode)).now(),
    payment,
    statusSince: history.statusSince ?? payment.updatedAt,
    latestAttempt,
    openAttempts,
    pendingOperations,
    duplicateKept,
    disputesOpen,
    lastSignal,
    quarantinedSignals,
    account: opened === null ? null : accountFacts(opened, firstCaptureAt),
    route: latestAttempt === null ? null : tellRoute(routeSignals, latestAttempt.attemptId),
    whyNoAccount: payment.status === 'created' ? await whyNoAccount(context, payment) : null,
  });
}

function accountFacts({ account, provider }: OpenAccount, firstCaptureAt: Temporal.Instant | null): AccountFacts {
  const { capabilities } = provider;
  const { reversalCutOff: rule } = account;
  return {
    canCapture: capabilities.capture !== false,
    canRelease: capabilities.release,
    canCancel: capabilities.cancel,
    refund: capabilities.refund,
    canReverse: capabilities.reversal && rule !== null,
    reversalCutOff: rule === null || firstCaptureAt === null ? null : cutOffAfter(rule, firstCaptureAt),
  };
}

async function whyNoAccount(context: PaymentContext, payment: Payment): Promise<string | null> {
  try {
    await checkRoutable(context, { owner: payment, payment, method: 'undecided' }, { sayWhy: true });
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

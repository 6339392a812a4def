import { findCardNumbersIn } from '../kernel/card-number.ts';
import { Problem } from '../kernel/problem.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { ClientData } from '../payments/attempt-completion.ts';
import { completePayment } from '../payments/complete-payment.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { Payment } from '../payments/payment.ts';
import { clientData } from '../payments/payment-shape.ts';
import { syncAttempt } from '../payments/sync-attempt.ts';
import { waitAtMost } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';

interface Returned {
  readonly payment: Payment;
  readonly attempt: Attempt;
  /** The address the browser came to, with what the bank put into it. */
  readonly url: string;
  /** Whether it came by TLS. */
  readonly secure: boolean;
}

/** A shopper who comes back from the bank waits this long at most for our question to the bank. */
const WAIT_MS = 1_500;

/**
 * What a shopper's return from the bank sets off. It proves nothing: it makes us ask. Where the provider sends them home
 * with something that its second step needs, that step is carried out with it, and again the provider's word counts.
 * Resolves when it is done, or when the shopper has waited long enough; the work goes on then.
 */
export async function followReturn(context: PaymentContext, log: Logger, returned: Returned): Promise<void> {
  const { attemptId } = returned.attempt;
  const followed = carryOut(context, returned).catch((error: unknown) => {
    // Another return or the page itself was faster; how things stand is shown in any case.
    if (!(error instanceof Problem)) log.warn({ error, attemptId }, 'The bank could not be asked on return');
  });
  await waitAtMost(followed, WAIT_MS);
}

async function carryOut(context: PaymentContext, returned: Returned): Promise<void> {
  const { payment, attempt } = returned;
  const brought = await dataForSecondStep(context, returned);
  if (brought === null) {
    await syncAttempt(context, attempt, 'poll');
    return;
  }
  const { tenantId, mode, paymentId } = payment;
  const { attemptId } = attempt;
  await completePayment(
    context,
    { tenantId, mode, paymentId, attemptId, clientData: brought, source: 'shopper' },
    null,
  );
}

/** What the browser brought, where the attempt's second step waits for it; null where it does not, or it is none. */
async function dataForSecondStep(
  context: PaymentContext,
  { payment, attempt, url, secure }: Returned,
): Promise<ClientData | null> {
  const { nextAction } = attempt;
  const wasSentAway = nextAction?.type === 'redirect' || nextAction?.type === 'deep_link';
  if (attempt.state !== 'requires_action' || !wasSentAway) return null;
  // Real money goes over TLS only.
  if (payment.mode === 'live' && !secure) return null;
  const { provider } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  return provider.complete === undefined ? null : queryOf(url);
}

/** The query as client data; null where it is empty, names something twice, or breaks a rule for such data. */
function queryOf(url: string): ClientData | null {
  const pairs = [...new URLSearchParams(url.split('?')[1] ?? '')];
  const named = Object.fromEntries(pairs);
  const isOdd = pairs.length === 0 || pairs.length !== Object.keys(named).length;
  if (isOdd || findCardNumbersIn(named).length > 0) return null;
  const parsed = clientData.safeParse(named);
  return parsed.success ? parsed.data : null;
}

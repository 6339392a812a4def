import { assert } from '../kernel/assert.ts';
import { newId } from '../kernel/id.ts';
import { notificationUrlOf } from '../provider-accounts/account.ts';
import type { ChosenAccount } from '../provider-accounts/choose-account.ts';
import type { CreateInput } from '../providers/provider.ts';
import { type Attempt, nextSyncAt, returnUrlOf } from './attempt.ts';
import { sealRequest } from './attempt-request.ts';
import type { PaymentContext } from './context.ts';
import type { Payment } from './payment.ts';

/** What an attempt takes from the confirmation that starts it. */
export interface AttemptWishes {
  /** As the shopper or tenant gave it; the provider's own schema has judged it. */
  readonly method: unknown;
  /** Where the provider sends the browser back; the attempt's own address unless the hosted page asks. */
  readonly returnUrl?: string;
  readonly locale?: string;
}

/** An attempt that is not written yet, with its request and the account it is for. */
export interface PlannedAttempt {
  readonly attempt: Attempt;
  readonly input: CreateInput;
  readonly chosen: ChosenAccount;
}

/** Makes an attempt at an account, with the request sealed as it will be sent. Writes nothing. */
export async function planAttempt(
  context: PaymentContext,
  payment: Payment,
  chosen: ChosenAccount,
  wishes: AttemptWishes,
): Promise<PlannedAttempt> {
  const { account, provider } = chosen;
  const clock = await context.tenantClocks.of(payment.tenantId, payment.mode);
  const attemptId = newId('att', clock);
  const now = clock.now();
  const input: CreateInput = {
    attemptId,
    amount: { amount: payment.amount, currency: payment.currency },
    captureMethod: payment.captureMethod,
    method: wishes.method,
    returnUrl: wishes.returnUrl ?? returnUrlOf(context.checkoutUrl, { tenantId: payment.tenantId, attemptId }),
    notificationUrl: notificationUrlOf(context.hooksUrl, account),
    expiresAt: payment.expiresAt,
    ...given('description', payment.description),
    ...given('statementDescriptor', payment.statementDescriptor),
    ...given('locale', wishes.locale ?? null),
    ...given('terminalId', payment.terminalId),
    ...given('subMerchantName', payment.subMerchantName),
    ...given('mcc', payment.mcc),
    ...given('rrn2', payment.rrn2),
  };
  assert(attemptId.length <= 36, 'providers take references of at most 36 characters');
  const attempt: Attempt = {
    tenantId: payment.tenantId,
    attemptId,
    paymentId: payment.paymentId,
    providerAccountId: account.providerAccountId,
    provider: provider.id,
    state: 'dispatched',
    providerRef: null,
    chargeRef: null,
    requestSealed: await sealRequest(context.sealer, payment.tenantId, input),
    completionSealed: null,
    nextAction: null,
    failureCode: null,
    failureMessage: null,
    providerExpiresAt: null,
    releaseRequestedAt: null,
    syncDueAt: nextSyncAt('dispatched', 0, now),
    syncTries: 0,
    failedOverTo: null,
    instrument: null,
    authCode: null,
    createdAt: now,
    updatedAt: now,
  };
  return { attempt, input, chosen };
}

function given<Name extends keyof CreateInput>(name: Name, value: string | null): Partial<Pick<CreateInput, Name>> {
  return value === null ? {} : ({ [name]: value } as Pick<CreateInput, Name>);
}

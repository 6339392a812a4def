import { isDeepStrictEqual } from 'node:util';
import { type FirstAnswer, type KeyScope, runOnceInTwoPhases } from '../idempotency/run-once.ts';
import { assert, present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { notificationUrlOf } from '../provider-accounts/account.ts';
import { chooseProviderAccount, type OpenAccount } from '../provider-accounts/open-provider-account.ts';
import type { CreateInput } from '../providers/provider.ts';
import type { SignalResult } from './apply-signal.ts';
import { type Attempt, nextSyncAt, returnUrlOf } from './attempt.ts';
import { openRequest, sealRequest } from './attempt-request.ts';
import type { PaymentContext } from './context.ts';
import type { PaymentState } from './decision.ts';
import { dispatchAttempt } from './dispatch-attempt.ts';
import type { Payment } from './payment.ts';
import { paymentJson } from './payment-json.ts';
import type { PaymentAnswer } from './payment-shape.ts';
import { isTorn, type PaymentWithAttempt, readPayment } from './read-payment.ts';
import { selectAttempt } from './store.ts';
import { selectStates } from './store-states.ts';

export interface ConfirmRequest {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly paymentId: string;
  /** As the shopper or tenant gave it; the provider's own schema judges it. */
  readonly method: unknown;
  readonly source: 'tenant' | 'shopper';
  /** Where the provider sends the browser back; the attempt's own address unless the hosted page asks. */
  readonly returnUrl?: string;
  readonly locale?: string;
}

/**
 * Starts an attempt. Phases: commit attempt and payment.processing; call the provider, key = attempt id; apply its
 * answer. A crash after the first leaves an attempt that the sync worker finishes with the same key.
 * The same confirm again while the attempt is open changes nothing and gives its next action.
 * @throws Problem not_found, attempt_in_progress, state_conflict, no_provider_account, validation_failed,
 * idempotency_key_reused, idempotency_in_progress
 */
export async function confirmPayment(
  context: PaymentContext,
  request: ConfirmRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<PaymentAnswer>> {
  const { payment, latestAttempt } = await readState(context, request);
  const same = latestAttempt !== null && (await isSameOpenConfirm(context, payment, latestAttempt, request));
  const scope: KeyScope = { tenantId: payment.tenantId, mode: payment.mode, route: 'confirmPayment' };
  const ownAttempt = async (attemptId: string) =>
    present(await selectAttempt(context.database.query, payment.tenantId, attemptId), 'the attempt');
  if (same && idempotency === null) return { body: await paymentJson(context.sealer, payment, latestAttempt) };
  const answerOf = async (now: PaymentWithAttempt): Promise<FirstAnswer<PaymentAnswer>> => ({
    status: 200,
    body: await paymentJson(context.sealer, now.payment, now.latestAttempt),
  });
  let intended: SignalResult | null = null;
  let outcome: SignalResult | null = null;
  let given: FirstAnswer<PaymentAnswer> | null = null;
  return runOnceInTwoPhases<PaymentAnswer, Plan>(context, scope, idempotency, {
    async plan() {
      if (same) return { attempt: latestAttempt };
      const account = await chooseProviderAccount(context, payment);
      return newAttempt(context, payment, account, request);
    },
    resourceId: ({ attempt }) => attempt.attemptId,
    async intend({ attempt }, key) {
      if (same) return false;
      const known = stateOf(payment, latestAttempt);
      intended = await context.applySignal(
        payment,
        request.source,
        { kind: 'attempt_started', attempt },
        { key, known },
      );
      return true;
    },
    async carryOut({ attempt, input }, seal) {
      const known = intended === null ? undefined : stateOf(intended.payment, intended.attempt);
      const answer = async (result: SignalResult) => {
        const now = leftBy(result, attempt.attemptId);
        given = now === null || seal === null ? null : await answerOf(now);
        return given === null || seal === null ? null : seal(given);
      };
      outcome = await dispatchAttempt(context, attempt, 'first', { request: input, known, answer });
    },
    // What was decided and then not written was not kept.
    kept: () => (outcome?.outcome === 'applied' ? given : null),
    async answer(attemptId) {
      const now = leftBy(outcome, attemptId) ?? (await readState(context, request));
      const asked = now.latestAttempt?.attemptId === attemptId ? now.latestAttempt : await ownAttempt(attemptId);
      return asked.state === 'dispatched' ? null : answerOf(now);
    },
  });
}

interface Plan {
  readonly attempt: Attempt;
  /** What is to be sent; left out for an attempt that was started before. */
  readonly input?: CreateInput;
}

/** What a signal about the latest attempt is decided on. */
function stateOf(payment: Payment, attempt: Attempt | null): PaymentState {
  return { payment, attempt, capture: null, refund: null, reversal: null, dispute: null };
}

/**
 * The state that our own signal left, which saves reading it again. Not where there is a next action: the database
 * gives its members in an order of its own, and later answers must have the same bytes.
 */
function leftBy(outcome: SignalResult | null, attemptId: string): PaymentWithAttempt | null {
  if (outcome?.outcome !== 'applied' || outcome.attempt?.attemptId !== attemptId) return null;
  if (outcome.attempt.nextAction !== null || outcome.attempt.state === 'dispatched') return null;
  return outcome.payment.lastAttemptId === attemptId
    ? { payment: outcome.payment, latestAttempt: outcome.attempt }
    : null;
}

const readStates = createBatcherPerDatabase(selectStates, { itemsMax: 100 });

/** As readPayment, together with the payments of other requests that are confirmed at the same time. @throws Problem not_found */
async function readState({ database }: PaymentContext, request: ConfirmRequest): Promise<PaymentWithAttempt> {
  const { tenantId, paymentId, mode } = request;
  const subject = { attemptId: null, operation: null };
  const state = await readStates(database.query, { tenantId, paymentId, subject });
  if (state === null || state.payment.mode !== mode) throw new Problem('not_found', 'There is no such payment.');
  const found = { payment: state.payment, latestAttempt: state.attempt };
  return isTorn(found) ? readPayment(database.query, request, paymentId) : found;
}

async function isSameOpenConfirm(
  context: PaymentContext,
  payment: Payment,
  attempt: Attempt,
  request: ConfirmRequest,
): Promise<boolean> {
  if (payment.openAttemptId !== attempt.attemptId) return false;
  const stored = await openRequest(context.sealer, attempt);
  return isDeepStrictEqual(stored.method ?? null, request.method ?? null);
}

async function newAttempt(
  context: PaymentContext,
  payment: Payment,
  { account, provider }: OpenAccount,
  request: ConfirmRequest,
): Promise<Required<Plan>> {
  const method = provider.method.safeParse(request.method);
  if (!method.success) {
    throw new Problem('validation_failed', 'The method is not one of this provider account.', {
      errors: method.error.issues.map(({ path, message }) => ({
        pointer: `/${['method', ...path.map(String)].join('/')}`,
        detail: message,
      })),
    });
  }
  const clock = await context.tenantClocks.of(payment.tenantId, payment.mode);
  const attemptId = newId('att', clock);
  const now = clock.now();
  const input: CreateInput = {
    attemptId,
    amount: { amount: payment.amount, currency: payment.currency },
    captureMethod: payment.captureMethod,
    method: request.method,
    returnUrl: request.returnUrl ?? returnUrlOf(context.checkoutUrl, { tenantId: payment.tenantId, attemptId }),
    notificationUrl: notificationUrlOf(context.hooksUrl, account),
    expiresAt: payment.expiresAt,
    ...given('description', payment.description),
    ...given('statementDescriptor', payment.statementDescriptor),
    ...given('locale', request.locale ?? null),
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
    createdAt: now,
    updatedAt: now,
  };
  return { attempt, input };
}

function given<Name extends keyof CreateInput>(name: Name, value: string | null): Partial<Pick<CreateInput, Name>> {
  return value === null ? {} : ({ [name]: value } as Pick<CreateInput, Name>);
}

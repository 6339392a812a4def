import { isDeepStrictEqual } from 'node:util';
import { type FirstAnswer, type KeyScope, runOnceInTwoPhases } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { chooseAccount } from '../provider-accounts/choose-account.ts';
import type { SignalResult } from './apply-signal.ts';
import type { Attempt } from './attempt.ts';
import { openRequest } from './attempt-request.ts';
import type { PaymentContext } from './context.ts';
import { checkAsked } from './decide-address.ts';
import { stateWith } from './decision.ts';
import { lacksAddress, type Payment } from './payment.ts';
import { paymentJson } from './payment-json.ts';
import type { PaymentAnswer } from './payment-shape.ts';
import { type AttemptWishes, type PlannedAttempt, planAttempt } from './plan-attempt.ts';
import { isTorn, type PaymentWithAttempt, readPayment } from './read-payment.ts';
import { openAddress, sealAddress } from './sealed-address.ts';
import { sendAttempt } from './send-attempt.ts';
import type { ShippingAddress } from './shipping-address.ts';
import { selectAttempt } from './store.ts';
import { selectStates } from './store-states.ts';

export interface ConfirmRequest extends AttemptWishes {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly paymentId: string;
  readonly source: 'tenant' | 'shopper';
  /** Where the order goes, from who draws the page themselves; committed with the attempt. */
  readonly shippingAddress?: ShippingAddress | undefined;
}

/**
 * Starts an attempt at the account that routing chooses. Phases: commit attempt and payment.processing; call the provider,
 * key = attempt id; apply its answer, or commit the attempt at the next account where this one certainly did nothing. A
 * crash after the first leaves an attempt that the sync worker finishes with the same key.
 * The same confirm again while the attempt is open changes nothing and gives its next action.
 * @throws Problem not_found, attempt_in_progress, state_conflict, no_provider_account, validation_failed, endpoint_unhealthy,
 * shipping_required, idempotency_key_reused, idempotency_in_progress
 */
export async function confirmPayment(
  context: PaymentContext,
  request: ConfirmRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<PaymentAnswer>> {
  const { payment, latestAttempt } = await readState(context, request);
  const same = latestAttempt !== null && (await isSameOpenConfirm(context, payment, latestAttempt, request));
  const scope: KeyScope = { tenantId: payment.tenantId, mode: payment.mode, route: 'confirmPayment' };
  if (same && idempotency === null) return { body: await paymentJson(context.sealer, payment, latestAttempt) };
  const answerOf = async (now: PaymentWithAttempt): Promise<FirstAnswer<PaymentAnswer>> => ({
    status: 200,
    body: await paymentJson(context.sealer, now.payment, now.latestAttempt),
  });
  let intended: SignalResult | null = null;
  let sent: Awaited<ReturnType<typeof sendAttempt>> | null = null;
  let given: FirstAnswer<PaymentAnswer> | null = null;
  return runOnceInTwoPhases<PaymentAnswer, Plan>(context, scope, idempotency, {
    async plan() {
      return same ? { attempt: latestAttempt } : planFirst(context, payment, request);
    },
    resourceId: ({ attempt }) => attempt.attemptId,
    async intend(plan, key) {
      if (!('chosen' in plan)) return false;
      const { attempt, chosen } = plan;
      const { shippingAddress: given } = request;
      const address = given === undefined ? {} : await sealAddress(context.sealer, payment, given);
      const signal = { kind: 'attempt_started', attempt, route: chosen.note, ...address } as const;
      const known = stateWith(payment, latestAttempt);
      intended = await context.applySignal(payment, request.source, signal, { key, known });
      return true;
    },
    async carryOut(plan, seal) {
      if (!('chosen' in plan)) return;
      const known = intended === null ? undefined : stateWith(intended.payment, intended.attempt);
      const answer = async (result: SignalResult) => {
        const now = leftBy(result);
        given = now === null || seal === null ? null : await answerOf(now);
        return given === null || seal === null ? null : seal(given);
      };
      sent = await sendAttempt(context, plan, { ...request, payment, known, answer });
    },
    // What was decided and then not written was not kept.
    kept: () => (sent?.outcome?.outcome === 'applied' ? given : null),
    async answer(attemptId) {
      const left = sent?.outcome == null ? null : leftBy(sent.outcome);
      const now = left ?? (await readState(context, request));
      const asked = await lastAttemptOf(context, now, sent?.attemptId ?? attemptId);
      return asked.state === 'dispatched' ? null : answerOf(now);
    },
  });
}

/** `chosen` is missing for an attempt that was started before. */
type Plan = PlannedAttempt | { readonly attempt: Attempt };

async function planFirst(context: PaymentContext, payment: Payment, request: ConfirmRequest): Promise<PlannedAttempt> {
  const { method, source } = request;
  const clock = await context.tenantClocks.of(payment.tenantId, payment.mode);
  if (request.shippingAddress !== undefined) checkAsked(payment);
  await context.admission.checkConfirm(payment, source);
  const mayStart = request.shippingAddress !== undefined || !lacksAddress(payment);
  const isInTime = Temporal.Instant.compare(clock.now(), payment.expiresAt) < 0;
  const mayProbe = payment.status === 'created' && isInTime && mayStart;
  const choosing = { sayWhy: source === 'tenant', mayProbe };
  const chosen = await chooseAccount(context, { owner: payment, payment, method: { given: method } }, choosing);
  return planAttempt(context, payment, chosen, request);
}

/** The attempt that a confirmation came to: the one it began with, or the last that took over from it. */
async function lastAttemptOf(
  { database }: PaymentContext,
  { payment, latestAttempt }: PaymentWithAttempt,
  attemptId: string,
): Promise<Attempt> {
  const read = async (id: string): Promise<Attempt> =>
    latestAttempt?.attemptId === id
      ? latestAttempt
      : present(await selectAttempt(database.query, payment.tenantId, id), 'the attempt');
  let attempt = await read(attemptId);
  while (attempt.failedOverTo !== null) attempt = await read(attempt.failedOverTo);
  return attempt;
}

/**
 * The state that our own signal left, which saves reading it again. Not where there is a next action: the database
 * gives its members in an order of its own, and later answers must have the same bytes.
 */
function leftBy({ outcome, payment, attempt }: SignalResult): PaymentWithAttempt | null {
  if (outcome !== 'applied' || attempt === null || payment.lastAttemptId !== attempt.attemptId) return null;
  return attempt.nextAction !== null || attempt.state === 'dispatched' ? null : { payment, latestAttempt: attempt };
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
  if (!isDeepStrictEqual(stored.method ?? null, request.method ?? null)) return false;
  const { shippingAddress } = request;
  return (
    shippingAddress === undefined || isDeepStrictEqual(await openAddress(context.sealer, payment), shippingAddress)
  );
}

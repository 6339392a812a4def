import { runOnceInTwoPhases } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { SignalResult } from './apply-signal.ts';
import type { Attempt } from './attempt.ts';
import { type ClientData, isSameCompletion, sealCompletion } from './attempt-completion.ts';
import type { PaymentContext } from './context.ts';
import { completableAttempt } from './decide-completion.ts';
import { dispatchCompletion } from './dispatch-completion.ts';
import { paymentJson } from './payment-json.ts';
import type { PaymentAnswer } from './payment-shape.ts';
import { type PaymentWithAttempt, readPayment } from './read-payment.ts';
import { selectAttempt } from './store.ts';

export interface CompleteRequest {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly paymentId: string;
  /** The attempt the browser comes from; left out where it is whichever is open. */
  readonly attemptId?: string;
  readonly clientData: ClientData;
  readonly source: 'tenant' | 'shopper';
}

interface Plan {
  readonly attempt: Attempt;
  /** null: the same data are on their way already. */
  readonly completionSealed: Uint8Array | null;
}

/**
 * Carries out the second step of an attempt: what the shopper's browser brought is turned into a charge. Phases: commit
 * the data with the attempt; call the provider, key = attempt id; apply its answer. A crash after the first leaves an
 * attempt that the sync worker finishes with the same data and key. The same data again while the attempt is open
 * change nothing. What never reached the provider can be tried again by the same attempt.
 * @throws Problem not_found, state_conflict, nothing_to_complete, attempt_in_progress, idempotency_key_reused,
 * idempotency_in_progress
 */
export async function completePayment(
  context: PaymentContext,
  request: CompleteRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<PaymentAnswer>> {
  const { tenantId, mode, paymentId } = request;
  const db = context.database.query;
  const read = () => readPayment(db, request, paymentId);
  await read();
  let intended: SignalResult | null = null;
  return runOnceInTwoPhases<PaymentAnswer, Plan>(context, { tenantId, mode, route: 'completePayment' }, idempotency, {
    plan: async () => planCompletion(context, await read(), request),
    resourceId: ({ attempt }) => attempt.attemptId,
    async intend(plan, key) {
      intended = await commitIntent(context, plan, request, key);
      return intended !== null;
    },
    async carryOut() {
      await dispatchCompletion(context, present(intended?.attempt, 'the attempt that was committed'), 'first');
    },
    async answer(attemptId) {
      const asked = present(await selectAttempt(db, tenantId, attemptId), 'the attempt');
      // A key's first answer is kept for ever, so that it waits for the outcome.
      if (asked.state === 'completing' && idempotency !== null) return null;
      const { payment, latestAttempt } = await read();
      return { status: 200, body: await paymentJson(context.sealer, payment, latestAttempt) };
    },
  });
}

async function planCompletion(
  context: PaymentContext,
  found: PaymentWithAttempt,
  request: CompleteRequest,
): Promise<Plan> {
  const same = await openAttemptWithSameData(context, found, request);
  if (same !== null) return { attempt: same, completionSealed: null };
  const { payment } = found;
  const now = (await context.tenantClocks.of(payment.tenantId, payment.mode)).now();
  const attempt = completableAttempt(payment, found.latestAttempt, now);
  if (request.attemptId !== undefined && request.attemptId !== attempt.attemptId) {
    throw new Problem('nothing_to_complete', 'Another attempt has begun since.');
  }
  const { provider } = await openProviderAccount(context, attempt.tenantId, attempt.providerAccountId);
  if (provider.complete === undefined) {
    throw new Problem('nothing_to_complete', `${provider.displayName} has no second step; its own word is awaited.`);
  }
  return { attempt, completionSealed: await sealCompletion(context.sealer, attempt, request.clientData) };
}

async function openAttemptWithSameData(
  { sealer }: PaymentContext,
  { payment, latestAttempt }: PaymentWithAttempt,
  { clientData }: CompleteRequest,
): Promise<Attempt | null> {
  if (latestAttempt === null || payment.openAttemptId !== latestAttempt.attemptId) return null;
  return (await isSameCompletion(sealer, latestAttempt, clientData)) ? latestAttempt : null;
}

/** Null where the same data are on their way already, also by a browser that was faster just now. */
async function commitIntent(
  context: PaymentContext,
  { attempt, completionSealed }: Plan,
  request: CompleteRequest,
  key: WholeRow<'idempotency_keys'> | null,
): Promise<SignalResult | null> {
  if (completionSealed === null) return null;
  const { attemptId } = attempt;
  const signal = { kind: 'completion_started', attemptId, completionSealed } as const;
  try {
    return await context.applySignal(attempt, request.source, signal, { key });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'attempt_in_progress') throw error;
    // Somebody was faster: with the same data it is ours as well, and where it is over that is what must be told.
    const now = await planCompletion(
      context,
      await readPayment(context.database.query, request, request.paymentId),
      request,
    );
    if (now.completionSealed !== null) throw error;
    return null;
  }
}

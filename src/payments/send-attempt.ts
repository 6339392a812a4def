import type { KeyAnswer } from '../idempotency/complete-key.ts';
import { chooseNextAccount } from '../provider-accounts/choose-account.ts';
import type { CreateAnswer } from '../providers/provider.ts';
import { subjectOfRefusal } from '../providers/provider-refusal.ts';
import type { SignalResult } from './apply-signal.ts';
import type { PaymentContext } from './context.ts';
import { type PaymentState, stateWith } from './decision.ts';
import { applyAnswer, callProvider } from './dispatch-attempt.ts';
import type { Payment } from './payment.ts';
import { type AttemptWishes, type PlannedAttempt, planAttempt } from './plan-attempt.ts';
import type { FailoverEnd } from './signal.ts';

/** A shopper waits; where three accounts have turned a payment away the fourth would hardly take it. */
const FAILOVERS_MAX = 2;

interface Sending extends AttemptWishes {
  readonly payment: Payment;
  /** The state that the attempt's beginning left, where it is known. */
  readonly known: PaymentState | undefined;
  /** The answer to be kept with the outcome of the attempt that is the last. */
  readonly answer: (result: SignalResult) => Promise<KeyAnswer | null>;
}

/** What came of it; `attemptId` names the attempt that was the last. */
interface Sent {
  readonly attemptId: string;
  readonly outcome: SignalResult | null;
}

/**
 * Sends a committed attempt to its provider and applies the answer. Where certainly nothing happened, for a reason of
 * the account, another account takes over: phases, for each account: commit the end of the attempt before together with
 * the beginning of this one; call the provider, key = attempt id; apply its answer. A crash leaves an attempt that the
 * sync worker finishes.
 */
export async function sendAttempt(
  context: PaymentContext,
  planned: PlannedAttempt,
  { payment, known: begun, answer, ...wishes }: Sending,
): Promise<Sent> {
  const tried = new Set<string>();
  let sending = planned;
  for (let known = begun; ; ) {
    const { attempt } = sending;
    const said = await callAccount(context, sending);
    tried.add(attempt.providerAccountId);
    const end = tried.size > FAILOVERS_MAX ? null : failoverEnd(said);
    const next = end === null ? null : await planNext(context, payment, tried, wishes);
    const { attemptId } = attempt;
    if (end === null || next === null) {
      return { attemptId, outcome: await applyAnswer(context, attempt, said, 'first', { known, answer }) };
    }
    const { note: route } = next.chosen;
    const signal = { kind: 'attempt_failed_over', attemptId, end, next: next.attempt, route } as const;
    const result = await context.applySignal(payment, 'provider_answer', signal, { known });
    // Somebody else has moved it meanwhile, or its time is over: the answer is what it would be without another account.
    if (result.outcome !== 'applied') {
      return { attemptId, outcome: await applyAnswer(context, attempt, said, 'first', { answer }) };
    }
    sending = next;
    known = stateWith(result.payment, result.attempt);
  }
}

/** Calls the provider and has the account's circuit take note of how it went. */
async function callAccount(context: PaymentContext, { attempt, input, chosen }: PlannedAttempt): Promise<CreateAnswer> {
  const startedAt = context.clock.now();
  const said = await callProvider(chosen, input);
  const isGood = saysGood(said);
  if (isGood !== null) context.circuits.record(attempt, chosen.circuit, { isGood, startedAt });
  return said;
}

/** Our own doing, which says nothing about the other side. */
const OUR_REASONS: ReadonlySet<string> = new Set(['no_free_connection', 'client_closed']);

/** Whether an answer speaks for its account; null: neither for nor against it. */
function saysGood(said: CreateAnswer): boolean | null {
  switch (said.kind) {
    case 'answered':
      return true;
    case 'refused':
      return subjectOfRefusal(said) !== 'account';
    case 'not_sent':
      return OUR_REASONS.has(said.reason) ? null : false;
    case 'unknown':
      return false;
  }
}

/**
 * How the attempt ends where another account may be tried; null where it may not. A no of the bank, an answer in doubt
 * and a refusal that may be about the payment never lead to another account.
 */
function failoverEnd(said: CreateAnswer): FailoverEnd | null {
  switch (said.kind) {
    case 'not_sent':
      return { state: 'not_sent', reason: said.reason };
    case 'refused':
      return subjectOfRefusal(said) === 'payment' ? null : { state: 'refused', code: said.code, message: said.message };
    case 'answered':
    case 'unknown':
      return null;
  }
}

/** The attempt at the next account, chosen among the accounts as they are now; null where there is none. */
async function planNext(
  context: PaymentContext,
  payment: Payment,
  tried: ReadonlySet<string>,
  wishes: AttemptWishes,
): Promise<PlannedAttempt | null> {
  const method = { given: wishes.method };
  const chosen = await chooseNextAccount(context, { owner: payment, payment, method, tried });
  return chosen === null ? null : planAttempt(context, payment, chosen, wishes);
}

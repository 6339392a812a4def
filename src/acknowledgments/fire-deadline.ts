import { unreachable } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { RaiseAlarm } from '../notifications/alarm.ts';
import { cancelPayment } from '../payments/cancel-payment.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { Payment } from '../payments/payment.ts';
import { readPayment } from '../payments/read-payment.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Queryable } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { refundPayment } from '../refunds/refund-payment.ts';
import { reversePayment } from '../reversals/reverse-payment.ts';
import { type AckDeadline, type AckOperation, type AckReason, ended, type Moved, move } from './ack-deadline.ts';
import { decideSettlement } from './decide-settlement.ts';
import { currentEpoch } from './keep-epoch.ts';
import { saveDeadlines } from './store.ts';
import { selectSwitchedOff } from './store-circumstances.ts';

export interface FiringContext extends PaymentContext {
  readonly raiseAlarm: RaiseAlarm;
}

/** Seconds before looking again at what a provider has not ended; the last one repeats. */
const LOOK_AGAIN_S = [2, 5, 15, 60, 300, 900, 3_600] as const;
/** One look asks at most for a release, a reversal and a refund of what is left. */
const STEPS_MAX = 4;
const REASON = 'Its success was not acknowledged';

/**
 * Gives the money of a payment back whose deadline fired, one step after another, each decided on how the payment stands
 * now: asks for the reversal, the release, or the refund of what is left, under a key of its own, so that a repeat after a
 * crash finds what was asked; then follows it to its end. Phases: look; ask, with no transaction open; note what was asked.
 */
export async function fireDeadline(context: FiringContext, fired: AckDeadline): Promise<void> {
  let deadline = fired;
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const moved = await takeStep(context, deadline);
    const written = await save(context, moved);
    // Somebody else holds it: the lane's lease was lost, or a person acted.
    if (!written) return;
    deadline = moved.deadline;
    const goesOn = deadline.state === 'firing' && deadline.lookAt !== null && deadline.looks === 0;
    if (!goesOn) return;
  }
}

/** Has a deadline looked at later that could not be worked off now; where it got on meanwhile it stays as it is. */
export async function postponeDeadline(context: FiringContext, deadline: AckDeadline): Promise<void> {
  const moved = lookAgain(deadline, 'It could not be worked off', await timeOf(context, deadline));
  await saveDeadlines(context.database.query, [moved]);
}

async function takeStep(context: FiringContext, deadline: AckDeadline): Promise<Moved> {
  const { payment } = await readPayment(context.database.query, deadline, deadline.paymentId);
  const now = await timeOf(context, deadline);
  const next = decideSettlement(payment, deadline);
  switch (next.kind) {
    case 'end': {
      const changes = { ...ended(now), ...reversalOf(payment), state: next.state };
      return move(deadline, changes, `The payment is ${payment.status}: ${next.state}`, now);
    }
    case 'fail':
      return failed(deadline, next.reason, now);
    case 'wait':
      return lookAgain(deadline, `Waits: the payment is ${payment.status}`, now);
    case 'ask': {
      const stopped = await whyStopped(context, deadline);
      if (stopped === null) return askFor(context, deadline, next.operation);
      const changes = { ...ended(now), state: 'suppressed', reason: stopped, endedAt: null } as const;
      return move(deadline, changes, `Nothing is asked for: ${stopped}`, now);
    }
    default:
      return unreachable(next);
  }
}

/** The reversal of a payment, also where we died before we could note it, or where the tenant was faster. */
function reversalOf({ status, reversalId }: Payment): Partial<Pick<AckDeadline, 'operation' | 'operationId'>> {
  return status === 'reversed' ? { operation: 'reversal', operationId: reversalId } : {};
}

/** The fuse was looked at when it fired; the switch and the epoch count until the moment somebody is asked. */
async function whyStopped(
  context: FiringContext,
  { tenantId, epoch }: AckDeadline,
): Promise<Extract<AckReason, 'switched_off' | 'other_epoch'> | null> {
  return context.database.transaction(async (tx) => {
    const off = await selectSwitchedOff(tx, [tenantId]);
    if (off.has(tenantId)) return 'switched_off';
    return (await currentEpoch(context, tx)).epoch === epoch ? null : 'other_epoch';
  });
}

async function askFor(context: FiringContext, deadline: AckDeadline, operation: AckOperation): Promise<Moved> {
  crashPoint('deadline-unasked');
  const asked = deadline.asked + 1;
  const reversalTried = deadline.reversalTried || operation === 'reversal';
  try {
    const answer = await ask(context, deadline, operation);
    crashPoint('deadline-asked');
    const operationId = idOf(answer);
    const changes = { asked, reversalTried, operation, operationId, looks: 0, lookAt: await timeOf(context, deadline) };
    return move(deadline, changes, `Asked for a ${operation}: ${operationId}`, changes.lookAt);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return afterRefusal(deadline, operation, error, await timeOf(context, deadline));
  }
}

/**
 * What a refusal of our own verbs means. Nothing was asked of the provider then. A reversal that is not possible leaves the
 * refund; whatever passes by itself is looked at again.
 */
function afterRefusal(deadline: AckDeadline, operation: AckOperation, problem: Problem, now: Temporal.Instant): Moved {
  const asked = deadline.asked + 1;
  const note = `No ${operation}: ${problem.code}`;
  switch (problem.code) {
    case 'reversal_too_late':
    case 'not_supported_by_provider':
      if (operation !== 'reversal') return failed(deadline, 'not_supported', now);
      return move(deadline, { asked, reversalTried: true, operation, looks: 0, lookAt: now }, note, now);
    case 'state_conflict':
    case 'amount_not_available':
      // The payment has moved meanwhile, and this refusal is kept under its key: the next question has a new one.
      return lookAgain({ ...deadline, asked, operation }, note, now);
    default:
      return lookAgain(deadline, note, now);
  }
}

type AnyAnswer = EndpointAnswer<{ readonly id: string }>;

function ask(context: FiringContext, deadline: AckDeadline, operation: AckOperation): Promise<AnyAnswer> {
  const { tenantId, mode, paymentId } = deadline;
  const caller: TenantCaller = {
    by: 'tenant',
    tenantId,
    mode,
    scopes: 'all',
    actor: 'gateway:ack-deadline',
    person: null,
  };
  const claim = keyOf(deadline);
  switch (operation) {
    case 'reversal':
      return reversePayment(context, caller, { paymentId, reason: REASON }, claim);
    case 'refund':
      return refundPayment(context, caller, { paymentId, reason: REASON }, claim);
    case 'release':
      return cancelPayment(context, { tenantId, mode, paymentId, source: 'tenant' }, claim);
    default:
      return unreachable(operation);
  }
}

/** With a sign that no tenant's key can have, since keys that are sent are ASCII: nobody can use it up before us. */
function keyOf({ deadlineId, asked }: AckDeadline): IdempotencyClaim {
  return { key: `${deadlineId}→${asked}`, fingerprint: deadlineId };
}

function idOf(answer: AnyAnswer): string {
  return 'json' in answer ? (JSON.parse(answer.json) as { id: string }).id : answer.body.id;
}

function lookAgain(deadline: AckDeadline, note: string, now: Temporal.Instant): Moved {
  const seconds = LOOK_AGAIN_S[Math.min(deadline.looks, LOOK_AGAIN_S.length - 1)] ?? 0;
  const changes = {
    ...{ asked: deadline.asked, operation: deadline.operation },
    ...{ looks: deadline.looks + 1, lookAt: now.add({ seconds }) },
  };
  return move(deadline, changes, note, now);
}

function failed(deadline: AckDeadline, reason: 'not_supported' | 'refused', now: Temporal.Instant): Moved {
  const changes = { ...ended(now), state: 'failed', reason, endedAt: null } as const;
  return move(deadline, changes, `Nobody can give the money back: ${reason}`, now);
}

async function timeOf({ tenantClocks }: FiringContext, { tenantId, mode }: AckDeadline): Promise<Temporal.Instant> {
  return (await tenantClocks.of(tenantId, mode)).now();
}

/** Writes a step; says so where a person must know. False where the deadline was changed meanwhile. */
async function save(context: FiringContext, moved: Moved): Promise<boolean> {
  return context.database.transaction(async (tx) => {
    const written = await saveDeadlines(tx, [moved]);
    if (written.size === 1) await tell(context, tx, moved.deadline);
    return written.size === 1;
  });
}

async function tell({ raiseAlarm }: FiringContext, tx: Queryable, deadline: AckDeadline): Promise<void> {
  const { tenantId, mode, state, deadlineId, paymentId, endpointId, reason } = deadline;
  if (state !== 'failed' && state !== 'suppressed') return;
  const kind = state === 'failed' ? 'ack_deadline_failed' : 'ack_deadline_suppressed';
  await raiseAlarm(tx, { tenantId, mode, kind, facts: { deadlineId, paymentId, endpointId, reason } });
}

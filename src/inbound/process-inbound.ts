import type { Selectable } from 'kysely';
import { earliest } from '../kernel/earliest.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { PaymentContext } from '../payments/context.ts';
import { SUCCEEDED_AFTER_FAILED } from '../payments/operation.ts';
import type { Signal } from '../payments/signal.ts';
import { syncAttempt } from '../payments/sync-attempt.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { waitAtMost } from '../platform/deadline.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { type ClaimedLane, releaseLane } from '../platform/lanes.ts';
import type { Logger } from '../platform/log.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { ProviderEvent } from '../providers/provider-webhook.ts';
import { ANSWER_WAIT_MS, askProviders } from './ask-providers.ts';
import { factsFromJson } from './fact-json.ts';
import { findAttempt } from './find-attempt.ts';
import { deleteOldNonces, selectDueInbound, selectNextInboundAt, updateProcessed } from './store.ts';
import { selectNextQuestionAt } from './store-questions.ts';

type StoredNotification = Selectable<Tables['inbound_events']>;

export const INBOUND_LEASE_MS = 60_000;
/** Longer would leave other accounts waiting for a lane that never ends. */
const HELD_MS = 1_000;
const BATCH = 200;
/** Enough for batched writes to gather, and for some slow answers beside them. */
const CONCURRENCY = 64;
/** A notification that keeps failing is set aside after about a day, and never holds up those behind it. */
const TRIES_MAX = 12;
/** Far longer than a signed message counts as fresh anywhere, which is an hour at most. */
const NONCES_KEPT = { hours: 24 } as const;
const RETRY_DELAYS_S = [1, 5, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800] as const;

/**
 * Applies an account's stored notifications that are due, those about one attempt in their order; asks what they gave
 * reason to ask, and forgets nonces that no message can be taken with any more. What comes meanwhile is applied as well,
 * for a while: to give the lane back and claim it anew costs more than to look once again.
 */
export async function inboundLane(context: PaymentContext, log: Logger, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  const { tenantId, laneId } = lane;
  const heldUntil = performance.now() + HELD_MS;
  for (;;) {
    const due = await selectDueInbound(database.query, tenantId, laneId, clock.now(), BATCH);
    const queues = Map.groupBy(due, attemptOf);
    await inParallel([...queues.values()], CONCURRENCY, async (queue) => {
      for (const stored of queue) await processNotification(context, log, stored);
    });
    if (due.length < BATCH || performance.now() > heldUntil) break;
  }
  await askProviders(context, log, lane);
  const account = { tenantId, providerAccountId: laneId };
  await deleteOldNonces(database.query, account, clock.now().subtract(NONCES_KEPT));
  const nextDueAt = earliest([
    await selectNextInboundAt(database.query, tenantId, laneId),
    await selectNextQuestionAt(database.query, account),
  ]);
  await releaseLane(database.query, lane, nextDueAt, clock.now());
}

/** Which attempt a notification is about; one that cannot be read stands alone and fails by itself. */
function attemptOf({ facts, inbound_event_id }: StoredNotification): string {
  try {
    const named = factsFromJson(facts)[0]?.attempt;
    return named?.providerRef ?? named?.attemptId ?? inbound_event_id;
  } catch {
    return inbound_event_id;
  }
}

/** Applying is repeatable, so a crash between applying and recording it costs nothing. */
async function processNotification(context: PaymentContext, log: Logger, stored: StoredNotification): Promise<void> {
  const { database, clock } = context;
  const tries = stored.tries + 1;
  try {
    const outcomes: FactOutcome[] = [];
    for (const event of factsFromJson(stored.facts)) outcomes.push(await applyFact(context, stored, event));
    crashPoint('notification-applied');
    const worst = outcomes.find(({ state }) => state !== 'applied') ?? outcomes[0];
    if (worst !== undefined && worst.state !== 'applied') {
      log.error(
        { inboundEventId: stored.inbound_event_id, state: worst.state, outcome: worst.outcome },
        'A verified notification does not fit what we know; it was set aside',
      );
    }
    await updateProcessed(database.query, stored, {
      state: worst?.state ?? 'applied',
      outcome: worst?.outcome ?? 'nothing to apply',
      paymentId: outcomes.find(({ paymentId }) => paymentId !== undefined)?.paymentId ?? null,
      tries,
      dueAt: null,
      processedAt: clock.now(),
    });
  } catch (error) {
    log.error({ inboundEventId: stored.inbound_event_id, tries, error }, 'A stored notification could not be applied');
    const delay = RETRY_DELAYS_S[tries - 1];
    const dead = tries >= TRIES_MAX || delay === undefined;
    await updateProcessed(database.query, stored, {
      state: dead ? 'failed' : 'pending',
      outcome: error instanceof Error ? error.message.slice(0, 500) : 'failed',
      paymentId: null,
      tries,
      dueAt: dead ? null : clock.now().add({ seconds: delay }),
      processedAt: null,
    });
  }
}

interface FactOutcome {
  readonly state: 'applied' | 'quarantined' | 'unmatched';
  readonly outcome: string;
  /** The payment of the account that the fact is about. */
  readonly paymentId?: string;
}

async function applyFact(
  context: PaymentContext,
  stored: StoredNotification,
  event: ProviderEvent,
): Promise<FactOutcome> {
  const account = { tenantId: stored.tenant_id, providerAccountId: stored.provider_account_id };
  const attempt = await findAttempt(context.database.query, account, event.attempt);
  if (attempt === null) return { state: 'unmatched', outcome: 'unknown_attempt' };
  if (attempt.providerAccountId !== stored.provider_account_id) {
    return { state: 'quarantined', outcome: 'other_provider_account' };
  }
  return { ...(await applyToAttempt(context, stored, event, attempt)), paymentId: attempt.paymentId };
}

async function applyToAttempt(
  context: PaymentContext,
  stored: StoredNotification,
  event: ProviderEvent,
  attempt: Attempt,
): Promise<FactOutcome> {
  if (event.fact.about !== 'attempt' && namesAnotherCharge(event, attempt)) {
    return { state: 'quarantined', outcome: 'provider_ref_mismatch' };
  }
  if (!event.authoritative) {
    await askFirst(context, attempt);
    return { state: 'applied', outcome: 'asked the provider' };
  }
  const signal = { ...signalOf(event, attempt), inboundEventId: stored.inbound_event_id };
  let result = await context.applySignal(attempt, 'notification', signal);
  if (result.outcome === 'deferred') {
    await askFirst(context, attempt);
    // What an attempt's notification says, the answer has said better; an operation may be one the answer leaves out.
    if (signal.kind === 'attempt_reported') return { state: 'applied', outcome: 'asked the provider' };
    result = await context.applySignal(attempt, 'notification', signal);
    // The answer did not take the failure back, or it would have been set aside itself.
    if (result.note === SUCCEEDED_AFTER_FAILED) return { state: 'applied', outcome: 'older than its failure' };
  }
  return result.outcome === 'quarantined' || result.outcome === 'deferred'
    ? { state: 'quarantined', outcome: result.note ?? result.outcome }
    : { state: 'applied', outcome: result.note ?? result.outcome };
}

/** What was done to the money of one charge must not be booked on the attempt of another. */
function namesAnotherCharge({ attempt: { providerRef } }: ProviderEvent, attempt: Attempt): boolean {
  return providerRef !== undefined && attempt.providerRef !== null && providerRef !== attempt.providerRef;
}

/** @throws Error where the provider gives no answer in time; the notification is then tried again later */
async function askFirst(context: PaymentContext, attempt: Attempt): Promise<void> {
  let answered = false;
  const asking = syncAttempt(context, attempt, 'poll').then((isAnswered) => {
    answered = isAnswered;
  });
  await waitAtMost(asking, ANSWER_WAIT_MS);
  if (!answered) throw new Error('The provider was to be asked and gave no answer');
}

function signalOf({ attempt: { providerRef }, fact }: ProviderEvent, { attemptId }: Attempt): Signal {
  switch (fact.about) {
    case 'attempt':
      return { kind: 'attempt_reported', attemptId, providerRef: providerRef ?? null, report: fact.report };
    case 'capture':
      return { kind: 'capture_reported', attemptId, report: fact.capture };
    case 'refund':
      return { kind: 'refund_reported', attemptId, report: fact.refund };
    case 'reversal':
      return { kind: 'reversal_reported', attemptId, report: fact.reversal };
    case 'dispute':
      return { kind: 'dispute_reported', attemptId, report: fact.dispute };
  }
}

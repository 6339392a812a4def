import type { Selectable } from 'kysely';
import { applySignal } from '../payments/apply-signal.ts';
import type { PaymentContext } from '../payments/context.ts';
import { readAttempt } from '../payments/read-payment.ts';
import type { Signal } from '../payments/signal.ts';
import { syncAttempt } from '../payments/sync-attempt.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { type ClaimedLane, releaseLane } from '../platform/lanes.ts';
import type { Logger } from '../platform/log.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { ProviderEvent } from '../providers/provider.ts';
import { factsFromJson } from './fact-json.ts';
import { selectDueInbound, selectNextInboundAt, updateProcessed } from './store.ts';

type StoredNotification = Selectable<Tables['inbound_events']>;

export const INBOUND_LEASE_MS = 60_000;
const BATCH = 50;
/** A notification that keeps failing is set aside after about a day, and never holds up those behind it. */
const TRIES_MAX = 12;
const RETRY_DELAYS_S = [1, 5, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800] as const;

/** Applies an account's stored notifications that are due. */
export async function inboundLane(context: PaymentContext, log: Logger, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  const { tenantId, laneId } = lane;
  const due = await selectDueInbound(database.query, tenantId, laneId, clock.now(), BATCH);
  for (const stored of due) await processNotification(context, log, stored);
  await releaseLane(database.query, lane, await selectNextInboundAt(database.query, tenantId, laneId), clock.now());
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
      tries,
      dueAt: dead ? null : clock.now().add({ seconds: delay }),
      processedAt: null,
    });
  }
}

interface FactOutcome {
  readonly state: 'applied' | 'quarantined' | 'unmatched';
  readonly outcome: string;
}

async function applyFact(
  context: PaymentContext,
  stored: StoredNotification,
  event: ProviderEvent,
): Promise<FactOutcome> {
  const db = context.database.query;
  const attempt = await readAttempt(db, stored.tenant_id, event.attempt.attemptId);
  if (attempt === null) return { state: 'unmatched', outcome: 'unknown_attempt' };
  if (attempt.providerAccountId !== stored.provider_account_id) {
    return { state: 'quarantined', outcome: 'other_provider_account' };
  }
  if (!event.authoritative) {
    await syncAttempt(context, attempt, 'poll');
    return { state: 'applied', outcome: 'asked the provider' };
  }
  const signal = signalOf(event);
  if (signal === null) return { state: 'unmatched', outcome: 'refund_made_at_provider' };
  const result = await applySignal({ db, clock: context.clock }, attempt, 'notification', signal);
  context.wakeRelay();
  return result.outcome === 'quarantined'
    ? { state: 'quarantined', outcome: result.note ?? 'quarantined' }
    : { state: 'applied', outcome: result.note ?? result.outcome };
}

function signalOf({ attempt, fact }: ProviderEvent): Signal | null {
  if (fact.about === 'attempt') {
    const { attemptId, providerRef } = attempt;
    return { kind: 'attempt_reported', attemptId, providerRef: providerRef ?? null, report: fact.report };
  }
  const { refundId } = fact.refund;
  return refundId === null ? null : { kind: 'refund_reported', refundId, report: fact.refund };
}

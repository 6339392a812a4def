import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Sealer } from '../keys/sealer.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database } from '../platform/database.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { type ClaimedLane, holdsLane, releaseLane } from '../platform/lanes.ts';
import type { OutboundHttp, OutboundOutcome } from '../platform/outbound-http.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import { attemptError, attemptRow, RESPONSE_BYTES_MAX } from './attempt-row.ts';
import { type Delivery, nextDeliveryAt } from './delivery.ts';
import type { AttemptOutcome, DeliveryHook } from './delivery-hooks.ts';
import type { DialectEvent, EncodedMessage } from './dialects/dialect.ts';
import { isSameReceiver, openReceiver, type Receiver } from './open-receiver.ts';
import {
  cancelDeliveries,
  recordAttempts,
  selectDueDeliveries,
  selectEventsByIds,
  selectNextDeliveryAt,
} from './store-deliveries.ts';
import { selectCreatedPayments } from './store-events.ts';

export interface DeliveryContext {
  readonly database: Database;
  readonly sealer: Sealer;
  /** The machine's time, which is stamped and signed; schedules go by the tenant's. */
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  /** The way out for deliveries of a mode; private addresses at most in test mode. */
  readonly http: (mode: Mode) => OutboundHttp;
  readonly hooks: readonly DeliveryHook[];
}

/** Within the lease together: BATCH / CONCURRENCY rounds of TIMEOUT each, and time to record. */
export const DELIVERY_LEASE_MS = 90_000;
const BATCH = 16;
const CONCURRENCY = 4;
const TIMEOUT_MS = 15_000;
/** How soon a lane is tried again whose deliveries we ourselves could not send. */
const PAUSE_WHEN_HELD_UP_S = 1;
/** Not sent for a reason of ours: no attempt of the tenant's is used up, and nothing is recorded against it. */
const OUR_FAULT: ReadonlySet<string> = new Set(['no_free_connection', 'client_closed']);

/**
 * Sends what is due in one lane. Phases: read the batch; send, with no transaction open; record attempts and outcomes
 * in one transaction, if the lane is still ours. A crash between sending and recording sends again: at least once,
 * always about the same event.
 */
export async function deliverLane(context: DeliveryContext, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  const testClock = await context.tenantClocks.fresh(lane.tenantId, 'test');
  const clockOf = (mode: Mode): Clock => (mode === 'live' ? clock : testClock);
  const latest = Temporal.Instant.compare(testClock.now(), clock.now()) > 0 ? testClock.now() : clock.now();
  const found = await selectDueDeliveries(database.query, lane.tenantId, lane.laneId, latest, BATCH);
  const waiting = found.filter(({ mode, dueAt }) => isDue(dueAt, clockOf(mode)));
  const [first] = waiting;
  const due = first === undefined ? [] : waiting.filter((delivery) => isSameReceiver(delivery, first));
  const receiver = first === undefined ? null : await openReceiver(context, first);
  if (receiver?.kind === 'held') return releaseLane(database.query, lane, null, clock.now());
  if (receiver?.kind === 'gone') {
    await cancelDeliveries(database.query, lane.tenantId, lane.laneId);
    return releaseLane(database.query, lane, null, clock.now());
  }
  const sent = receiver === null ? [] : await sendAll(context, due, receiver, clockOf);
  await database.transaction(async (tx) => {
    if (!(await holdsLane(tx, lane))) return;
    if (sent.length > 0) {
      await recordAttempts(
        tx,
        sent.flatMap(({ attempt }) => attempt ?? []),
        sent.map(({ delivery }) => delivery),
      );
      const outcomes = sent.flatMap(({ outcome }) => outcome ?? []);
      for (const hook of context.hooks) await hook.recorded?.(tx, outcomes);
    }
    const next = await selectNextDeliveryAt(tx, lane.tenantId, lane.laneId);
    const nextAt = next === null || next.mode === 'live' ? (next?.dueAt ?? null) : testClock.laneTimeOf(next.dueAt);
    const heldUp = sent.length < due.length;
    await releaseLane(tx, lane, heldUp ? clock.now().add({ seconds: PAUSE_WHEN_HELD_UP_S }) : nextAt, clock.now());
  });
  crashPoint('delivery-recorded');
}

function isDue(dueAt: Temporal.Instant | null, clock: Clock): boolean {
  return dueAt !== null && Temporal.Instant.compare(dueAt, clock.now()) <= 0;
}

interface Sent {
  readonly delivery: Delivery;
  /** null: there was nothing to say, and nothing was sent. */
  readonly attempt: WholeRow<'delivery_attempts'> | null;
  readonly outcome: AttemptOutcome | null;
}

async function sendAll(
  context: DeliveryContext,
  due: readonly Delivery[],
  receiver: Receiver,
  clockOf: (mode: Mode) => Clock,
): Promise<readonly Sent[]> {
  const events = await readEvents(context, due, receiver);
  const sent: Sent[] = [];
  await inParallel(await allowed(context, due, receiver), CONCURRENCY, async (delivery) => {
    const event = present(events.get(delivery.eventId), `event ${delivery.eventId}`);
    const one = await send(context, delivery, event, receiver, clockOf(delivery.mode));
    if (one !== null) sent.push(one);
  });
  return sent;
}

/** Those that every hook lets through. */
async function allowed(
  { hooks }: DeliveryContext,
  due: readonly Delivery[],
  { settings }: Receiver,
): Promise<readonly Delivery[]> {
  let left = due;
  for (const hook of hooks) {
    const ids = await hook.beforeSend?.(settings, left);
    if (ids !== undefined) left = left.filter(({ deliveryId }) => ids.has(deliveryId));
  }
  return left;
}

async function readEvents(
  { database }: DeliveryContext,
  due: readonly Delivery[],
  { dialect }: Receiver,
): Promise<ReadonlyMap<string, DialectEvent>> {
  const events = await selectEventsByIds(database.query, due);
  const named = events.flatMap(({ tenantId, paymentId }) => (paymentId === null ? [] : [{ tenantId, paymentId }]));
  const payments = dialect.needsPayment ? await selectCreatedPayments(database.query, named) : new Map();
  return new Map(
    events.map((event) => [event.eventId, { ...event, payment: payments.get(event.paymentId ?? '') ?? null }]),
  );
}

/** One attempt, stamped and signed anew; null where we could not send it. */
async function send(
  context: DeliveryContext,
  delivery: Delivery,
  event: DialectEvent,
  receiver: Receiver,
  schedule: Clock,
): Promise<Sent | null> {
  const { clock } = context;
  const { dialect, keys } = receiver;
  const at = clock.now();
  const message = encode(receiver, event, clock);
  if (message === null) {
    const lastError = `The dialect ${dialect.id} has no word for this event`;
    return { delivery: { ...delivery, status: 'canceled', dueAt: null, lastError }, attempt: null, outcome: null };
  }
  const url = delivery.urlOverride ?? present(receiver.url, 'an address');
  crashPoint('delivery-unsent');
  const outcome = message instanceof Error ? UNWRITABLE : await post(context.http(delivery.mode), url, message);
  crashPoint('delivery-unrecorded');
  if (outcome.kind === 'not_sent' && OUR_FAULT.has(outcome.reason)) return null;
  const attemptsMade = delivery.attemptsMade + 1;
  const acknowledged = outcome.kind === 'answered' && dialect.acknowledged(outcome, keys);
  const nextAt = acknowledged ? null : nextDeliveryAt(attemptsMade, schedule.now(), retryAfterSeconds(outcome));
  const headers = message instanceof Error ? null : message.headers;
  const made = { delivery, number: attemptsMade, at, url, headers, outcome, acknowledged };
  const after: Delivery = {
    ...delivery,
    attemptsMade,
    status: acknowledged ? 'succeeded' : nextAt === null ? 'exhausted' : 'pending',
    dueAt: nextAt,
    lastAttemptAt: at,
    lastStatusCode: outcome.kind === 'answered' ? outcome.status : null,
    lastError: attemptError(made),
  };
  const attempt = attemptRow(made);
  return { delivery: after, attempt, outcome: attemptOutcome(receiver, delivery, after, attempt, outcome) };
}

/** Refused by a rule of ours, or unwritable: the receiver heard nothing. */
const RECEIVER_HEARD_NOTHING: ReadonlySet<string> = new Set(['invalid_url', 'invalid_request', 'address_not_allowed']);

function attemptOutcome(
  { settings }: Receiver,
  before: Delivery,
  after: Delivery,
  attempt: WholeRow<'delivery_attempts'>,
  outcome: OutboundOutcome,
): AttemptOutcome {
  const ours = outcome.kind === 'not_sent' && RECEIVER_HEARD_NOTHING.has(outcome.reason);
  return {
    before,
    after,
    endpoint: settings,
    attemptedAt: attempt.attempted_at,
    durationMs: attempt.duration_ms,
    kind: attempt.outcome as AttemptOutcome['kind'],
    status: attempt.status_code,
    faultOf: after.status === 'succeeded' ? null : ours ? 'us' : 'receiver',
  };
}

/** A fault of ours in one event must hold up no other: it counts as an attempt, which is shown, and is tried again. */
function encode(
  { dialect, endpoint, keys }: Receiver,
  event: DialectEvent,
  clock: Clock,
): EncodedMessage | Error | null {
  try {
    return dialect.encode(event, endpoint, keys, clock);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const UNWRITABLE: OutboundOutcome = {
  kind: 'not_sent',
  reason: 'invalid_request',
  detail: 'The event could not be written in this dialect',
  timings: { totalMs: 0, firstByteMs: null },
};

function post(http: OutboundHttp, url: string, { headers, body }: EncodedMessage): Promise<OutboundOutcome> {
  return http.send({
    ...{ method: 'POST', url, headers, body },
    timeoutMs: TIMEOUT_MS,
    responseBytesMax: RESPONSE_BYTES_MAX,
  });
}

/** Seconds of a Retry-After header; its date form is not worth the doubt about clocks. RFC 9110 section 10.2.3. */
function retryAfterSeconds(outcome: OutboundOutcome): number | null {
  const value = outcome.kind === 'answered' ? outcome.headers['retry-after']?.[0] : undefined;
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

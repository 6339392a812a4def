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
import { type Delivery, nextDeliveryAt } from './delivery.ts';
import { signStandard } from './dialects/standard.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { DEFAULT_SECRET, openSigningSecrets } from './signing-secrets.ts';
import { selectEndpoint } from './store.ts';
import {
  cancelDeliveries,
  recordAttempts,
  type StoredEvent,
  selectDueDeliveries,
  selectEventsByIds,
  selectNextDeliveryAt,
} from './store-deliveries.ts';

export interface DeliveryContext {
  readonly database: Database;
  readonly sealer: Sealer;
  /** The machine's time, which is stamped and signed; schedules go by the tenant's. */
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  /** The way out for deliveries of a mode; private addresses at most in test mode. */
  readonly http: (mode: Mode) => OutboundHttp;
}

/** Within the lease together: BATCH / CONCURRENCY rounds of TIMEOUT each, and time to record. */
export const DELIVERY_LEASE_MS = 90_000;
const BATCH = 16;
const CONCURRENCY = 4;
const TIMEOUT_MS = 15_000;
const RESPONSE_BYTES_MAX = 16_384;
/** How soon a lane is tried again whose deliveries we ourselves could not send. */
const PAUSE_WHEN_HELD_UP_S = 1;
/** Not sent for a reason of ours: no attempt of the tenant's is used up, and nothing is recorded against it. */
const OUR_FAULT: ReadonlySet<string> = new Set(['no_free_connection', 'client_closed']);

/**
 * Sends what is due in one lane. Phases: read the batch; send, with no transaction open; record attempts and outcomes
 * in one transaction, if the lane is still ours. A crash between sending and recording sends again: at least once,
 * always under the same webhook-id.
 */
export async function deliverLane(context: DeliveryContext, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  const testClock = await context.tenantClocks.fresh(lane.tenantId, 'test');
  const clockOf = (mode: Mode): Clock => (mode === 'live' ? clock : testClock);
  const latest = Temporal.Instant.compare(testClock.now(), clock.now()) > 0 ? testClock.now() : clock.now();
  const found = await selectDueDeliveries(database.query, lane.tenantId, lane.laneId, latest, BATCH);
  const waiting = found.filter(({ mode, dueAt }) => isDue(dueAt, clockOf(mode)));
  // One key a batch: an origin's lane may hold deliveries from before and after the tenant had an endpoint.
  const due = waiting.filter(({ endpointId }) => endpointId === waiting[0]?.endpointId);
  const endpoint = await endpointOf(context, lane, due);
  if (endpoint === 'paused') return releaseLane(database.query, lane, null, clock.now());
  if (endpoint === 'deleted') {
    await cancelDeliveries(database.query, lane.tenantId, lane.laneId);
    return releaseLane(database.query, lane, null, clock.now());
  }
  const sent = due.length === 0 ? [] : await sendAll(context, due, endpoint, clockOf);
  await database.transaction(async (tx) => {
    if (!(await holdsLane(tx, lane))) return;
    if (sent.length > 0) {
      await recordAttempts(
        tx,
        sent.map(({ attempt }) => attempt),
        sent.map(({ delivery }) => delivery),
      );
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

/** The endpoint whose key and state count for the lane; null where a payment's own address stands alone. */
async function endpointOf(
  { database }: DeliveryContext,
  lane: ClaimedLane,
  due: readonly Delivery[],
): Promise<WebhookEndpoint | null | 'paused' | 'deleted'> {
  const first = due[0];
  if (first === undefined || first.endpointId === null) return null;
  const endpoint = await selectEndpoint(
    database.query,
    { tenantId: lane.tenantId, mode: first.mode },
    first.endpointId,
  );
  if (endpoint === null) return first.urlOverride === null ? 'deleted' : null;
  return endpoint.status === 'paused' ? 'paused' : endpoint;
}

interface Sent {
  readonly delivery: Delivery;
  readonly attempt: WholeRow<'delivery_attempts'>;
}

async function sendAll(
  context: DeliveryContext,
  due: readonly Delivery[],
  endpoint: WebhookEndpoint | null,
  clockOf: (mode: Mode) => Clock,
): Promise<readonly Sent[]> {
  const events = new Map(
    (await selectEventsByIds(context.database.query, due)).map((event) => [event.eventId, event] as const),
  );
  const { tenantId, mode } = present(due[0], 'a due delivery');
  const owner = { tenantId, mode, endpointId: endpoint?.endpointId ?? DEFAULT_SECRET };
  const secrets = await openSigningSecrets({ ...context, db: context.database.query }, owner);
  const sent: Sent[] = [];
  await inParallel(due, CONCURRENCY, async (delivery) => {
    const event = present(events.get(delivery.eventId), `event ${delivery.eventId}`);
    const url = delivery.urlOverride ?? present(endpoint, 'an endpoint').url;
    const one = await send(context, delivery, event, url, secrets, clockOf(delivery.mode));
    if (one !== null) sent.push(one);
  });
  return sent;
}

/** One attempt, stamped and signed anew under the event's webhook-id; null where we could not send it. */
async function send(
  { http, clock }: DeliveryContext,
  delivery: Delivery,
  event: StoredEvent,
  url: string,
  secrets: readonly string[],
  schedule: Clock,
): Promise<Sent | null> {
  const at = clock.now();
  const body = notificationBody(event);
  const headers = signStandard({ id: event.eventId, at, body, secrets });
  crashPoint('delivery-unsent');
  const outcome = await http(delivery.mode).send({
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    body,
    timeoutMs: TIMEOUT_MS,
    responseBytesMax: RESPONSE_BYTES_MAX,
  });
  crashPoint('delivery-unrecorded');
  if (outcome.kind === 'not_sent' && OUR_FAULT.has(outcome.reason)) return null;
  const attemptsMade = delivery.attemptsMade + 1;
  const acknowledged = outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
  const nextAt = acknowledged ? null : nextDeliveryAt(attemptsMade, schedule.now(), retryAfterSeconds(outcome));
  const error = acknowledged ? null : errorOf(outcome);
  return {
    delivery: {
      ...delivery,
      attemptsMade,
      status: acknowledged ? 'succeeded' : nextAt === null ? 'exhausted' : 'pending',
      dueAt: nextAt,
      lastAttemptAt: at,
      lastStatusCode: outcome.kind === 'answered' ? outcome.status : null,
      lastError: error,
    },
    attempt: attemptRow(delivery, attemptsMade, at, url, outcome, acknowledged, error),
  };
}

/** The default body; the exact bytes that are signed. */
function notificationBody(event: StoredEvent): string {
  return JSON.stringify({
    id: event.eventId,
    type: event.type,
    apiVersion: event.apiVersion,
    createdAt: event.createdAt.toString(),
    mode: event.mode,
    tenantId: event.tenantId,
    data: { object: event.object },
  });
}

function errorOf(outcome: OutboundOutcome): string {
  return outcome.kind === 'answered' ? `HTTP ${outcome.status}` : `${outcome.reason}: ${outcome.detail}`;
}

/** Seconds of a Retry-After header; its date form is not worth the doubt about clocks. RFC 9110 section 10.2.3. */
function retryAfterSeconds(outcome: OutboundOutcome): number | null {
  const value = outcome.kind === 'answered' ? outcome.headers['retry-after']?.[0] : undefined;
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

function attemptRow(
  delivery: Delivery,
  attemptNumber: number,
  at: Temporal.Instant,
  url: string,
  outcome: OutboundOutcome,
  acknowledged: boolean,
  error: string | null,
): WholeRow<'delivery_attempts'> {
  const answered = outcome.kind === 'answered' ? outcome : null;
  return {
    tenant_id: delivery.tenantId,
    delivery_id: delivery.deliveryId,
    attempt_number: attemptNumber,
    attempted_at: at,
    duration_ms: Math.round(outcome.timings.totalMs),
    url,
    outcome: acknowledged
      ? 'acknowledged'
      : answered === null
        ? outcome.kind === 'lost'
          ? 'lost'
          : 'not_sent'
        : 'refused',
    status_code: answered?.status ?? null,
    error,
    remote_address: answered?.remoteAddress ?? null,
    response_headers: answered?.headers ?? null,
    response_body: answered === null ? null : Buffer.from(answered.body),
  };
}

import { present } from '../../kernel/assert.ts';
import type { Mode } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { crashPoint } from '../../platform/crash-point.ts';
import type { OutboundHttp, OutboundOutcome } from '../../platform/outbound-http.ts';
import type { WholeRow } from '../../platform/recordset.ts';
import { withClientSpan } from '../../platform/tracing.ts';
import { attemptTimeoutMs, RETRY } from '../ack-policy.ts';
import { attemptError, attemptRow, RESPONSE_BYTES_MAX } from '../attempt-row.ts';
import { type Delivery, nextDeliveryAt } from '../delivery.ts';
import type { AttemptOutcome } from '../delivery-hooks.ts';
import type { DialectEvent, EncodedMessage } from '../dialects/dialect.ts';
import type { Receiver } from '../open-receiver.ts';
import type { PaceSign } from './lane-pace.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** A delivery with all that is needed to send it. */
export interface ReadyDelivery {
  readonly delivery: Delivery;
  readonly event: DialectEvent;
  readonly receiver: Receiver;
  /** The tenant's time, by which it is tried again. */
  readonly schedule: Clock;
}

/** What a try came to. */
export interface SentDelivery {
  readonly delivery: Delivery;
  /** null: there was nothing to say, and nothing was sent. */
  readonly attempt: WholeRow<'delivery_attempts'> | null;
  readonly outcome: AttemptOutcome | null;
  /** null: it says nothing about the receiver. */
  readonly sign: PaceSign | null;
  /** The endpoint's receiver said that it is gone for good, and nothing more goes there. */
  readonly gone: boolean;
}

interface SendContext {
  /** The machine's time, which is stamped and signed. */
  readonly clock: Clock;
  readonly http: (mode: Mode) => OutboundHttp;
}

/** Not sent for a reason of ours: no attempt of the tenant's is used up, and nothing is recorded against it. */
const OUR_FAULT: ReadonlySet<string> = new Set(['no_free_connection', 'client_closed']);
/** Refused by a rule of ours, or unwritable: the receiver heard nothing. */
const RECEIVER_HEARD_NOTHING: ReadonlySet<string> = new Set(['invalid_url', 'invalid_request', 'address_not_allowed']);
const GONE = 410;
const OVERLOADED: ReadonlySet<number> = new Set([429, 503]);

/**
 * One attempt, stamped and signed anew, with no transaction open; null where we could not send it for a reason of ours.
 * Writes nothing.
 */
export async function sendDelivery(context: SendContext, ready: ReadyDelivery): Promise<SentDelivery | null> {
  const { delivery, receiver } = ready;
  const { dialect, keys } = receiver;
  const at = context.clock.now();
  // The stamp that is signed and the one that is kept are the same.
  const message = encode(ready, { now: () => at });
  if (message === null) return canceled(delivery, `The dialect ${dialect.id} has no word for this event`);
  const url = delivery.urlOverride ?? present(receiver.url, 'an address');
  crashPoint('delivery-unsent');
  const outcome = message instanceof Error ? UNWRITABLE : await postTraced(context, ready, url, message);
  crashPoint('delivery-unrecorded');
  if (outcome.kind === 'not_sent' && OUR_FAULT.has(outcome.reason)) return null;
  const acknowledged = outcome.kind === 'answered' && dialect.acknowledged(outcome, keys);
  const headers = message instanceof Error ? null : message.headers;
  return judge(ready, { at, url, headers, outcome, acknowledged });
}

/** A delivery that ends without an attempt. */
export function canceled(delivery: Delivery, lastError: string | null): SentDelivery {
  const ended: Delivery = { ...delivery, status: 'canceled', dueAt: null, lastError };
  return { delivery: ended, attempt: null, outcome: null, sign: null, gone: false };
}

interface Tried {
  readonly at: Temporal.Instant;
  readonly url: string;
  /** null: there was nothing to send. */
  readonly headers: EncodedMessage['headers'] | null;
  readonly outcome: OutboundOutcome;
  readonly acknowledged: boolean;
}

function judge({ delivery, receiver, schedule }: ReadyDelivery, tried: Tried): SentDelivery {
  const { at, outcome, acknowledged } = tried;
  const status = outcome.kind === 'answered' ? outcome.status : null;
  const attemptsMade = delivery.attemptsMade + 1;
  const retryAfterS = acknowledged ? null : retryAfterSeconds(outcome, at);
  const delays = receiver.settings?.schedule ?? receiver.dialect.defaultSchedule;
  // What a receiver refused because it is gone is kept as well: it goes out once somebody has put the endpoint right.
  const nextAt = acknowledged
    ? null
    : nextDeliveryAt({ attemptsMade, now: schedule.now(), retryAfterSeconds: retryAfterS, schedule: delays });
  const after: Delivery = {
    ...delivery,
    attemptsMade,
    status: acknowledged ? 'succeeded' : nextAt === null ? 'exhausted' : 'pending',
    dueAt: nextAt,
    lastAttemptAt: at,
    lastStatusCode: status,
    lastError: attemptError(tried),
  };
  const attempt = attemptRow({ ...tried, delivery, number: attemptsMade });
  return {
    delivery: after,
    attempt,
    outcome: attemptOutcome(receiver, delivery, after, attempt, outcome),
    sign: signOf(outcome, acknowledged, retryAfterS),
    gone: status === GONE && delivery.urlOverride === null && isGivenUp(receiver),
  };
}

/** One whose silence gives money back is never given up. */
function isGivenUp({ settings }: Receiver): boolean {
  return settings !== null && settings.ackPolicy.type !== 'reverse_on_no_ack';
}

/** What was refused by a rule of ours says nothing about what the receiver bears. */
function signOf(outcome: OutboundOutcome, acknowledged: boolean, retryAfterS: number | null): PaceSign | null {
  const tookMs = outcome.timings.totalMs;
  if (outcome.kind === 'not_sent' && RECEIVER_HEARD_NOTHING.has(outcome.reason)) return null;
  if (acknowledged) return { tookMs, sign: 'well', retryAfterS: null };
  const overloaded = outcome.kind === 'answered' && OVERLOADED.has(outcome.status);
  return { tookMs, sign: overloaded ? 'overloaded' : 'broken', retryAfterS };
}

/** A fault of ours in one event must hold up no other: it counts as an attempt, which is shown, and is tried again. */
function encode({ event, receiver }: ReadyDelivery, clock: Clock): EncodedMessage | Error | null {
  const { dialect, endpoint, keys } = receiver;
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

/** All attempts to tell of one event are one trace, whose id goes along. */
function postTraced(
  { http }: SendContext,
  { delivery: { eventId, deliveryId, eventType, mode }, receiver }: ReadyDelivery,
  url: string,
  { headers, body }: EncodedMessage,
): Promise<OutboundOutcome> {
  const attributes = {
    'tollgate.event_id': eventId,
    'tollgate.delivery_id': deliveryId,
    'tollgate.event_type': eventType,
  };
  return withClientSpan('deliver notification', eventId, attributes, (traced) =>
    http(mode).send({
      ...{ method: 'POST', url, headers: { ...headers, ...traced }, body },
      timeoutMs: attemptTimeoutMs(receiver.settings?.ackPolicy ?? RETRY, eventType),
      responseBytesMax: RESPONSE_BYTES_MAX,
    }),
  );
}

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

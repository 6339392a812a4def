import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import type { OutboundHttp, OutboundOutcome } from '../platform/outbound-http.ts';
import { attemptError, attemptRow, RESPONSE_BYTES_MAX } from './attempt-row.ts';
import type { Delivery } from './delivery.ts';
import type { DialectEvent, EncodedMessage } from './dialects/dialect.ts';
import type { Receiver } from './open-receiver.ts';
import { type SignedText, signedTextOf } from './signed-text.ts';
import { insertTrial } from './store-trials.ts';

export interface TrialContext {
  readonly database: Database;
  /** The machine's time, which is stamped and signed. */
  readonly clock: Clock;
  readonly http: (mode: Mode) => OutboundHttp;
}

/** One made-up event that goes to a receiver once. */
export interface TrialInput {
  readonly trigger: 'test' | 'simulation';
  readonly mode: Mode;
  readonly receiver: Receiver;
  readonly url: string;
  readonly event: DialectEvent;
  /** Ask for the address first, without parameters, as BlueSnap's console does: it must answer 2xx. */
  readonly probe: boolean;
  /** Called when nothing stands in the way any more, before the first byte; refuses by throwing. */
  readonly admit: () => Promise<void>;
}

/** What was sent and what came back, whole, so that a developer can see where a signature or an answer goes wrong. */
export interface Trial {
  readonly passed: boolean;
  readonly delivery: Delivery;
  readonly request: { readonly url: string; readonly message: EncodedMessage; readonly signed: SignedText };
  readonly probe: OutboundOutcome | null;
  readonly outcome: OutboundOutcome;
  /** What to look at, in words; null: it was acknowledged. */
  readonly problem: string | null;
}

/** Somebody waits for the answer; probe and message together stay below a minute. */
const TIMEOUT_MS = 15_000;
/** Tells a made-up notification from a true one, which it else resembles to the last parameter. */
const SIMULATED_HEADER = { 'tollgate-simulated': '1' } as const;
const LANE = 'trials';

/**
 * Sends one made-up event at once, judges the answer by the receiver's own rule, and records both as a delivery that is
 * never repeated. Phases: send, with no transaction open; record. A crash between them leaves nothing but what the
 * receiver saw. Goes by no lane, so that it neither waits for an endpoint's backlog nor arms or fires anything.
 * @throws Problem state_conflict where the dialect has no word for the event, and what `admit` throws
 */
export async function tryReceiver(context: TrialContext, input: TrialInput): Promise<Trial> {
  const { receiver, url } = input;
  const { dialect, keys } = receiver;
  const at = context.clock.now();
  const encoded = encode(input, context.clock);
  const message = { ...encoded, headers: { ...encoded.headers, ...SIMULATED_HEADER } };
  const signed = signedTextOf({ dialect: dialect.id, profile: receiver.endpoint.profile ?? null }, message, keys, at);
  await input.admit();
  const http = context.http(input.mode);
  const limits = { timeoutMs: TIMEOUT_MS, responseBytesMax: RESPONSE_BYTES_MAX };
  const probe = input.probe ? await http.send({ method: 'GET', url, ...limits }) : null;
  const outcome = await http.send({ method: 'POST', url, ...message, ...limits });
  const acknowledged = outcome.kind === 'answered' && dialect.acknowledged(outcome, keys);
  const made = { number: 1, at, url, headers: message.headers, outcome, acknowledged };
  const delivery = deliveryOf(input, { at, outcome, acknowledged, error: attemptError(made) }, context.clock);
  await insertTrial(context.database.query, delivery, attemptRow({ ...made, delivery }));
  const problem = problemOf({ signed, probe, outcome, acknowledged });
  return { passed: problem === null, delivery, request: { url, message, signed }, probe, outcome, problem };
}

/** What cannot be written is the configuration's fault, such as a key that is missing, and is told to who tries it. */
function encode({ receiver: { dialect, endpoint, keys }, event }: TrialInput, clock: Clock): EncodedMessage {
  let encoded: EncodedMessage | null;
  try {
    encoded = dialect.encode(event, endpoint, keys, clock);
  } catch (cause) {
    const detail = `${event.type} could not be written in the dialect ${dialect.id}: see that it has its keys.`;
    throw new Problem('state_conflict', detail, { cause });
  }
  if (encoded !== null) return encoded;
  throw new Problem('state_conflict', `The dialect ${dialect.id} has no word for ${event.type}.`);
}

interface Made {
  readonly at: Temporal.Instant;
  readonly outcome: OutboundOutcome;
  readonly acknowledged: boolean;
  readonly error: string | null;
}

function deliveryOf(input: TrialInput, { at, outcome, acknowledged, error }: Made, clock: Clock): Delivery {
  const { event, receiver, trigger, mode, url } = input;
  const endpointId = receiver.settings?.endpointId ?? null;
  return {
    tenantId: event.tenantId,
    deliveryId: newId('whd', clock),
    laneId: LANE,
    eventId: event.eventId,
    eventType: event.type,
    // The payment it speaks of never was; nobody shall find this in the story of a real one.
    paymentId: null,
    mode,
    endpointId,
    urlOverride: endpointId === null ? url : null,
    partnerKeyId: null,
    trigger,
    reason: 'manual',
    status: acknowledged ? 'succeeded' : 'exhausted',
    attemptsMade: 1,
    dueAt: null,
    lastAttemptAt: at,
    lastStatusCode: outcome.kind === 'answered' ? outcome.status : null,
    lastError: error,
    createdAt: at,
  };
}

function problemOf({
  signed,
  probe,
  outcome,
  acknowledged,
}: Pick<Trial, 'probe' | 'outcome'> & {
  readonly signed: SignedText;
  readonly acknowledged: boolean;
}): string | null {
  if (signed.verifies === false) return 'Our own verifier does not take this signature; this is a fault of ours.';
  if (probe !== null && !isSuccess(probe)) return `The address must answer an empty GET with 2xx; ${describe(probe)}.`;
  if (acknowledged) return null;
  if (outcome.kind !== 'answered') return `There was no answer; ${describe(outcome)}.`;
  return isSuccess(outcome)
    ? `The answer is a ${outcome.status}, but not the acknowledgment that this endpoint asks for.`
    : `The answer acknowledges nothing; ${describe(outcome)}.`;
}

function isSuccess(outcome: OutboundOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

function describe(outcome: OutboundOutcome): string {
  return outcome.kind === 'answered' ? `it answered ${outcome.status}` : `${outcome.reason}: ${outcome.detail}`;
}

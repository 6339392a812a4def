import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { signStandard } from '../notifications/dialects/standard.ts';
import { pause } from '../platform/deadline.ts';
import type { OutboundHttp, OutboundOutcome } from '../platform/outbound-http.ts';
import { type ApiClient, ApiUnreachable } from './api-client.ts';

export interface ListenContext {
  readonly api: ApiClient;
  /** The way to the local address. */
  readonly http: OutboundHttp;
  readonly clock: Clock;
  /** Told what happens, as it happens. */
  readonly tell: (news: ListenNews) => void;
  /** Ends the listening. */
  readonly signal: AbortSignal;
}

export interface ListenOptions {
  readonly forwardTo: string;
  readonly eventTypes: readonly string[];
  /** Signs what is forwarded; `whsec_…`. */
  readonly secret: string;
}

export type ListenNews =
  | { readonly kind: 'ready'; readonly forwardTo: string; readonly secret: string }
  | {
      readonly kind: 'forwarded';
      readonly eventId: string;
      readonly type: string;
      readonly createdAt: string;
      readonly outcome: OutboundOutcome;
    }
  | { readonly kind: 'waiting'; readonly because: string };

const listener = z.object({ id: z.string() });
const listened = z.object({
  data: z.array(z.looseObject({ id: z.string(), type: z.string(), createdAt: z.string() })),
});
type ListenedEvent = z.output<typeof listened>['data'][number];

/** What the API lets a question wait. */
const WAIT_S = 20;
const FORWARD_TIMEOUT_MS = 30_000;
const RESPONSE_BYTES_MAX = 16_384;
/** While the API is away; the last step repeats. */
const RECONNECT_DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000] as const;
/** A local server that is just being restarted is given these to come back. */
const LOCAL_DELAYS_MS = [500, 1_000, 2_000, 4_000] as const;

/**
 * Brings the events of a tenant to a local address from now on, until the signal aborts. Events wait at the gateway until
 * they are acknowledged there, and are acknowledged once the local server has had them: an API that goes away and comes
 * back loses none, and what was forwarded before it went is not forwarded again.
 * @throws ApiRefused
 */
export async function listen(context: ListenContext, options: ListenOptions): Promise<void> {
  const { api, tell, signal } = context;
  const { forwardTo, eventTypes, secret } = options;
  const ended = whenAborted(signal);
  const ask = (question: () => Promise<unknown>) => persist(context, ended, question);
  const made = await ask(() => api.send('POST', '/listeners', { eventTypes }));
  if (made === ENDED) return;
  const { id } = listener.parse(made);
  tell({ kind: 'ready', forwardTo, secret });
  try {
    while (!signal.aborted) {
      const answer = await ask(() => api.send('GET', `/listeners/${id}/events?waitSeconds=${WAIT_S}`));
      if (answer === ENDED) break;
      const { data } = listened.parse(answer);
      const eventIds: string[] = [];
      for (const event of data) {
        if (signal.aborted) break;
        await forward(context, options, event);
        eventIds.push(event.id);
      }
      // Before the next question, however often it takes: until then the same events would come.
      if (eventIds.length > 0) await ask(() => api.send('POST', `/listeners/${id}/acknowledge`, { eventIds }));
    }
  } finally {
    // What is left is removed by the gateway after a day.
    await api.send('DELETE', `/listeners/${id}`).catch(() => undefined);
  }
}

const ENDED = Symbol('the listening has ended');

/** Asks until there is an answer, or until the listening ends. Every question of ours may be repeated. */
async function persist(
  { tell, signal }: ListenContext,
  ended: Promise<typeof ENDED>,
  ask: () => Promise<unknown>,
): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      return await Promise.race([ask(), ended]);
    } catch (error) {
      if (!(error instanceof ApiUnreachable)) throw error;
      tell({ kind: 'waiting', because: error.message });
    }
    await pause(RECONNECT_DELAYS_MS[Math.min(tries, RECONNECT_DELAYS_MS.length - 1)] ?? 0, signal);
    if (signal.aborted) return ENDED;
  }
}

function whenAborted(signal: AbortSignal): Promise<typeof ENDED> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(ENDED);
    signal.addEventListener('abort', () => resolve(ENDED), { once: true });
  });
}

async function forward(
  { http, clock, tell, signal }: ListenContext,
  { forwardTo, secret }: ListenOptions,
  event: ListenedEvent,
): Promise<void> {
  const body = JSON.stringify(event);
  const send = () => {
    const signed = signStandard({ id: event.id, at: clock.now(), body, secrets: [secret] });
    const headers = { ...signed, 'content-type': 'application/json' };
    const limits = { timeoutMs: FORWARD_TIMEOUT_MS, responseBytesMax: RESPONSE_BYTES_MAX };
    return http.send({ method: 'POST', url: forwardTo, headers, body, ...limits });
  };
  let outcome = await send();
  for (const delayMs of LOCAL_DELAYS_MS) {
    if (outcome.kind !== 'not_sent' || outcome.reason === 'invalid_url' || signal.aborted) break;
    await pause(delayMs, signal);
    outcome = await send();
  }
  tell({ kind: 'forwarded', eventId: event.id, type: event.type, createdAt: event.createdAt, outcome });
}

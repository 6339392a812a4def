import { randomInt } from 'node:crypto';
import { pause } from '../platform/deadline.ts';
import type { OutboundHttp, OutboundOutcome, OutboundRequest } from '../platform/outbound-http.ts';
import { MasterKeyDenied, MasterKeyUnavailable } from './master-key.ts';

/** What a keeper's answer means. `again`: it was busy or broken, and the same question may be answered differently. */
export type Judgment = 'done' | 'again' | 'denied';

interface Question {
  readonly http: OutboundHttp;
  /** Whom is asked, for messages; never what. */
  readonly keeper: string;
  /** Made anew for each try: signatures carry the time, and a token may have been renewed meanwhile. */
  readonly request: () => Promise<Pick<OutboundRequest, 'url' | 'headers' | 'body'>>;
  readonly judge: (status: number, body: Readonly<Record<string, unknown>>) => Judgment;
}

/** Requests wait for this, so that it is short; wrapping and unwrapping may be asked for any number of times. */
const TRY_TIMEOUT_MS = 1_500;
const TRIES_MAX = 3;
const FIRST_PAUSE_MS = 50;
/** Two short pauses; nobody waits for whoever waits for them. */
const NEVER = new AbortController().signal;
/** Answers hold one wrapped key and a few names. */
const ANSWER_BYTES_MAX = 65_536;

/**
 * Asks the keeper of a master key over the network, again where it was busy or did not answer. Its answer's JSON.
 * @throws MasterKeyUnavailable where no try was answered, MasterKeyDenied where the keeper said no
 */
export async function askKeyKeeper(question: Question): Promise<Readonly<Record<string, unknown>>> {
  const { http, keeper, judge } = question;
  let reason = '';
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    if (tries > 1) await pause(randomInt(FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS) * 4 ** (tries - 2), NEVER);
    const outcome = await http.send({
      ...(await question.request()),
      method: 'POST',
      timeoutMs: TRY_TIMEOUT_MS,
      responseBytesMax: ANSWER_BYTES_MAX,
    });
    if (outcome.kind !== 'answered') {
      reason = outcome.reason;
      continue;
    }
    const body = jsonOf(outcome);
    const judgment = body === null ? 'again' : judge(outcome.status, body);
    if (body !== null && judgment === 'done') return body;
    // The status alone: what a keeper writes may repeat what it was sent.
    reason = `status ${outcome.status}`;
    if (judgment === 'denied') throw new MasterKeyDenied(`${keeper} refused: ${reason}`);
  }
  throw new MasterKeyUnavailable(`${keeper} cannot be asked now: ${reason}`);
}

function jsonOf(outcome: Extract<OutboundOutcome, { kind: 'answered' }>): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(outcome.body).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // A refusal may come without a body, from a proxy in between for example.
    return outcome.status >= 400 && outcome.status < 500 ? {} : null;
  }
}

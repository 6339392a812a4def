/** What every adapter makes of an exchange before it looks at what the provider said. */
import type { OutboundOutcome } from '../platform/outbound-http.ts';
import type { NotSent, Refused, Unknown } from './provider.ts';

/** An answer that came whole; whether it is good news is for the adapter to say. */
export interface WholeAnswer {
  readonly kind: 'whole';
  readonly status: number;
  /** Names in lower case, repeated headers kept. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
}

/** Certain is only an answer that came whole; a request that may have been read leaves the outcome open. */
export function wholeAnswer(outcome: OutboundOutcome): WholeAnswer | NotSent | Unknown {
  if (outcome.kind === 'not_sent') return { kind: 'not_sent', reason: outcome.reason };
  if (outcome.kind === 'lost') return unknown(`no answer: ${outcome.reason}`);
  if (outcome.bodyCut) return unknown('the answer is too long');
  const { status, headers, body } = outcome;
  return { kind: 'whole', status, headers, body };
}

/** The JSON in an answer's bytes, or undefined where they are not UTF-8 JSON. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** The provider read the request and did nothing, and never will. */
export function refused(code: string, message: string): Refused {
  return { kind: 'refused', code, message };
}

/** The answer leaves open what was done. */
export function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}

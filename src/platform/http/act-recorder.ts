import type { Caller } from '../../kernel/caller.ts';
import type { Endpoint } from '../../kernel/endpoint.ts';
import type { Problem } from '../../kernel/problem.ts';
import type { RouteAnswer } from './bind-endpoint.ts';
import type { Exchange } from './exchange.ts';

/** One call that is about to be answered by its verb. */
export interface RecordedCall {
  readonly caller: Caller;
  readonly exchange: Exchange;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Keeps the record of who did what by requests. */
export interface ActRecorder {
  /** How calls of an endpoint are recorded; null: they are not, and cost nothing. */
  of(endpoint: Endpoint): RecordCall | null;
  /** Records that a whole list is about to be taken along. */
  exported(endpoint: Endpoint, call: RecordedCall): Promise<void>;
  /** Takes note of a refusal that may be an attack, by what the credentials name, never by what they prove. Does not wait. */
  refused(exchange: Exchange, problem: Problem, authorization: string | undefined): void;
}

/** Runs a verb so that its success is recorded. */
export type RecordCall = <Answer extends RouteAnswer>(
  call: RecordedCall,
  work: () => Promise<Answer>,
) => Promise<Answer>;

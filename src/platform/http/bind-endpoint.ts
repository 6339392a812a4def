import type { z } from 'zod';
import type { ApprovalRequested } from '../../kernel/approval-requested.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Access, Endpoint } from '../../kernel/endpoint.ts';
import type { Logger } from '../log.ts';
import type { Exchange } from './exchange.ts';
import type { StreamAnswer } from './stream-answer.ts';

/** The member of Caller that an access admits. */
export type CallerOf<Who extends Access> = Extract<Caller, { readonly by: Who['by'] }>;

/** The caller's wish to have this request run once. */
export interface IdempotencyClaim {
  /** 1 to 255 printable ASCII characters, as sent. */
  readonly key: string;
  /** SHA-256 hex over method, path and body; the order of the body's keys does not matter. */
  readonly fingerprint: string;
}

/** One request that is known to be from its caller and to keep every declared rule. */
export interface EndpointRequest<Who extends Access = Access, Params = unknown, Query = unknown, Body = unknown> {
  readonly caller: CallerOf<Who>;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The bytes that were sent; none where the endpoint declares no file. */
  readonly file: Uint8Array;
  /** Null where no key was sent or the endpoint takes none. */
  readonly idempotency: IdempotencyClaim | null;
  readonly correlationId: string;
  /** Business time of arrival; one instant for the whole request. */
  readonly receivedAt: Temporal.Instant;
  /** Whether it came by TLS. Where the mode is not the caller's but the body's secret's, the verb refuses live mode. */
  readonly secure: boolean;
  /** The tenant and mode whose own host it came to; null: the installation's. */
  readonly host: Exchange['host'];
  /** The shopper's or back end's address; a forwarded one only where the proxy is trusted. */
  readonly remoteAddress: string;
  readonly log: Logger;
}

type ExtraHeaders = Readonly<Record<string, string>>;

/**
 * What a verb gives back. `json` is a stored first answer, sent as its exact bytes; `bodyJson` the body as JSON, from a
 * verb that has written it already.
 */
export type EndpointAnswer<Body = unknown> =
  | { readonly body: Body; readonly bodyJson?: string; readonly replayed?: boolean; readonly headers?: ExtraHeaders }
  | { readonly json: string; readonly status: number; readonly replayed: true; readonly headers?: ExtraHeaders };

/** What a route answers with: the verb's answer, or that it waits for a second person, where the endpoint is one of those. */
export type RouteAnswer = EndpointAnswer | StreamAnswer | { readonly approval: ApprovalRequested };

/** A declaration with the verb that answers it; what a server binds. */
export interface BoundEndpoint {
  readonly endpoint: Endpoint;
  readonly handle: (request: EndpointRequest) => Promise<RouteAnswer>;
}

/**
 * Ties a declaration to its verb; the handler's types follow from the declaration.
 * A refusal is a thrown Problem whose code the declaration lists.
 */
export function bindEndpoint<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Who extends Access,
>(
  endpoint: Endpoint<Params, Query, Body, Answer, Who>,
  handle: (
    request: EndpointRequest<Who, z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<EndpointAnswer<z.output<Answer>> | StreamAnswer>,
): BoundEndpoint {
  // The server parses with these very schemas before it calls, so the narrower request is what arrives.
  return { endpoint, handle: handle as unknown as BoundEndpoint['handle'] };
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { present } from '../../kernel/assert.ts';
import type { Caller, Mode } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Endpoint } from '../../kernel/endpoint.ts';
import type { Logger } from '../log.ts';
import { openRequestScope, type RequestScope } from '../tenant-scope.ts';
import type { ServerSpan } from '../tracing.ts';
import type { AnsweredProblem } from './answered-request.ts';

/** What one request is known to be; filled in as the checks go on. */
export interface Exchange {
  readonly correlationId: string;
  readonly log: Logger;
  /** Business time of arrival. */
  readonly receivedAt: Temporal.Instant;
  /** Monotonic, for durations. */
  readonly startedAtMs: number;
  /** By TLS, directly or through a trusted proxy. False until the transport was looked at. */
  secure: boolean;
  remoteAddress: string;
  /** The tenant and mode whose own host it came to; null: the installation's. */
  host: { readonly tenantId: string; readonly mode: Mode } | null;
  /** Whose rows it may touch: nobody's until that is known. */
  readonly scope: RequestScope;
  span: ServerSpan | null;
  endpoint: Endpoint | null;
  caller: Caller | null;
  /** The refusal it was answered with. */
  problem: AnsweredProblem | null;
}

const exchanges = new WeakMap<IncomingMessage, Exchange>();

/** Starts the record of a request. */
export function openExchange(request: IncomingMessage, log: Logger, clock: Clock): Exchange {
  const correlationId = acceptedCorrelationId(request.headers['x-correlation-id']);
  let child: Logger | null = null;
  const exchange: Exchange = {
    correlationId,
    // Most requests log nothing but their end, which names the id itself.
    get log() {
      child ??= log.child({ correlationId });
      return child;
    },
    receivedAt: clock.now(),
    startedAtMs: performance.now(),
    secure: false,
    remoteAddress: request.socket.remoteAddress ?? '',
    host: null,
    scope: openRequestScope(),
    span: null,
    endpoint: null,
    caller: null,
    problem: null,
  };
  exchanges.set(request, exchange);
  return exchange;
}

/** What is known about a request; for pages and raw bodies, which have no EndpointRequest. */
export function exchangeOf(request: FastifyRequest): Exchange {
  return present(exchanges.get(request.raw), 'The exchange of a request');
}

/** The caller's own id where it is harmless in logs, headers and file names; else a new one. */
export function acceptedCorrelationId(sent: string | readonly string[] | undefined): string {
  return typeof sent === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(sent) ? sent : randomUUID();
}

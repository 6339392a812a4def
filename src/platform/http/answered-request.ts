import type { FastifyReply } from 'fastify';
import type { TenantCaller } from '../../kernel/caller.ts';
import type { FieldError, ProblemCode } from '../../kernel/problem.ts';
import type { Exchange } from './exchange.ts';

/** What a request's refusal said, as it was sent. */
export interface AnsweredProblem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** A request of a tenant's back end that is over. Nothing in it is from a body, a query or a header, but the correlation id. */
export interface AnsweredRequest {
  readonly caller: TenantCaller;
  /** The endpoint's id. */
  readonly operation: string;
  readonly method: string;
  /** With parameters in braces. */
  readonly route: string;
  readonly status: number;
  /** null: it was answered as asked. */
  readonly problem: AnsweredProblem | null;
  readonly durationMs: number;
  readonly correlationId: string;
  /** Whether a kept first answer was given again. */
  readonly replayed: boolean;
  readonly receivedAt: Temporal.Instant;
}

/** The record of a request that a tenant's back end sent; null for anybody else's, and for what led nowhere. */
export function answeredRequest(exchange: Exchange, reply: FastifyReply, durationMs: number): AnsweredRequest | null {
  const { caller, endpoint, problem, correlationId, receivedAt } = exchange;
  if (caller?.by !== 'tenant' || endpoint === null) return null;
  return {
    ...{ caller, operation: endpoint.id, method: endpoint.method, route: endpoint.path },
    ...{ status: reply.raw.statusCode, problem, durationMs, correlationId, receivedAt },
    replayed: reply.getHeader('idempotency-replayed') === 'true',
  };
}

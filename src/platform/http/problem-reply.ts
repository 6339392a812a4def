import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { Problem, type ProblemCode, problemBody } from '../../kernel/problem.ts';
import type { Logger } from '../log.ts';
import { acceptedCorrelationId, type Exchange } from './exchange.ts';
import type { HttpLimits } from './limits.ts';

/** Where the thrower named no time: long enough to matter, short enough for a person. */
const RETRY_SECONDS: Partial<Record<ProblemCode, number>> = { too_many_requests: 1, unavailable: 5 };

const MEDIA_TYPE = 'application/problem+json';

/** Answers with a refusal. Buffers, since Fastify would add a charset, which the media type does not have. */
export function sendProblem(reply: FastifyReply, problem: Problem, exchange: Exchange): FastifyReply {
  exchange.problem = { code: problem.code, detail: problem.message, errors: problem.errors };
  const retryAfter = problem.retryAfterSeconds ?? RETRY_SECONDS[problem.code];
  if (retryAfter !== undefined) reply.header('retry-after', Math.ceil(retryAfter));
  if (problem.status === 401) reply.header('www-authenticate', challenges(reply.request.headers.authorization));
  if (problem.replayed) reply.header('idempotency-replayed', 'true');
  return reply
    .code(problem.status)
    .header('x-correlation-id', exchange.correlationId)
    .header('content-type', MEDIA_TYPE)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(JSON.stringify(problemBody(problem, exchange.correlationId))));
}

/** RFC 9110 section 11.6.1: a 401 names the schemes; Basic only to those who use it, or browsers would ask people. */
function challenges(authorization: string | undefined): string {
  const bearer = 'Bearer realm="tollgate"';
  return /^basic\b/i.test(authorization ?? '') ? `${bearer}, Basic realm="tollgate", charset="UTF-8"` : bearer;
}

/** What Fastify itself refuses, by its codes: https://fastify.dev/docs/latest/Reference/Errors/ */
const FASTIFY_PROBLEMS: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  // The sender went away in the middle of the body.
  ECONNRESET: 'malformed_request',
};

/** The refusal behind an error; anything unforeseen is our fault and says nothing about itself. */
export function toProblem(error: unknown, limits: HttpLimits): Problem {
  if (error instanceof Problem) return error;
  const code = FASTIFY_PROBLEMS[errorCode(error)];
  if (code === 'body_too_large') return new Problem(code, `A body may have at most ${limits.bodyBytesMax} bytes.`);
  if (code !== undefined) return new Problem(code);
  return new Problem('internal_error', 'Quote the correlation id when you ask us about it.', { cause: error });
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The request a socket is busy with; an error of the parser may be about it or about what follows it. */
export interface InFlight {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Answers a request that never became one (Node's `clientError`), then closes. Where a whole request is still being
 * worked on, closes without a word: an error written now would be read as that request's answer.
 */
export function refuseBrokenRequest(error: Error, socket: Socket, inFlight: InFlight | undefined, log: Logger): void {
  const answering = inFlight?.response.writableFinished === false ? inFlight : undefined;
  const mustBeSilent = answering !== undefined && (answering.request.complete || answering.response.headersSent);
  if (errorCode(error) === 'ECONNRESET' || !socket.writable || mustBeSilent) {
    socket.destroy();
    return;
  }
  const problem = brokenRequestProblem(error);
  const correlationId = acceptedCorrelationId(undefined);
  const body = JSON.stringify(problemBody(problem, correlationId));
  log.info({ correlationId, status: problem.status, reason: errorCode(error) }, 'Refused a broken request');
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nconnection: close\r\ncontent-type: ${MEDIA_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nx-correlation-id: ${correlationId}\r\n` +
      `x-content-type-options: nosniff\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** llhttp's and Node's codes: https://nodejs.org/api/http.html#event-clienterror */
function brokenRequestProblem(error: Error): Problem {
  const code = errorCode(error);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request_timeout');
  if (code !== 'HPE_HEADER_OVERFLOW') return new Problem('malformed_request', 'This is not HTTP as RFC 9112 has it.');
  return new Problem(isLongRequestLine(error) ? 'uri_too_long' : 'headers_too_large');
}

const HEADER_CHUNK_BYTES = 8 * 1024;

/** Node has one limit for the request line and the headers together; the packet at hand tells which it was. */
function isLongRequestLine(error: Error): boolean {
  const packet = 'rawPacket' in error && error.rawPacket instanceof Uint8Array ? error.rawPacket : new Uint8Array();
  const head = Buffer.from(packet.subarray(0, HEADER_CHUNK_BYTES)).toString('latin1');
  return /^[A-Z]+ [/*h]/.test(head) && !head.includes('\n');
}

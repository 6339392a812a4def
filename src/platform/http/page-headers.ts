import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The headers of every page for shoppers: it comes from nowhere, is kept nowhere, is what it says it is, and may load and
 * do what its policy lists. https://www.w3.org/TR/CSP3/
 */
export function strictPageHeaders(reply: FastifyReply, policy: readonly string[]): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', policy.join('; '))
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff');
}

/** The fields of a form that a page of ours posted; none where the body is something else. */
export function readForm({ body }: FastifyRequest): URLSearchParams {
  return new URLSearchParams(body instanceof Uint8Array ? Buffer.from(body).toString() : '');
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { strictPageHeaders } from '../platform/http/page-headers.ts';
import type { Framing } from './checkout-view.ts';

/**
 * Strict: no script or style but our own files and one nonced block, framed only where the tenant lists the origin. A
 * page with card fields takes scripts and frames of their provider too, whose `origins` its adapter names.
 */
export function pageHeaders(
  reply: FastifyReply,
  nonce: string,
  { frameAncestors, origins }: { readonly frameAncestors: readonly string[]; readonly origins: readonly string[] },
): FastifyReply {
  const ancestors = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ');
  const policy = [
    "default-src 'none'",
    `style-src 'self' 'nonce-${nonce}'`,
    ["script-src 'self'", ...origins].join(' '),
    "img-src 'self' data:",
    ["connect-src 'self'", ...origins].join(' '),
    ...(origins.length === 0 ? [] : [['frame-src', ...origins].join(' ')]),
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors}`,
  ];
  return strictPageHeaders(reply, policy);
}

/**
 * Where the browser says that it puts the page. https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header; a page cannot
 * set it.
 */
export function framingOf({ headers }: FastifyRequest): Framing {
  const destination = headers['sec-fetch-dest'];
  if (destination === undefined) return 'unknown';
  return destination === 'document' ? 'top' : 'frame';
}

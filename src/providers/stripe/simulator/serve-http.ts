import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './account.ts';
import type { Answer } from './idempotency.ts';
import { type ApiContext, serveApi } from './serve-api.ts';
import { servePage } from './serve-pages.ts';

/** How the next request is answered, whatever it was. What is `executed` has happened, although nobody hears of it. */
export type Fault =
  /** Lets one request pass. */
  | { readonly kind: 'none' }
  | { readonly kind: 'lose' | 'hang' | 'truncate' | 'bad_gateway'; readonly executed: boolean }
  | {
      readonly kind: 'answer';
      readonly executed: boolean;
      readonly status: number;
      readonly body: string;
      /** Waits for a request to this path and lets others pass. */
      readonly path?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** A request as it came, for whoever compares wires. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface HttpContext extends ApiContext {
  readonly accounts: () => readonly Account[];
  readonly nextFault: (path: string) => Fault | null;
  readonly seen: SeenRequest[];
  /** Answers that never come; ended when the simulator is. */
  readonly held: Set<ServerResponse>;
  /** For the `Date` of answers. */
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
}

const BODY_BYTES_MAX = 128 * 1024;

/** Serves one HTTP request, whatever it is; never throws. */
export async function serveHttp(
  context: HttpContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.sendDate = false;
  response.setHeader('date', new Date(context.nowMs()).toUTCString());
  try {
    const body = await readBody(request);
    if (body === null) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://simulator.invalid');
    if (url.pathname === '/healthz') sendJson(response, { status: 200, body: '{"status":"ok"}' });
    else if (url.pathname.startsWith('/v1/')) sendApi(context, request, response, url, body);
    else {
      const answer = servePage(context, { method: request.method ?? '', path: url.pathname, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }
  } catch (error) {
    context.failed(error);
    if (!response.headersSent) sendJson(response, { status: 500, body: '{"error":{"type":"api_error"}}' });
  }
}

function sendApi(
  context: HttpContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: string,
): void {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  );
  const asked: SeenRequest = {
    method: request.method ?? '',
    path: url.pathname,
    query: url.search.slice(1),
    headers,
    body,
  };
  context.seen.push(asked);
  const fault = context.nextFault(asked.path);
  if (fault === null || fault.kind === 'none') {
    sendJson(response, serveApi(context, asked));
    return;
  }
  const answer = fault.executed ? serveApi(context, asked) : { status: 200, body: '{}' };
  spoil(context, response, fault, answer);
}

function spoil(
  { held }: HttpContext,
  response: ServerResponse,
  fault: Exclude<Fault, { kind: 'none' }>,
  { status, body }: Answer,
): void {
  switch (fault.kind) {
    case 'lose':
      response.destroy();
      return;
    case 'hang':
      held.add(response);
      return;
    case 'truncate':
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, body.length / 2), () => response.destroy());
      return;
    case 'bad_gateway':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
      return;
    case 'answer':
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(fault.body);
  }
}

function sendJson(response: ServerResponse, { status, body, isReplay }: Answer): void {
  const replayed = isReplay === true ? { 'idempotent-replayed': 'true' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...replayed }).end(body);
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

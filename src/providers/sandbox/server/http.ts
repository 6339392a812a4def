import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveApi } from './api.ts';
import type { ApiAnswer } from './api-answer.ts';
import { serveBank } from './bank.ts';
import type { Desk } from './desk.ts';
import type { Notifier, SandboxLog } from './notifier.ts';
import { Refusal } from './refusal.ts';

interface Context {
  readonly desk: Desk;
  readonly notifier: Notifier;
  readonly log: SandboxLog;
}

/** The longest evidence, however its characters are escaped, and some room. */
const BODY_BYTES_MAX = 128 * 1024;
/** How long an answer that never comes keeps its connection. */
const HOLD_MS = 30_000;

/** Serves one HTTP request, whatever it is; never throws. */
export async function serveHttp(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    const path = request.url ?? '/';
    if (path === '/healthz') sendJson(response, 200, { status: 'ok' });
    else if (path.startsWith('/bank/')) sendBank(context, request, response, path, body);
    else await sendApi(context, request, response, path, body);
  } catch (error) {
    sendError(context, response, error);
  }
  // After the answer, so that a notification overtakes it by chance only, as it does in the world.
  context.notifier.kick();
}

function sendBank(
  { desk }: Context,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: Uint8Array,
): void {
  const answer = serveBank(desk, request.method ?? '', path, body);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

async function sendApi(
  { desk, notifier }: Context,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: Uint8Array,
): Promise<void> {
  const answer = serveApi(desk, {
    method: request.method ?? '',
    path,
    body,
    merchantCode: header(request, 'sandbox-merchant'),
    timestamp: header(request, 'sandbox-timestamp'),
    signature: header(request, 'sandbox-signature'),
  });
  if (answer.notifyFirst !== undefined) await notifier.drainCharge(answer.notifyFirst);
  deliver(response, answer);
}

function deliver(response: ServerResponse, answer: ApiAnswer): void {
  switch (answer.delivery) {
    case 'never':
      setTimeout(() => response.destroy(), HOLD_MS).unref();
      return;
    case 'bad_gateway':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
      return;
    default:
      sendJson(response, answer.status, answer.body);
  }
}

function sendError({ log }: Context, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  if (error instanceof Refusal) {
    const { code, message } = error;
    if (code === 'not_executed') response.setHeader('sandbox-not-executed', 'true');
    if (code === 'body_too_large') response.setHeader('connection', 'close');
    sendJson(response, error.status, { error: { code, message } });
    return;
  }
  log.error({ error }, 'sandbox request failed');
  sendJson(response, 500, { error: { code: 'internal_error', message: 'Something went wrong here' } });
}

function sendJson(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Refusal('body_too_large', 'The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** One value; a header that came twice arrives joined by a comma and then matches nothing. */
function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

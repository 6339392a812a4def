import type { IncomingMessage, ServerResponse } from 'node:http';
import { headersOf, type ReceiverOptions, takeNotification } from './receiver.ts';

/** What Express, and whatever is made like it, passes on. */
type Handler = (
  request: IncomingMessage & { readonly body?: unknown },
  response: ServerResponse,
  next: (error: unknown) => void,
) => void;

/**
 * For Express, behind its parser for raw bytes and before any other:
 * `app.post('/webhooks', express.raw({ type: '*' + '/*', limit: '1mb' }), expressReceiver(options))`.
 * `express.json()` in its place would leave nothing that could be verified.
 */
export function expressReceiver(options: ReceiverOptions): Handler {
  return (request, response, next) => {
    // express.raw() leaves an empty object where there was no body.
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    takeNotification({ body, headers: headersOf(request) }, response, options).catch(next);
  };
}

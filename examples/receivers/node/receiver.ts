import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { WebhookVerificationError } from '../../../sdk/src/tollgate.ts';
import { believe, type ReceiverKeys } from './believe.ts';
import type { Inbox } from './inbox.ts';
import { isFromGateway } from './is-from-gateway.ts';

export interface ReceiverOptions {
  readonly keys: ReceiverKeys;
  readonly inbox: Inbox;
  /** Empty: any, since the signature is the proof. */
  readonly egressAddresses: readonly string[];
  readonly work: (said: unknown) => Promise<void> | void;
  readonly log: (line: string) => void;
}

const BODY_BYTES_MAX = 1024 * 1024;

/** Without a framework: `createServer(receiver(options))`. Raw bytes, proof, a note, an answer, and only then the work. */
export function receiver(options: ReceiverOptions): RequestListener {
  return (request, response) => {
    receive(request, response, options).catch((error: unknown) => {
      // Not acknowledged: it is sent again, and by then we may be well.
      options.log(`failed: ${error instanceof Error ? error.message : 'unknown'}`);
      if (response.headersSent) response.destroy();
      else answer(response, 500, '');
    });
  };
}

async function receive(request: IncomingMessage, response: ServerResponse, options: ReceiverOptions): Promise<void> {
  if (request.method !== 'POST') return answer(response, 405, '');
  const address = request.socket.remoteAddress ?? '';
  if (options.egressAddresses.length > 0 && !isFromGateway(address, options.egressAddresses)) {
    options.log(`refused: ${address} is not the gateway`);
    return answer(response, 403, '');
  }
  const body = await rawBody(request);
  if (body === null) return answer(response.setHeader('connection', 'close'), 413, '');
  await takeNotification({ body, headers: headersOf(request) }, response, options);
}

interface Taken {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

/** What remains the same with any framework. */
export async function takeNotification(
  received: Taken,
  response: ServerResponse,
  { keys, inbox, work, log }: ReceiverOptions,
): Promise<void> {
  try {
    const { said, fact, answer: text } = await believe(keys, received);
    inbox.take(fact, said);
    answer(response, 200, text);
    // The gateway waits for seconds, your warehouse may take longer.
    await inbox.workOff(work, (error) =>
      log(`not worked off yet: ${error instanceof Error ? error.message : 'unknown'}`),
    );
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    log(`refused: ${error.reason}`);
    // One answer for every reason: whoever is not believed learns nothing by it.
    answer(response, 400, '');
  }
}

/** Every header with all its values: `request.headers` joins those that are there twice, or drops one. */
export function headersOf(request: IncomingMessage): Taken['headers'] {
  return request.headersDistinct;
}

/** The bytes as they came; null where there are more than any notification has. */
async function rawBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
}

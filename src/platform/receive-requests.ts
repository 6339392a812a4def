import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came, read to its end. */
export interface ReceivedRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case, repeated headers kept. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
}

export interface RequestReply {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
}

interface ReceiverOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Longer bodies are answered 413 and shown to nobody. */
  readonly bodyBytesMax: number;
  /** Answers a request. What it throws is answered 500. */
  readonly handle: (request: ReceivedRequest) => Promise<RequestReply>;
}

/** For one command and a handful of senders; whoever holds more connections open than this is none of them. */
const CONNECTIONS_MAX = 64;
const REQUEST_TIMEOUT_MS = 15_000;

/** A door for the length of one command: every request at any path is handed on whole. The roles' servers do far more. */
export async function receiveRequests(
  options: ReceiverOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host, port, bodyBytesMax, handle } = options;
  const limits = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer(limits, async (incoming, response) => {
    const reply = await answer(incoming).catch((): RequestReply => ({ status: 500 }));
    const { status, contentType, body = '' } = reply;
    response.writeHead(status, contentType === undefined ? {} : { 'content-type': contentType }).end(body);
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(incoming: IncomingMessage): Promise<RequestReply> {
    const body = await readAtMost(incoming, bodyBytesMax);
    if (body === null) return { status: 413 };
    const { searchParams } = new URL(incoming.url ?? '/', 'http://receiver.invalid');
    const headers = incoming.headersDistinct as Readonly<Record<string, readonly string[]>>;
    const remoteAddress = incoming.socket.remoteAddress ?? '';
    return handle({
      ...{ method: incoming.method ?? '', query: Object.fromEntries(searchParams) },
      ...{ headers, body, remoteAddress },
    });
  }
}

/** The whole body; null where it is longer. */
async function readAtMost(incoming: IncomingMessage, bytesMax: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read on, so that the sender gets an answer instead of a broken connection; kept is nothing.
    if (bytes <= bytesMax) chunks.push(chunk);
    if (bytes > bytesMax * 4) incoming.destroy();
  }
  return bytes > bytesMax ? null : Buffer.concat(chunks);
}

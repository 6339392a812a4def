import type { ServerResponse } from 'node:http';

/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 25_000;

/** The open order pages: server-sent events, by the key of the order. */
export class OrderStream {
  readonly #open = new Map<string, Set<ServerResponse>>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor() {
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** Begins with the order as it is, so that nothing is lost between the page, a broken connection and this one. */
  open(key: string, response: ServerResponse, update: object): void {
    // A kept-alive connection would outlast the stream, and hold up the shop when it closes.
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' };
    response.writeHead(200, headers);
    response.write(`retry: 2000\n${message(update)}`);
    const responses = this.#open.get(key) ?? new Set();
    this.#open.set(key, responses.add(response));
    response.once('close', () => {
      responses.delete(response);
      if (responses.size === 0 && this.#open.get(key) === responses) this.#open.delete(key);
    });
  }

  send(key: string, update: object): void {
    for (const response of this.#open.get(key) ?? []) response.write(message(update));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const responses of this.#open.values()) for (const response of responses) response.end();
  }

  #beat(): void {
    for (const responses of this.#open.values()) for (const response of responses) response.write(': still here\n\n');
  }
}

/** JSON has no line breaks, which would end the message. */
function message(update: object): string {
  return `data: ${JSON.stringify(update)}\n\n`;
}

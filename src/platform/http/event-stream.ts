import type { FastifyReply } from 'fastify';

/** An answer that goes on: server-sent events. WHATWG HTML, section "Server-sent events". */
export interface EventStream {
  /** `id` comes back from the browser in Last-Event-ID when it asks again. Does nothing after the end. */
  send(event: { readonly id: string; readonly data: unknown }): void;
  end(): void;
}

interface EventStreamOptions {
  /** Ends the stream when the server stops. */
  readonly closing: AbortSignal;
  /** Called once, whoever ended it. */
  readonly closed: () => void;
}

/** Shorter than the idle limits of proxies, and of our own sockets. */
const HEARTBEAT_MS = 15_000;
/** Then the browser opens it anew by itself, so that none lives for ever. */
const LIFETIME_MS = 600_000;
const RECONNECT_MS = 2_000;
/** Waiting for a reader that takes nothing; beyond it the reader is let go, and asks again. */
const UNREAD_BYTES_MAX = 256 * 1024;

/** Turns the answer into a stream, with the headers that were set on it so far. */
export function openEventStream(reply: FastifyReply, { closing, closed }: EventStreamOptions): EventStream {
  const { raw } = reply;
  // Proxies that collect answers before they pass them on would hold every event back.
  reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  reply.hijack();
  raw.writeHead(200);
  raw.write(`retry: ${RECONNECT_MS}\n\n`);
  const end = () => {
    if (!raw.writableEnded) raw.end();
  };
  const heartbeat = setInterval(() => raw.write(':\n\n'), HEARTBEAT_MS);
  const lifetime = setTimeout(end, LIFETIME_MS);
  closing.addEventListener('abort', end, { once: true });
  raw.once('close', () => {
    clearInterval(heartbeat);
    clearTimeout(lifetime);
    closing.removeEventListener('abort', end);
    closed();
  });
  return {
    end,
    send({ id, data }) {
      if (raw.writableEnded) return;
      if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy();
      else raw.write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    },
  };
}

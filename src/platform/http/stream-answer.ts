import type { FastifyReply, FastifyRequest } from 'fastify';
import { type EventStream, openEventStream } from './event-stream.ts';

/** What a verb whose answer is a stream gives back: it is called once, when nothing can be refused any more. */
export interface StreamAnswer {
  readonly stream: (line: StreamLine) => void;
}

/** The connection that a stream is to be opened on. */
export interface StreamLine {
  /** Where the reader was when its last stream ended; as it says, or null. */
  readonly lastEventId: string | null;
  /** `closed` is called once, whoever ended it. */
  open(closed: () => void): EventStream;
}

interface StreamOptions {
  readonly closing: AbortSignal;
  /** Rejects once the credentials it was opened with open nothing any more. */
  readonly checkCredentials: () => Promise<unknown>;
}

/** A revoked key or an ended session sees what happens for this long at most. */
const CREDENTIALS_CHECK_MS = 5_000;

/** Sends a stream that ends with the credentials that it was opened with. */
export function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  { stream }: StreamAnswer,
  { closing, checkCredentials }: StreamOptions,
): FastifyReply {
  const lastEventId = request.headers['last-event-id'];
  stream({
    lastEventId: typeof lastEventId === 'string' ? lastEventId : null,
    open(closed) {
      const opened = openEventStream(reply, {
        closing,
        closed() {
          clearInterval(checks);
          closed();
        },
      });
      const checks = setInterval(() => void checkCredentials().catch(() => opened.end()), CREDENTIALS_CHECK_MS);
      return opened;
    },
  });
  return reply;
}

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver that is in trouble saw of one request. */
export interface Meeting {
  readonly path: string;
  readonly eventId: string;
  /** Set once a 200 was given whole. */
  acknowledged: boolean;
}

/** A tenant's server that fails in all the ways that servers fail. */
export interface RoughReceiver {
  readonly url: string;
  /** In the order in which they came. */
  readonly meetings: readonly Meeting[];
  /** Events that it will never take. */
  readonly refused: Set<string>;
  /** From now on it takes everything else. */
  calm(): void;
  close(): Promise<void>;
}

const LATE_MS = 400;

/** Answers a part of all requests with 500, with a reset, or so slowly that others overtake it; `random` chooses. */
export async function startRoughReceiver(random: () => number): Promise<RoughReceiver> {
  const meetings: Meeting[] = [];
  const refused = new Set<string>();
  let isCalm = false;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const eventId = String(request.headers['webhook-id']);
      const meeting: Meeting = { path: request.url ?? '', eventId, acknowledged: false };
      meetings.push(meeting);
      answer(response, meeting, refused.has(eventId) ? 0 : isCalm ? 1 : random());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, meetings, refused },
    calm() {
      isCalm = true;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, meeting: Meeting, chance: number): void {
  const take = (): void => {
    if (response.destroyed) return;
    meeting.acknowledged = true;
    response.end('k');
  };
  if (chance < 0.15) response.writeHead(500).end('out of order');
  else if (chance < 0.25) response.destroy();
  else if (chance < 0.3) {
    // A part of an answer is none.
    response.writeHead(200, { 'content-length': 2 });
    response.write('o', () => response.destroy());
  } else {
    response.writeHead(200, { 'content-length': 2 });
    response.write('o');
    if (chance < 0.4) setTimeout(take, LATE_MS);
    else take();
  }
}

import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SHOP_CERTIFICATE, SHOP_KEY } from '../src/platform/outbound-fixture.ts';

/**
 * The process that receivers of all tenants live in. `/swift/…` answers at once, `/late/<ms>/…` after so long, `/never/…`
 * not at all. Parents ask by a message for what came since they last asked.
 */
export type ReceiverOrder = 'report' | 'report ids';

export interface ReceiverReport {
  readonly kind: 'report';
  /** Requests whose whole body was read, by the first part of their path. */
  readonly counts: Readonly<Record<string, number>>;
  /** When each message came, in milliseconds since the epoch, by path and webhook-id; empty unless asked for. */
  readonly arrivals: readonly (readonly [path: string, id: string, at: number])[];
}

export interface ReceiverReady {
  readonly kind: 'ready';
  readonly url: string;
  readonly secureUrl: string;
}

type Listener = Parameters<typeof createServer>[1] & {};

let counts: Record<string, number> = {};
let arrivals: [string, string, number][] = [];

const receive: Listener = (request, response) => {
  request.resume();
  request.on('end', () => {
    const path = request.url ?? '/';
    const [, kind = '', ms = ''] = path.split('/', 3);
    counts[kind] = (counts[kind] ?? 0) + 1;
    arrivals.push([path, String(request.headers['webhook-id']), performance.timeOrigin + performance.now()]);
    if (kind === 'never') return;
    const answer = () => response.writeHead(200, { 'content-length': 2 }).end('ok');
    if (kind === 'late') setTimeout(answer, Number(ms));
    else answer();
  });
};

const settings = { keepAliveTimeout: 60_000 };
const plain = createServer(settings, receive);
const secure = createSecureServer({ ...settings, cert: SHOP_CERTIFICATE, key: SHOP_KEY }, receive);

process.on('message', (order: ReceiverOrder) => {
  process.send?.({ kind: 'report', counts, arrivals: order === 'report ids' ? arrivals : [] } satisfies ReceiverReport);
  counts = {};
  arrivals = [];
});
process.on('disconnect', () => process.exit());

plain.listen(0, '127.0.0.1', () =>
  secure.listen(0, '127.0.0.1', () => {
    const { port } = plain.address() as AddressInfo;
    const { port: securePort } = secure.address() as AddressInfo;
    const ready = { url: `http://127.0.0.1:${port}`, secureUrl: `https://shop.test:${securePort}` };
    process.send?.({ kind: 'ready', ...ready } satisfies ReceiverReady);
  }),
);

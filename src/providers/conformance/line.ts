/** The wire between an adapter and its double: it passes everything on, keeps what it saw, and fails as it is told. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request as send } from 'undici';

/** A request as the adapter sent it. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What becomes of one exchange. What is `executed` has happened at the other side, although nobody hears of it. */
export type LineFault =
  | { readonly kind: 'lost' | 'silent'; readonly executed: boolean }
  /** On its way for so long that it is executed only when `deliverLate` is called. */
  | { readonly kind: 'late' }
  /** Half of the answer, or one byte now and then without an end. */
  | { readonly kind: 'cut' | 'drip' }
  | {
      readonly kind: 'answer';
      readonly executed: boolean;
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The true answer with another body. */
  | { readonly kind: 'changed'; readonly change: (body: string) => string };

export interface Line {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Lets the next request that is meant go wrong; several wait in line. */
  spoil(isMeant: (request: SeenRequest) => boolean, fault: LineFault): void;
  /** Forgets what was to go wrong and has not. */
  mend(): void;
  /** Lets what was late arrive, and waits until it is executed. */
  deliverLate(): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

/** Far below any patience, so that only the whole of them exceeds it. */
const DRIP_MS = 40;
const OF_THE_CONNECTION = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding']);

/** Lays a line to a server. */
export async function layLine(target: string): Promise<Line> {
  const seen: SeenRequest[] = [];
  const late: (() => Promise<Answer>)[] = [];
  const faults: { readonly isMeant: (request: SeenRequest) => boolean; readonly fault: LineFault }[] = [];
  const agent = new Agent({ keepAliveTimeout: 1_000 });
  const server = createServer((incoming, response) => void pass(incoming, response).catch(() => response.destroy()));
  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const came = await read(incoming);
    seen.push(came);
    const at = faults.findIndex(({ isMeant }) => isMeant(came));
    const [spoiled] = at === -1 ? [] : faults.splice(at, 1);
    const forwarded = () => forward(target, agent, came);
    if (spoiled?.fault.kind === 'late') late.push(forwarded);
    else await carry(forwarded, response, spoiled?.fault);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    spoil: (isMeant, fault) => void faults.push({ isMeant, fault }),
    mend: () => void faults.splice(0),
    deliverLate: async () => {
      for (const forwarded of late.splice(0)) await forwarded();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await agent.destroy();
    },
  };
}

async function carry(
  forwarded: () => Promise<Answer>,
  response: ServerResponse,
  fault: Exclude<LineFault, { kind: 'late' }> | undefined,
): Promise<void> {
  if (fault !== undefined && 'executed' in fault) {
    if (fault.executed) await forwarded();
    if (fault.kind === 'lost') response.destroy();
    if (fault.kind === 'answer') response.writeHead(fault.status, fault.headers ?? HTML).end(fault.body);
    return;
  }
  const { status, headers, body } = await forwarded();
  switch (fault?.kind) {
    case 'cut':
      response.writeHead(status, { ...headers, 'content-length': body.length });
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
      return;
    case 'drip': {
      response.writeHead(status, headers).write('{');
      const dripping = setInterval(() => response.write(' '), DRIP_MS);
      response.once('close', () => clearInterval(dripping));
      return;
    }
    case 'changed':
      response.writeHead(status, headers).end(fault.change(body.toString()));
      return;
    default:
      response.writeHead(status, headers).end(body);
  }
}

const HTML = { 'content-type': 'text/html' };

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString(),
  };
}

async function forward(
  target: string,
  dispatcher: Agent,
  { method, path, headers, body }: SeenRequest,
): Promise<Answer> {
  const passedOn = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
  const options = { method, headers: Object.fromEntries(passedOn), dispatcher };
  const answer = await send(new URL(path, target), body === '' ? options : { ...options, body });
  const answered = Object.entries(answer.headers).flatMap(([name, value]): [string, string | string[]][] =>
    value === undefined || OF_THE_CONNECTION.has(name) ? [] : [[name, value]],
  );
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(answered),
    body: Buffer.from(await answer.body.arrayBuffer()),
  };
}

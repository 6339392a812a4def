import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/**
 * What befalls a merchant's requests to open a charge. `not_executed`: turned away before anything is done. `refused`:
 * the key is not taken. `rejected`: the request is not. `fails`: charged or not, the answer is a proxy’s 502.
 */
type Fault = 'not_executed' | 'refused' | 'rejected' | 'fails';

/** The wire between the gateway and the sandbox, on which single merchants can be in trouble. */
export interface MerchantLine {
  readonly url: string;
  /** Where it leads; known only once the sandbox listens. */
  target: string;
  /** By merchant code. Questions and operations pass. */
  readonly faults: Map<string, Fault>;
  /** Merchants that asked for a charge, in the order of their requests. */
  readonly asked: string[];
  /** Runs before a request to open a charge goes on, and holds it until it is done. */
  beforeCharge: (merchantCode: string) => Promise<void>;
  /** Runs when the sandbox has said what it knows of a charge, and holds its answer until it is done. */
  beforeNews: (merchantCode: string) => Promise<void>;
  close(): Promise<void>;
}

/** Lays a line that leads nowhere yet. */
export async function layMerchantLine(): Promise<MerchantLine> {
  const server = createServer((incoming, response) => void serve(line, incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line: MerchantLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 'http://127.0.0.1:9',
    faults: new Map(),
    asked: [],
    beforeCharge: async () => {},
    beforeNews: async () => {},
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return line;
}

async function serve(line: MerchantLine, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const merchantCode = String(incoming.headers['sandbox-merchant']);
  const opensCharge = incoming.method === 'POST' && incoming.url === '/v1/charges';
  if (opensCharge) {
    line.asked.push(merchantCode);
    await line.beforeCharge(merchantCode);
  }
  const fault = opensCharge ? line.faults.get(merchantCode) : undefined;
  const refuse = (status: number, code: string, headers = {}) => {
    const body = JSON.stringify({ error: { code, message: 'As the test wants it' } });
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
  if (fault === 'not_executed') return refuse(503, 'not_executed', { 'sandbox-not-executed': 'true' });
  if (fault === 'refused') return refuse(401, 'bad_signature');
  if (fault === 'rejected') return refuse(422, 'validation_failed');
  const { host: _host, connection: _connection, ...headers } = incoming.headers;
  const answer = await request(new URL(incoming.url ?? '/', line.target), {
    method: incoming.method ?? 'GET',
    headers,
    body: Buffer.concat(chunks),
  });
  const body = Buffer.from(await answer.body.arrayBuffer());
  if (incoming.method === 'GET') await line.beforeNews(merchantCode);
  if (fault === 'fails') return void response.writeHead(502, { 'content-type': 'text/html' }).end('Bad gateway');
  const { 'sandbox-not-executed': notExecuted = [] } = answer.headers;
  const told = { 'content-type': 'application/json', 'sandbox-not-executed': notExecuted };
  response.writeHead(answer.statusCode, told).end(body);
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** The wire between the gateway and its provider, on which requests or answers may get lost. */
export interface LossyLine {
  readonly url: string;
  /** Where it leads; known only once the sandbox listens. */
  target: string;
  /** Which part of an exchange disappears; the gateway sees the same in both cases. */
  loses: 'nothing' | 'requests' | 'answers';
  /** What was sent into it, oldest first, also what got lost. */
  readonly sent: readonly { readonly path: string; readonly body: string }[];
  close(): Promise<void>;
}

/** Lays a line that leads nowhere yet. It reads each request whole, so that the gateway has sent it for certain. */
export async function layLossyLine(): Promise<LossyLine> {
  const sent: { path: string; body: string }[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    sent.push({ path: incoming.url ?? '/', body: Buffer.concat(chunks).toString() });
    const { loses, target } = line;
    if (loses === 'requests') return void response.destroy();
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const answer = await request(new URL(incoming.url ?? '/', target), {
      method: incoming.method ?? 'GET',
      headers,
      body: Buffer.concat(chunks),
    }).catch(() => null);
    // The other end may have stopped before this one.
    if (answer === null) return void response.destroy();
    const body = Buffer.from(await answer.body.arrayBuffer());
    if (loses === 'answers') return void response.destroy();
    response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line: LossyLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 'http://127.0.0.1:9',
    loses: 'nothing',
    sent,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return line;
}

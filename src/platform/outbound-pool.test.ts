import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type CountingServer, expectKind, loopbackClient, startHttp, startTcp } from './outbound-fixture.ts';
import type { OutboundHttp } from './outbound-http.ts';

const servers: CountingServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server that answers after a while, and counts how many requests it has at a time. */
async function startSlow(delayMs: number) {
  const seen = { requests: 0, now: 0, most: 0 };
  const server = await startHttp((_request, response) => {
    seen.requests++;
    seen.most = Math.max(seen.most, ++seen.now);
    setTimeout(() => {
      seen.now--;
      response.end('ok');
    }, delayMs);
  });
  servers.push(server);
  return { server, seen };
}

function post(http: OutboundHttp, { port }: CountingServer, timeoutMs = 5_000) {
  return http.send({ method: 'POST', url: `http://shop.test:${port}/`, timeoutMs, responseBytesMax: 100 });
}

it('one connection serves requests one after another', async () => {
  const { server } = await startSlow(0);
  const http = loopbackClient();
  const connecting = [];
  for (let i = 0; i < 10; i++) {
    connecting.push(expectKind(await post(http, server), 'answered').timings.connecting !== undefined);
  }
  expect(connecting).toEqual([true, ...Array(9).fill(false)]);
  expect(server.connections).toBe(1);
  await http.close();
});

it('one connection is given up after 1,000 requests, so that a moved name is noticed', async () => {
  const { server } = await startSlow(0);
  const http = loopbackClient();
  for (let i = 0; i < 1_001; i++) expectKind(await post(http, server), 'answered');
  expect(server.connections).toBe(2);
  await http.close();
});

it('no origin gets more connections than allowed, and those in line are served', async () => {
  const { server, seen } = await startSlow(20);
  const http = loopbackClient({ maxConnectionsPerOrigin: 3 });
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => post(http, server)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array(12).fill('answered'));
  expect([server.connections, seen.most]).toEqual([3, 3]);
  await http.close();
});

it('a busy origin does not hold up another', async () => {
  const stuck = await startSlow(1_500);
  const quick = await startSlow(0);
  const http = loopbackClient({ maxConnectionsPerOrigin: 1 });
  const slow = Promise.all([post(http, stuck.server), post(http, stuck.server, 300)]);
  const { timings } = expectKind(await post(http, quick.server), 'answered');
  expect(timings.totalMs).toBeLessThan(1_200);
  await slow;
  await http.close();
});

it('who waits in line until the deadline has sent nothing', async () => {
  const { server, seen } = await startSlow(400);
  const http = loopbackClient({ maxConnectionsPerOrigin: 1 });
  const [first, second] = await Promise.all([post(http, server), post(http, server, 100)]);
  expectKind(first, 'answered');
  expect(expectKind(second, 'not_sent').reason).toBe('no_free_connection');
  expect(seen.requests).toBe(1);
  expectKind(await post(http, server), 'answered');
  expect([seen.requests, server.connections]).toEqual([2, 1]);
  await http.close();
});

it('a connection that the server closes after its answer is replaced', async () => {
  const server = await startHttp((_request, response) => response.setHeader('connection', 'close').end('ok'));
  servers.push(server);
  const http = loopbackClient({ maxConnectionsPerOrigin: 1 });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => post(http, server)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill('answered'));
  expect(server.connections).toBe(4);
  await http.close();
});

it('a connection that the server closed while it was idle is replaced, although nobody told us yet', async () => {
  const sockets: Socket[] = [];
  const server = await startTcp((socket) => {
    sockets.push(socket);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  });
  servers.push(server);
  const http = loopbackClient({ maxConnectionsPerOrigin: 1 });
  for (let i = 0; i < 5; i++) {
    expectKind(await post(http, server), 'answered');
    sockets[i]?.destroy();
    // The end is on its way, and arrives in the turn in which the next request is about to be written.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(server.connections).toBe(5);
  await http.close();
});

it('places of failed connections are free again', async () => {
  let refuse = true;
  const { server } = await startSlow(0);
  const resolve = async () => (refuse ? Promise.reject(new Error('no')) : ['127.0.0.1']);
  const http = loopbackClient({ maxConnectionsPerOrigin: 1, resolve });
  const failed = await Promise.all([post(http, server), post(http, server), post(http, server)]);
  expect(failed.map((outcome) => expectKind(outcome, 'not_sent').reason)).toEqual(Array(3).fill('dns_failed'));
  refuse = false;
  expectKind(await post(http, server), 'answered');
  await http.close();
});

it('places of lost connections are free again', async () => {
  const server = await startHttp((_request, response) => {
    response.destroy();
  });
  servers.push(server);
  const http = loopbackClient({ maxConnectionsPerOrigin: 1 });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => post(http, server)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill('lost'));
  await http.close();
});

it('closing lets a running request end, refuses those in line and later ones, and leaves no connection', async () => {
  const { server, seen } = await startSlow(200);
  const http = loopbackClient({ maxConnectionsPerOrigin: 1 });
  const running = post(http, server);
  const inLine = post(http, server);
  while (seen.now === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = http.close();
  expect(expectKind(await inLine, 'not_sent').reason).toBe('client_closed');
  expect(expectKind(await post(http, server), 'not_sent').reason).toBe('client_closed');
  expectKind(await running, 'answered');
  await closed;
  await http.close();
  expect(seen.requests).toBe(1);
});

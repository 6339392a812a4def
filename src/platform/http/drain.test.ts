import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createInternalServer } from './create-internal-server.ts';
import { echoThing, RawConnection, send, startTestServer, type TestServer } from './http-server-fixture.ts';

const GET_HEALTH = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

/** A server whose verb waits until it is let go. */
async function startWaiting(drainTimeoutMs = 5_000) {
  const entered = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const waiting = {
    ...echoThing,
    handle: async () => {
      entered.resolve();
      await letGo.promise;
      return { body: { amount: 1 } };
    },
  };
  const server = await startTestServer([waiting], { limits: { drainTimeoutMs } });
  return { server, entered: entered.promise, letGo: letGo.resolve };
}

const BODY = '{"amount":1}';
const HEAD =
  'POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test\r\nContent-Type: application/json\r\n' +
  `Content-Length: ${BODY.length}\r\n`;

describe('close', () => {
  it('lets a running request finish, takes no new connection, and closes idle ones at once', async () => {
    const { server, entered, letGo } = await startWaiting();
    const idle = new RawConnection(server.port);
    idle.write(GET_HEALTH);
    await idle.until('200 OK');
    const running = send(`${server.url}/things`, { amount: 1 });
    await entered;
    const closed = server.close();
    await idle.closed;
    expect(server.closing.aborted).toBe(true);
    expect(await new RawConnection(server.port).closed).toBeLessThan(1_000);
    letGo();
    const answer = await running;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('connection')).toBe('close');
    await closed;
  });

  it('answers 503 to a request that was still arriving', async () => {
    const { server } = await startWaiting();
    const connection = new RawConnection(server.port);
    connection.write(HEAD);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.close();
    connection.write(`\r\n${BODY}`);
    await connection.closed;
    await closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 503 Service Unavailable/);
    expect(connection.received).toMatch(/retry-after: 5\r\n/i);
    expect(connection.received).toMatch(/connection: close\r\n/i);
    expect(connection.received).toContain('"code":"unavailable"');
  });

  it('answers health while draining, and is not ready', async () => {
    const { server } = await startWaiting();
    const connection = new RawConnection(server.port);
    connection.write('GET /readyz HTTP/1.1\r\nHost: x\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.close();
    connection.write('\r\n');
    await connection.closed;
    await closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 503/);
    expect(connection.received).toContain('"status":"not_ready","draining":true');
  });

  it('cuts what does not finish in time', async () => {
    const { server, entered, letGo } = await startWaiting(100);
    const running = send(`${server.url}/things`, { amount: 1 }).catch(() => 'cut');
    await entered;
    const start = performance.now();
    await server.close();
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(await running).toBe('cut');
    letGo();
  });

  it('is harmless for a server that never listened or is closed already', async () => {
    const { server } = await startWaiting();
    await server.close();
    await server.close();
  });
});

describe('health', () => {
  const ready = async ({ url }: TestServer) => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.json(), retryAfter: response.headers.get('retry-after') };
  };

  it('is ready when every check passes', async () => {
    const server = await startTestServer([], { readyChecks: { database: async () => {} } });
    const body = { status: 'ready', draining: false, checks: { database: 'ok' } };
    expect(await ready(server)).toEqual({ status: 200, body, retryAfter: null });
  });

  it('names the check that fails, and keeps its reason in the log', async () => {
    const failing = async () => {
      throw new Error('CANARY-REASON');
    };
    const server = await startTestServer([], { readyChecks: { database: failing, keys: async () => {} } });
    const body = { status: 'not_ready', draining: false, checks: { database: 'failed', keys: 'ok' } };
    expect(await ready(server)).toEqual({ status: 503, body, retryAfter: '5' });
    expect(JSON.stringify(server.lines)).toContain('CANARY-REASON');
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('gives up on a check that hangs', async () => {
    const { promise } = Promise.withResolvers<void>();
    const server = await startTestServer([], { readyChecks: { database: () => promise } });
    expect((await ready(server)).body).toMatchObject({ checks: { database: 'failed' } });
  });

  it('does not let those who ask often make work', async () => {
    let asked = 0;
    const readyChecks = {
      async database() {
        asked++;
      },
    };
    const server = await startTestServer([], { readyChecks });
    await Promise.all(Array.from({ length: 20 }, () => ready(server)));
    expect(asked).toBe(1);
  });
});

describe('the internal server', () => {
  it('serves metrics that the public one does not, by route pattern', async () => {
    const metrics = createMetrics();
    metrics.counter('tollgate_things_total', 'Things made', ['kind']).add(2, { kind: 'a' });
    metrics.gauge('tollgate_lag_seconds', 'How far behind', () => 7);
    const server = await startTestServer([echoThing], { metrics });
    await send(`${server.url}/things`, { amount: 1 });
    await fetch(`${server.url}/c/CANARY`);
    await fetch(`${server.url}/things`, { method: 'PROPFIND' });
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);

    const log = createLogger({ level: 'silent' });
    const internal = createInternalServer({ log, clock: new ManualClock(), metrics, readyChecks: {} });
    const url = await internal.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/metrics`);
    const text = await response.text();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await internal.close();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/tollgate_http_request_seconds_count\{method="POST",route="\/things",status="2xx"\} 1/);
    expect(text).toMatch(/tollgate_http_request_seconds_count\{method="GET",route="none",status="4xx"\}/);
    expect(text).toContain('method="other"');
    expect(text).toContain('tollgate_things_total{kind="a"} 2');
    expect(text).toContain('tollgate_lag_seconds 7');
    expect(text).toContain('process_cpu_user_seconds_total');
    expect(text).not.toContain('CANARY');
  });
});

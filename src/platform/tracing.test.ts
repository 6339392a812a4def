import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { echoThing, send, startTestServer } from './http/http-server-fixture.ts';
import { startTracing, withClientSpan, withSpan } from './tracing.ts';

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** A collector that takes OTLP over HTTP, as the exporter sends it. */
async function startCollector() {
  const bodies: string[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const spans = () =>
    bodies.flatMap((body) =>
      (JSON.parse(body).resourceSpans as { scopeSpans: { spans: OtlpSpan[] }[] }[]).flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths, bodies, spans };
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';

it('sends a span for each request, below the caller’s, with the verb’s spans below it', async () => {
  const collector = await startCollector();
  const tracing = startTracing({ endpoint: `${collector.url}/`, serviceName: 'tollgate-test' });
  const bound = {
    ...echoThing,
    handle: () => withSpan('make a thing', { kind: 'a' }, async () => ({ body: { amount: 1 } })),
  };
  const { url } = await startTestServer([bound]);
  await send(
    `${url}/things`,
    { amount: 1 },
    { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, 'x-correlation-id': 'c1' },
  );
  await tracing.stop();

  expect(collector.paths).toEqual(['/v1/traces']);
  expect(collector.bodies[0]).toContain('tollgate-test');
  const [inner, request] = collector.spans();
  expect(request).toMatchObject({ name: 'POST /things', traceId: TRACE, parentSpanId: 'b7ad6b7169203331' });
  expect(inner).toMatchObject({ name: 'make a thing', traceId: TRACE, parentSpanId: request?.spanId });
  const attributes = Object.fromEntries((request?.attributes ?? []).map(({ key, value }) => [key, value]));
  expect(attributes).toMatchObject({
    'http.route': { stringValue: '/things' },
    'http.response.status_code': { intValue: 201 },
    'tollgate.correlation_id': { stringValue: 'c1' },
  });
});

it.each(['nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `01-${TRACE}-b7ad6b7169203331-01-x`])(
  'begins a trace of its own for the traceparent %s',
  async (traceparent) => {
    const collector = await startCollector();
    const tracing = startTracing({ endpoint: collector.url, serviceName: 'tollgate-test' });
    const { url } = await startTestServer([echoThing]);
    await send(`${url}/things`, { amount: 1 }, { traceparent });
    await tracing.stop();
    expect(collector.spans()[0]?.traceId).toMatch(/^(?!0af7)[0-9a-f]{32}$/);
    expect(collector.spans()[0]?.parentSpanId ?? '').toBe('');
  },
);

it('marks a failed span without the error’s words', async () => {
  const collector = await startCollector();
  const tracing = startTracing({ endpoint: collector.url, serviceName: 'tollgate-test' });
  const failing = withSpan('fail', {}, async () => {
    throw new TypeError('CANARY');
  });
  await expect(failing).rejects.toThrow('CANARY');
  await tracing.stop();
  expect(collector.spans()[0]?.status).toMatchObject({ code: 2, message: 'TypeError' });
  expect(collector.bodies.join()).not.toContain('CANARY');
});

it('puts the calls about one subject into one trace, and lets the other side go on with it', async () => {
  const collector = await startCollector();
  const tracing = startTracing({ endpoint: collector.url, serviceName: 'tollgate-test' });
  const call = (subject: string) =>
    withClientSpan('call', subject, { kind: 'a' }, async ({ traceparent }) => traceparent);
  const sent = [await call('evt_1'), await call('evt_1'), await call('evt_2')];
  await withClientSpan('call', 'evt_3', {}, () => Promise.reject(new Error('broken'))).catch(() => {});
  await tracing.stop();
  const spans = collector.spans();
  expect(sent).toEqual(spans.slice(0, 3).map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
  expect(spans[0]?.traceId).toBe(spans[1]?.traceId);
  expect(spans[0]?.spanId).not.toBe(spans[1]?.spanId);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
});

it('only runs the work while tracing is off', async () => {
  expect(await withClientSpan('nothing', 'evt_1', {}, async (headers) => headers)).toEqual({});
  expect(await withSpan('nothing', {}, async () => 7)).toBe(7);
  const { url } = await startTestServer([echoThing]);
  expect((await send(`${url}/things`, { amount: 1 })).status).toBe(201);
});

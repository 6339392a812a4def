import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EventType } from '../../src/events/event.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newStandardSecret } from '../../src/notifications/dialects/standard.ts';
import { createOutboundHttp } from '../../src/platform/outbound-http.ts';
import { type ApiClient, ApiUnreachable, createApiClient } from '../../src/workbench/api-client.ts';
import { type ListenNews, listen } from '../../src/workbench/listen.ts';
import { listenJson, listenLine } from '../../src/workbench/listen-lines.ts';
import { triggerEvent } from '../../src/workbench/trigger-event.ts';
import { RECIPES } from '../../src/workbench/trigger-recipes.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { receivedAt } from '../support/open-endpoint.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';
import { runTollgate } from '../support/tollgate-process.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;
const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'test' });

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([startInstallation(), startWebhookSink()]);
  shop = watchPayments(tollgate);
});
afterAll(async () => {
  await sink.close();
  await tollgate.close();
  await http.close();
});
afterEach(() => {
  sink.answer = () => 200;
});

let paths = 0;

/** A developer's machine that listens. `line` is what its questions go over. */
function startListening(
  options: { eventTypes?: readonly string[]; line?: (api: ApiClient) => ApiClient; to?: string } = {},
) {
  const path = `/local-${paths++}`;
  const secret = newStandardSecret();
  const news: ListenNews[] = [];
  const ending = new AbortController();
  const own = createApiClient(http, tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  const ended = listen(
    {
      ...{ api: options.line?.(own) ?? own, http, clock: systemClock, signal: ending.signal },
      tell: (one) => void news.push(one),
    },
    { forwardTo: options.to ?? sink.url + path, eventTypes: options.eventTypes ?? ['*'], secret },
  );
  return {
    secret,
    news,
    received: () => receivedAt(sink, path),
    payments: () => receivedAt(sink, path).map(({ body }) => JSON.parse(body).data.object.id),
    untilReady: () => until(async () => news.some(({ kind }) => kind === 'ready')),
    async end() {
      ending.abort();
      await ended;
    },
  };
}

const listeners = () => tollgate.database.run('select * from listeners');

describe('who listens', () => {
  test('gets each event from now on once, signed with the secret of the session, and leaves nothing behind', async () => {
    await shop.create();
    const machine = startListening();
    await machine.untilReady();
    const paid = await shop.merchant.pay();
    const received = await until(async () => machine.received().length >= 4 && machine.received());
    expect(received.map(({ body }) => JSON.parse(body).type).toSorted()).toEqual([
      'capture.succeeded',
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
    expect(new Set(machine.payments().slice(0, 1))).toEqual(new Set([paid.id]));
    for (const { body, headers } of received) {
      expect(() => new Webhook(machine.secret).verify(body, headers as Record<string, string>)).not.toThrow();
    }
    await machine.end();
    expect(await listeners()).toEqual([]);
    expect(await tollgate.database.run('select * from listened_events')).toEqual([]);
    expect(machine.received()).toHaveLength(4);
  });

  test('gets the types it asked for', async () => {
    const machine = startListening({ eventTypes: ['payment.succeeded'] });
    await machine.untilReady();
    await shop.merchant.pay();
    await shop.merchant.pay();
    await until(async () => machine.received().length === 2);
    expect(machine.received().map(({ body }) => JSON.parse(body).type)).toEqual(Array(2).fill('payment.succeeded'));
    await machine.end();
  });

  test('loses nothing and gets nothing twice while the API comes and goes, whichever answer is lost', async () => {
    let calls = 0;
    const machine = startListening({
      eventTypes: ['payment.created'],
      // Of four questions one is heard and its answer lost on the way, and one does not even arrive.
      line: (api) => ({
        ...api,
        async send(method, path, body) {
          const turn = calls++ % 4;
          if (turn === 3) throw new ApiUnreachable('The line was cut');
          const answer = await api.send(method, path, body);
          if (turn === 1) throw new ApiUnreachable('The line was cut');
          return answer;
        },
      }),
    });
    await machine.untilReady();
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      ids.push((await shop.create()).id);
      await until(async () => machine.payments().includes(ids.at(-1)), 20_000);
    }
    expect(machine.payments()).toEqual(ids);
    expect(machine.news.filter(({ kind }) => kind === 'waiting').length).toBeGreaterThan(1);
    await machine.end();
  }, 60_000);

  test('that was away gets what happened meanwhile', async () => {
    const { body: one } = await shop.merchant.send('POST', '/listeners', { body: { eventTypes: ['payment.created'] } });
    const { id } = await shop.create();
    const events = async (query = '') =>
      (await shop.merchant.send('GET', `/listeners/${one.id}/events${query}`)).body.data;
    const [event] = await until(async () => ((await events()).length > 0 ? events() : null));
    expect(event).toMatchObject({ type: 'payment.created', data: { object: { id } } });
    const acknowledge = () =>
      shop.merchant.send('POST', `/listeners/${one.id}/acknowledge`, { body: { eventIds: [event.id] } });
    expect([(await acknowledge()).body, (await acknowledge()).body]).toEqual([
      { acknowledged: 1 },
      { acknowledged: 0 },
    ]);
    const started = performance.now();
    expect(await events('?waitSeconds=1')).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(900);
    expect((await shop.merchant.send('DELETE', `/listeners/${one.id}`)).status).toBe(200);
    expect((await shop.merchant.send('GET', `/listeners/${one.id}/events`)).status).toBe(404);
  });

  test('is answered as soon as something happens, and by its latest question alone', async () => {
    const { body: one } = await shop.merchant.send('POST', '/listeners', { body: {} });
    const ask = () => shop.merchant.send('GET', `/listeners/${one.id}/events?waitSeconds=25`);
    const first = ask();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = ask();
    expect((await first).body.data).toEqual([]);
    await shop.create();
    expect((await second).body.data).toHaveLength(1);
    await shop.merchant.send('DELETE', `/listeners/${one.id}`);
  });

  test('waits for a local server that is being restarted, and goes on past one that never comes', async () => {
    const gone = await startWebhookSink();
    await gone.close();
    const machine = startListening({ eventTypes: ['payment.created'], to: gone.url });
    await machine.untilReady();
    await shop.create();
    const told = await until(async () => machine.news.find(({ kind }) => kind === 'forwarded'), 20_000);
    expect(told).toMatchObject({ outcome: { kind: 'not_sent', reason: 'connection_refused' } });
    expect(JSON.parse(listenJson(told))).toMatchObject({ type: 'payment.created', status: null });
    expect(listenLine(told, false)).toMatch(/payment\.created +evt_\w+ +connection_refused/);
    await machine.end();
  }, 30_000);

  test('S2.10 hears nothing of other tenants or of the other mode', async () => {
    const machine = startListening();
    await machine.untilReady();
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const [{ listener_id: id } = { listener_id: '' }] = (await listeners()) as { listener_id: string }[];
    const live = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    expect((await stranger.create()).status).toBe(201);
    for (const one of [stranger, live]) {
      expect((await one.send('GET', `/listeners/${id}/events`)).status).not.toBe(200);
      expect((await one.send('DELETE', `/listeners/${id}`)).status).not.toBe(200);
    }
    await shop.create();
    await until(async () => machine.received().length > 0);
    expect(machine.received()).toHaveLength(1);
    await machine.end();
  });
});

describe('an event is triggered', () => {
  test.each(Object.keys(RECIPES) as EventType[])(
    '%s: by a payment that really reaches it',
    async (type) => {
      const api = createApiClient(http, tollgate.apiUrl, tollgate.tenant.apiKeys.test);
      const told = await triggerEvent(api, { type });
      if (told.how !== 'happened') throw new Error('It was simulated');
      const { body } = await shop.merchant.send('GET', `/events/${told.eventId}`);
      const { object } = body.data;
      expect([body.type, object.paymentId ?? object.id]).toEqual([type, told.paymentId]);
    },
    30_000,
  );

  test('never to a payment of live mode', async () => {
    const asked: string[] = [];
    const live: ApiClient = {
      hasLiveKey: false,
      send: async (method, path) => {
        asked.push(`${method} ${path}`);
        return { id: 'pay_live', mode: 'live' };
      },
    };
    await expect(triggerEvent(live, { type: 'payment.succeeded' })).rejects.toThrow(/test mode/);
    await expect(triggerEvent(live, { type: 'refund.succeeded', paymentId: 'pay_live' })).rejects.toThrow(/test mode/);
    expect(asked).toEqual(['POST /payments', 'GET /payments/pay_live']);
    const known = createApiClient(http, tollgate.apiUrl, tollgate.tenant.apiKeys.live);
    await expect(triggerEvent(known, { type: 'payment.succeeded' })).rejects.toThrow(/test mode/);
    expect(await tollgate.database.run(`select 1 from payments where mode = 'live'`)).toEqual([]);
  });
});

describe('the command', () => {
  const environment = () => ({ TOLLGATE_API_URL: tollgate.apiUrl, TOLLGATE_API_KEY: tollgate.tenant.apiKeys.test });

  test('listen prints its secret and a line for each event, and ends cleanly when it is interrupted', async () => {
    const command = fileURLToPath(new URL('../../bin/tollgate.ts', import.meta.url));
    const args = [command, 'listen', '--forward-to', `${sink.url}/cli`, '--events', 'payment.created', '--json'];
    const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...environment() } });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    const lines = () =>
      said
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    const [ready] = await until(async () => lines().length > 0 && lines(), 20_000);
    expect(ready).toMatchObject({
      kind: 'ready',
      forwardTo: `${sink.url}/cli`,
      secret: expect.stringMatching(/^whsec_/),
    });
    await shop.create();
    const [, forwarded] = await until(async () => lines().length > 1 && lines(), 20_000);
    expect(forwarded).toMatchObject({ kind: 'forwarded', type: 'payment.created', status: 200 });
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect([code, await listeners()]).toEqual([0, []]);
  }, 60_000);

  test('trigger makes an event happen to the payment that is named', async () => {
    const { id } = await shop.merchant.pay();
    const run = await runTollgate(['trigger', 'refund.succeeded', '--payment', id, '--json'], environment());
    expect(JSON.parse(run.stdout)).toMatchObject({ how: 'happened', paymentId: id });
    expect(await shop.read(id)).toMatchObject({ amountRefunded: 1250 });
  });

  test('trigger simulates what the sandbox cannot do, and says so', async () => {
    const none = await runTollgate(['trigger', 'payout.paid'], environment());
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('--endpoint')]);
    const { body } = await shop.merchant.send('POST', '/webhook-endpoints', {
      body: { url: `${sink.url}/simulated`, eventTypes: ['payout.paid'] },
    });
    const run = await runTollgate(['trigger', 'payout.paid'], environment());
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining(`Simulated at ${body.id}: acknowledged.`)]);
    expect(receivedAt(sink, '/simulated').map(({ headers }) => headers['tollgate-simulated'])).toEqual(['1']);
    sink.answer = () => 500;
    expect((await runTollgate(['trigger', 'payout.paid', '--endpoint', body.id], environment())).code).toBe(1);
    await shop.merchant.send('DELETE', `/webhook-endpoints/${body.id}`);
  }, 60_000);

  test('events list shows what happened, and events resend sends one to an endpoint', async () => {
    const { id } = await shop.create();
    const list = await runTollgate(['events', 'list', '--payment', id, '--undelivered', '--json'], environment());
    const [event] = JSON.parse(list.stdout).data;
    const plain = await runTollgate(['events', 'list', '--payment', id], environment());
    expect(plain.stdout).toMatch(new RegExp(`payment.created +${event.id} +${id}\n$`));
    const { body } = await shop.merchant.send('POST', '/webhook-endpoints', {
      body: { url: `${sink.url}/resent`, eventTypes: ['refund.failed'] },
    });
    const resent = await runTollgate(['events', 'resend', event.id, '--endpoint', body.id], environment());
    expect([resent.code, resent.stderr]).toEqual([0, '']);
    await until(async () => receivedAt(sink, '/resent').length === 1);
    await shop.merchant.send('DELETE', `/webhook-endpoints/${body.id}`);
  }, 60_000);

  test.each([
    [['trigger', 'payment.paid'], 2],
    [['listen', '--forward-to', 'here'], 2],
    [['events', 'resend', 'evt_none'], 2],
    [['events', 'resend', 'evt_none', '--endpoint', 'we_none'], 1],
  ])('%j exits with %i', async (args, code) => {
    const run = await runTollgate(args, environment());
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).not.toContain('    at ');
  });

  test('without a key says how to give one', async () => {
    const environment = { TOLLGATE_API_URL: tollgate.apiUrl, TOLLGATE_DATA_DIR: '/nonexistent' };
    const run = await runTollgate(['events', 'list'], environment);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('TOLLGATE_API_KEY')]);
  });
});

import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listenOnLoopback, startWorld, type World } from './sandbox-fixture.ts';
import { createSandboxProvider } from './sandbox-provider.ts';

let world: World;
let url: string;
let requests = 0;
let reply: (response: ServerResponse) => void;
const liar = createServer((request, response) => {
  requests += 1;
  request.resume().on('end', () => reply(response));
});

/** What the true sandbox says of a charge; the tests change one thing at a time. */
let truth: Record<string, unknown>;
let attempt: ReturnType<World['input']>;

beforeAll(async () => {
  world = await startWorld();
  url = await listenOnLoopback(liar);
  attempt = world.input('tok_approve');
  const http: World['call']['http'] = {
    send: async (request) => {
      const outcome = await world.call.http.send(request);
      if (outcome.kind === 'answered' && outcome.status < 300) truth = JSON.parse(Buffer.from(outcome.body).toString());
      return outcome;
    },
  };
  await world.provider.create(world.call, attempt);
  await world.provider.retrieve({ ...world.call, http }, attempt);
});
afterAll(async () => {
  liar.close();
  await world.close();
});
beforeEach(() => {
  requests = 0;
});

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  return (response: ServerResponse) => response.writeHead(status, headers).end(JSON.stringify(body));
};
const UNPAID = { amountAuthorized: 0, amountCaptured: 0 };
const refundOf = (chargeId: unknown) => ({
  ...{ id: `rf_${'0'.repeat(32)}`, object: 'refund', chargeId, chargeReference: attempt.attemptId },
  ...{ reference: 're_1', amount: 100, currency: 'EUR', state: 'succeeded', failureCode: null },
  createdAt: '2026-01-01T00:00:00Z',
});
const refusal = (code: string) => ({ error: { code, message: 'because' } });
const provider = () => createSandboxProvider({ baseUrl: url, timeoutMs: 1_000 });

test('the truth is taken', async () => {
  reply = json(201, { ...truth, amountRefunded: 100, refunds: [refundOf(truth.id)] });
  expect(await provider().create(world.call, attempt)).toMatchObject({
    kind: 'answered',
    report: { state: 'captured' },
  });
});

test.each<[string, (response: ServerResponse) => void]>([
  ['a 500', json(500, refusal('internal_error'))],
  ['a 502 of a proxy', (response) => response.writeHead(502).end('<h1>Bad Gateway</h1>')],
  ['a 503 that does not say that nothing was done', json(503, refusal('busy'))],
  [
    'a 503 with the header but no readable words',
    (r) => r.writeHead(503, { 'sandbox-not-executed': 'true' }).end('no'),
  ],
  ['a 404 that is not the sandbox speaking', (response) => response.writeHead(404).end('<h1>Not here</h1>')],
  ['a redirect', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['an empty 200', (response) => response.writeHead(200).end()],
  ['HTML with 200', (response) => response.writeHead(200).end('<html></html>')],
  ['a 200 cut in the middle', (response) => response.writeHead(200).end(JSON.stringify(truth).slice(0, 100))],
  [
    'a connection that breaks in the body',
    (r) => r.writeHead(200, { 'content-length': 999 }).write('{', () => r.destroy()),
  ],
  ['a connection that breaks at once', (response) => response.destroy()],
  ['silence', () => {}],
  ['the truth with no end of blanks', (r) => r.writeHead(200).end(JSON.stringify(truth) + ' '.repeat(300 * 1024))],
  ['another reference', (r) => json(200, { ...truth, reference: 'att_other' })(r)],
  ['another amount', (r) => json(200, { ...truth, amount: 1251 })(r)],
  ['another currency', (r) => json(200, { ...truth, currency: 'USD' })(r)],
  ['another merchant', (r) => json(200, { ...truth, merchantCode: 'other' })(r)],
  ['an amount that is no integer', (r) => json(200, { ...truth, amountCaptured: 1250.5 })(r)],
  ['a member nobody knows', (r) => json(200, { ...truth, bonus: true })(r)],
  ['more captured than authorized', (r) => json(200, { ...truth, amountAuthorized: 1 })(r)],
  ['captured money of a charge that is not captured', (r) => json(200, { ...truth, state: 'authorized' })(r)],
  ['a decline without a reason', (r) => json(200, { ...truth, ...UNPAID, state: 'declined' })(r)],
  ['a wait for the payer without a way to act', (r) => json(200, { ...truth, ...UNPAID, state: 'requires_action' })(r)],
  ['an authorization of nothing', (r) => json(200, { ...truth, ...UNPAID, state: 'authorized' })(r)],
  ['a capture of nothing', (r) => json(200, { ...truth, ...UNPAID })(r)],
  [
    'a refund of another charge',
    (r) => json(200, { ...truth, amountRefunded: 100, refunds: [refundOf('ch_other')] })(r),
  ],
])('%s leaves create unknown', async (_, answer) => {
  reply = answer;
  expect(await provider().create(world.call, attempt)).toEqual({ kind: 'unknown', reason: expect.any(String) });
  expect(requests).toBe(1);
});

test('a charge with another id than the known one is not applied', async () => {
  reply = json(200, truth);
  const known = { attemptId: attempt.attemptId, providerRef: `ch_${'0'.repeat(32)}` };
  expect(await provider().retrieve(world.call, known)).toEqual({ kind: 'unknown', reason: expect.any(String) });
  expect(await provider().cancel?.(world.call, known)).toEqual({ kind: 'unknown', reason: expect.any(String) });
});

test('a refund of a charge with another id than the known one is not applied', async () => {
  const money = { amount: 100n, currency: 'EUR' };
  const { attemptId, notificationUrl } = attempt;
  const wanted = { attemptId, providerRef: `ch_${'0'.repeat(32)}`, refundId: 're_1', amount: money, notificationUrl };
  reply = json(201, refundOf(wanted.providerRef));
  expect(await provider().refund?.(world.call, wanted)).toMatchObject({ kind: 'answered' });
  reply = json(201, refundOf(truth.id));
  expect(await provider().refund?.(world.call, wanted)).toEqual({ kind: 'unknown', reason: expect.any(String) });
});

test.each([400, 401, 403, 404, 422])('a refusal with %i in its own words is final', async (status) => {
  reply = json(status, refusal('nope'));
  const answer = await provider().create(world.call, attempt);
  expect(answer).toEqual({ kind: 'refused', code: 'nope', message: 'because' });
});

test('a missing charge is only missing when the sandbox says so', async () => {
  reply = json(404, refusal('not_found'));
  expect(await provider().retrieve(world.call, attempt)).toEqual({ kind: 'unknown', reason: 'not_found' });
  reply = json(404, refusal('charge_not_found'));
  expect(await provider().retrieve(world.call, attempt)).toEqual({ kind: 'not_found' });
});

test('an account is opened once per request and never in a circle', async () => {
  reply = (response) => json(requests === 2 ? 200 : 401, requests === 2 ? {} : refusal('unknown_merchant'))(response);
  const answer = await provider().create(world.call, attempt);
  expect(answer).toMatchObject({ kind: 'refused', code: 'unknown_merchant' });
  expect(requests).toBe(3);
});

test('a request that was turned away counts as not sent where opening the account stays without answer', async () => {
  reply = (response) => (requests === 1 ? json(401, refusal('unknown_merchant'))(response) : response.destroy());
  expect(await provider().create(world.call, attempt)).toMatchObject({ kind: 'not_sent' });
  expect(requests).toBe(2);
});

test.each([
  ['another refund', { reference: 're_other' }],
  ['another charge', { chargeReference: 'att_other' }],
  ['another amount', { amount: 99 }],
  ['another currency', { currency: 'USD' }],
])('a refund answered with %s is unknown', async (_, lie) => {
  const refund = refundOf(truth.id);
  const money = { amount: 100n, currency: 'EUR' };
  const wanted = {
    attemptId: attempt.attemptId,
    refundId: 're_1',
    amount: money,
    notificationUrl: attempt.notificationUrl,
  };
  reply = json(201, refund);
  expect(await provider().refund?.(world.call, wanted)).toMatchObject({ kind: 'answered', refund: { amount: money } });
  reply = json(201, { ...refund, ...lie });
  expect(await provider().refund?.(world.call, wanted)).toEqual({ kind: 'unknown', reason: expect.any(String) });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { createLogger } from '../../src/platform/log.ts';
import { startTollgate } from '../../src/roles/all.ts';
import type { Answer } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';
import { parallel, tally } from '../support/parallel.ts';
import { layLine, type SandboxLine } from '../support/sandbox-line.ts';
import { changesNothing } from '../support/table-fingerprint.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
const SECURE = { 'x-forwarded-proto': 'https' };
let tollgate: Installation;
let line: SandboxLine;
let shop: Merchant;
let keyCount = 0;
const freshKey = () => `key-${keyCount++}`;

beforeAll(async () => {
  // Without a worker every row comes from a request.
  const environment = { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_TRUST_PROXY: 'loopback' };
  line = await layLine();
  tollgate = await startInstallation({ clock, environment: { ...environment, TOLLGATE_SANDBOX_URL: line.url } });
  line.target = tollgate.sandbox.url;
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
});
afterAll(async () => {
  await tollgate.close();
  await line.close();
});

function isReplayed({ headers }: Answer): boolean {
  return headers['idempotency-replayed'] === 'true';
}

function expectReplay(again: Answer, first: Answer): void {
  expect({ status: again.status, text: again.text }).toEqual({ status: first.status, text: first.text });
  expect([isReplayed(first), isReplayed(again)]).toEqual([false, true]);
}

function expectConflictAgain(again: Answer, first: Answer, code: string): void {
  for (const answer of [first, again]) expect(answer, answer.text).toMatchObject({ status: 409, body: { code } });
  expect([isReplayed(first), isReplayed(again)]).toEqual([false, true]);
  expect({ ...again.body, correlationId: '' }).toEqual({ ...first.body, correlationId: '' });
}

async function count(table: string, paymentId: string): Promise<number> {
  const [row] = await tollgate.database.run<{ count: string }>(`select count(*) from ${table} where payment_id = $1`, [
    paymentId,
  ]);
  return Number(row?.count);
}

describe('the same key with the same body gets the first answer, byte for byte', () => {
  test('one after the other', async () => {
    const body = { reference: freshReference(), amount: 1250, customer: { name: 'Ada' } };
    const send = () => shop.send('POST', '/payments', { body, idempotencyKey: 'sequential' });
    const first = await send();
    expect(first.status, first.text).toBe(201);
    const again = await changesNothing(tollgate.database, send);
    expectReplay(again, first);
    // The shopper can pay with the token of the repeat: it is the one that was given first.
    expect((await shop.send('GET', `/checkout-sessions/${again.body.checkoutToken}`)).status).toBe(200);
  });

  test('fifty at once make one payment', async () => {
    const body = { reference: freshReference(), amount: 1250 };
    const idempotencyKey = freshKey();
    const answers = await parallel(50, () => shop.send('POST', '/payments', { body, idempotencyKey }));
    expect(tally(answers)).toEqual({ 201: 50 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    const { id } = answers[0]?.body ?? {};
    expect([await count('events', id), await count('checkout_tokens', id)]).toEqual([1, 1]);
  });

  test('also where blanks, escapes and the order of fields differ', async () => {
    const reference = freshReference();
    const idempotencyKey = freshKey();
    const send = (rawBody: string) => shop.send('POST', '/payments', { rawBody, idempotencyKey });
    const first = await send(`{"reference":"${reference}","amount":1250,"metadata":{"a":"1","b":"2"}}`);
    const again = await send(` {"amount": 1250,\n"metadata":{"b":"2","\\u0061":"1"},"reference":"${reference}"}`);
    expectReplay(again, first);
  });

  test('also when the time that it names is over, and after the rules have changed', async () => {
    const body = {
      reference: freshReference(),
      amount: 1250,
      returnUrl: 'https://shop.example/thanks',
      expiresAt: clock.now().add({ minutes: 10 }).toString(),
    };
    const send = () => shop.send('POST', '/payments', { body, idempotencyKey: 'too late' });
    const first = await send();
    expect(first.status, first.text).toBe(201);
    clock.advance({ hours: 1 });
    expectReplay(await changesNothing(tollgate.database, send), first);
  });

  test('a confirmation starts one attempt', async () => {
    const { id } = (await shop.create()).body;
    const send = () => shop.confirm(id, 'tok_no_ipn', { idempotencyKey: 'confirm' });
    const first = await send();
    expect(first.body.status, first.text).toBe('succeeded');
    expectReplay(await changesNothing(tollgate.database, send), first);
    expect(await count('attempts', id)).toBe(1);
  });

  test('twenty confirmations at once start one attempt', async () => {
    const { id } = (await shop.create()).body;
    const answers = await parallel(20, () => shop.confirm(id, 'tok_no_ipn', { idempotencyKey: 'confirm-20' }));
    const kinds = Object.keys(tally(answers));
    expect(['200', '409 idempotency_in_progress']).toEqual(expect.arrayContaining(kinds));
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect([await count('attempts', id), await count('captures', id)]).toEqual([1, 1]);
    const settled = await shop.confirm(id, 'tok_no_ipn', { idempotencyKey: 'confirm-20' });
    expect(settled).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  });

  test('a refund of everything happens once, and is told again although nothing is left', async () => {
    const { id } = await shop.pay();
    const send = () => shop.refund(id, { reason: 'broken' }, 'refund-all');
    const first = await send();
    expect(first).toMatchObject({ status: 201, body: { amount: 1250, status: 'succeeded' } });
    expectReplay(await changesNothing(tollgate.database, send), first);
  });

  test('twenty refunds of everything at once are one', async () => {
    const { id } = await shop.pay();
    const answers = await parallel(20, () => shop.refund(id, { reason: 'broken' }, 'refund-all-20'));
    const kinds = Object.keys(tally(answers));
    expect(['201', '409 idempotency_in_progress']).toEqual(expect.arrayContaining(kinds));
    expect(await count('refunds', id)).toBe(1);
    expect((await shop.send('GET', `/payments/${id}`)).body.amountRefunded).toBe(1250);
  });

  test('an endpoint and its secret', async () => {
    const body = { url: 'https://shop.example/hook' };
    const send = () => shop.send('POST', '/webhook-endpoints', { body, idempotencyKey: 'endpoint' });
    const first = await send();
    expect(first.body.secret).toMatch(/^whsec_/);
    expectReplay(await send(), first);
  });

  test('a conflict with the state, byte for byte but for the correlation id', async () => {
    const { id } = await shop.pay();
    const send = () => shop.send('POST', `/payments/${id}/cancel`, { idempotencyKey: 'conflict' });
    const first = await send();
    expectConflictAgain(await changesNothing(tollgate.database, send), first, 'state_conflict');
  });

  test('a conflict, also when it is over: nothing is done at the provider for a repeat', async () => {
    const { id } = (await shop.create()).body;
    await shop.confirm(id, 'tok_pending_forever');
    const send = () => shop.send('POST', `/payments/${id}/cancel`, { idempotencyKey: 'over' });
    line.state = 'cut';
    const first = await send();
    line.state = 'open';
    expectConflictAgain(await changesNothing(tollgate.database, send), first, 'attempt_in_progress');
    const anew = await shop.send('POST', `/payments/${id}/cancel`, { idempotencyKey: 'anew' });
    expect(anew).toMatchObject({ status: 200, body: { status: 'canceled' } });
  });

  test('a confirmation, also when its provider account is disabled', async () => {
    const { tenant, apiKeys } = await tollgate.createTenant();
    const other = merchantOf(tollgate.apiUrl, apiKeys.test);
    const { id } = (await other.create()).body;
    const send = (idempotencyKey: string) => other.confirm(id, 'tok_no_ipn', { idempotencyKey });
    const first = await send('before');
    await tollgate.database.run(`update provider_accounts set status = 'disabled' where tenant_id = $1`, [
      tenant.tenantId,
    ]);
    expectReplay(await send('before'), first);
    expect(await send('after')).toMatchObject({ status: 422, body: { code: 'no_provider_account' } });
  });
});

describe('a key stands for one request', () => {
  test.for([
    ['another amount', { amount: 1251 }],
    ['another currency', { currency: 'USD' }],
    ['a field more', { description: 'Coffee' }],
    ['another reference', { reference: 'another' }],
  ] as const)('with %s it is refused, and nothing is written', async ([, change]) => {
    const body = { reference: freshReference(), amount: 1250 };
    const idempotencyKey = freshKey();
    await shop.send('POST', '/payments', { body, idempotencyKey });
    const answer = await changesNothing(tollgate.database, () =>
      shop.send('POST', '/payments', { body: { ...body, ...change }, idempotencyKey }),
    );
    expect(answer).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
    expect(answer.text).not.toContain(idempotencyKey);
  });

  test('of two bodies at once with one key one wins and the other is refused', async () => {
    const idempotencyKey = freshKey();
    const answers = await parallel(20, (index) =>
      shop.send('POST', '/payments', { body: { reference: `twins-${index % 2}`, amount: 1250 }, idempotencyKey }),
    );
    expect(tally(answers)).toEqual({ 201: 10, '409 idempotency_key_reused': 10 });
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
  });

  test('another payment in the path is another request', async () => {
    const [a, b] = [await shop.pay(), await shop.pay()];
    expect((await shop.refund(a.id, { reason: 'broken' }, 'path')).status).toBe(201);
    const answer = await shop.refund(b.id, { reason: 'broken' }, 'path');
    expect(answer).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
  });

  test('and belongs to its tenant, its mode and its route', async () => {
    const body = { reference: freshReference(), amount: 1250 };
    const options = { body, idempotencyKey: 'scoped' };
    const other = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const live = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.live, SECURE);
    const answers = [
      await shop.send('POST', '/payments', options),
      await other.send('POST', '/payments', options),
      await live.send('POST', '/payments', options),
    ];
    expect(tally(answers)).toEqual({ 201: 3 });
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(3);
    expect(answers.map(({ body: { mode } }) => mode)).toEqual(['test', 'test', 'live']);
    const endpoint = { body: { url: 'https://shop.example/hook' }, idempotencyKey: 'scoped' };
    for (const each of [shop, other, live]) {
      const added = await each.send('POST', '/webhook-endpoints', endpoint);
      expect([added.status, isReplayed(added)], added.text).toEqual([201, false]);
    }
    const confirmed = await shop.confirm(answers[0]?.body.id, 'tok_no_ipn', { idempotencyKey: 'scoped' });
    expect(confirmed.status, confirmed.text).toBe(200);
    expect(isReplayed(confirmed)).toBe(false);
  });

  test.for([['k'], ['K'.repeat(255)], ['with blanks and "quotes"'], ['~!@#$%^&*()']])(
    '%s is one',
    async ([key = '']) => {
      const send = () => shop.send('POST', '/payments', { body, idempotencyKey: key });
      const body = { reference: freshReference(), amount: 1250 };
      const first = await send();
      expect(first.status, first.text).toBe(201);
      expectReplay(await send(), first);
    },
  );

  test.for([['K'.repeat(256)], [''], ['kéy'], ['tab\tbed']])('%j is none', async ([idempotencyKey = '']) => {
    const answer = await changesNothing(tollgate.database, () => shop.create({}, { idempotencyKey }));
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
  });

  test('a request that was refused keeps no key and uses no reference', async () => {
    const reference = freshReference();
    for (const wrong of [{ amount: -1 }, { description: '4111 1111 1111 1111' }, { returnUrl: 'javascript:1' }]) {
      const refused = await changesNothing(tollgate.database, () =>
        shop.create({ reference, ...wrong }, { idempotencyKey: 'second try' }),
      );
      expect(refused.status).toBe(422);
    }
    expect((await shop.create({ reference }, { idempotencyKey: 'second try' })).status).toBe(201);
  });
});

describe('a restart forgets nothing', () => {
  test('neither the first answer nor how to seal for many at once before any key is known', async () => {
    const body = { reference: freshReference(), amount: 1250 };
    const send = () => shop.send('POST', '/payments', { body, idempotencyKey: 'restart' });
    const first = await send();
    const open = await parallel(25, async () => (await shop.create({ customer: { name: 'Ada' } })).body.id);
    const { config } = tollgate.tollgate;
    await tollgate.tollgate.stop();
    const log = createLogger({ level: 'silent' });
    const again = await startTollgate({ config, clock, log, checkAnswers: true });
    try {
      // More than there are connections, all of them open by then: each request holds one in its transaction, and all
      // need the same key, which nothing has read yet.
      expect(config.databaseConnectionsMax).toBeLessThan(25);
      await parallel(25, () => shop.send('GET', '/payments?status=failed'));
      const canceled = await Promise.all(
        open.map((id) => shop.send('POST', `/payments/${id}/cancel`, { idempotencyKey: `cancel-${id}` })),
      );
      expect(tally(canceled)).toEqual({ 200: 25 });
      expectReplay(await send(), first);
    } finally {
      await again.stop();
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseEmvco } from '../../src/qr-codes/emvco-fields.ts';
import { QR_CODE_STATUSES, QR_CODE_TRANSITIONS } from '../../src/qr-codes/qr-code.ts';
import { type Answer, call } from '../support/api-client.ts';
import { freshReference, merchantOf } from '../support/merchant.ts';
import { parallel } from '../support/parallel.ts';
import { openQrCounter, type QrCounter, submit, visitOf } from '../support/qr-counter.ts';
import { readPng, scan } from '../support/qr-scanner.ts';
import { changesNothing } from '../support/table-fingerprint.ts';

let counter: QrCounter;

beforeAll(async () => {
  counter = await openQrCounter();
});
afterAll(() => counter?.close());

const PROFILE = {
  merchantName: 'Kaffeehaus Linde',
  merchantCity: 'Wien',
  countryCode: 'AT',
  accounts: [{ tag: '26', fields: { '00': 'at.example.pay', '01': 'AT611904300234573201' } }],
};
const create = (body: unknown, idempotencyKey?: string) =>
  counter.shop.send('POST', '/qr-codes', { body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const change = ({ id }: Answer['body'], body: unknown) => counter.shop.send('PATCH', `/qr-codes/${id}`, { body });
const cancel = ({ id }: Answer['body']) => counter.shop.send('POST', `/qr-codes/${id}/cancel`);
const png = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

describe('a code', () => {
  test('is for one payment of its amount within half an hour, unless more is said', async () => {
    const reference = freshReference();
    const { body } = await create({ reference, amount: 1250 });
    expect(body).toMatchObject({
      ...{ object: 'qr_code', mode: 'test', kind: 'dynamic', content: 'url', uses: 'single', usesMax: 1, usesMade: 0 },
      ...{ status: 'active', amount: 1250, currency: 'EUR', amountEditable: false, reference, orderId: reference },
      ...{ version: 1, latestPaymentId: null, expiresAt: counter.clock.now().add({ minutes: 30 }).toString() },
      id: expect.stringMatching(/^qr_/),
      url: expect.stringMatching(/\/q\/[\w-]{22}$/),
    });
    expect(body.payload).toBe(body.url);
    expect(await counter.read(body)).toEqual(body);
  });

  test('that stays where it is has no end', async () => {
    const body = await counter.show();
    expect(body).toMatchObject({ kind: 'static', uses: 'many', usesMax: null, expiresAt: null, status: 'active' });
  });

  test('is drawn as PNG that a scanner reads, and as SVG, both for an img element of any page', async () => {
    const code = await counter.show();
    expect(scan(readPng(await png(code.imagePngUrl)))).toBe(code.url);
    const svg = await call(code.imageUrl);
    expect([svg.status, svg.headers['content-type']]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(svg.headers['content-security-policy']).toBe("default-src 'none'");
    expect(svg.text).toMatch(/^<svg xmlns=[^>]+>(<path [^>]+>)+<\/svg>$/);
    expect((await call(`${code.url.slice(0, -1)}/image.svg`)).status).toBe(404);
  });

  test('S1.35 has its reference alone for ever, in its mode, and a bill’s is no payment’s either', async () => {
    const reference = freshReference();
    const first = await counter.show({ reference });
    const again = await changesNothing(counter.tollgate.database, () => create({ reference, amount: 1 }));
    expect(again).toMatchObject({ status: 409, body: { code: 'reference_already_used', qrCodeId: first.id } });
    const { body: payment } = await counter.shop.create();
    const bill = await create({ reference: payment.reference, amount: 1 });
    expect(bill).toMatchObject({ status: 409, body: { code: 'reference_already_used', paymentId: payment.id } });
    const { apiUrl, tenant } = counter.tollgate;
    const live = merchantOf(apiUrl, tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    const other = await live.send('POST', '/qr-codes', { body: { reference, amount: 1 } });
    expect(other.body, other.text).toMatchObject({ mode: 'live', reference });
    expect((await counter.shop.send('GET', `/qr-codes/${other.body.id}`)).status).toBe(404);
  });

  test('comes once under an Idempotency-Key, also where the request comes many times at once and its time is over', async () => {
    const expiresAt = counter.clock.now().add({ minutes: 5 }).toString();
    const body = { reference: freshReference(), amount: 1250, expiresAt };
    const answers = await parallel(8, () => create(body, body.reference));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    counter.clock.advance({ hours: 1 });
    expect((await create(body, body.reference)).text).toBe(answers[0]?.text);
  });

  test.each([
    ['no amount', {}, ['/amount']],
    ['an amount of nought, which elsewhere means any', { amount: 0 }, ['/amount']],
    ['a variable amount of a bill', { amount: 1, amountEditable: true }, ['/amountEditable']],
    ['many uses of a bill', { amount: 1, uses: 'many' }, ['/uses']],
    ['a count for one use', { amount: 1, usesMax: 3 }, ['/usesMax']],
    ['limits of a fixed amount', { amount: 1, amountMin: 1, amountMax: 2 }, ['/amountMin', '/amountMax']],
    [
      'limits the wrong way round',
      { kind: 'static', amountEditable: true, amountMin: 2, amountMax: 1 },
      ['/amountMax'],
    ],
    ['a proposal below its limit', { kind: 'static', amountEditable: true, amount: 1, amountMin: 2 }, ['/amount']],
    ['two ends', { amount: 1, expiresIn: 60, expiresAt: '2027-01-01T00:00:00Z' }, ['/expiresAt']],
    ['an end that is over', { amount: 1, expiresAt: '2020-01-01T00:00:00Z' }, ['/expiresAt']],
    ['a bill of two months', { amount: 1, expiresIn: 60 * 86_400 }, ['/expiresIn']],
    ['a return by script', { amount: 1, returnUrl: 'javascript:alert(1)' }, ['/returnUrl']],
    ['a product of nobody', { amount: 1, productId: 'prd_none' }, ['/productId']],
    ['a long reference, which leaves no room for numbers', { amount: 1, reference: 'r'.repeat(53) }, ['/reference']],
    ['a payload without a profile', { amount: 1, content: 'emvco' }, ['/emvco']],
    ['a profile that is not drawn', { amount: 1, emvco: PROFILE }, ['/emvco']],
    ['a payload without a category', { amount: 1, content: 'emvco', emvco: PROFILE }, ['/mcc']],
    [
      'an account without its scheme',
      {
        amount: 1,
        mcc: '5812',
        content: 'emvco',
        emvco: { ...PROFILE, accounts: [{ tag: '26', fields: { '01': 'x' } }] },
      },
      ['/emvco/accounts/0/fields'],
    ],
    [
      'a city that no scanner shows',
      { amount: 1, mcc: '5812', content: 'emvco', emvco: { ...PROFILE, merchantCity: 'Žilina' } },
      ['/emvco/merchantCity'],
    ],
  ])('with %s is refused, and nothing is written', async (_what, body, pointers) => {
    const answer = await changesNothing(counter.tollgate.database, () => create(body));
    expect(answer, answer.text).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });
});

describe('a code with the payload of a scheme', () => {
  test('says who is paid, how much and for what, and is scanned as that', async () => {
    const fields = { content: 'emvco', emvco: PROFILE, mcc: '5812', terminalId: 'till-1' };
    const { body: bill } = await create({ ...fields, reference: 'emvco-1', amount: 1250 });
    const parsed = parseEmvco(bill.payload);
    expect(parsed).toMatchObject({ ok: true });
    expect(bill.payload).toMatch(/^000201010212.*520458125303978540512\.505802AT5916Kaffeehaus Linde6004Wien6221/);
    expect(bill.payload).toContain('0507emvco-10706till-1');
    expect(scan(readPng(await png(bill.imagePngUrl)))).toBe(bill.payload);
    const sign = await counter.show({ ...fields, amount: undefined, amountEditable: true });
    expect(sign.payload).toMatch(/^000201010211/);
    expect(sign.payload).not.toMatch(/^.*5303978540/);
  });

  test('has the category of the settings where it names none', async () => {
    const { tenant, apiKeys } = await counter.tollgate.createTenant();
    const shop = merchantOf(counter.tollgate.apiUrl, apiKeys.test);
    await shop.send('PATCH', '/settings', { body: { defaultMcc: '5411' } });
    const body = { amount: 1250, content: 'emvco', emvco: PROFILE };
    const made = await shop.send('POST', '/qr-codes', { body });
    expect(made.body, `${tenant.tenantId} ${made.text}`).toMatchObject({ mcc: '5411' });
    expect(made.body.payload).toContain('52045411');
  });
});

describe('the amount', () => {
  test('is changed while the code is active, and payments that were begun keep theirs', async () => {
    const code = await counter.show();
    await submit(code.url, { visit: await visitOf(code.url) });
    const changed = await change(code, { amount: 990, version: 1 });
    expect(changed.body, changed.text).toMatchObject({ amount: 990, version: 2, usesMade: 1 });
    await submit(code.url, { visit: await visitOf(code.url) });
    expect((await counter.paymentsOf(code)).map(({ amount }) => amount)).toEqual([1250, 990]);
  });

  test('is not changed by who has read an older version', async () => {
    const code = await counter.show();
    const answers = await parallel(5, (index) => change(code, { amount: 100 + index, version: 1 }));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'state_conflict', version: 2 });
  });

  test('stays within what the shopper may enter', async () => {
    const code = await counter.show({ amountEditable: true, amountMin: 500 });
    const answer = await change(code, { amount: 499 });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount' }] } });
  });

  test('of a bill that is being paid, of an expired and of a canceled code stays', async () => {
    const { body: bill } = await create({ amount: 1250 });
    await call(bill.url);
    const over = await counter.show({ expiresIn: 60 });
    const gone = await counter.show();
    await cancel(gone);
    counter.clock.advance({ minutes: 1 });
    for (const [code, status] of [
      [bill, 'used'],
      [over, 'expired'],
      [gone, 'canceled'],
    ] as const) {
      const answer = await change(code, { amount: 1 });
      expect(answer, status).toMatchObject({ status: 409, body: { code: 'state_conflict', qrCodeStatus: status } });
    }
  });
});

describe('the status', () => {
  test('is active until the code is used, over or taken back, and never comes back', async () => {
    const seen = new Set<string>(['active']);
    const { body: bill } = await create({ amount: 1250 });
    await call(bill.url);
    const over = await counter.show({ expiresIn: 60 });
    const gone = await counter.show();
    expect((await cancel(gone)).body).toMatchObject({ status: 'canceled', version: 2 });
    expect((await cancel(gone)).body).toMatchObject({ status: 'canceled', version: 2 });
    counter.clock.advance({ hours: 960 });
    for (const code of [bill, over, gone]) {
      const { status } = await counter.read(code);
      expect(QR_CODE_TRANSITIONS.active).toContain(status);
      seen.add(status);
    }
    expect([...seen].sort()).toEqual([...QR_CODE_STATUSES].sort());
    for (const code of [bill, over]) expect((await cancel(code)).body.code).toBe('state_conflict');
  });

  test('is the same in lists, which are newest first, page by page', async () => {
    const { apiKeys } = await counter.tollgate.createTenant();
    const shop = merchantOf(counter.tollgate.apiUrl, apiKeys.test);
    const make = async (body: object) => (await shop.send('POST', '/qr-codes', { body: { amount: 5, ...body } })).body;
    const [used, over, gone, active] = [
      await make({}),
      await make({ expiresIn: 60 }),
      await make({ kind: 'static' }),
      await make({ kind: 'static', expiresIn: 86_400, usesMax: 2 }),
    ];
    await call(used.url);
    await shop.send('POST', `/qr-codes/${gone.id}/cancel`);
    counter.clock.advance({ minutes: 1 });
    const idsOf = async (query: string) =>
      (await shop.send('GET', `/qr-codes?${query}`)).body.data.map(({ id }: { id: string }) => id);
    for (const [status, code] of Object.entries({ used, expired: over, canceled: gone, active })) {
      expect(await idsOf(`status=${status}`), status).toEqual([code.id]);
      expect((await shop.send('GET', `/qr-codes/${code.id}`)).body.status).toBe(status);
    }
    expect((await idsOf('kind=static')).sort()).toEqual([gone.id, active.id].sort());
    const first = (await shop.send('GET', '/qr-codes?limit=3')).body;
    const second = (await shop.send('GET', `/qr-codes?limit=3&cursor=${first.nextCursor}`)).body;
    expect([first.hasMore, second.hasMore, first.data.length, second.data.length]).toEqual([true, false, 3, 1]);
    expect(
      first.data.find(({ id }: { id: string }) => id === used.id)?.latestPaymentId ?? second.data[0].latestPaymentId,
    ).toMatch(/^pay_/);
  });
});

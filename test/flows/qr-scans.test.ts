import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, call, until } from '../support/api-client.ts';
import { freshReference, merchantOf } from '../support/merchant.ts';
import { parallel } from '../support/parallel.ts';
import { look, openQrCounter, type QrCounter, submit, visitOf } from '../support/qr-counter.ts';
import { changesNothing } from '../support/table-fingerprint.ts';

let counter: QrCounter;

beforeAll(async () => {
  counter = await openQrCounter();
});
afterAll(() => counter?.close());

const PAY_PAGE = /^\/c\/[\w-]{43}$/;
const bill = (fields: object = {}) => counter.show({ kind: 'dynamic', ...fields });
const locationOf = ({ headers }: Answer) => String(headers.location);
/** The code in the page's address bar. */
const kindOf = ({ text }: Answer) => /data-kind="([\w-]+)"/.exec(text)?.[1];

describe('a bill that is scanned', () => {
  test('leads to the payment of its reference and amount, at once and always to the same', async () => {
    const code = await bill({ description: 'Dinner', terminalId: 'T1', metadata: { table: '7' } });
    const first = await look(code.url);
    expect([first.status, locationOf(first)]).toEqual([303, expect.stringMatching(PAY_PAGE)]);
    expect(locationOf(await look(code.url))).toBe(locationOf(first));
    expect(locationOf(await submit(code.url, { visit: 'x' }))).toBe(locationOf(first));
    const payments = await counter.paymentsOf(code);
    expect(payments).toMatchObject([
      {
        ...{ reference: code.reference, orderId: code.reference, amount: 1250, description: 'Dinner' },
        ...{ terminalId: 'T1', metadata: { table: '7' }, expiresAt: code.expiresAt, status: 'created' },
      },
    ]);
    expect(await counter.read(code)).toMatchObject({ status: 'used', usesMade: 1, latestPaymentId: payments[0].id });
    expect((await look(`${counter.tollgate.apiUrl}${locationOf(first)}`)).text).toContain('12.50');
  });

  test('by twenty at the same instant makes one payment', async () => {
    const code = await bill();
    const answers = await parallel(20, () => look(code.url));
    expect(new Set(answers.map((answer) => `${answer.status} ${locationOf(answer)}`)).size).toBe(1);
    expect(await counter.paymentsOf(code)).toHaveLength(1);
    expect((await counter.read(code)).usesMade).toBe(1);
  });

  test('gets its payment by the next scan where the first one stopped half way', async () => {
    const code = await bill();
    await counter.tollgate.database.run(
      `with used as (update qr_codes set uses_made = 1 where qr_code_id = $1 returning tenant_id)
       insert into qr_code_uses select tenant_id, $1, 1, 'only', 1250, null, $2 from used`,
      [code.id, counter.clock.now().toString()],
    );
    const answers = await parallel(4, () => look(code.url));
    expect(new Set(answers.map(locationOf)).size).toBe(1);
    const payments = await counter.paymentsOf(code);
    expect(payments).toMatchObject([{ reference: code.reference, amount: 1250 }]);
    expect((await counter.read(code)).latestPaymentId).toBe(payments[0].id);
  });

  test('has the id of the code for a reference where the tenant has used the code’s for something else', async () => {
    const code = await bill();
    expect((await counter.shop.create({ reference: code.reference })).status).toBe(201);
    const answers = await parallel(6, () => look(code.url));
    expect(new Set(answers.map(locationOf)).size).toBe(1);
    expect(await counter.paymentsOf(code)).toMatchObject([{ reference: `${code.id}-1` }]);
  });

  test('and was paid opens nothing any more', async () => {
    const code = await bill();
    await look(code.url);
    const [{ id }] = (await counter.paymentsOf(code)) as [Answer['body']];
    await counter.shop.confirm(id, 'tok_no_ipn');
    const again = await look(code.url);
    expect([again.status, kindOf(again)]).toEqual([410, 'qr-used']);
    expect(again.text).not.toContain('12.50');
  });

  test('in its last seconds can still be paid', async () => {
    const code = await bill({ expiresIn: 60 });
    counter.clock.advance({ seconds: 50 });
    expect((await look(code.url)).status).toBe(303);
    const [{ expiresAt }] = (await counter.paymentsOf(code)) as [Answer['body']];
    expect(expiresAt).toBe(counter.clock.now().add({ seconds: 30 }).toString());
  });
});

describe('a sign that is scanned', () => {
  test('makes no payment by being looked at, and one by each form that is sent', async () => {
    const code = await counter.show({ description: 'Entrance' });
    const page = await changesNothing(counter.tollgate.database, () => look(code.url));
    expect([page.status, kindOf(page)]).toEqual([200, 'qr-form']);
    expect(page.text).toMatch(/12\.50[\s\S]+Entrance/);
    expect(page.headers['content-security-policy']).toMatch(
      /default-src 'none'.+form-action 'self'.+frame-ancestors 'none'/,
    );
    expect(page.text).not.toMatch(/<script|style="/);
    for (const _shopper of [1, 2]) {
      const sent = await submit(code.url, { visit: await visitOf(code.url) });
      expect([sent.status, locationOf(sent)]).toEqual([303, expect.stringMatching(PAY_PAGE)]);
    }
    expect((await counter.paymentsOf(code)).map(({ reference }) => reference)).toEqual([
      `${code.reference}-1`,
      `${code.reference}-2`,
    ]);
  });

  test('makes one payment of a form that is sent many times, one after the other and at once', async () => {
    const code = await counter.show();
    const visit = await visitOf(code.url);
    const first = await submit(code.url, { visit });
    const again = await parallel(10, () => submit(code.url, { visit }));
    expect(new Set([first, ...again].map(locationOf)).size).toBe(1);
    expect(await counter.paymentsOf(code)).toHaveLength(1);
  });

  test('asks anew where the form is not one of ours', async () => {
    const code = await counter.show();
    for (const visit of ['', 'x', '../../../../../../../..', 'A'.repeat(23)]) {
      const answer = await changesNothing(counter.tollgate.database, () => submit(code.url, { visit }));
      expect([answer.status, kindOf(answer)], visit).toEqual([200, 'qr-form']);
    }
  });

  test('is good for exactly as many payments as it says, also where all come at once', async () => {
    const code = await counter.show({ usesMax: 3 });
    const visits = await parallel(12, () => visitOf(code.url));
    const answers = await Promise.all(visits.map((visit) => submit(code.url, { visit })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 303, 303, ...Array(9).fill(410)]);
    expect((await counter.paymentsOf(code)).length).toBe(3);
    expect(await counter.read(code)).toMatchObject({ status: 'used', usesMade: 3 });
    const winner = visits[answers.findIndex(({ status }) => status === 303)] ?? '';
    expect((await submit(code.url, { visit: winner })).status).toBe(303);
  });

  test('that has expired or was taken back says so, and what was begun goes on', async () => {
    const [over, gone] = [await counter.show({ expiresIn: 60 }), await counter.show()];
    const visits = { over: await visitOf(over.url), gone: await visitOf(gone.url) };
    await submit(gone.url, { visit: await visitOf(gone.url) });
    await counter.shop.send('POST', `/qr-codes/${gone.id}/cancel`);
    counter.clock.advance({ minutes: 1 });
    for (const [code, visit, kind] of [
      [over, visits.over, 'qr-expired'],
      [gone, visits.gone, 'qr-canceled'],
    ]) {
      for (const answer of [await look(code.url), await submit(code.url, { visit })]) {
        expect([answer.status, kindOf(answer)]).toEqual([410, kind]);
        expect(answer.text).toContain('Test Shop');
      }
    }
    const [begun] = (await counter.paymentsOf(gone)) as [Answer['body']];
    expect((await counter.shop.confirm(begun.id, 'tok_no_ipn')).body.status).toBe('succeeded');
  });
});

describe('a shopper who says how much', () => {
  test('pays exactly that, and another payment after correcting it', async () => {
    const code = await counter.show({ amount: undefined, amountEditable: true });
    const visit = await visitOf(code.url);
    const first = await submit(code.url, { visit, amount: '0,07' });
    expect((await submit(code.url, { visit, amount: '0.07' })).headers.location).toBe(first.headers.location);
    expect((await submit(code.url, { visit, amount: '7' })).headers.location).not.toBe(first.headers.location);
    expect((await counter.paymentsOf(code)).map(({ amount }) => amount)).toEqual([7, 700]);
  });

  test.each([
    ['12.505', /such as 12\.50/],
    ['1.250,00', /such as 12\.50/],
    ['"><script>', /value="&quot;&gt;&lt;script&gt;"/],
    ['4.99', /role="alert"><p id="complaint">At least €5\.00</],
    ['20.01', /role="alert"><p id="complaint">At most €20\.00</],
  ])('is told what is wrong with “%s”, and nothing is written', async (amount, words) => {
    const code = await counter.show({ amount: undefined, amountEditable: true, amountMin: 500, amountMax: 2000 });
    const visit = await visitOf(code.url);
    const answer = await changesNothing(counter.tollgate.database, () => submit(code.url, { visit, amount }));
    expect([answer.status, kindOf(answer)], answer.text).toEqual([422, 'qr-form']);
    expect(answer.text).toMatch(words);
    expect(answer.text).toContain('role="alert"');
  });

  test('pays no more than any payment may be, and not nothing', async () => {
    const code = await counter.show({ amount: undefined, amountEditable: true });
    for (const amount of ['0', '10000000000.00']) {
      const answer = await submit(code.url, { visit: await visitOf(code.url), amount });
      expect([answer.status, kindOf(answer)], amount).toEqual([422, 'qr-form']);
    }
  });

  test('cannot say so where the amount is fixed', async () => {
    const code = await counter.show();
    await submit(code.url, { visit: await visitOf(code.url), amount: '0.01' });
    expect(await counter.paymentsOf(code)).toMatchObject([{ amount: 1250 }]);
  });

  test('is asked in the language of the browser', async () => {
    const code = await counter.show({ amount: undefined, amountEditable: true, amountMin: 500 });
    const page = await look(code.url, { 'accept-language': 'ar-EG' });
    expect(page.text).toContain('<html lang="ar-EG" dir="rtl">');
    expect(page.text).toContain('كم تريد أن تدفع؟');
  });
});

describe('an address', () => {
  test('that was never given out, or is of a tenant who is suspended, opens the same page of nothing', async () => {
    const { tenant, apiKeys } = await counter.tollgate.createTenant();
    const shop = merchantOf(counter.tollgate.apiUrl, apiKeys.test);
    const { body } = await shop.send('POST', '/qr-codes', { body: { kind: 'static', amount: 1 } });
    await counter.tollgate.database.run(`update tenants set status = 'suspended' where tenant_id = $1`, [
      tenant.tenantId,
    ]);
    await until(async () => (await look(body.url)).status === 404);
    const guesses = ['A'.repeat(22), 'x', body.id, "'--".padEnd(22, 'x')].map((guess) => encodeURIComponent(guess));
    for (const url of [body.url, ...guesses.map((guess) => `${counter.tollgate.apiUrl}/q/${guess}`)]) {
      const answer = await look(url);
      expect([answer.status, kindOf(answer)], url).toEqual([404, 'missing']);
      expect((await submit(url, { visit: 'A'.repeat(22) })).status).toBe(404);
    }
  });

  test('of live mode opens over TLS alone', async () => {
    const { apiUrl, tenant } = counter.tollgate;
    const live = merchantOf(apiUrl, tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    const { body } = await live.send('POST', '/qr-codes', { body: { kind: 'static', amount: 1 } });
    for (const path of ['', '/image.png']) {
      expect((await look(`${body.url}${path}`)).body).toMatchObject({ code: 'https_required' });
      expect((await look(`${body.url}${path}`, { 'x-forwarded-proto': 'https' })).status).toBe(200);
    }
  });

  test('S4.4 serves its tenant’s code at the tenant’s own host, which is in the code then, and nobody else’s', async () => {
    const own = await counter.tollgate.createTenant();
    const shop = merchantOf(counter.tollgate.apiUrl, own.apiKeys.test);
    await counter.tollgate.database.run(
      `insert into verified_domains select 'pay.qr.example', $1, 'dom_1', 'test', $2`,
      [own.tenant.tenantId, counter.clock.now().toString()],
    );
    const make = async () => (await shop.send('POST', '/qr-codes', { body: { amount: 1 } })).body;
    const code = await until(async () => {
      const made = await make();
      return new URL(made.url).host === 'pay.qr.example' && made;
    });
    expect(code.imageUrl).toBe(`${code.url}/image.svg`);
    const at = ({ url }: Answer['body'], path = '') =>
      call(`${counter.tollgate.apiUrl}${new URL(url).pathname}${path}`, {
        headers: { host: 'pay.qr.example', 'x-forwarded-proto': 'https' },
      });
    expect(await at(code)).toMatchObject({ status: 303, headers: { location: expect.stringMatching(PAY_PAGE) } });
    expect((await at(code, '/image.svg')).status).toBe(200);
    const foreign = await counter.show({ reference: freshReference() });
    for (const path of ['', '/image.svg', '/image.png']) expect((await at(foreign, path)).status, path).toBe(404);
  });
});

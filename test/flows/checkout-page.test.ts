import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';

let tollgate: Installation;
let shop: PaymentWatch;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = watchPayments(tollgate);
});
afterAll(() => tollgate?.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const open = (url: string, headers = {}) => call(url, { headers });
const kindOf = (text: string) => /data-kind="(\w+)"/.exec(text)?.[1];
const stateOf = (text: string) => /name="state" value="([^"]*)"/.exec(text)?.[1] ?? '';
const headingOf = (text: string) => /<h1[^>]*>([^<]*)/.exec(text)?.[1];

/** A tenant of its own, so that what happens to its accounts is nobody else's. */
async function ownShop() {
  const { apiKeys } = await tollgate.createTenant();
  return merchantOf(tollgate.apiUrl, apiKeys.test);
}

describe('a form of the page', () => {
  test('S2.9 that was filled in against a state that is gone does nothing, and the page shows what is', async () => {
    const { id, paymentUrl } = await shop.create();
    const old = stateOf((await open(paymentUrl)).text);
    await shop.confirm(id, 'tok_decline_insufficient_funds');
    for (const act of ['pay', 'cancel', 'test']) {
      const rawBody = `state=${encodeURIComponent(old)}&action=pay`;
      const led = await call(`${paymentUrl}/${act}`, { rawBody, headers: FORM });
      expect([led.status, led.headers.location]).toEqual([303, `${new URL(paymentUrl).pathname}/leave`]);
    }
    expect(await shop.read(id)).toMatchObject({ status: 'created' });
    expect(await shop.attempts(id)).toHaveLength(1);
    const page = (await open(`${paymentUrl}/leave`)).text;
    expect(page).toContain('Tries left: 2');
    await call(`${paymentUrl}/pay`, { rawBody: `state=${encodeURIComponent(stateOf(page))}`, headers: FORM });
    expect(await shop.read(id)).toMatchObject({ status: 'processing' });
  });
});

describe('a payment that is paid', () => {
  test('is told of as just paid where it was waited for, and as paid before to whoever looks again', async () => {
    const { id, paymentUrl } = await shop.create({ returnUrl: 'https://shop.example/' });
    await shop.confirm(id, 'tok_no_ipn');
    for (const place of ['/leave', '/wait', '/return']) {
      const { text } = await open(paymentUrl + place);
      expect([kindOf(text), headingOf(text)], place).toEqual(['succeeded', 'Payment successful']);
      expect(text).toContain('data-leave-after');
    }
    const again = (await open(paymentUrl)).text;
    expect([kindOf(again), headingOf(again)]).toEqual(['succeeded', 'Already paid']);
    expect(again).not.toContain('data-leave-after');
  });

  test('reloads where it waits, so that the result is told as one, and goes to the bank but once', async () => {
    const { id, paymentUrl } = await shop.create();
    await shop.confirm(id, 'tok_redirect');
    const path = new URL(paymentUrl).pathname;
    const seen = (await open(paymentUrl)).text;
    expect(seen).toContain(`data-path="${path}/wait"`);
    const leaving = (await open(`${paymentUrl}/leave`)).text;
    expect(leaving).toContain('http-equiv="refresh" content="0;');
    expect(leaving).toContain(`data-path="${path}/wait"`);
    expect((await open(`${paymentUrl}/wait`)).text).not.toContain('content="0;');
  });
});

test('the files of the page come small to whoever takes them so, and are the same', async () => {
  const { paymentUrl } = await shop.create();
  const [, path] = /href="(\/c\/assets\/checkout[^"]*)"/.exec((await open(paymentUrl)).text) ?? [];
  const url = `${tollgate.apiUrl}${path}`;
  const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  const small = await fetch(url, { headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } });
  expect([plain, small].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'br']);
  expect([plain, small].map(({ headers }) => headers.get('vary'))).toEqual(['accept-encoding', 'accept-encoding']);
  expect(Number(small.headers.get('content-length'))).toBeLessThan(Number(plain.headers.get('content-length')) / 3);
  expect(await small.text()).toBe(await plain.text());
});

describe('where no provider can be reached', () => {
  test('without an account the page says so before anything is pressed, and again to who tries', async () => {
    const own = await ownShop();
    const { id, paymentUrl } = (await own.create()).body;
    const [account] = (await own.send('GET', '/provider-accounts')).body.data;
    await own.send('POST', `/provider-accounts/${account.id}/disable`, { body: {} });
    const page = (await open(paymentUrl)).text;
    expect([kindOf(page), page.includes('You have not been charged.')]).toEqual(['unavailable', true]);
    const led = await call(`${paymentUrl}/pay`, { rawBody: `state=${stateOf(page)}`, headers: FORM });
    expect([led.status, led.headers.location]).toEqual([303, `${new URL(paymentUrl).pathname}/unavailable`]);
    expect(kindOf((await open(`${paymentUrl}/unavailable`)).text)).toBe('unavailable');
    await own.send('POST', `/provider-accounts/${account.id}/enable`, { body: {} });
    expect(kindOf((await open(paymentUrl)).text)).toBe('choose');
    expect((await own.send('GET', `/payments/${id}`)).body).toMatchObject({ status: 'created', latestAttempt: null });
  });

  test('with every circuit open it is said beforehand, and who tries all the same is let', async () => {
    const own = await ownShop();
    const { paymentUrl, id } = (await own.create()).body;
    expect(kindOf((await open(paymentUrl)).text)).toBe('choose');
    for (let failures = 0; failures < 5; failures++) {
      const { body } = await own.create();
      await own.confirm(body.id, 'tok_refuse_connection');
    }
    // How an account fares is written down after the answer.
    const page = await until(async () => {
      const { text } = await open(paymentUrl);
      return kindOf(text) === 'unavailable' && text;
    });
    const led = await call(`${paymentUrl}/pay`, { rawBody: `state=${stateOf(page)}`, headers: FORM });
    expect(led.headers.location).toBe(`${new URL(paymentUrl).pathname}/leave`);
    expect((await own.send('GET', `/payments/${id}`)).body).toMatchObject({ status: 'processing' });
  });

  test('a try that was not sent leads to the same words, and to another try', async () => {
    const own = await ownShop();
    const { id, paymentUrl } = (await own.create()).body;
    await own.confirm(id, 'tok_refuse_connection');
    const page = (await open(`${paymentUrl}/leave`)).text;
    expect(kindOf(page)).toBe('unavailable');
    await call(`${paymentUrl}/pay`, { rawBody: `state=${stateOf(page)}`, headers: FORM });
    expect((await own.send('GET', `/payments/${id}`)).body).toMatchObject({ status: 'processing' });
  });
});

describe('S0.22 in a frame', () => {
  const IN_FRAME = { 'sec-fetch-dest': 'iframe' };
  const TOP = { 'sec-fetch-dest': 'document' };
  const LEAVES = 'http-equiv="refresh" content="0;';

  /** The payment at a page of the bank, framable or not: the sandbox's own is. */
  async function atBank(frameAncestors: readonly string[], embeddable: boolean) {
    const own = await ownShop();
    await own.send('PATCH', '/settings', { body: { frameAncestors } });
    const { id, paymentUrl } = (await own.create()).body;
    await own.confirm(id, 'tok_redirect');
    await tollgate.database.run(
      `update attempts set next_action = jsonb_set(next_action, '{embeddable}', $2::jsonb) where payment_id = $1`,
      [id, String(embeddable)],
    );
    // Settings are seen everywhere within a second.
    const policy = `frame-ancestors ${frameAncestors[0] ?? "'none'"}`;
    await until(async () => String((await open(paymentUrl)).headers['content-security-policy']).includes(policy));
    return (headers: object) => open(`${paymentUrl}/leave`, headers).then(({ text }) => text);
  }

  test('a bank’s page that may not be framed is not gone to: a link into the whole window and a code are there', async () => {
    const leave = await atBank(['https://shop.example'], false);
    const framed = await leave(IN_FRAME);
    expect(framed).not.toContain(LEAVES);
    expect(framed).toMatch(/href="[^"]*\/bank\/[^"]*" target="_top"/);
    expect(framed).toContain('<div class="qr" role="img"');
    expect(await leave(TOP)).toContain(LEAVES);
  });

  test('neither by a browser that does not tell where it stands, if the tenant lets itself be framed', async () => {
    expect(await (await atBank(['https://shop.example'], false))({})).not.toContain(LEAVES);
    expect(await (await atBank([], false))({})).toContain(LEAVES);
  });

  test('one that may be framed is gone to within the frame', async () => {
    const leave = await atBank(['https://shop.example'], true);
    const framed = await leave(IN_FRAME);
    expect(framed).toContain(LEAVES);
    expect(framed).not.toMatch(/\/bank\/[^"]*" target="_top"/);
  });
});

describe('S0.6 S1.37 the code that a payment waits for', () => {
  const waiting = async () => {
    const { id, paymentUrl, checkoutToken } = await shop.create();
    const { nextAction } = await shop.confirm(id, 'tok_qr');
    return { id: String(id), paymentUrl: String(paymentUrl), token: String(checkoutToken), nextAction };
  };
  const pictureAt = async (url: string) => {
    const answer = await fetch(url);
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  };

  test('is a picture at imageUrl, for shops that draw their own page', async () => {
    const { id, nextAction } = await waiting();
    expect(nextAction).toMatchObject({ type: 'qr', payload: expect.any(String), imageUrl: expect.any(String) });
    const svg = await pictureAt(nextAction.imageUrl);
    expect([svg.status, svg.type]).toEqual([200, 'image/svg+xml']);
    expect(svg.body.toString()).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    const png = await pictureAt(nextAction.imageUrl.replace(/svg$/, 'png'));
    expect([png.status, png.type, png.body.subarray(1, 4).toString()]).toEqual([200, 'image/png', 'PNG']);
    expect((await shop.read(id)).nextAction).toEqual(nextAction);
  });

  test('S2.13 is the same for the shopper’s browser, at an address that does not name the tenant', async () => {
    const { paymentUrl, token, nextAction } = await waiting();
    const session = (await call(`${tollgate.apiUrl}/api/v1/checkout-sessions/${token}`)).body;
    expect(session.nextAction).toEqual({ ...nextAction, imageUrl: `${paymentUrl}/qr.svg` });
    const [own, other] = [await pictureAt(session.nextAction.imageUrl), await pictureAt(nextAction.imageUrl)];
    expect(own).toEqual(other);
    const page = (await open(paymentUrl)).text;
    expect(page).toContain(`href="/c/${token}/qr.png" download`);
    expect(page).not.toContain(tollgate.tenant.tenant.tenantId);
    expect((await pictureAt(`${paymentUrl}/qr.png`)).type).toBe('image/png');
  });

  test('is gone with the attempt, and there for nobody else', async () => {
    const { id, paymentUrl, nextAction } = await waiting();
    const stranger = (await tollgate.createTenant()).tenant.tenantId;
    const { tenantId } = tollgate.tenant.tenant;
    const others = [
      nextAction.imageUrl.replace(tenantId, stranger),
      nextAction.imageUrl.replace(/att_\w+/, 'att_%00'),
      `${paymentUrl}x/qr.svg`,
    ];
    for (const url of others) expect((await pictureAt(url)).status, url).toBe(404);
    await shop.merchant.send('POST', `/payments/${id}/cancel`, { body: {} });
    for (const url of [nextAction.imageUrl, `${paymentUrl}/qr.svg`, `${paymentUrl}/qr.png`]) {
      expect((await pictureAt(url)).status).toBe(404);
    }
  });

  test('of a payment that waits for something else is none', async () => {
    const { id, paymentUrl } = await shop.create();
    expect((await pictureAt(`${paymentUrl}/qr.svg`)).status).toBe(404);
    await shop.confirm(id, 'tok_redirect');
    expect((await pictureAt(`${paymentUrl}/qr.png`)).status).toBe(404);
  });
});

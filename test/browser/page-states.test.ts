import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/api-client.ts';
import { openBrowser, openPage, type PageOptions } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { findFaultsOfLooks } from '../support/page-looks.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';

let tollgate: Installation;
let shop: PaymentWatch;
let browser: Browser;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([startInstallation(), openBrowser()]);
  shop = watchPayments(tollgate);
  await shop.merchant.send('PATCH', '/settings', { body: { appSchemes: ['bluecomshop'] } });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await tollgate?.close();
});

const RETURN_URL = 'https://shop.example/thanks';
const showsKind = (page: Page, kind: string) => page.locator(`main[data-kind="${kind}"]`).waitFor();
const headingOf = (page: Page) => page.locator('h1').textContent();
const pay = (page: Page) => page.getByRole('button', { name: /^Pay €/ });

/** A shopper before the page of a fresh payment, in whichever window they like. */
async function visit(fields: Readonly<Record<string, unknown>> = {}, options: PageOptions = {}, watch = shop) {
  const created = await watch.create({ returnUrl: RETURN_URL, description: 'Order 1042', ...fields });
  const page = await openPage(browser, options);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(created.paymentUrl);
  return { page, complaints, id: String(created.id), paymentUrl: String(created.paymentUrl) };
}

/** A tenant of its own, so that what happens to its accounts is nobody else's. */
async function ownWatch(): Promise<PaymentWatch> {
  return watchPayments({ ...tollgate, tenant: await tollgate.createTenant() });
}

interface StateCase {
  readonly name: string;
  readonly kind: string;
  readonly says: RegExp;
  /** Brings a payment there, whose page is open. */
  readonly reach?: (id: string, page: Page) => Promise<unknown>;
  /** Where the page is opened only then: below the payment's own address, as by a second window with nothing. */
  readonly anew?: '' | '/leave';
}

const STATES: readonly StateCase[] = [
  { name: 'choose', kind: 'choose', says: /Pay by .*Confirm your payment/s },
  {
    name: 'declined',
    kind: 'choose',
    says: /Payment declined.*not enough money.*not been charged.*Tries left: 2/s,
    reach: (id) => shop.confirm(id, 'tok_decline_insufficient_funds'),
  },
  {
    name: 'redirect',
    kind: 'redirect',
    says: /Continue with your bank/,
    reach: (id) => shop.confirm(id, 'tok_redirect'),
  },
  { name: 'qr', kind: 'qr', says: /Scan to pay.*Waiting for your payment/s, reach: (id) => shop.confirm(id, 'tok_qr') },
  {
    name: 'waiting',
    kind: 'waiting',
    says: /Your bank is confirming/,
    reach: (id) => shop.confirm(id, 'tok_pending_forever'),
  },
  {
    name: 'unavailable',
    kind: 'unavailable',
    says: /not available.*not been charged/s,
    anew: '/leave',
    reach: (id) => shop.confirm(id, 'tok_refuse_connection'),
  },
  {
    name: 'succeeded',
    kind: 'succeeded',
    says: /Payment successful/,
    async reach(id, page) {
      await shop.confirm(id, 'tok_qr');
      await showsKind(page, 'qr');
      await (await approveAt(await linkOf(id))).close();
    },
  },
  {
    name: 'paid-before',
    kind: 'succeeded',
    says: /Already paid.*nothing more will be charged/s,
    // An open page may have shown that the bank is asked, and then tells of a success that it has waited for.
    anew: '',
    reach: (id) => shop.confirm(id, 'tok_no_ipn'),
  },
  {
    name: 'failed',
    kind: 'failed',
    says: /Payment failed.*not been charged/s,
    async reach(id) {
      for (let tries = 0; tries < 3; tries++) await shop.confirm(id, 'tok_decline_fraud');
    },
  },
  {
    name: 'canceled',
    kind: 'canceled',
    says: /Payment canceled.*not been charged/s,
    reach: (id) => shop.merchant.send('POST', `/payments/${id}/cancel`, { body: {} }),
  },
  {
    name: 'reversed',
    kind: 'reversed',
    says: /Payment reversed.*Nothing was charged/s,
    anew: '',
    async reach(id) {
      await shop.confirm(id, 'tok_no_ipn');
      await shop.merchant.send('POST', `/payments/${id}/reversals`, { body: {} });
      await shop.untilLike(id, { status: 'reversed' });
    },
  },
];

async function linkOf(id: string): Promise<string> {
  const { nextAction } = await shop.read(id);
  return nextAction.payload ?? nextAction.url;
}

/** The shopper's phone, which scanned the code. */
async function approveAt(bankPage: string): Promise<Page> {
  const phone = await openPage(browser);
  await phone.goto(bankPage);
  // Who closes the window at once would take the click back.
  const answered = phone.waitForResponse((response) => response.request().method() === 'POST');
  await phone.getByRole('button', { name: 'Approve', exact: true }).click();
  await answered;
  return phone;
}

describe('S2.3 the open page comes to every state by itself, and looks right there', () => {
  test.each(STATES)('$name', async ({ name, kind, says, reach, anew }) => {
    const { page, complaints, id, paymentUrl } = await visit();
    // An open page reloads by itself when the payment moves, and would break off our going elsewhere.
    if (anew !== undefined) await page.goto('about:blank');
    await reach?.(id, page);
    if (anew !== undefined) await page.goto(paymentUrl + anew);
    const main = page.locator(`main[data-kind="${kind}"]`).filter({ hasText: says });
    await main.waitFor();
    // Neither reloads nor leaves while it is looked at.
    await page.keyboard.press('Shift');
    expect(await findFaultsOfLooks(page, name)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('expired: by its own count alone, whatever the device thinks what time it is', async () => {
    const own = await ownWatch();
    const held = await own.merchant.send('POST', '/test-clocks', { body: {} });
    expect(held.status, held.text).toBe(201);
    const advance = (seconds: number) =>
      own.merchant.send('POST', `/test-clocks/${held.body.id}/advance`, { body: { seconds } });
    const { paymentUrl } = await own.create({ expiresIn: 60, returnUrl: RETURN_URL });
    expect((await advance(55)).status).toBe(200);
    const page = await openPage(browser);
    await page.clock.setSystemTime('2019-01-01T00:00:00Z');
    // Nobody tells the page that it is over.
    await page.route('**/checkout-sessions/**', (route) => route.abort());
    await page.goto(paymentUrl);
    expect(await page.getByRole('timer').textContent()).toMatch(/^00:0\d$/);
    expect((await advance(10)).status).toBe(200);
    await page.locator('main[data-kind="expired"]').waitFor();
    expect(await page.locator('main').textContent()).toContain('Nothing was charged.');
    expect(await findFaultsOfLooks(page, 'expired')).toEqual([]);
  });

  test('missing: the same for every link that opens nothing', async () => {
    const page = await openPage(browser);
    await page.goto(`${tollgate.apiUrl}/c/${'A'.repeat(43)}`);
    await showsKind(page, 'missing');
    expect(await findFaultsOfLooks(page, 'missing')).toEqual([]);
  });
});

describe('S2.9 with two windows', () => {
  test('the other one sees that it was paid, and cannot pay again', async () => {
    const { page, id, paymentUrl } = await visit();
    const other = await page.context().newPage();
    await other.goto(paymentUrl);
    await pay(page).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('link', { name: 'Return to the shop' }).click();
    await showsKind(page, 'succeeded');
    await showsKind(other, 'succeeded');
    expect(await headingOf(page)).toBe('Payment successful');
    expect(await other.getByRole('button').count()).toBe(0);
    expect(await shop.attempts(id)).toHaveLength(1);
  });

  test('that pay at the same moment one attempt is made, and the same bank page is shown', async () => {
    const { page, id, paymentUrl } = await visit();
    const other = await page.context().newPage();
    await other.goto(paymentUrl);
    await Promise.all([pay(page).click(), pay(other).click()]);
    await Promise.all([page, other].map((one) => one.waitForURL(/\/bank\//)));
    expect(page.url()).toBe(other.url());
    expect(await shop.attempts(id)).toHaveLength(1);
  });

  test('a button of a window that was left behind does nothing but show how things stand', async () => {
    const { page, id } = await visit({}, { javaScriptEnabled: false });
    await shop.confirm(id, 'tok_decline_insufficient_funds');
    await pay(page).click();
    await page.getByRole('alert').filter({ hasText: 'Payment declined' }).waitFor();
    expect(await shop.attempts(id)).toHaveLength(1);
  });
});

describe('where no provider can be reached', () => {
  test('the shopper reads it at once, and pays as soon as one can be', async () => {
    const own = await ownWatch();
    const { page, id, paymentUrl } = await visit({}, {}, own);
    const [account] = (await own.merchant.send('GET', '/provider-accounts')).body.data;
    await own.merchant.send('POST', `/provider-accounts/${account.id}/disable`);
    await pay(page).click();
    await showsKind(page, 'unavailable');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForURL(`${paymentUrl}/unavailable`);
    await own.merchant.send('POST', `/provider-accounts/${account.id}/enable`);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('link', { name: 'Return to the shop' }).click();
    await showsKind(page, 'succeeded');
    expect(await own.attempts(id)).toHaveLength(1);
  });
});

describe('S0.26 a payment that began in an app', () => {
  /** Where the browser was told to go, also if nothing on this machine opens it. */
  async function departures(page: Page): Promise<readonly string[]> {
    const asked: string[] = [];
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Page.enable');
    devtools.on('Page.frameRequestedNavigation', ({ url }) => asked.push(url));
    return asked;
  }

  test.each([true, false])('leads back into it by its scheme, scripts %s', async (javaScriptEnabled) => {
    const { page, id } = await visit({ returnUrl: 'bluecomshop://payment-result?cart=7' }, { javaScriptEnabled });
    const asked = await departures(page);
    await pay(page).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    if (javaScriptEnabled) await page.getByRole('link', { name: 'Return to the shop' }).click();
    await showsKind(page, 'succeeded');
    const back = page.getByRole('link', { name: /^Back to/ });
    expect(await back.getAttribute('href')).toMatch(/^bluecomshop:\/\/payment-result\?cart=7&/);
    const isBack = (url: string) => url.startsWith(`bluecomshop://payment-result?cart=7&paymentId=${id}&`);
    // Nobody presses anything.
    await until(async () => asked.some(isBack), 15_000);
    await back.click();
    await until(async () => asked.filter(isBack).length > 1);
  });

  test('is refused a scheme that nobody registered, or that runs a program', async () => {
    for (const returnUrl of ['othershop://x', 'javascript:alert(1)', 'intent://x#Intent;end', 'data:text/html,x']) {
      expect((await shop.merchant.create({ returnUrl })).status, returnUrl).toBe(422);
    }
  });
});

test('S2.12 whatever tenants, shops and shoppers write stays text, in every state', async () => {
  const own = await ownWatch();
  const xss = `"><img src=x onerror=window.broken=1>'<script>window.broken=1</script>{{7*7}}`;
  await own.merchant.send('PATCH', '/settings', { body: { branding: { displayName: xss.slice(0, 60) } } });
  const cartItems = [{ description: xss, quantity: 1, value: 1 }];
  const { page, complaints, id } = await visit({ description: xss, cartItems }, {}, own);
  for (const [token, kind] of [
    [null, 'choose'],
    ['tok_decline_fraud', 'choose'],
    ['tok_qr', 'qr'],
  ] as const) {
    if (token !== null) await own.confirm(id, token);
    await page.reload();
    await showsKind(page, kind);
    expect(await page.locator('.description').textContent()).toBe(xss);
    expect(await page.locator('img, script:not([src]), iframe').count()).toBe(0);
    expect(await page.evaluate('window.broken')).toBeUndefined();
  }
  expect(complaints).toEqual([]);
});

test('in a language that is written from the right all of it is turned, and looks right', async () => {
  const { page, id } = await visit({ customer: { locale: 'ar-AE' } });
  expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
  expect(await findFaultsOfLooks(page, 'arabic-choose')).toEqual([]);
  await shop.confirm(id, 'tok_decline_insufficient_funds');
  await page.getByRole('alert').filter({ hasText: 'المحاولات المتبقية' }).waitFor();
  await shop.confirm(id, 'tok_qr');
  await showsKind(page, 'qr');
  expect(await findFaultsOfLooks(page, 'arabic-qr')).toEqual([]);
});

test('by keyboard alone the shopper pays, and sees where they are', async () => {
  const { page, id } = await visit();
  const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
  for (let steps = 0; steps < 10 && !(await focused()).startsWith('Pay €'); steps++) await page.keyboard.press('Tab');
  const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/bank\//);
  expect(await shop.attempts(id)).toHaveLength(1);
});

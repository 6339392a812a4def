import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/api-client.ts';
import { openBrowser, openPage, type PageOptions } from '../support/browser.ts';
import { type EmbeddingPage, startEmbeddingPage, type Told } from '../support/embedding-page.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';
import { openStripeShop, type StripeShop } from '../support/stripe-shop.ts';

let stripe: StripeShop;
let shop: PaymentWatch;
/** Whose bank page may be framed. */
let sandboxAccountId: string;
let embedder: EmbeddingPage;
let browser: Browser;

beforeAll(async () => {
  [stripe, browser, embedder] = await Promise.all([openStripeShop(), openBrowser(), startEmbeddingPage()]);
  shop = watchPayments(stripe.tollgate);
  const { status } = await stripe.merchant.send('PATCH', '/settings', { body: { frameAncestors: [embedder.origin] } });
  expect(status).toBe(200);
  const accounts = (await stripe.merchant.send('GET', '/provider-accounts')).body.data;
  sandboxAccountId = accounts.find(({ provider }: { provider: string }) => provider === 'sandbox').id;
  const { paymentUrl } = await shop.create();
  // Settings are seen everywhere within a second.
  await until(async () => (await fetch(paymentUrl)).headers.get('content-security-policy')?.includes(embedder.origin));
}, 60_000);
afterAll(async () => {
  await browser?.close();
  embedder?.close();
  await stripe?.close();
});

/** A shopper on the shop's own page, with the payment in a frame and third-party cookies blocked. */
async function visit(fields: Readonly<Record<string, unknown>> = {}, options: PageOptions = {}) {
  const { id, paymentUrl } = await shop.create(fields);
  const page = await openPage(browser, { blockThirdPartyCookies: true, ...options });
  const complaints: string[] = [];
  page.context().on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.context().on('weberror', (error) => complaints.push(error.error().message));
  await page.goto(embedder.around(paymentUrl));
  const frame = await until(async () => page.frames().find((one) => one.url().startsWith(paymentUrl)));
  return { page, frame, complaints, id: String(id), paymentUrl: String(paymentUrl) };
}

const told = (page: Page) => page.evaluate<Told>('window.told');
const showsKind = (page: Page | Frame, kind: string) => page.locator(`main[data-kind="${kind}"]`).waitFor();
const pay = (page: Page | Frame) => page.getByRole('button', { name: /^Pay €/ }).click();
const heightOf = (page: Page) =>
  page.evaluate<number>(`document.querySelector('iframe').getBoundingClientRect().height`);

describe('S0.20 a page in a frame tells the page around it', () => {
  test('how high it is, at any width and as it changes, so that nothing scrolls in the frame', async () => {
    const { page, frame, complaints } = await visit({
      cartItems: Array.from({ length: 12 }, (_, n) => ({ description: `Thing ${n}`, quantity: 1, value: 100 })),
    });
    const fits = () =>
      frame.evaluate<boolean>('document.documentElement.scrollHeight <= innerHeight && innerHeight > 300');
    await until(fits);
    const folded = await heightOf(page);
    await frame.locator('.items summary').click();
    await until(async () => (await heightOf(page)) > folded + 200 && (await fits()));
    await page.setViewportSize({ width: 1280, height: 800 });
    await frame.locator('.items summary').click();
    await until(async () => (await heightOf(page)) < folded + 200 && (await fits()));
    expect(complaints).toEqual([]);
  });

  test('how the payment stands, also where it is paid in another place', async () => {
    const { page, frame, complaints, id } = await visit();
    const created = { paymentId: id, status: 'created', state: 'choose' };
    await until(async () => (await told(page)).length === 1);
    expect(await told(page)).toMatchObject([created]);
    await shop.confirm(id, 'tok_no_ipn');
    await showsKind(frame, 'succeeded');
    await until(async () => (await told(page)).length === 2);
    const { reference } = await shop.read(id);
    const paid = { paymentId: id, reference, status: 'succeeded', state: 'succeeded' };
    expect(await told(page)).toMatchObject([created, paid]);
    expect(complaints).toEqual([]);
  });

  test('and does not lead it away by itself', async () => {
    const { page, frame, complaints } = await visit({
      returnUrl: 'https://shop.example/',
      providerAccountId: sandboxAccountId,
    });
    await pay(frame);
    await frame.getByRole('button', { name: 'Approve', exact: true }).click();
    await frame.getByRole('link', { name: 'Return to the shop' }).click();
    await showsKind(frame, 'succeeded');
    await until(async () => (await told(page)).some(({ status }) => status === 'succeeded'));
    expect(await frame.getByRole('link', { name: /^Back to/ }).count()).toBe(1);
    expect(await frame.locator('.leaving').count()).toBe(0);
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe('S0.21 an origin that is not listed', () => {
  test('gets neither the page nor a word of it', async () => {
    const stranger = await startEmbeddingPage();
    const { paymentUrl, id } = await shop.create();
    const page = await openPage(browser);
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page.goto(stranger.around(paymentUrl));
    await refused;
    await shop.confirm(id, 'tok_no_ipn');
    expect(await told(page)).toEqual([]);
    expect(await page.frames()[1]?.locator('main').count()).toBe(0);
    stranger.close();
  });
});

describe.each([true, false])('S0.22 S0.24 a provider whose page may not be framed, scripts %s', (javaScriptEnabled) => {
  test('is opened in the whole window, and from there the shopper comes back to the result', async () => {
    const { providerAccountId } = stripe;
    const { page, frame, id, paymentUrl } = await visit({ providerAccountId }, { javaScriptEnabled });
    await pay(frame);
    await showsKind(frame, 'redirect');
    await frame.getByRole('img', { name: 'QR code that opens the secure page' }).waitFor();
    expect(frame.url().startsWith(paymentUrl), 'the frame stays with us').toBe(true);
    if (javaScriptEnabled) await page.screenshot({ path: 'test-results/page-own-window-phone.png', fullPage: true });
    await frame.getByRole('link', { name: 'Open the secure page' }).click();
    await page.waitForURL(/\/c\/pay\/cs_test_/);
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await page.waitForURL((url) => url.href.startsWith(paymentUrl));
    await showsKind(page, 'succeeded');
    expect(await shop.read(id)).toMatchObject({ status: 'succeeded' });
  });

  test('is opened on a phone that scanned the code, and the frame shows the result by itself', async () => {
    const { providerAccountId } = stripe;
    const { frame } = await visit({ providerAccountId }, { javaScriptEnabled, width: 1280, height: 800 });
    await pay(frame);
    await showsKind(frame, 'redirect');
    const link = await frame.getByRole('link', { name: 'Open the secure page' }).getAttribute('href');
    const phone = await openPage(browser);
    await phone.goto(String(link));
    await phone.getByRole('button', { name: 'Pay', exact: true }).click();
    await showsKind(phone, 'succeeded');
    await showsKind(frame, 'succeeded');
    expect(await frame.locator('h1').textContent()).toBe('Payment successful');
  });
});

test('S0.24 without scripts the shopper pays within the frame, at a bank that lets itself be framed', async () => {
  const { page, frame, id, complaints } = await visit(
    { providerAccountId: sandboxAccountId },
    { javaScriptEnabled: false },
  );
  await pay(frame);
  await frame.getByRole('button', { name: 'Approve', exact: true }).click();
  await showsKind(frame, 'succeeded');
  expect(new URL(page.url()).origin).toBe(embedder.origin);
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded' });
  expect(complaints).toEqual([]);
});

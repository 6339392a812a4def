import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/api-client.ts';
import { openBrowser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type OpenShop, openShop } from '../support/shop-visit.ts';

let tollgate: Installation;
let shop: OpenShop;
let browser: Browser;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([startInstallation(), openBrowser()]);
  shop = await openShop(tollgate);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await tollgate?.close();
});

/** Waits until the hosted page shows a state. */
const showsKind = (page: Page | Frame, kind: string) => page.locator(`main[data-kind="${kind}"]`).waitFor();
const showsTitle = (page: Page, title: string) => page.getByRole('heading', { level: 1, name: title }).waitFor();
const pay = (page: Page | Frame) => page.getByRole('button', { name: /^Pay €/ }).click();
const testTool = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const backToShop = (page: Page) => page.getByRole('link', { name: /^Back to/ }).click();

async function approveAtBank(page: Page | Frame): Promise<void> {
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('link', { name: 'Return to the shop' }).click();
}

async function chargesOf(paymentId: string): Promise<number> {
  const attempts = await shop.payments.attempts(paymentId);
  return attempts.reduce((sum, { id }) => sum + tollgate.sandbox.countCharges(id), 0);
}

describe('S2.3 a person buys in the shop', () => {
  test('pays, approves at the bank, comes back, and an open order page turns to paid without a reload', async () => {
    const { page, buy, complaints } = await shop.visit(browser, { width: 1280, height: 800 });
    const { id, orderUrl } = await buy();
    const orderTab = await page.context().newPage();
    await orderTab.goto(orderUrl);
    await showsTitle(orderTab, 'Waiting for the payment');
    await orderTab.evaluate('window.stayed = true');
    await pay(page);
    await approveAtBank(page);
    await showsKind(page, 'succeeded');
    await showsTitle(orderTab, 'Paid');
    expect(await orderTab.title()).toBe('✓ Paid · Slow Morning');
    expect(await orderTab.evaluate('window.stayed')).toBe(true);
    // Nobody presses anything: the page goes back to the shop by itself.
    await page.waitForURL((url) => url.href.startsWith(orderUrl), { timeout: 10_000 });
    await showsTitle(page, 'Paid');
    expect(new URL(page.url()).searchParams.get('status')).toBe('succeeded');
    expect(await chargesOf(id)).toBe(1);
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('S2.3 does all of it with JavaScript off, led on by the pages alone', async () => {
    const { page, buy, complaints } = await shop.visit(browser, { javaScriptEnabled: false });
    const { id, orderUrl } = await buy();
    await pay(page);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await showsKind(page, 'succeeded');
    await page.waitForURL((url) => url.href.startsWith(orderUrl), { timeout: 10_000 });
    await showsTitle(page, 'Paid');
    expect(await chargesOf(id)).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('with JavaScript off an order page that waits turns to paid by itself', async () => {
    const { page, buy } = await shop.visit(browser, { javaScriptEnabled: false });
    const { id, orderUrl } = await buy();
    await page.goto(orderUrl);
    await showsTitle(page, 'Waiting for the payment');
    await shop.payments.confirm(id, 'tok_approve');
    await showsTitle(page, 'Paid');
  });

  test('is told of a decline, and pays after all', async () => {
    const { page, buy, complaints } = await shop.visit(browser);
    const { id, orderUrl } = await buy();
    await pay(page);
    await page.getByRole('button', { name: 'Insufficient funds' }).click();
    await page.getByRole('link', { name: 'Return to the shop' }).click();
    const notice = page.getByRole('alert').filter({ hasText: 'Payment declined' });
    await notice.waitFor();
    expect(await notice.textContent()).toContain('There is not enough money in this account.');
    expect(await notice.textContent()).toContain('You have not been charged.');
    await pay(page);
    await approveAtBank(page);
    await showsKind(page, 'succeeded');
    await backToShop(page);
    await showsTitle(page, 'Paid');
    expect(page.url().startsWith(orderUrl)).toBe(true);
    expect((await shop.payments.attempts(id)).map(({ state }) => state)).toEqual(['declined', 'captured']);
    expect(complaints).toEqual([]);
  });

  test('S0.25 changes their mind, comes back to the shop, and buys at the second try', async () => {
    const { page, buy, complaints } = await shop.visit(browser);
    const { id, orderUrl } = await buy();
    await page.getByRole('button', { name: 'Cancel and go back' }).click();
    await showsKind(page, 'canceled');
    await backToShop(page);
    await showsTitle(page, 'You stopped the payment');
    expect(page.url().startsWith(orderUrl)).toBe(true);
    expect(await shop.payments.read(id)).toMatchObject({ status: 'canceled', amountCaptured: 0 });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForURL(/\/c\//);
    await pay(page);
    await approveAtBank(page);
    await showsKind(page, 'succeeded');
    await backToShop(page);
    await showsTitle(page, 'Paid');
    expect(complaints).toEqual([]);
  });

  test('presses Pay twice in a hurry and is charged once', async () => {
    const { page, buy } = await shop.visit(browser);
    const { id } = await buy();
    await page.getByRole('button', { name: /^Pay €/ }).dblclick();
    await approveAtBank(page);
    await showsKind(page, 'succeeded');
    expect(await shop.payments.attempts(id)).toHaveLength(1);
    expect(await chargesOf(id)).toBe(1);
  });

  test('who comes back from the bank by the back button is not sent there again', async () => {
    const { page, buy, complaints } = await shop.visit(browser);
    await buy();
    await pay(page);
    await page.waitForURL(/\/bank\//);
    await page.goBack({ waitUntil: 'load' });
    await showsKind(page, 'redirect');
    await page.waitForTimeout(500);
    await showsKind(page, 'redirect');
    await page.locator('a.primary').click();
    await page.waitForURL(/\/bank\//);
    expect(complaints).toEqual([]);
  });

  test('goes back and reloads as they like: nothing is sent again, and the page shows how things stand', async () => {
    const { page, buy, complaints } = await shop.visit(browser);
    const { id, paymentUrl } = await buy();
    await pay(page);
    await approveAtBank(page);
    await showsKind(page, 'succeeded');
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await page.reload();
    await showsKind(page, 'succeeded');
    const seen: string[] = [];
    for (let step = 0; step < 3; step++) {
      await page.goBack({ waitUntil: 'load' });
      if (page.url().startsWith(paymentUrl)) seen.push((await page.locator('main').getAttribute('data-kind')) ?? '');
    }
    await page.goto(paymentUrl);
    await showsKind(page, 'succeeded');
    expect(new Set(seen)).toEqual(new Set(['succeeded']));
    expect(posts).toEqual([]);
    expect(await chargesOf(id)).toBe(1);
    expect(await shop.payments.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: expect.any(Number) });
    expect(complaints).toEqual([]);
  });
});

describe('S2.26 the test bar', () => {
  test.each([
    { tool: 'Pay', kind: 'succeeded', order: 'Paid' },
    { tool: 'Cancel', kind: 'canceled', order: 'You stopped the payment' },
    { tool: 'Expire now', kind: 'expired', order: 'Time is up' },
    { tool: 'Pay, callback twice', kind: 'succeeded', order: 'Paid' },
    { tool: 'Pay, callback first', kind: 'succeeded', order: 'Paid' },
    { tool: 'Pay, no callback', kind: 'succeeded', order: 'Paid' },
  ])('$tool: the payment is $kind, and the shop says "$order"', async ({ tool, kind, order }) => {
    const { page, buy, complaints } = await shop.visit(browser);
    const { id } = await buy();
    await testTool(page, tool);
    await showsKind(page, kind);
    expect(await page.getByRole('button').count(), 'nothing is left to press').toBe(0);
    await backToShop(page);
    await showsTitle(page, order);
    expect(await shop.payments.read(id)).toMatchObject({ status: kind });
    expect(await chargesOf(id)).toBe(kind === 'succeeded' ? 1 : 0);
    expect(complaints).toEqual([]);
  });

  test('Decline: the payment can be paid at once', async () => {
    const { page, buy, complaints } = await shop.visit(browser);
    const { id } = await buy();
    await testTool(page, 'Decline');
    await page.getByRole('alert').filter({ hasText: 'Payment declined' }).waitFor();
    await testTool(page, 'Pay');
    await showsKind(page, 'succeeded');
    expect((await shop.payments.attempts(id)).map(({ state }) => state)).toEqual(['declined', 'captured']);
    expect(complaints).toEqual([]);
  });

  test('Open bank page: three declines there end the payment, and the shop offers another try', async () => {
    const { page, buy, complaints } = await shop.visit(browser);
    const { id } = await buy();
    for (let tries = 1; tries <= 3; tries++) {
      await testTool(page, 'Open bank page');
      await page.getByRole('button', { name: 'Suspected fraud' }).click();
      await page.getByRole('link', { name: 'Return to the shop' }).click();
      await (tries < 3 ? showsKind(page, 'choose') : showsKind(page, 'failed'));
    }
    // What the bank suspects is not for the shopper to read.
    expect(await page.locator('main').textContent()).not.toMatch(/fraud/i);
    await backToShop(page);
    await showsTitle(page, 'The payment did not go through');
    expect(await shop.payments.read(id)).toMatchObject({ status: 'failed' });
    expect(complaints).toEqual([]);
  });
});

describe('S0.27 in a frame of 360 pixels, of another site, with third-party cookies blocked', () => {
  let embedder: string;
  let framed = '';
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    const style = '<style>body { margin: 0 } iframe { border: 0; width: 100%; height: 640px }</style>';
    response.end(`<!doctype html><title>Embedder</title>${style}<iframe src="${framed}"></iframe>`);
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    embedder = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function allow(frameAncestors: readonly string[], paymentUrl: string): Promise<void> {
    await shop.payments.merchant.send('PATCH', '/settings', { body: { frameAncestors } });
    // Settings are seen everywhere within a second.
    await until(async () => {
      const policy = (await fetch(paymentUrl)).headers.get('content-security-policy') ?? '';
      return policy.includes(`frame-ancestors ${frameAncestors[0] ?? "'none'"}`);
    });
  }

  test('S0.20 S0.24 the person pays inside the frame of an origin that the tenant listed', async () => {
    const { page, buy, complaints } = await shop.visit(browser, { blockThirdPartyCookies: true });
    const { id, orderUrl, paymentUrl } = await buy();
    framed = paymentUrl;
    await allow([embedder], paymentUrl);
    await page.goto(embedder);
    const frame = page.frames()[1];
    if (frame === undefined) throw new Error('There is no frame');
    await showsKind(frame, 'choose');
    expect(await frame.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await pay(frame);
    await approveAtBank(frame);
    await showsKind(frame, 'succeeded');
    expect(new URL(page.url()).origin, 'the whole way was inside').toBe(embedder);
    await frame.getByRole('link', { name: /^Back to/ }).click();
    await page.waitForURL((url) => url.href.startsWith(orderUrl));
    await showsTitle(page, 'Paid');
    expect(await chargesOf(id)).toBe(1);
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('S0.21 another origin gets nothing of the page into its frame', async () => {
    const { page, buy, complaints } = await shop.visit(browser, { blockThirdPartyCookies: true });
    const { paymentUrl } = await buy();
    framed = paymentUrl;
    await allow(['https://shop.example'], paymentUrl);
    await page.goto(embedder);
    await until(async () => complaints.some((text) => text.includes('frame-ancestors')));
    expect(await page.frames()[1]?.locator('main').count()).toBe(0);
  });
});

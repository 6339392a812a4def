import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BluesnapTill, openBluesnapTill } from '../support/bluesnap-till.ts';
import { openBrowser, openPage, type PageOptions } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';

const GOOD = '4263 9826 4026 9299';
const POOR = '4917 4845 8989 7107';

let tollgate: Installation;
let shop: PaymentWatch;
let till: BluesnapTill;
let browser: Browser;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([startInstallation(), openBrowser()]);
  shop = watchPayments(tollgate);
  till = await openBluesnapTill(shop.merchant);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await till?.close();
  await tollgate?.close();
});

/** A shopper before the page of a fresh payment, and what the browser held against us meanwhile. */
async function visit(options: PageOptions = {}, fields: object = {}) {
  const created = await shop.create({
    providerAccountId: till.accountId,
    returnUrl: 'https://shop.example/',
    ...fields,
  });
  const page = await openPage(browser, options);
  const complaints: string[] = [];
  /** What our server was sent, by address. */
  const told: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    // A decline answers 200; what the shopper's own page is refused by us shows as an error in the browser.
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { origin, host } = new URL(request.url());
    hosts.add(host);
    if (origin === tollgate.apiUrl) told.push(`${request.url()} ${request.postData() ?? ''}`);
  });
  await page.goto(created.paymentUrl);
  return { page, complaints, told, hosts, id: String(created.id), paymentUrl: String(created.paymentUrl) };
}

const showsKind = (page: Page, kind: string) => page.locator(`main[data-kind="${kind}"]`).waitFor();
const pay = (page: Page) => page.getByRole('button', { name: /^Pay / });
const ready = (page: Page) => page.locator('form[data-ready]').waitFor();
const field = (page: Page, tag: string) => page.frameLocator(`iframe[title="${tag}"]`).locator('input');

async function enterCard(page: Page, number: string, { expiry = '12 / 30', code = '737' } = {}): Promise<void> {
  await ready(page);
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill('Lovelace');
  await field(page, 'ccn').fill(number);
  await field(page, 'exp').fill(expiry);
  await field(page, 'cvv').fill(code);
}

async function chargesOf(id: string): Promise<number> {
  const attempts = await shop.attempts(id);
  return attempts.reduce((sum, attempt) => sum + till.charges(attempt.id), 0);
}

describe('S2.3 a person pays by card in the fields of the provider', () => {
  test('S2.2 and the card reaches the provider’s frames alone, on a page that trusts that provider alone', async () => {
    const { page, id, complaints, told, hosts } = await visit();
    await pay(page).click();
    await showsKind(page, 'card');
    const policy =
      (await (await fetch(page.url())).text()) && (await fetch(page.url())).headers.get('content-security-policy');
    const origin = till.simulator.url;
    expect(policy).toContain(`script-src 'self' ${origin};`);
    expect(policy).toContain(`frame-src ${origin};`);
    expect(policy).not.toContain('unsafe');
    await enterCard(page, GOOD);
    await pay(page).click();
    await showsKind(page, 'succeeded');
    expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
    expect(await chargesOf(id)).toBe(1);
    expect(told.join('\n')).not.toMatch(/4263 ?9826|\b737\b/);
    expect(told.some((line) => line.includes('/complete') && line.includes('pfToken'))).toBe(true);
    expect([...hosts].sort()).toEqual([new URL(tollgate.apiUrl).host, new URL(origin).host].sort());
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('no other page trusts the provider', async () => {
    const { page, paymentUrl } = await visit();
    const policy = (await fetch(paymentUrl)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('frame-src');
    expect(policy).not.toContain(till.simulator.url);
    await page.context().close();
  });

  test('is told of a decline, and pays with another card', async () => {
    const { page, id, complaints } = await visit();
    await pay(page).click();
    await enterCard(page, POOR);
    await pay(page).click();
    const notice = page.getByRole('alert').filter({ hasText: 'Payment declined' });
    await notice.waitFor();
    expect(await notice.textContent()).toContain('There is not enough money in this account.');
    expect(await notice.textContent()).toContain('You have not been charged.');
    await pay(page).click();
    await showsKind(page, 'card');
    await enterCard(page, GOOD);
    await pay(page).click();
    await showsKind(page, 'succeeded');
    expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['declined', 'captured']);
    expect(complaints).toEqual([]);
  });

  test('S2.9 presses Pay twice in a hurry and is charged once', async () => {
    const { page, id, told } = await visit();
    await pay(page).dblclick();
    await showsKind(page, 'card');
    await enterCard(page, GOOD);
    const release = till.simulator.holdCharges();
    const sent = page.waitForRequest('**/complete');
    await pay(page).click();
    await sent;
    // As a hand would: a test's own click waits for a button that is not disabled.
    await page.evaluate(`document.querySelector('.card-form [type=submit]').click()`);
    release();
    await showsKind(page, 'succeeded');
    expect(await shop.attempts(id)).toHaveLength(1);
    expect(await chargesOf(id)).toBe(1);
    expect(told.filter((line) => line.includes('/complete'))).toHaveLength(1);
  });

  test('in two windows at once is charged once', async () => {
    const { page, id, paymentUrl } = await visit();
    await pay(page).click();
    await showsKind(page, 'card');
    const other = await page.context().newPage();
    await other.goto(paymentUrl);
    await enterCard(page, GOOD);
    await enterCard(other, GOOD);
    await Promise.all([pay(page).click(), pay(other).click()]);
    await Promise.all([showsKind(page, 'succeeded'), showsKind(other, 'succeeded')]);
    expect(await chargesOf(id)).toBe(1);
  });

  test('is shown which field does not fit, and nothing is sent until it does', async () => {
    const { page, told } = await visit();
    await pay(page).click();
    await enterCard(page, GOOD, { expiry: '13 / 30' });
    await pay(page).click();
    await page.getByRole('alert').filter({ hasText: 'Please check the marked fields.' }).waitFor();
    expect(await page.locator('.place.wrong').getAttribute('data-place')).toBe('expiry');
    expect(told.some((line) => line.includes('/complete'))).toBe(false);
    await field(page, 'exp').fill('12/30');
    await pay(page).click();
    await showsKind(page, 'succeeded');
  });

  test('may cancel instead, and comes back to a page that cannot be paid any more', async () => {
    const { page, id } = await visit();
    await pay(page).click();
    await ready(page);
    await page.getByRole('button', { name: 'Cancel and go back' }).click();
    await showsKind(page, 'canceled');
    expect(await shop.read(id)).toMatchObject({ status: 'canceled' });
    expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['canceled']);
  });

  test('whom the provider was not reached for is told so, with nothing charged, and tries again', async () => {
    const { page, id } = await visit();
    await pay(page).click();
    await enterCard(page, GOOD);
    till.simulator.breakNext('charge', 'rate_limited');
    await pay(page).click();
    await page.getByRole('alert').filter({ hasText: 'You have not been charged.' }).waitFor();
    await enterCard(page, GOOD);
    await pay(page).click();
    await showsKind(page, 'succeeded');
    expect(await shop.attempts(id)).toHaveLength(1);
  });

  test('whose outcome is in doubt is told not to pay again, and then how it ended', async () => {
    const { page, id } = await visit();
    await pay(page).click();
    await enterCard(page, GOOD);
    till.simulator.breakNext('charge', 'lost');
    await pay(page).click();
    await showsKind(page, 'succeeded');
    expect(await chargesOf(id)).toBe(1);
  });
});

describe('where the fields cannot be shown', () => {
  test('without scripts the page says so and leads back', async () => {
    const { page, id } = await visit({ javaScriptEnabled: false });
    await pay(page).click();
    await showsKind(page, 'card');
    // Playwright looks for no text within a noscript element.
    const notice = page.locator('noscript p.notice');
    await notice.waitFor();
    expect(await notice.textContent()).toContain('Paying by card needs JavaScript.');
    expect(await page.locator('.card-form').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Cancel and go back' }).click();
    await showsKind(page, 'canceled');
    expect(await shop.read(id)).toMatchObject({ status: 'canceled' });
  });

  test('because the provider’s script does not come, the page says that nothing was charged', async () => {
    const { page } = await visit();
    await page.route('**/web-sdk/**', (route) => route.abort());
    await pay(page).click();
    await page.getByRole('alert').filter({ hasText: 'You have not been charged.' }).waitFor();
  });
});

test.each([
  ['a phone', { width: 360, height: 640 }],
  ['a phone in the dark', { width: 360, height: 640, colorScheme: 'dark' }],
  ['a desktop', { width: 1280, height: 800 }],
] as const)(
  'the fields are usable on %s: nothing sticks out, all is large enough and has a name',
  async (name, options) => {
    const { page, complaints } = await visit(options);
    await pay(page).click();
    await enterCard(page, GOOD);
    await page.screenshot({ path: `test-results/pay-by-card-${name.replaceAll(' ', '-')}.png`, fullPage: true });
    const outside = await page.evaluate<number>(
      `[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5).length`,
    );
    expect(outside).toBe(0);
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('a, button, input, iframe')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 48).map((one) => one.outerHTML)`);
    expect(small).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    expect(complaints).toEqual([]);
  },
);

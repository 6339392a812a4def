import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/api-client.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { pngImage } from '../support/images.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

/** What the tests ask of an image; the types of browsers are not among ours. */
interface Picture {
  readonly naturalWidth: number;
  decode(): Promise<void>;
}

let tollgate: Installation;
let shop: Merchant;
let browser: Browser;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([startInstallation(), openBrowser()]);
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  const texts = { payNote: { en: 'Ships the same day.', de: 'Versand am selben Tag.' } };
  await shop.send('PATCH', '/settings', { body: { languages: ['en', 'de', 'ar'], branding: { texts } } });
  const rawBody = pngImage(480, 120);
  await shop.send('PUT', '/settings/logo', { rawBody, headers: { 'content-type': 'image/png' } });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await tollgate?.close();
});

/** Looks again until the settings, which processes keep for a second, are on the page. */
async function open(page: Page): Promise<readonly string[]> {
  const { body } = await shop.create();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await until(async () => {
    await page.goto(body.paymentUrl);
    return (await page.locator('header.brand img').count()) === 1;
  });
  return complaints;
}

async function choose(page: Page, name: string): Promise<void> {
  await page.locator('details.languages summary').click();
  await page.getByRole('link', { name, exact: true }).click();
}

describe.each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('%s', (_how, javaScriptEnabled) => {
  test('S0.24 a shopper changes the language and keeps it, to the bank and back, without a cookie', async () => {
    const page = await openPage(browser, { javaScriptEnabled });
    const complaints = await open(page);
    expect(await page.locator('.note').textContent()).toBe('Ships the same day.');
    await choose(page, 'Deutsch');
    await page.getByText('Versand am selben Tag.').waitFor();
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByText('Zahlung abgelehnt').first().waitFor();
    await page.getByRole('button', { name: 'Open bank page' }).click();
    await page.waitForURL(/\/bank\//);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Zahlung erfolgreich').first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('in the %s color scheme', (colorScheme) => {
  test('S0.27 the logo is shown beside the name, and page and switch fit a phone and break no rule', async () => {
    const page = await openPage(browser, { colorScheme });
    const complaints = await open(page);
    const logo = page.locator('header.brand img');
    await logo.evaluate((image: Picture) => image.decode());
    const size = (await logo.boundingBox()) ?? { width: 0, height: 0 };
    expect([Math.round(size.width), Math.round(size.height) <= 36]).toEqual([128, true]);
    expect(await logo.evaluate((image: Picture) => image.naturalWidth)).toBe(384);
    await choose(page, 'العربية');
    await page.locator('html[dir="rtl"]').waitFor();
    await page.locator('details.languages summary').click();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(complaints).toEqual([]);
  });
});

test('a preview in a frame shows the page and does nothing', async () => {
  const { text } = await shop.send('GET', '/settings/preview?state=choose&lang=de');
  const page = await openPage(browser);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.setContent('<iframe sandbox width="360" height="640"></iframe>');
  await page.locator('iframe').evaluate((frame: { srcdoc: string }, html) => {
    frame.srcdoc = html;
  }, text);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', { name: /bezahlen$/ }).click();
  await frame.getByText('Versand am selben Tag.').waitFor();
  // The style of the page is there: without it the card would be as high as its words.
  expect((await frame.locator('button.primary').boundingBox())?.height).toBeGreaterThanOrEqual(48);
  await frame.locator('header.brand img').evaluate((image: Picture) => image.decode());
  expect(asked.filter((url) => !url.startsWith('data:') && !url.startsWith('about:'))).toEqual([]);
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/api-client.ts';
import { openPage } from '../support/browser.ts';
import { openBrowserShop } from '../support/browser-shop.ts';
import { scan } from '../support/qr-scanner.ts';

const { tollgate, shop, browser } = await openBrowserShop();

async function make(fields: object): Promise<Answer['body']> {
  const answer = await shop.merchant.send('POST', '/qr-codes', { body: fields });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

const SIGN = { kind: 'static', amountEditable: true, amountMin: 500, amountMax: 2_000_000 };

/** Pixels; no multiple of the modules, as on a real screen. */
const SHOWN = 333;

describe.each([true, false])('S0.27 a sign that is scanned with a phone, scripts %s', (javaScriptEnabled) => {
  test('asks how much, and that is paid', async () => {
    const code = await make({ ...SIGN, description: 'Entrance of the museum' });
    const page = await openPage(browser, { javaScriptEnabled });
    await page.goto(code.url);
    await page.getByLabel('Amount in EUR').fill('1.234,5');
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('such as 12.50');
    expect(await page.getByLabel('Amount in EUR').inputValue()).toBe('1.234,5');
    await page.getByLabel('Amount in EUR').fill('12,5');
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.waitForURL(/\/c\/[\w-]{43}$/);
    expect(await page.locator('.amount').textContent()).toBe('€12.50');
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    const { latestPaymentId } = (await shop.merchant.send('GET', `/qr-codes/${code.id}`)).body;
    await shop.untilLike(latestPaymentId, { status: 'succeeded', amount: 1250 });
    await page.goto(code.url);
    expect(await page.getByLabel('Amount in EUR').inputValue()).toBe('');
    await page.context().close();
  });
});

test('a bill that is scanned is at the payment at once, and after it is paid opens nothing', async () => {
  const code = await make({ amount: 4850, description: 'Dinner at table 7' });
  const page = await openPage(browser);
  await page.goto(code.url);
  await page.waitForURL(/\/c\/[\w-]{43}$/);
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  const { latestPaymentId } = (await shop.merchant.send('GET', `/qr-codes/${code.id}`)).body;
  await shop.untilLike(latestPaymentId, { status: 'succeeded' });
  await page.goto(code.url);
  expect(await page.textContent('h1')).toBe('This code has already been used');
  await page.context().close();
});

test('both images load into a page of any shop, and are read from the screen', async () => {
  const code = await make({ amount: 4850 });
  const page = await openPage(browser);
  await page.setContent(`<img src="${code.imageUrl}"><img src="${code.imagePngUrl}">`);
  await page.waitForFunction(
    `[...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth > 0)`,
  );
  // Pixels are told to pages of the same host alone.
  await page.goto((await make(SIGN)).url);
  for (const url of [code.imageUrl, code.imagePngUrl]) {
    const pixels = await page.evaluate<number[]>(`(async () => {
      const image = new Image();
      image.src = ${JSON.stringify(url)};
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: ${SHOWN}, height: ${SHOWN} });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0, ${SHOWN}, ${SHOWN});
      const { data } = context.getImageData(0, 0, ${SHOWN}, ${SHOWN});
      return [...data].filter((_, at) => at % 4 === 0);
    })()`);
    expect(scan({ width: SHOWN, dark: pixels.map((value) => value < 128) }), url).toBe(code.url);
  }
  await page.context().close();
});

describe('every page of a code', () => {
  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  let urls: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const gone = await make({ kind: 'static', amount: 1250 });
    await shop.merchant.send('POST', `/qr-codes/${gone.id}/cancel`);
    urls = {
      amount: (await make({ ...SIGN, description: long })).url,
      confirm: (await make({ kind: 'static', amount: 999_999_999_999, currency: 'IDR', description: long })).url,
      canceled: gone.url,
      missing: `${tollgate.apiUrl}/q/${'A'.repeat(22)}`,
    };
  });

  async function open(page: Page, name: string): Promise<void> {
    await page.goto(urls[name.replace('refused', 'amount')] ?? '');
    if (name !== 'refused') return;
    await page.locator('input[name=amount]').fill('1');
    await page.locator('button.primary').click();
    await page.getByRole('alert').waitFor();
  }

  const NAMES = ['amount', 'refused', 'confirm', 'canceled', 'missing'];

  test.each(NAMES)('breaks no rule of accessibility, in light or in dark: %s', async (name) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPage(browser, { colorScheme });
      await open(page, name);
      const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
      expect(passes.length).toBeGreaterThan(10);
      await page.context().close();
    }
  });

  test.each(NAMES)('is not cut off at 320 pixels, however long its texts: %s', async (name) => {
    const page = await openPage(browser, { width: 320 });
    await open(page, name);
    const tooWide = await page.evaluate<string[]>(`[...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
      .map((element) => element.tagName + '.' + element.className)`);
    expect(tooWide).toEqual([]);
    await page.context().close();
  });
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openPage, type PageOptions } from '../../test/support/browser.ts';
import { buy, notification, openShop } from './shop-fixture.ts';

describe('in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(() => browser.close());

  /** A page that remembers what it complained about: blocked scripts and styles, errors. */
  async function visit(url: string, options: PageOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const page = await openPage(browser, options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    return { page, complaints };
  }

  const headingOf = (page: Page) => page.getByRole('heading', { level: 1 });

  it('an open order turns to Paid without a reload', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const { page, complaints } = await visit(`${shop.url}${path}?status=succeeded`);
    expect(await headingOf(page).textContent()).toBe('Waiting for the payment');
    await page.evaluate(() => Reflect.set(globalThis, 'stillTheSamePage', true));
    await shop.notify(...notification(creation));
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    expect(await page.evaluate(() => Reflect.get(globalThis, 'stillTheSamePage'))).toBe(true);
    expect(await page.title()).toBe('✓ Paid · Slow Morning');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([true, false])(
    'buying leads to the payment page of another origin (scripts: %s)',
    async (javaScriptEnabled) => {
      const shop = await openShop();
      const { page, complaints } = await visit(shop.url, { javaScriptEnabled });
      await page.getByRole('button', { name: 'Buy Stoneware mug' }).click();
      await page.waitForURL(`${shop.gateway.url}/c/pay_1`);
      expect(shop.gateway.asked).toMatchObject([{ amount: 1800 }]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  it('an open order turns to Paid by itself where no scripts run', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const { page } = await visit(`${shop.url}${path}`, { javaScriptEnabled: false });
    await shop.notify(...notification(creation));
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('each page is readable for everybody, in %s', async (colorScheme) => {
    const shop = await openShop();
    const [waiting, paid, failed] = [await buy(shop), await buy(shop), await buy(shop)];
    await shop.notify(...notification(paid.creation, { id: 'pay_2' }));
    await shop.notify(...notification(failed.creation, { id: 'pay_3', type: 'payment.failed' }));
    for (const path of ['/', waiting.path, paid.path, failed.path]) {
      const { page } = await visit(`${shop.url}${path}`, { colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [path, id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.context().close();
    }
  });
});

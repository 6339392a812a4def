import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';

let tollgate: Installation;
let shop: Merchant;
let browser: Browser;
let merchant: Server;
let callbackUrl: string;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([startInstallation(), openBrowser()]);
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  merchant = createServer((_request, response) => response.end('<h1>The shop</h1>'));
  await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
  callbackUrl = `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/done`;
}, 60_000);
afterAll(async () => {
  await browser?.close();
  merchant?.closeAllConnections();
  merchant?.close();
  await tollgate?.close();
});

describe.each([true, false])('S1.11 the browser is led back, scripts %s', (javaScriptEnabled) => {
  test('after the shopper has canceled by a form', async () => {
    const body = { reference: freshReference(), callbackUrl, amount: '12.50' };
    const { transactionId, redirectUrl } = (await shop.send('POST', '/bluebox/secure/createTx', { body })).body;
    const page = await openPage(browser, { javaScriptEnabled });
    await page.goto(redirectUrl);
    await page
      .getByRole('button', { name: /cancel/i })
      .first()
      .click();
    await page.waitForURL(`${callbackUrl}?transactionId=${transactionId}&status=CANCELLED`, { timeout: 10_000 });
    expect(await page.textContent('h1')).toBe('The shop');
    await page.context().close();
  });
});

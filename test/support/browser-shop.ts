import type { Browser } from 'playwright-core';
import { afterAll } from 'vitest';
import { openBrowser } from './browser.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type PaymentWatch, watchPayments } from './payment-watch.ts';

/** An installation with one shop, and a browser for its shoppers. */
interface BrowserShop {
  readonly tollgate: Installation;
  readonly shop: PaymentWatch;
  readonly browser: Browser;
}

/** Opens them for all tests of a file; for the top of the file, since they close after the last one. */
export async function openBrowserShop(): Promise<BrowserShop> {
  const [tollgate, browser] = await Promise.all([startInstallation(), openBrowser()]);
  afterAll(async () => {
    await browser.close();
    await tollgate.close();
  });
  return { tollgate, shop: watchPayments(tollgate), browser };
}

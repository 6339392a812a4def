import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { openBrowser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type LossyLine, layLossyLine } from '../support/lossy-line.ts';
import { findFaultsOfLooks } from '../support/page-looks.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import { type OpenShop, openShop } from '../support/shop-visit.ts';

let clock: ManualClock;
let line: LossyLine;
let tollgate: Installation;
let shop: OpenShop;
let browser: Browser;

beforeAll(async () => {
  clock = stoppedClock();
  line = await layLossyLine();
  [tollgate, browser] = await Promise.all([
    startInstallation({ clock, environment: { TOLLGATE_SANDBOX_URL: line.url } }),
    openBrowser(),
  ]);
  line.target = tollgate.sandbox.url;
  shop = await openShop(tollgate);
  // Opens the account at the sandbox, so that what follows is one request each.
  await shop.payments.merchant.pay();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await tollgate?.close();
  await line?.close();
});

test.each(['requests', 'answers'] as const)(
  'S2.6 where the line loses %s the person reads that the bank is asked, and is led on once it answers',
  async (loses) => {
    const { page, buy, complaints } = await shop.visit(browser);
    const { id } = await buy();
    line.loses = loses;
    await page.getByRole('button', { name: /^Pay €/ }).click();
    const main = page.locator('main[data-kind="unknown"]');
    await main.waitFor();
    expect(await main.textContent()).toContain('Do not pay again: this page will show the result.');
    expect(await main.getByRole('button').count(), 'there is no second way to pay').toBe(0);
    if (loses === 'answers') expect(await findFaultsOfLooks(page, 'unknown')).toEqual([]);
    await page.getByRole('link', { name: 'Check again' }).click();
    await main.waitFor();
    line.loses = 'nothing';
    clock.advance({ seconds: 60 });
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('link', { name: 'Return to the shop' }).click();
    await page.locator('main[data-kind="succeeded"]').waitFor();
    const attempts = await shop.payments.attempts(id);
    expect(attempts.map(({ state }) => state)).toEqual(['captured']);
    expect(tollgate.sandbox.countCharges(attempts[0]?.id ?? '')).toBe(1);
    expect(complaints).toEqual([]);
  },
);

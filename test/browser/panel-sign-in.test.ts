import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSetupLink } from '../../src/access/setup-link.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { buildPanel } from '../support/build-panel.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';

// Sets up, works and signs in anew, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const EMAIL = 'olive@gate.example';
const PASSWORD = 'a long enough sentence';

let installation: Installation;
let browser: Browser;

beforeAll(async () => {
  await buildPanel();
  [installation, browser] = await Promise.all([startInstallation(), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await installation?.close();
});

/** What an authenticator app with the key shows; the second one, half a minute later: no code counts twice. */
function codeOf(secret: string, periodsLater = 0): string {
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  return app.generate({ timestamp: Date.now() + periodsLater * 30_000 });
}

async function setUpUrl(): Promise<string> {
  const { payments, clock, people } = installation.tollgate.gateway;
  const url = await createSetupLink(payments.database.query, clock, people.panel);
  if (url === null) throw new Error('Somebody is the owner already');
  return url;
}

async function enroll(page: Page): Promise<string> {
  await page.getByRole('img', { name: 'The key as a code' }).waitFor();
  const secret = await page.getByText(/^[A-Z2-7]{32}$/).innerText();
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByLabel('I have put them in a safe place').check();
  await page.getByRole('button', { name: 'Open the panel' }).click();
  return secret;
}

test('the first owner sets up by the link, refunds a payment, signs out and comes back by password and app', async () => {
  const shop = merchantOf(installation.apiUrl, installation.tenant.apiKeys.test);
  const paid = await shop.pay({ orderId: 'order-of-the-owner' });
  const page = await openPage(browser, { width: 1280, height: 860 });
  await page.goto(await setUpUrl());
  await page.getByLabel('Your name').fill('Olive Owner');
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  const secret = await enroll(page);
  await page.getByRole('heading', { name: 'How things stand' }).waitFor();

  await page.getByRole('link', { name: 'Payments', exact: true }).click();
  await page.getByRole('link', { name: paid.reference }).first().click();
  await page.getByRole('button', { name: 'Refund' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('broken');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await page.getByText('The refund was sent.').waitFor();
  const { body } = await shop.send('GET', `/payments/${paid.id}`);
  expect(body).toMatchObject({ amountRefunded: paid.amount });

  const cookies = await page.context().cookies();
  expect(cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
    { httpOnly: true, sameSite: 'Strict' },
  ]);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Tollgate' }).waitFor();
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill(codeOf(secret, 1));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('heading', { name: /^(How things stand|Payments)$/ }).waitFor();
});

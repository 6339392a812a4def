import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../support/api-client.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { buildPanel } from '../support/build-panel.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { faultsOf } from '../support/page-faults.ts';
import { openPanelDesk, type PanelDesk, PERSON, SETUP } from '../support/panel-desk.ts';
import { listenToComplaints } from '../support/panel-stage.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

// Each walks through several screens, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

let installation: Installation;
let desk: PanelDesk;
let sink: WebhookSink;
let shop: Merchant;
let browser: Browser;

beforeAll(async () => {
  await buildPanel();
  [installation, browser, sink] = await Promise.all([startInstallation(), openBrowser(), startWebhookSink()]);
  desk = await openPanelDesk(installation);
  shop = merchantOf(installation.apiUrl, installation.tenant.apiKeys.test);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await desk?.close();
  await sink?.close();
  await installation?.close();
});

/** A page of somebody's own, and what the browser complained of; a session that is missing is asked for with 401. */
async function openPanel(options: Parameters<typeof openPage>[1] = { width: 1280, height: 860 }) {
  const page = await openPage(browser, options);
  page.setDefaultTimeout(30_000);
  const complaints = listenToComplaints(page);
  return { page, complaints };
}

async function signIn(page: Page, path = ''): Promise<void> {
  await page.goto(`${desk.url}${path}`);
  await page.getByLabel('E-mail address').fill(PERSON.email);
  await page.getByLabel('Password').fill(PERSON.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill(PERSON.code);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page
    .getByRole('navigation')
    .first()
    .or(page.getByRole('button', { name: 'Menu' }))
    .waitFor();
}

const place = () => `/${installation.tenant.tenant.tenantId}/test`;

describe('getting in', () => {
  test('the first administrator chooses a password, adds an app, keeps the codes, and is in', async () => {
    const { page, complaints } = await openPanel({ colorScheme: 'dark' });
    await page.goto(`${desk.url}/setup#${SETUP.token}`);
    await page.getByLabel('Your name').fill('Ada Lovelace');
    expect(page.url()).not.toContain(SETUP.token);
    await page.getByLabel('E-mail address').fill(PERSON.email);
    await page.getByLabel('New password').fill(PERSON.password);
    expect(await faultsOf(page, 'set-up')).toEqual([]);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('img', { name: 'The key as a code' }).waitFor();
    expect(await page.getByText(SETUP.secret).count()).toBe(1);
    await page.getByLabel('Code', { exact: true }).fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('That code is not right').waitFor();
    await page.getByLabel('Code', { exact: true }).fill(PERSON.code);
    expect(await faultsOf(page, 'enroll')).toEqual([]);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(SETUP.recoveryCodes[0]).waitFor();
    expect(await page.getByText(SETUP.secret).count()).toBe(0);
    const open = page.getByRole('button', { name: 'Open the panel' });
    expect(await open.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel('I have put them in a safe place').check();
    await open.click();
    await page.getByRole('heading', { name: 'How things stand' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('a wrong password says nothing about who exists, and the way leads where it was to', async () => {
    const { page } = await openPanel();
    await page.goto(`${desk.url}${place()}/deliveries?status=exhausted`);
    await page.getByLabel('E-mail address').fill(PERSON.email);
    await page.getByLabel('Password').fill('not this one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('or the password is not right').waitFor();
    expect(await faultsOf(page, 'sign-in')).toEqual([]);
    await page.getByLabel('Password').fill(PERSON.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Code').fill(PERSON.code);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    expect(page.url()).toContain('status=exhausted');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Tollgate' }).waitFor();
  });
});

test('whoever was signed out elsewhere signs in again, and stands where they stood', async () => {
  const { page } = await openPanel();
  await signIn(page, `${place()}/webhooks`);
  await page.getByRole('heading', { name: 'Webhook endpoints' }).waitFor();
  await page.context().clearCookies();
  await page.getByRole('link', { name: 'Payments' }).click();
  await page.getByRole('heading', { name: 'Sign in to Tollgate' }).waitFor();
  await page.getByLabel('E-mail address').fill(PERSON.email);
  await page.getByLabel('Password').fill(PERSON.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill(PERSON.code);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('heading', { name: 'Payments' }).waitFor();
});

describe('payments', () => {
  test('a payment is found by its reference, and a button that cannot work says why', async () => {
    const paid = await shop.pay({ orderId: 'order-of-the-list' });
    await shop.create();
    const { page, complaints } = await openPanel();
    await signIn(page, `${place()}/payments`);
    await page.getByRole('link', { name: paid.reference }).waitFor();
    expect(await faultsOf(page, 'payments')).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'An id' }).fill('order-of-the-list');
    await page.getByRole('option', { name: paid.reference }).waitFor();
    expect(await faultsOf(page, 'palette')).toEqual([]);
    await page.keyboard.press('Enter');
    const capture = page.getByRole('button', { name: 'Capture' });
    await capture.waitFor();
    expect(await capture.getAttribute('aria-disabled')).toBe('true');
    const { body: explained } = await shop.send('GET', `/payments/${paid.id}/explain`);
    const { why } = explained.possible.find(({ action }: { readonly action: string }) => action === 'capture');
    expect(await capture.getAttribute('title')).toBe(why);
    await capture.press('Enter');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a refund whose answer was lost and that is pressed again moves the money once', async () => {
    const paid = await shop.pay();
    const { page } = await openPanel({ colorScheme: 'dark' });
    await signIn(page, `${place()}/payments/${paid.id}`);
    await page.getByRole('button', { name: 'Refund' }).click();
    await page.getByLabel('Amount (EUR)').fill('99');
    await page.getByLabel('Reason').fill('One bag short');
    const send = page.getByRole('dialog').getByRole('button', { name: 'Refund' });
    await send.click();
    await page.getByText('No more than €12.50 is left.').waitFor();
    await page.getByLabel('Amount (EUR)').fill('4.20');
    expect(await faultsOf(page, 'refund')).toEqual([]);
    desk.losesAnswers = 1;
    await send.click();
    await page.getByText('Whether it was done is not known').waitFor();
    await send.click();
    await page.getByText('The refund was sent.').waitFor();
    const sent = desk.posts.filter(({ path }) => path.includes(`${paid.id}/refunds`));
    expect(sent).toHaveLength(2);
    expect(sent[0]?.idempotencyKey).toBe(sent[1]?.idempotencyKey);
    const refunded = await until(async () => {
      const { body } = await shop.send('GET', `/payments/${paid.id}`);
      return body.amountRefunded > 0 && body.amountRefunded;
    });
    expect(refunded).toBe(420);
    await page.getByText('4.20 EUR of it was refunded').waitFor();
    await page.getByText('The tenant asked to refund money').waitFor();
    expect(await faultsOf(page, 'payment')).toEqual([]);
  });

  test('a dangerous act waits for the second factor, and is then done under the same key', async () => {
    const reserved = await shop.create({ captureMethod: 'manual' });
    await shop.confirm(reserved.body.id, 'tok_authorize_only');
    const { page } = await openPanel();
    await signIn(page, `${place()}/payments/${reserved.body.id}`);
    desk.wantsStepUp = true;
    await page.getByRole('button', { name: 'Capture' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Capture' }).click();
    await page.getByRole('dialog', { name: 'Prove again that it is you' }).getByLabel('Code').fill(PERSON.code);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('The capture was sent.').waitFor();
    const sent = desk.posts.filter(({ path }) => path.includes(`${reserved.body.id}/capture`));
    expect(sent).toHaveLength(2);
    expect(sent[0]?.idempotencyKey).toBe(sent[1]?.idempotencyKey);
    await page.getByText('Succeeded').first().waitFor();
  });

  test('whoever lacks a permission is told which, in their language', async () => {
    const paid = await shop.pay();
    desk.permissions = ['payment:read'];
    const { page, complaints } = await openPanel();
    await signIn(page, `${place()}/payments/${paid.id}`);
    const refund = page.getByRole('button', { name: 'Refund' });
    expect(await refund.getAttribute('title')).toContain('“refund:create”');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('button', { name: 'Schließen' }).click();
    expect(await page.getByRole('button', { name: 'Erstatten' }).getAttribute('title')).toContain('„refund:create“');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await page.getByRole('link', { name: 'Webhooks' }).count()).toBe(0);
    await page.goto(`${desk.url}${place()}/deliveries`);
    await page.getByText('Dafür fehlt Ihnen das Recht').waitFor();
    expect(await faultsOf(page, 'no-permission')).toEqual([]);
    desk.permissions = ['*:*'];
    expect(complaints).toEqual([]);
  });
});

describe('webhooks', () => {
  test('an endpoint is added, its secret shown once, tested, and told of a payment that can be told again', async () => {
    const { page, complaints } = await openPanel({ colorScheme: 'dark' });
    await signIn(page, `${place()}/webhooks`);
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    await page.getByRole('textbox', { name: 'Address' }).fill(sink.url);
    await page.getByRole('textbox', { name: 'Events' }).fill('payment.paid');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Must be * or a known event type').waitFor();
    await page.getByRole('textbox', { name: 'Events' }).fill('payment.succeeded');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const secret = await page.getByText(/^whsec_/).innerText();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('link', { name: sink.url }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('Acknowledged in').waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(await faultsOf(page, 'webhook')).toEqual([]);
    await shop.pay();
    await page.getByRole('link', { name: 'Its deliveries' }).click();
    await page.getByRole('link', { name: 'payment.succeeded' }).first().click();
    await page.getByRole('heading', { name: 'Attempt 1' }).waitFor();
    expect(await faultsOf(page, 'delivery')).toEqual([]);
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('as a new delivery').waitFor();
    expect(complaints).toEqual([]);
  });
});

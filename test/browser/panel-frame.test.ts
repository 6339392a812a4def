import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type IdentityProvider, OIDC_CLIENT, startIdentityProvider } from '../support/identity-provider.ts';
import { faultsOf } from '../support/page-faults.ts';
import { tokenOf } from '../support/panel-person.ts';
import { openPanelStage, type PanelStage } from '../support/panel-stage.ts';

// Each walks through several screens, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

let stage: PanelStage;
let provider: IdentityProvider;

beforeAll(async () => {
  provider = await startIdentityProvider();
  stage = await openPanelStage({ environment: { TOLLGATE_OIDC_ISSUER: provider.issuer, ...OIDC_CLIENT } });
}, 120_000);
afterAll(async () => {
  await stage?.close();
  await provider?.close();
});

test('who runs the installation goes from a tenant to all of it and back, and others are not led there', async () => {
  const { page, complaints } = await stage.open(stage.place);
  await page.getByRole('heading', { name: 'Your first payment' }).waitFor();
  expect(await faultsOf(page, 'first-run')).toEqual([]);
  await page.getByLabel('Tenant').selectOption('The installation');
  await page.getByRole('link', { name: 'Home' }).waitFor();
  expect(page.url()).toMatch(/\/admin\/operator$/);
  expect(await faultsOf(page, 'operator-home')).toEqual([]);
  await page.getByLabel('Tenant').selectOption('Test Shop');
  await page.getByText('Test mode: nothing here moves real money.').waitFor();

  const developer = await stage.newPerson('developer');
  const other = await stage.open('/operator', { person: developer, language: 'de' });
  await other.page.getByText('Dafür fehlt Ihnen das Recht').waitFor();
  expect(await other.page.getByLabel('Mandant').innerText()).not.toContain('Die Installation');
  expect([...complaints, ...other.complaints]).toEqual([]);
});

test('lists and numbers move by themselves, each number has its plot, its table and its list', async () => {
  const { page, complaints } = await stage.open(`${stage.place}/payments`);
  await page.getByText('No payments').waitFor();
  await page.locator('[data-live=live]').waitFor({ state: 'attached' });
  const paid = await stage.shop.pay({ orderId: 'order-of-the-frame', description: '<img src=x onerror=alert(1)>' });
  await page.getByRole('link', { name: paid.reference }).waitFor();

  await page.getByRole('link', { name: 'Home' }).click();
  await page.locator('canvas').waitFor();
  await page.getByRole('slider', { name: 'Captured' }).press('ArrowLeft');
  await expect.poll(() => page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/Captured €\d/);
  expect(await faultsOf(page, 'home')).toEqual([]);
  await page.getByRole('button', { name: /^Payments/ }).click();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page.getByRole('rowheader').nth(23).waitFor();
  expect(await faultsOf(page, 'home-table')).toEqual([]);
  await page.getByRole('link', { name: 'Show these payments' }).click();
  await page.getByRole('link', { name: paid.reference }).waitFor();
  expect(page.url()).toContain('createdAfter=');
  expect(complaints).toEqual([]);
});

test('a list is exported by the API, and what was found once is offered again', async () => {
  const { page, complaints } = await stage.open(`${stage.place}/payments`, { width: 1280 });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  const [head, row] = (await readFile(await download.path(), 'utf8')).split('\r\n');
  expect(head).toMatch(/^id,/);
  expect(row).toContain('order-of-the-frame');
  await page.getByText('The file was exported.').waitFor();

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'An id' }).fill('order-of-the-frame');
  await page.getByRole('dialog').getByRole('option').filter({ hasText: 'EUR' }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForURL(/payments\/pay_/);
  const reference = await page.getByRole('heading', { level: 1 }).innerText();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('option', { name: reference }).waitFor();
  expect(complaints).toEqual([]);
});

test('whoever was invited signs in at the identity provider, and comes back to where they wanted to go', async () => {
  const { panel } = stage.installation.tollgate.gateway.people;
  const { tenantId } = stage.installation.tenant.tenant;
  const invited = await stage.owner.browser.send('POST', '/invitations', {
    body: { email: 'dora@shop.example', role: 'developer' },
    headers: { 'x-tollgate-tenant': tenantId },
  });
  expect(tokenOf(invited.body.url)).toMatch(/^invite_/);
  provider.claims = { sub: 'dora', email: 'dora@shop.example', email_verified: true, name: 'Dora' };
  const { page } = await stage.open('', { person: null });
  await page.route(`${provider.issuer}/authorize*`, (route) => {
    const back = new URLSearchParams(provider.signIn(route.request().url()));
    return route.fulfill({ status: 302, headers: { location: `${panel.url}/sign-in/oidc?${back}` } });
  });
  await page.goto(`${panel.url}${stage.place}/webhooks`);
  await page.getByRole('button', { name: 'Sign in at your identity provider' }).click();
  await page.getByRole('heading', { name: 'Webhook endpoints' }).waitFor();
  await page.goto(`${panel.url}/sign-in/oidc?code=none&state=none`);
  await page.getByText('You could not be signed in').waitFor();
  expect(await faultsOf(page, 'oidc-failed')).toEqual([]);
});

test('somebody adds a passkey to their account, signs in with it, and proves with it that it is them', async () => {
  const { page, complaints } = await stage.open(`${stage.place}/account`, { width: 360 });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  // https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/#type-VirtualAuthenticatorOptions
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await page.getByLabel('Name', { exact: true }).fill('Olive The Owner');
  await page.getByRole('button', { name: 'Change the name' }).click();
  await page.getByText('Changed.').waitFor();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What you call it').fill('Laptop');
  await dialog.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('The passkey was added.').waitFor();
  await page.getByText('Laptop').waitFor();
  expect(await faultsOf(page, 'account')).toEqual([]);
  await page.getByRole('button', { name: 'Make new ones' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make new ones' }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();

  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByText('Olive The Owner').waitFor();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
  expect(await faultsOf(page, 'sign-in-ways')).toEqual([]);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('button', { name: 'Menu' }).waitFor();
  expect(complaints).toEqual([]);
});

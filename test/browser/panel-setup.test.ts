import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { until } from '../support/api-client.ts';
import { pngImage } from '../support/images.ts';
import { faultsOf } from '../support/page-faults.ts';
import { openPanelStage, type PanelStage } from '../support/panel-stage.ts';

// Each walks through several screens, also on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

/** What a browser would run, or draw, if anything of ours forgot to say that it is a text. */
const PLANTED = '<img src=x onerror="document.title=1"><b>Tea';

const YELLOW = 'rgb(255, 238, 0)';

/** What the sandbox of the preview refuses to the tools of the test, which go into every frame. */
const OF_THE_TEST = /document is sandboxed|recipient window's origin \('null'\)/;

let stage: PanelStage;

beforeAll(async () => {
  stage = await openPanelStage();
}, 120_000);
afterAll(async () => {
  await stage?.close();
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const pressIn = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const go = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

test('a merchant is set up from nothing to its first paid test payment', async () => {
  const { page, complaints } = await stage.open(`${stage.place}/provider-accounts`);
  await press(page, 'Add an account');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Merchant code').fill('second-till');
  await dialog.getByLabel('Secret key').fill('too short');
  await dialog.getByLabel('Name (optional)').fill(PLANTED);
  await pressIn(page, 'Add');
  await dialog.getByRole('alert').waitFor();
  expect(await dialog.getByLabel('Secret key').getAttribute('aria-invalid')).toBe('true');
  expect(await faultsOf(page, 'account-add')).toEqual([]);
  await dialog.getByLabel('Secret key').fill('long enough for both sides');
  await pressIn(page, 'Add');
  await page.getByRole('heading', { level: 1, name: PLANTED }).waitFor();
  expect(await page.content()).not.toContain('long enough for both sides');
  await press(page, 'Test the connection');
  await page.getByText('The credentials work').waitFor();
  expect(await faultsOf(page, 'account')).toEqual([]);

  await go(page, 'Routing');
  await page.getByRole('button', { name: `Edit rules: ${PLANTED}` }).click();
  await dialog.getByLabel('Priority').fill('10');
  await dialog.getByLabel('Currencies').fill('eur, zzz');
  await pressIn(page, 'Save');
  await dialog.getByText('ISO 4217').waitFor();
  await dialog.getByLabel('Currencies').fill('eur');
  await pressIn(page, 'Save');
  await page.getByText('The rules were saved.').waitFor();
  await press(page, 'Ask');
  await page.getByText(`It would go to ${PLANTED}.`).waitFor();
  expect(await faultsOf(page, 'routing')).toEqual([]);

  await go(page, 'Branding');
  await page.getByLabel('Name', { exact: true }).fill(`Kiosk ${PLANTED}`);
  await page.getByRole('textbox', { name: 'Color', exact: true }).fill('#ffee00');
  await page.getByText('Hard to see on a light page').waitFor();
  const shown = page.frameLocator('iframe');
  await shown.getByText(`Kiosk ${PLANTED}`).first().waitFor();
  expect(await shown.locator('b').count()).toBe(0);
  // The style of the page is let in by both policies.
  const color = "getComputedStyle(document.querySelector('button.primary')).backgroundColor";
  await until(async () => (await page.frames().at(-1)?.evaluate<string>(color)) === YELLOW);
  await page.getByLabel('Choose an image').setInputFiles({
    name: 'logo.png',
    mimeType: 'image/png',
    buffer: pngImage(120, 40),
  });
  await page.getByText('120 × 40 pixels').waitFor();
  await press(page, 'Save');
  await page.getByText('Your page is changed').waitFor();
  expect(await faultsOf(page, 'branding')).toEqual([]);

  await go(page, 'QR codes');
  await page.getByText('No QR codes').waitFor();
  await press(page, 'Make a code');
  await dialog.getByLabel('Kind').selectOption('static');
  await dialog.getByLabel('Amount', { exact: true }).fill('4.50');
  await dialog.getByLabel('Reference (optional)').fill('counter-1');
  await dialog.getByLabel('Description (optional)').fill(PLANTED);
  await pressIn(page, 'Make it');
  await page.getByRole('heading', { level: 1, name: 'counter-1' }).waitFor();
  expect(await faultsOf(page, 'qr-code')).toEqual([]);
  const [scanned] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Open its page' }).click(),
  ]);
  await scanned.getByRole('button', { name: 'Continue to payment' }).click();
  await scanned.getByRole('button', { name: 'Pay', exact: true }).click();
  await until(async () => {
    const { body } = await stage.shop.send('GET', '/payments?orderId=counter-1');
    return body.data[0]?.status === 'succeeded';
  });
  await page.getByRole('link', { name: 'Its payments' }).click();
  await page.getByRole('cell', { name: 'Succeeded' }).waitFor();
  expect(complaints.filter((one) => !OF_THE_TEST.test(one))).toEqual([]);
});

test('a domain is claimed and given up, and a stored checkout makes a payment by hand, on a phone in the dark', async () => {
  const { page, complaints } = await stage.open(`${stage.place}/domains`, {
    colorScheme: 'dark',
    width: 360,
    height: 740,
  });
  const dialog = page.getByRole('dialog');
  await press(page, 'Claim a domain');
  await dialog.getByLabel('Domain').fill('no host');
  await pressIn(page, 'Claim');
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Domain').fill('pay.shop.example');
  await pressIn(page, 'Claim');
  await page.getByText('_tollgate-verification.pay.shop.example').waitFor();
  expect(await faultsOf(page, 'domain')).toEqual([]);
  await press(page, 'Give it up');
  await pressIn(page, 'Give it up');
  await page.getByText('No domains of your own').waitFor();

  await page.goto(page.url().replace('/domains', '/checkouts'));
  await press(page, 'Store a checkout');
  await dialog.getByLabel('Name').fill(PLANTED);
  await dialog.getByLabel('Return address').fill('http://shop.example');
  await pressIn(page, 'Store');
  await dialog.getByRole('alert').first().waitFor();
  await dialog.getByLabel('Return address').fill('https://shop.example/thanks');
  await pressIn(page, 'Store');
  await page.getByRole('heading', { level: 1, name: PLANTED }).waitFor();
  expect(await faultsOf(page, 'checkout')).toEqual([]);
  await press(page, 'Make a payment');
  await dialog.getByLabel('Reference of the payment').fill('by-hand-1');
  await dialog.getByLabel('Amount').fill('12,5');
  await pressIn(page, 'Make it');
  await dialog.getByText(/\/c\/[\w-]{43}/).waitFor();
  expect(await faultsOf(page, 'checkout-pay')).toEqual([]);
  expect((await stage.shop.send('GET', '/payments?reference=by-hand-1')).body.data).toMatchObject([{ amount: 1250 }]);
  expect(complaints).toEqual([]);
});

test('limits and settings are saved when they are told to, and a currency that is none stops them', async () => {
  const { page, complaints } = await stage.open(`${stage.place}/limits`, { language: 'de' });
  const dialog = page.getByRole('dialog');
  await press(page, 'Limit anlegen');
  await dialog.getByLabel('Name (freiwillig)').fill(PLANTED);
  await dialog.getByLabel('Arten von Artikeln').fill('airtime');
  await dialog.getByLabel('Zusammen gezählt').selectOption('destination');
  await dialog.getByLabel('Am Tag höchstens (EUR)').fill('1.000,00');
  await pressIn(page, 'Anlegen');
  await dialog.getByText('Einen Betrag dieser Währung eingeben.').waitFor();
  await dialog.getByLabel('Am Tag höchstens (EUR)').fill('1000');
  await pressIn(page, 'Anlegen');
  await page.getByRole('heading', { level: 1, name: PLANTED }).waitFor();
  await page.getByLabel('Ziel').fill('+27821234567');
  await press(page, 'Ansehen');
  await page.getByText('0,00 € von 1.000,00 €').waitFor();
  expect(await faultsOf(page, 'limit')).toEqual([]);

  await go(page, 'Einstellungen');
  await page.getByLabel('Eine Zahlung, die nach ihrem Ende bezahlt wurde').selectOption('refund');
  await page.getByLabel('Origins der Rückkehr').fill('https://SHOP.example\nno origin');
  await page.getByText('2 Änderungen sind nicht gespeichert').waitFor();
  await press(page, 'Speichern');
  await page.getByRole('alert').first().waitFor();
  expect(await page.getByLabel('Origins der Rückkehr').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('Origins der Rückkehr').fill('https://SHOP.example');
  await press(page, 'Speichern');
  await page.getByText('Die Einstellungen sind gespeichert.').waitFor();
  expect(await faultsOf(page, 'settings')).toEqual([]);
  const { body } = await stage.shop.send('GET', '/settings');
  expect([body.lateSuccess, body.returnOrigins]).toEqual(['refund', ['https://shop.example']]);
  expect(complaints).toEqual([]);
});

test('whoever may only look is told so, at every button', async () => {
  const viewer = await stage.newPerson('viewer');
  const { page } = await stage.open(`${stage.place}/settings`, { person: viewer });
  const save = page.getByRole('button', { name: 'Save' });
  expect(await save.getAttribute('title')).toContain('“settings:update”');
  await go(page, 'Provider accounts');
  expect(await page.getByRole('button', { name: 'Add an account' }).getAttribute('title')).toContain(
    '“provider-account:create”',
  );
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openPage } from '../support/browser.ts';
import { openBrowserShop } from '../support/browser-shop.ts';

const { shop, browser } = await openBrowserShop();

const LIMIT = { timeout: 15_000 };
const expectAccessible = async (page: Page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
};

describe.each([true, false])('S1.25 a shopper says where the order goes, scripts %s', (javaScriptEnabled) => {
  test('by another country, with a mistake, by the Enter key, and changes it before paying', async () => {
    const { id, paymentUrl } = await shop.create({ requestShipping: true, customer: { locale: 'en-ZA' } });
    const page = await openPage(browser, { javaScriptEnabled });
    await page.goto(paymentUrl);
    await page.getByLabel('Full name').fill('Ada Lovelace');
    await page.getByLabel('Country or territory').selectOption('US');
    await page.getByRole('button', { name: 'Show the fields of this country' }).click();
    await page.getByLabel(/^State, province or region/).fill('TX');
    expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
    await page.getByLabel('Street and number').fill('1 Congress Avenue');
    await page.getByLabel('City or town').fill('Austin');
    await page.getByLabel('Postal code').fill('7870');
    await page.getByLabel('Postal code').press('Enter');
    await page.locator('.broken').waitFor(LIMIT);
    expect(await page.locator('.broken').allTextContents()).toEqual([
      'This is not a postal code of this country. They look like 95014.',
    ]);
    if (javaScriptEnabled) await expectAccessible(page);
    await page.getByLabel('Postal code').fill('78701');
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByText('Austin, TX 78701').waitFor(LIMIT);
    if (javaScriptEnabled) await expectAccessible(page);
    await page.getByRole('link', { name: 'Change the address' }).click();
    await page.getByLabel('Street and number').fill('2 Congress Avenue');
    await page.getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByText('2 Congress Avenue').waitFor(LIMIT);
    expect((await shop.read(id)).shippingAddress).toEqual({
      ...{ country: 'US', name: 'Ada Lovelace', line1: '2 Congress Avenue' },
      ...{ city: 'Austin', region: 'TX', postalCode: '78701' },
    });
    await page.context().close();
  });
});

test('the form is written from right to left where the language is', async () => {
  const { paymentUrl } = await shop.create({ requestShipping: true, customer: { locale: 'ar-AE' } });
  const page = await openPage(browser);
  await page.goto(paymentUrl);
  expect(await page.getAttribute('html', 'dir')).toBe('rtl');
  expect(await page.locator('select').inputValue()).toBe('AE');
  await expectAccessible(page);
  await page.context().close();
});

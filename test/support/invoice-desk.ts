import { expect } from 'vitest';
import type { Answer } from './api-client.ts';
import type { Merchant } from './merchant.ts';

/** Who sells, and at which rates. */
export const SETTINGS = {
  seller: {
    name: 'Bluecom GmbH',
    address: { line1: 'Hauptstraße 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    vatId: 'DE123456789',
    iban: 'DE02120300000000202051',
  },
  taxes: [
    { category: 'standard', rate: '19' },
    { category: 'standard', rate: '7' },
    { category: 'exempt', rate: '0' },
    { category: 'reverse_charge', rate: '0' },
    { category: 'outside_scope', rate: '0' },
  ],
  timeZone: 'Europe/Berlin',
};
/** Who is asked to pay. */
export const CUSTOMER = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  address: { line1: '12 St James’s Square', city: 'London', country: 'GB' },
};
/** A line. */
export const book = (unitAmount: number, taxRate = '19', more: object = {}) => ({
  ...{ description: 'A book', unitAmount, taxCategory: 'standard', taxRate },
  ...more,
});

/** A draft of one invoice. */
export const draft = (shop: Merchant, body: object) =>
  shop.send('POST', '/invoices', { body: { customer: CUSTOMER, currency: 'EUR', ...body } });

/** One that was issued. */
export async function issued(shop: Merchant, body: object): Promise<Answer['body']> {
  const { body: made, text } = await draft(shop, body);
  expect(made.status, text).toBe('draft');
  const answer = await shop.send('POST', `/invoices/${made.id}/issue`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

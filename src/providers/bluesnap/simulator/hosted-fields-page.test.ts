import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Merchant, openMerchant } from './merchant-fixture.ts';

let merchant: Merchant;
beforeEach(async () => {
  merchant = await openMerchant();
});
afterEach(() => merchant.simulator.close());

describe('the page of the hosted fields', () => {
  const pageOf = (token: string, init?: RequestInit, query = '') =>
    fetch(`${merchant.simulator.url}/hosted-fields/${token}${query}`, { redirect: 'manual', ...init });
  const choose = (token: string, choice: string, returnUrl = 'https://shop.example/back?order=7') =>
    pageOf(token, { method: 'POST', body: new URLSearchParams({ choice, returnUrl }) });

  test('offers cards, and returns with the token of the chosen one', async () => {
    const token = await merchant.tokenWith(null);
    const shown = await pageOf(token, {}, '?returnUrl=https%3A%2F%2Fshop.example%2F%22%3E%3Cb%3E');
    expect(shown.status).toBe(200);
    expect(shown.headers.get('x-frame-options')).toBeNull();
    const html = await shown.text();
    expect(html).toContain('value="approve"');
    expect(html).not.toContain('"><b>');
    const left = await choose(token, 'approve');
    expect(left.status).toBe(303);
    const location = new URL(left.headers.get('location') ?? '');
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ order: '7', pfToken: token });
    expect((await merchant.say('POST', '/transactions', await merchant.chargeBody({ pfToken: token }))).status).toBe(
      200,
    );
  });

  test.each([
    ['insufficient_funds', 'INSUFFICIENT_FUNDS'],
    ['expired', 'EXPIRED_CARD'],
    ['fraud', 'HIGH_RISK_ERROR'],
  ])('has a card that is %s', async (choice, errorName) => {
    const token = await merchant.tokenWith(null);
    await choose(token, choice);
    expect((await merchant.say('POST', '/transactions', await merchant.chargeBody({ pfToken: token }))).errorName).toBe(
      errorName,
    );
  });

  test('can be left without a card', async () => {
    const token = await merchant.tokenWith(null);
    const location = new URL((await choose(token, 'cancel')).headers.get('location') ?? '');
    expect(location.searchParams.get('status')).toBe('canceled');
    expect(location.searchParams.has('pfToken')).toBe(false);
    expect((await merchant.say('POST', '/transactions', await merchant.chargeBody({ pfToken: token }))).errorName).toBe(
      'PF_TOKEN_HAS_NO_CARD',
    );
  });

  test('takes one choice of its own, once, and sends nobody elsewhere than to the web', async () => {
    const token = await merchant.tokenWith(null);
    expect((await choose(token, 'steal')).status).toBe(400);
    const twice = pageOf(token, { method: 'POST', body: 'choice=approve&choice=cancel' });
    expect((await twice).status).toBe(400);
    expect((await choose(token, 'approve', 'javascript:alert(1)')).status).toBe(200);
    expect((await choose(token, 'approve')).status).toBe(400);
    expect((await pageOf(token, { method: 'PUT' })).status).toBe(405);
    expect((await pageOf('unknown')).status).toBe(404);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Merchant, openMerchant } from './merchant-fixture.ts';

let merchant: Merchant;
beforeEach(async () => {
  merchant = await openMerchant();
});
afterEach(() => merchant.simulator.close());

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'key-1' };

  test('gives the same answer to the same request, also where it was a no', async () => {
    const body = await merchant.chargeBody();
    const first = await merchant.say('POST', '/transactions', body, key);
    const again = await merchant.say('POST', '/transactions', body, key);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-key')).toBe('key-1');
    const declined = await merchant.chargeBody({ pfToken: await merchant.tokenWith({ decline: 'DO_NOT_HONOR' }) });
    const no = { 'idempotency-key': 'key-2' };
    await merchant.say('POST', '/transactions', declined, no);
    expect((await merchant.say('POST', '/transactions', declined, no)).errorName).toBe('DO_NOT_HONOR');
  });

  test('refuses another request, a running one, and what is no key', async () => {
    await merchant.say('POST', '/transactions', await merchant.chargeBody(), key);
    const other = await merchant.say('POST', '/transactions', await merchant.chargeBody(), key);
    expect(other).toMatchObject({
      ...{ status: 422, errorName: 'SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST' },
    });
    const go = merchant.simulator.holdCharges();
    const body = await merchant.chargeBody();
    const running = merchant.say('POST', '/transactions', body, { 'idempotency-key': 'key-3' });
    await expect.poll(() => merchant.simulator.countRequests('charge')).toBe(3);
    const second = await merchant.say('POST', '/transactions', body, { 'idempotency-key': 'key-3' });
    expect(second).toMatchObject({ status: 409, errorName: 'REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS' });
    go();
    expect((await running).status).toBe(200);
    const bad = { 'idempotency-key': 'att_1' };
    expect((await merchant.say('POST', '/transactions', body, bad)).errorName).toBe('INVALID_IDEMPOTENCY_KEY');
    const long = { 'idempotency-key': 'x'.repeat(65) };
    expect((await merchant.say('POST', '/transactions', body, long)).errorName).toBe(
      'IDEMPOTENCY_KEY_MAX_LENGTH_LIMIT_EXCEEDED',
    );
  });

  test('is forgotten after a day', async () => {
    await merchant.say('POST', '/transactions', await merchant.chargeBody(), key);
    merchant.clock.advance({ hours: 24 });
    await merchant.say('POST', '/transactions', await merchant.chargeBody(), key);
    expect(merchant.simulator.transactionsOf('m-1')).toHaveLength(2);
  });
});

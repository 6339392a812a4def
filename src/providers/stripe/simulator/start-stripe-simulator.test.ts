import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import { CONFIRMED, codeOf, INTENT, idOf, merchantOf, type Say, SESSION } from './merchant-fixture.ts';
import { type StripeSimulator, startStripeSimulator } from './start-stripe-simulator.ts';

const KEY = `sk_test_${'3'.repeat(24)}`;
const clock = new ManualClock();
const failures: unknown[] = [];
let simulator: StripeSimulator;
beforeAll(async () => {
  simulator = await startStripeSimulator({ clock, failed: (error) => void failures.push(error) });
});
afterAll(async () => {
  expect(failures).toEqual([]);
  await simulator.close();
});

const say: Say = (...said) => merchantOf(simulator, KEY)(...said);

describe('who may ask', () => {
  test.each([
    ['nobody', ''],
    ['a live key', `Bearer sk_live_${'3'.repeat(24)}`],
    ['a short key', 'Bearer sk_test_3'],
    ['a publishable key', `Bearer ${KEY.replace('sk_', 'pk_')}`],
  ])('not %s', async (_, authorization) => {
    expect([401, 403]).toContain((await say('GET', '/v1/balance', {}, { authorization })).status);
  });

  test('a key by its name in Basic as well', async () => {
    const authorization = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`;
    expect((await say('GET', '/v1/balance', {}, { authorization })).status).toBe(200);
  });

  test('a browser for its own PaymentIntent and nothing else', async () => {
    const made = await say('POST', '/v1/payment_intents', INTENT);
    const key = KEY.replace('sk_', 'pk_');
    const secret = String(made.body.client_secret);
    const path = `/v1/payment_intents/${idOf(made)}`;
    const none = { authorization: '' };
    const paid = { key, client_secret: secret, payment_method: 'pm_card_visa' };
    expect((await say('POST', `${path}/confirm`, { ...paid, client_secret: 'guess' }, none)).status).toBe(403);
    expect((await say('POST', `${path}/capture`, { key, client_secret: secret }, none)).status).toBe(403);
    expect((await say('POST', `${path}/confirm`, paid, none)).body.status).toBe('succeeded');
  });

  test('one account nothing of another', async () => {
    const made = await say('POST', '/v1/payment_intents', INTENT);
    const authorization = `Bearer sk_test_${'4'.repeat(24)}`;
    const asked = await say('GET', `/v1/payment_intents/${idOf(made)}`, {}, { authorization });
    expect(codeOf(asked)).toBe('404 resource_missing');
  });
});

describe('what is asked for', () => {
  test.each<[string, string, Record<string, string>, string]>([
    ['an unknown parameter', '/v1/payment_intents', { ...INTENT, bonus: '1' }, '400 parameter_unknown'],
    [
      'an unknown parameter inside',
      '/v1/payment_intents',
      { ...INTENT, 'automatic_payment_methods[enabled]': 'true', 'automatic_payment_methods[x]': '1' },
      '400 parameter_unknown',
    ],
    ['no amount', '/v1/payment_intents', { currency: 'eur' }, '400 parameter_invalid'],
    ['an amount of nothing', '/v1/payment_intents', { ...INTENT, amount: '0' }, '400 parameter_invalid'],
    ['an amount that is none', '/v1/payment_intents', { ...INTENT, amount: '12.50' }, '400 parameter_invalid'],
    ['an amount beyond all', '/v1/payment_intents', { ...INTENT, amount: '100000000' }, '400 amount_too_large'],
    ['a currency in capitals', '/v1/payment_intents', { ...INTENT, currency: 'EUR' }, '400 parameter_invalid'],
    [
      'parts of a króna',
      '/v1/payment_intents',
      { amount: '150', currency: 'isk' },
      '400 invalid_charge_amount_no_decimal_compatible',
    ],
    [
      'thousandths',
      '/v1/payment_intents',
      { amount: '1001', currency: 'kwd' },
      '400 invalid_charge_amount_no_decimal_compatible',
    ],
    [
      'an unknown payment method',
      '/v1/payment_intents',
      { ...CONFIRMED, payment_method: 'pm_x' },
      '400 resource_missing',
    ],
    [
      'a session of ten minutes',
      '/v1/checkout/sessions',
      { ...SESSION, expires_at: '1767226200' },
      '400 parameter_invalid',
    ],
    [
      'a session of two days',
      '/v1/checkout/sessions',
      { ...SESSION, expires_at: '1767398400' },
      '400 parameter_invalid',
    ],
    ['a refund of nothing', '/v1/refunds', { payment_intent: 'pi_0' }, '404 resource_missing'],
    ['an address that is none', '/v1/charges', {}, '404 invalid_request_error'],
  ])('is not %s', async (_, path, form, expected) => {
    expect(codeOf(await say('POST', path, form))).toBe(expected);
  });

  test('is not the same field twice, another version or JSON', async () => {
    const twice = await fetch(`${simulator.url}/v1/payment_intents`, {
      ...{ method: 'POST', body: 'amount=1&amount=2&currency=eur' },
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(twice.status).toBe(400);
    expect((await say('GET', '/v1/balance', {}, { 'stripe-version': '2020-08-27' })).status).toBe(400);
    const json = await say('POST', '/v1/payment_intents', INTENT, { 'content-type': 'application/json' });
    expect(json.status).toBe(400);
  });
});

describe('a key', () => {
  test('gives the same answer for the same request for a day, whatever the order of its fields', async () => {
    const key = { 'idempotency-key': 'k1' };
    const made = await say('POST', '/v1/payment_intents', INTENT, key);
    const again = await say('POST', '/v1/payment_intents', { currency: 'eur', amount: '1250' }, key);
    expect([made.replayed, again.replayed, idOf(again)]).toEqual([null, 'true', idOf(made)]);
    expect(codeOf(await say('POST', '/v1/payment_intents', { ...INTENT, amount: '1' }, key))).toBe(
      '400 idempotency_error',
    );
    clock.advance({ hours: 24 });
    expect(idOf(await say('POST', '/v1/payment_intents', INTENT, key))).not.toBe(idOf(made));
  });

  test('keeps a decline, and forgets what was not even tried', async () => {
    const declined = { ...CONFIRMED, payment_method: 'pm_card_visa_chargeDeclined' };
    const first = await say('POST', '/v1/payment_intents', declined, { 'idempotency-key': 'k2' });
    const again = await say('POST', '/v1/payment_intents', declined, { 'idempotency-key': 'k2' });
    expect([codeOf(first), again.replayed, again.body]).toEqual(['402 card_declined', 'true', first.body]);
    await say('POST', '/v1/payment_intents', { currency: 'eur' }, { 'idempotency-key': 'k3' });
    expect((await say('POST', '/v1/payment_intents', INTENT, { 'idempotency-key': 'k3' })).status).toBe(200);
  });
});

describe('the rules of money', () => {
  const pay = async (changes: Record<string, string> = {}) =>
    idOf(await say('POST', '/v1/payment_intents', { ...CONFIRMED, ...changes }));

  test('what was captured cannot be captured or canceled, what is canceled not paid', async () => {
    const id = await pay();
    const state = '400 payment_intent_unexpected_state';
    expect(codeOf(await say('POST', `/v1/payment_intents/${id}/capture`))).toBe(state);
    expect(codeOf(await say('POST', `/v1/payment_intents/${id}/cancel`))).toBe(state);
    const open = idOf(await say('POST', '/v1/payment_intents', INTENT));
    await say('POST', `/v1/payment_intents/${open}/cancel`);
    expect(codeOf(await say('POST', `/v1/payment_intents/${open}/confirm`, { payment_method: 'pm_card_visa' }))).toBe(
      state,
    );
  });

  test('a capture in part books the whole charge and takes the rest back', async () => {
    const id = await pay({ capture_method: 'manual' });
    const captured = await say('POST', `/v1/payment_intents/${id}/capture`, {
      amount_to_capture: '500',
      'expand[]': 'latest_charge',
    });
    expect(captured.body).toMatchObject({
      ...{ status: 'succeeded', amount_received: 500, amount_capturable: 0 },
      latest_charge: { amount: 1250, amount_captured: 500, amount_refunded: 750 },
    });
    const listed = await say('GET', '/v1/refunds', { payment_intent: id, 'expand[]': 'data.balance_transaction' });
    const reversal = { amount: -750, fee: -11, net: -739, reporting_category: 'partial_capture_reversal' };
    expect(listed.body).toMatchObject({ data: [{ amount: 750, balance_transaction: reversal }], has_more: false });
    expect(codeOf(await say('POST', '/v1/refunds', { payment_intent: id, amount: '501' }))).toBe(
      '400 amount_too_large',
    );
    expect((await say('POST', '/v1/refunds', { payment_intent: id })).body.amount).toBe(500);
    expect(codeOf(await say('POST', '/v1/refunds', { payment_intent: id }))).toBe('400 charge_already_refunded');
  });

  test('the PaymentIntent of a session ends with its session, and its authorization by itself', async () => {
    const made = await say('POST', '/v1/checkout/sessions', {
      ...SESSION,
      'payment_intent_data[capture_method]': 'manual',
    });
    simulator.decline(idOf(made), 'do_not_honor');
    const { payment_intent: id } = simulator.object(idOf(made)) as { payment_intent: string };
    expect((await say('POST', `/v1/payment_intents/${id}/cancel`)).status).toBe(400);
    simulator.approve(idOf(made));
    expect((await say('POST', `/v1/payment_intents/${id}/cancel`)).body.status).toBe('canceled');
    expect(codeOf(await say('POST', `/v1/checkout/sessions/${idOf(made)}/expire`))).toBe('400 session_not_open');
  });

  test('evidence goes in while the dispute waits for it', async () => {
    const dispute = simulator.dispute(await pay());
    const evidence = { 'evidence[uncategorized_text]': 'x', submit: 'false' };
    const path = `/v1/disputes/${dispute}`;
    expect((await say('POST', path, evidence)).body).toMatchObject({
      status: 'needs_response',
      evidence_details: { submission_count: 0 },
    });
    expect((await say('POST', path, { ...evidence, submit: 'true' })).body).toMatchObject({ status: 'under_review' });
    expect(codeOf(await say('POST', path, evidence))).toBe('400 dispute_not_open');
  });

  test('what moved adds up to the balance', async () => {
    const authorization = { authorization: `Bearer sk_test_${'8'.repeat(24)}` };
    const paid = await say('POST', '/v1/payment_intents', CONFIRMED, authorization);
    await say('POST', '/v1/refunds', { payment_intent: idOf(paid), amount: '250' }, authorization);
    simulator.moveDispute(simulator.dispute(idOf(paid)), 'won');
    const balance = await say('GET', '/v1/balance', {}, authorization);
    expect(balance.body).toMatchObject({ pending: [{ amount: 1250 - 43 - 250, currency: 'eur' }], livemode: false });
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Merchant, openMerchant } from './merchant-fixture.ts';

let merchant: Merchant;
beforeEach(async () => {
  merchant = await openMerchant();
});
afterEach(() => merchant.simulator.close());

describe('the API', () => {
  test('answers nobody whose user name and password are not the merchant’s', async () => {
    for (const authorization of [
      '',
      'Basic',
      'Basic AAAA',
      `Basic ${Buffer.from('API_1:passwore').toString('base64')}`,
    ]) {
      expect((await merchant.say('POST', '/payment-fields-tokens', undefined, { authorization })).status).toBe(401);
      expect((await merchant.say('GET', '/transactions/1', undefined, { authorization })).status).toBe(401);
    }
  });

  test('charges a card once per token', async () => {
    const body = await merchant.chargeBody();
    const first = await merchant.say('POST', '/transactions', body);
    expect(first).toMatchObject({
      status: 200,
      json: { cardTransactionType: 'AUTH_ONLY', amount: 1234.5, openToCapture: 1234.5 },
    });
    expect(await merchant.say('POST', '/transactions', body)).toMatchObject({
      status: 400,
      errorName: 'PF_TOKEN_NOT_FOUND',
    });
    expect(merchant.simulator.transactionsOf('m-1')).toHaveLength(1);
  });

  test('does not mind a merchant’s reference that comes again, and then cannot tell which is meant', async () => {
    await merchant.say('POST', '/transactions', await merchant.chargeBody());
    await merchant.say('POST', '/transactions', await merchant.chargeBody());
    expect(merchant.simulator.transactionsOf('m-1')).toHaveLength(2);
    expect((await merchant.say('GET', '/transactions/m-1,400088')).errorName).toBe('MULTIPLE_TRANSACTIONS_FOUND');
  });

  test('finds by number, by reference with the right merchant, and nothing else', async () => {
    const { json } = await merchant.say('POST', '/transactions', await merchant.chargeBody());
    expect((await merchant.say('GET', `/transactions/${json.transactionId}`)).json).toEqual(json);
    expect((await merchant.say('GET', '/transactions/m-1,400088')).json).toEqual(json);
    for (const name of ['m-1', 'm-1,400089', 'm-2,400088', '7']) {
      expect(await merchant.say('GET', `/transactions/${name}`)).toMatchObject({
        status: 404,
        errorName: 'TRANSACTION_NOT_FOUND',
      });
    }
  });

  test.each<[string, Record<string, unknown>]>([
    ['MISSING_SHOPPER_OR_CARD_HOLDER', { cardHolderInfo: undefined }],
    ['MISSING_SHOPPER_OR_CARD_HOLDER', { cardHolderInfo: { firstName: 'Ada' } }],
    ['VALIDATION_GENERAL_FAILURE', { amount: '0' }],
    ['VALIDATION_GENERAL_FAILURE', { amount: '-1' }],
    ['VALIDATION_GENERAL_FAILURE', { amount: '12345678901.00' }],
    ['VALIDATION_GENERAL_FAILURE', { amount: undefined }],
    ['AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS', { amount: '1.505' }],
    ['AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS', { amount: '100.5', currency: 'JPY' }],
    ['AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS', { amount: '12.50', currency: 'ILS' }],
    ['CURRENCY_CODE_NOT_FOUND', { currency: 'euro' }],
    ['INVALID_MERCHANT_TRANSACTION_ID', { merchantTransactionId: 'x'.repeat(51) }],
    ['VALIDATION_GENERAL_FAILURE', { softDescriptor: 'x'.repeat(21) }],
    ['VALIDATION_GENERAL_FAILURE', { cardTransactionType: 'REFUND' }],
    ['INVALID_HTTP_METHOD', { cardTransactionType: 'CAPTURE' }],
    ['PF_TOKEN_NOT_FOUND', { pfToken: 'never-given' }],
  ])('refuses as %s a charge with %j', async (errorName, changes) => {
    expect((await merchant.say('POST', '/transactions', await merchant.chargeBody(changes))).errorName).toBe(errorName);
    expect(merchant.simulator.transactionsOf('m-1')).toEqual([]);
  });

  test('takes what is no JSON for a faulty request', async () => {
    for (const body of ['{', 'null', '7']) {
      expect((await merchant.say('POST', '/transactions', body)).errorName).toBe('VALIDATION_GENERAL_FAILURE');
    }
  });

  test('takes no card that was not entered, and no token after an hour', async () => {
    const empty = await merchant.tokenWith(null);
    expect((await merchant.say('POST', '/transactions', await merchant.chargeBody({ pfToken: empty }))).errorName).toBe(
      'PF_TOKEN_HAS_NO_CARD',
    );
    const body = await merchant.chargeBody();
    merchant.clock.advance({ minutes: 61 });
    expect((await merchant.say('POST', '/transactions', body)).errorName).toBe('PF_TOKEN_EXPIRED');
  });

  test('captures and reverses an authorization once, and not beyond it', async () => {
    const change = (id: unknown, cardTransactionType: string, amount?: string) =>
      merchant.say('PUT', '/transactions', { cardTransactionType, transactionId: id, amount });
    const { transactionId: one } = (await merchant.say('POST', '/transactions', await merchant.chargeBody())).json;
    expect((await change(one, 'CAPTURE', '1234.51')).errorName).toBe('AUTHORIZATION_AMOUNT_NOT_VALID');
    expect((await change(one, 'CAPTURE', '1000.00')).json).toMatchObject({
      cardTransactionType: 'CAPTURE',
      amount: 1000,
    });
    expect((await change(one, 'CAPTURE', '1.00')).errorName).toBe('TRANSACTION_ALREADY_CAPTURED');
    expect((await change(one, 'AUTH_REVERSAL')).errorName).toBe('TRANSACTION_ALREADY_CAPTURED');
    const { transactionId: two } = (await merchant.say('POST', '/transactions', await merchant.chargeBody())).json;
    expect((await change(two, 'AUTH_REVERSAL')).json).toMatchObject({ cardTransactionType: 'AUTH_REVERSAL' });
    expect((await change(two, 'CAPTURE')).errorName).toBe('AUTHORIZATION_AMOUNT_ALREADY_REVERSED');
    expect((await change('7', 'CAPTURE')).errorName).toBe('TRANSACTION_NOT_FOUND');
  });

  test('refunds what was captured, and not more', async () => {
    const charged = await merchant.say(
      'POST',
      '/transactions',
      await merchant.chargeBody({ cardTransactionType: 'AUTH_CAPTURE' }),
    );
    const path = `/transactions/refund/${charged.json.transactionId}`;
    expect((await merchant.say('POST', path, { amount: '0' })).errorName).toBe('REFUND_MIN_AMOUNT_FAILURE');
    expect((await merchant.say('POST', path, { amount: '1234.51' })).errorName).toBe('REFUND_MAX_AMOUNT_FAILURE');
    expect((await merchant.say('POST', path, { amount: '1000.00' })).json).toMatchObject({
      amount: 1000,
      refundStatus: 'SUCCESS',
    });
    expect((await merchant.say('POST', path, {})).json).not.toHaveProperty('amount');
    expect((await merchant.say('POST', path, {})).errorName).toBe('INVOICE_ALREADY_FULLY_REFUNDED');
    const authorized = await merchant.say('POST', '/transactions', await merchant.chargeBody());
    const refusal = await merchant.say('POST', `/transactions/refund/${authorized.json.transactionId}`, {});
    expect(refusal.errorName).toBe('REFUND_FAILED');
    expect((await merchant.say('POST', '/transactions/refund/7', {})).errorName).toBe('TRANSACTION_NOT_FOUND');
  });

  test('says what the bank said', async () => {
    const pfToken = await merchant.tokenWith({ decline: 'INSUFFICIENT_FUNDS' });
    expect(await merchant.say('POST', '/transactions', await merchant.chargeBody({ pfToken }))).toMatchObject({
      ...{ status: 402, errorName: 'INSUFFICIENT_FUNDS' },
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changesNothing, untilQuiet } from '../../test/support/table-fingerprint.ts';
import { type AccountDesk, openAccountDesk } from './account-desk-fixture.ts';

let desk: AccountDesk;
beforeAll(async () => {
  desk = await openAccountDesk();
});
afterAll(() => desk.close());

describe('what breaks a rule is refused by field and rule, never by value, and nothing is written', () => {
  const sandbox = { merchantCode: 'shop', secretKey: 'zq7-zq7-zq7-zq7-zq7' };
  const pem = 'zq7'.repeat(50);
  test.for<[title: string, body: object, pointers: readonly string[]]>([
    ['no provider', { provider: undefined, credentials: sandbox }, ['/provider']],
    ['a provider of nobody', { provider: 'zq7', credentials: sandbox }, ['/provider']],
    ['no credentials', { credentials: undefined }, ['/credentials']],
    ['a text for credentials', { credentials: 'zq7-secret' }, ['/credentials']],
    ['nothing in the credentials', { credentials: {} }, ['/credentials/merchantCode', '/credentials/secretKey']],
    ['a short secret', { credentials: { ...sandbox, secretKey: 'zq7' } }, ['/credentials/secretKey']],
    ['an empty secret', { credentials: { ...sandbox, secretKey: '' } }, ['/credentials/secretKey']],
    ['a blank secret', { credentials: { ...sandbox, secretKey: ' '.repeat(20) } }, ['/credentials/secretKey']],
    ['a number for a secret', { credentials: { ...sandbox, secretKey: 4111 } }, ['/credentials/secretKey']],
    ['a field of another provider', { credentials: { ...sandbox, apiKey: 'zq7' } }, ['/credentials/apiKey']],
    [
      'a publishable key for a secret one',
      { provider: 'stripe', credentials: { secretKey: 'pk_zq7', webhookSecret: 'zq7' } },
      ['/credentials/secretKey', '/credentials/webhookSecret'],
    ],
    [
      'a partner without any key',
      { provider: 'partner', credentials: { profile: 'bluecom', merchantCode: 'zq7', apiUrl: 'https://zq7.example' } },
      ['/credentials'],
    ],
    [
      'a partner with keys that are none',
      {
        provider: 'partner',
        credentials: {
          ...{ profile: 'bluecom', merchantCode: 'zq7', apiUrl: 'https://zq7.example' },
          ...{ publicKey: pem, privateKey: pem },
        },
      },
      ['/credentials'],
    ],
    ['the mode, which the key decides', { mode: 'live' }, ['/mode']],
    ['a negative priority', { priority: -1 }, ['/priority']],
    ['an empty name', { name: '' }, ['/name']],
    ['a card number for a name', { name: '4111 1111 1111 1111' }, ['/name']],
    ['a cut-off that is none', { reversalCutOff: { dailyAt: '25:00', timeZone: 'UTC' } }, ['/reversalCutOff/dailyAt']],
  ])('%s', async ([, fields, pointers]) => {
    const { shop } = desk.backEndsOf(desk.tollgate.tenant);
    const body = { provider: 'sandbox', credentials: sandbox, ...fields };
    await untilQuiet(desk.tollgate.database);
    const answer = await changesNothing(desk.tollgate.database, () =>
      shop.send('POST', '/provider-accounts', { body }),
    );
    expect(answer.status, answer.text).toBe(422);
    const errors = answer.body.errors as readonly { pointer: string; detail: string }[];
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(answer.text).not.toMatch(/zq7|4111 ?1111/);
  });

  const bluesnap = { apiUser: 'zq7', apiPassword: 'zq7-zq7', merchantId: '77', ipnKey: 'zq7-zq7-zq7' };
  const signed = { profile: 'bluecom', merchantCode: 'zq7', secretKey: 'zq7-'.repeat(10) };
  test.for<[title: string, mode: 'test' | 'live', provider: string, credentials: object, fields: readonly string[]]>([
    ['a live key', 'test', 'stripe', { secretKey: `sk_live_${'zq7'.repeat(8)}` }, ['secretKey']],
    ['a test key', 'live', 'stripe', { secretKey: `sk_test_${'zq7'.repeat(8)}` }, ['secretKey']],
    [
      'a publishable key of the other mode, and a simulator',
      ...(['live', 'stripe'] as const),
      {
        ...{ secretKey: `sk_live_${'zq7'.repeat(8)}`, publishableKey: `pk_test_${'zq7'.repeat(8)}` },
        apiUrl: 'http://zq7.example',
      },
      ['publishableKey', 'apiUrl'],
    ],
    ['a simulator', 'live', 'bluesnap', { ...bluesnap, apiUrl: 'https://zq7.example' }, ['apiUrl']],
    ['a partner without TLS', 'live', 'partner', { ...signed, apiUrl: 'http://zq7.example' }, ['apiUrl']],
  ])('of the other mode: %s (%s, %s)', async ([, mode, provider, some, fields]) => {
    const backEnds = desk.backEndsOf(desk.tollgate.tenant);
    const send = mode === 'live' ? backEnds.live.send : backEnds.shop.send;
    const credentials = provider === 'stripe' ? { webhookSecret: `whsec_${'zq7'.repeat(8)}`, ...some } : some;
    const answer = await changesNothing(desk.tollgate.database, () =>
      send('POST', '/provider-accounts', { body: { provider, credentials } }),
    );
    expect(answer.status, answer.text).toBe(422);
    const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(fields.map((field) => `/credentials/${field}`));
    expect(answer.text).not.toMatch(/zq7/);
  });

  test('a partner with TLS is taken in live mode, and one without in test mode', async () => {
    const { shop, live } = await desk.openShop();
    for (const [merchant, apiUrl] of [
      [live, 'https://partner.example'],
      [shop, 'http://127.0.0.1:9'],
    ] as const) {
      const body = { provider: 'partner', credentials: { ...signed, apiUrl } };
      const answer = await merchant.send('POST', '/provider-accounts', { body });
      expect(answer.status, answer.text).toBe(201);
    }
  });

  test('a cut-off where the provider makes no reversals', async () => {
    const { shop } = await desk.openShop();
    const body = { provider: 'stripe', credentials: desk.stripeCredentials('test') };
    const cutOff = { reversalCutOff: { afterSeconds: 60 } };
    const refusal = { status: 422, body: { code: 'not_supported_by_provider' } };
    expect(await shop.send('POST', '/provider-accounts', { body: { ...body, ...cutOff } })).toMatchObject(refusal);
    const { id } = await desk.add(shop, body);
    expect(await shop.send('PATCH', `/provider-accounts/${id}`, { body: cutOff })).toMatchObject(refusal);
  });
});

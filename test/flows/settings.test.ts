import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { parallel } from '../support/parallel.ts';

let tollgate: Installation;

beforeAll(async () => {
  tollgate = await startInstallation();
});
afterAll(() => tollgate?.close());

interface Shop extends Merchant {
  patch(body: object): Promise<Answer>;
  settings(): Promise<Answer['body']>;
  readonly tenantId: string;
}

async function newShop(): Promise<Shop> {
  const { apiKeys, tenant } = await tollgate.createTenant();
  const merchant = merchantOf(tollgate.apiUrl, apiKeys.test);
  return {
    ...merchant,
    tenantId: tenant.tenantId,
    patch: (body) => merchant.send('PATCH', '/settings', { body }),
    settings: async () => (await merchant.send('GET', '/settings')).body,
  };
}

async function changed(shop: Shop, body: object): Promise<Answer['body']> {
  const answer = await shop.patch(body);
  expect(answer.status, answer.text).toBe(200);
  expect(await shop.settings()).toEqual(answer.body);
  return answer.body;
}

async function refusedAt(shop: Shop, body: object): Promise<string[]> {
  const before = await shop.settings();
  const answer = await shop.patch(body);
  expect([answer.status, answer.body.code], answer.text).toEqual([422, 'validation_failed']);
  expect(await shop.settings()).toEqual(before);
  return answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
}

describe('a patch of settings', () => {
  it('replaces what it names, also deep inside, and leaves the rest', async () => {
    const shop = await newShop();
    await changed(shop, {
      defaultMcc: '5411',
      branding: { displayName: 'Bluecom', primaryColor: '#0b6e4f', legalLinks: { terms: 'https://a.example/t' } },
    });
    const { branding, defaultMcc } = await changed(shop, {
      branding: { legalLinks: { privacy: 'https://a.example/p' }, texts: { payNote: { en: 'Ships today.' } } },
    });
    expect([branding, defaultMcc]).toEqual([
      {
        displayName: 'Bluecom',
        primaryColor: '#0b6e4f',
        legalLinks: { terms: 'https://a.example/t', privacy: 'https://a.example/p' },
        texts: { payNote: { en: 'Ships today.' } },
      },
      '5411',
    ]);
  });

  it('takes away by null, and what has a default gets it back', async () => {
    const shop = await newShop();
    const { version: _version, ...fresh } = await shop.settings();
    await changed(shop, {
      ...{ defaultMcc: '5411', defaultTerminalId: 't1', languages: ['de'], timeZone: 'Europe/Berlin' },
      branding: { displayName: 'A', primaryColor: '#ffffff', texts: { payNote: { en: 'a', de: 'b' } } },
    });
    expect((await changed(shop, { branding: { texts: { payNote: { de: null } } } })).branding.texts).toEqual({
      payNote: { en: 'a' },
    });
    const { version: _after, ...cleared } = await changed(shop, {
      ...{ defaultMcc: null, defaultTerminalId: null, languages: null, timeZone: null, branding: null },
    });
    expect(cleared).toEqual(fresh);
  });

  it('counts, and is refused where the settings are no longer of the version it names', async () => {
    const shop = await newShop();
    const { version } = await shop.settings();
    expect((await changed(shop, { version, defaultMcc: '5411' })).version).toBe(version + 1);
    const stale = await shop.patch({ version, defaultMcc: '5812' });
    expect([stale.status, stale.body.code, stale.body.version]).toEqual([409, 'state_conflict', version + 1]);
    expect((await shop.settings()).defaultMcc).toBe('5411');
  });

  it('loses nothing of others that come at once', async () => {
    const shop = await newShop();
    const patches = [
      ...[{ defaultMcc: '5411' }, { defaultTerminalId: 't1' }, { lateSuccess: 'refund' }, { languages: ['de'] }],
      ...[{ branding: { displayName: 'Bluecom' } }, { branding: { supportUrl: 'https://a.example/' } }],
      ...[{ timeZone: 'Africa/Johannesburg' }, { branding: { texts: { payNote: { en: 'a' } } } }],
    ];
    const answers = await parallel(patches.length, (index) => shop.patch(patches[index] ?? {}));
    expect(answers.map(({ status }) => status)).toEqual(patches.map(() => 200));
    expect(await shop.settings()).toMatchObject({
      ...{ defaultMcc: '5411', defaultTerminalId: 't1', lateSuccess: 'refund', languages: ['de'] },
      branding: { displayName: 'Bluecom', supportUrl: 'https://a.example/', texts: { payNote: { en: 'a' } } },
      timeZone: 'Africa/Johannesburg',
      version: 1 + patches.length,
    });
  });

  it('of one version wins once among those that come at once', async () => {
    const shop = await newShop();
    const answers = await parallel(6, (index) => shop.patch({ version: 1, defaultMcc: `541${index}` }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
  });

  it('keeps addresses in the one spelling that browsers send, once each', async () => {
    const shop = await newShop();
    const settings = await changed(shop, {
      returnOrigins: ['https://SHOP.example:443', 'https://shop.example/', 'http://localhost:3000'],
      frameAncestors: ['https://App.Shop.example', 'https://app.shop.example'],
      appSchemes: ['bluecomshop', 'com.bluecom.shop', 'bluecomshop'],
      timeZone: 'africa/johannesburg',
    });
    expect(settings).toMatchObject({
      returnOrigins: ['https://shop.example', 'http://localhost:3000'],
      frameAncestors: ['https://app.shop.example'],
      appSchemes: ['bluecomshop', 'com.bluecom.shop'],
      timeZone: 'Africa/Johannesburg',
    });
    const returnUrl = 'https://shop.example/thanks';
    await until(async () => (await shop.create({ returnUrl })).status === 201);
  });

  it.each<readonly [string, object, string]>([
    ['an origin with a path', { returnOrigins: ['https://a.example/x'] }, '/returnOrigins/0'],
    ['an origin with a user', { returnOrigins: ['https://u@a.example'] }, '/returnOrigins/0'],
    ['a second directive', { frameAncestors: ['https://a.example', 'https://a.example;sandbox'] }, '/frameAncestors/1'],
    ['a frame of everybody', { frameAncestors: ['*'] }, '/frameAncestors/0'],
    ['plain http', { frameAncestors: ['http://a.example'] }, '/frameAncestors/0'],
    ...['javascript', 'data', 'file', 'intent', 'http', 'https', 'about', 'a:', 'shöp'].map(
      (scheme) => [`the scheme ${scheme}`, { appSchemes: [scheme] }, '/appSchemes/0'] as const,
    ),
    ['a language nobody wrote', { languages: ['de', 'tlh'] }, '/languages/1'],
    ['a text in such a language', { branding: { texts: { payNote: { tlh: 'a' } } } }, '/branding/texts/payNote/tlh'],
    ['a zone of nowhere', { timeZone: 'Mars/Olympus' }, '/timeZone'],
    ['an offset', { timeZone: '+02:00' }, '/timeZone'],
    ['a user in a link', { branding: { supportUrl: 'https://a.example@b.example/' } }, '/branding/supportUrl'],
    ['script in a link', { branding: { legalLinks: { terms: 'javascript:alert(1)' } } }, '/branding/legalLinks/terms'],
    ['two lines', { branding: { texts: { payNote: { en: 'a\nb' } } } }, '/branding/texts/payNote/en'],
    ['a long text', { branding: { texts: { payNote: { en: 'a'.repeat(201) } } } }, '/branding/texts/payNote/en'],
    ['turned writing', { branding: { displayName: 'a\u202eb' } }, '/branding/displayName'],
    ['what is only shown', { effective: {} }, '/effective'],
    ['a logo as text', { branding: { logoUrl: 'https://a.example/l.png' } }, '/branding/logoUrl'],
    ['a version of nothing', { version: 0 }, '/version'],
  ])('is refused whole for %s', async (_what, body, pointer) => {
    expect(await refusedAt(await newShop(), { defaultMcc: '5411', ...body })).toEqual([pointer]);
  });

  it('says what the page will make of it', async () => {
    const shop = await newShop();
    expect((await shop.settings()).effective).toMatchObject({ name: 'Test Shop', warnings: [] });
    const { effective } = await changed(shop, {
      branding: { displayName: 'Bluecom', primaryColor: '#FFEE00', texts: { resultNote: { fr: 'Merci.' } } },
      languages: ['de', 'en', 'de'],
    });
    expect(effective).toMatchObject({
      name: 'Bluecom',
      colors: { button: '#ffee00', buttonText: '#000000', accentDark: '#ffee00' },
      languages: ['de', 'en'],
      warnings: [{ pointer: '/branding/primaryColor' }, { pointer: '/branding/texts/resultNote/fr' }],
    });
    expect(effective.colors.accent).not.toBe('#ffee00');
  });
});

describe('settings of another version of the program', () => {
  it('are read without what is not known here, and with defaults for what was not known there', async () => {
    const shop = await newShop();
    await tollgate.database.run('update tenants set settings = $2 where tenant_id = $1', [
      shop.tenantId,
      JSON.stringify({
        branding: { primaryColor: '#0b6e4f', logoUrl: 'https://a.example/l.png', sound: { on: true } },
        languages: ['de', 'tlh'],
        theme: 'neon',
      }),
    ]);
    expect(await shop.settings()).toMatchObject({
      branding: { primaryColor: '#0b6e4f' },
      languages: ['de', 'tlh'],
      timeZone: 'UTC',
    });
    expect((await shop.create()).status).toBe(201);
    // What was allowed when it was written does not stand in the way of another change.
    expect((await shop.patch({ defaultMcc: '5411' })).status).toBe(200);
    expect(await refusedAt(shop, { languages: ['tlh'] })).toEqual(['/languages/0']);
  });
});

describe('S0.21 who may frame the page', () => {
  it('is this machine by plain http in test mode alone', async () => {
    const secure = { 'x-forwarded-proto': 'https' };
    const behindProxy = await startInstallation({ environment: { TOLLGATE_TRUST_PROXY: 'loopback' } });
    try {
      const { apiKeys } = behindProxy.tenant;
      const frameAncestors = ['http://localhost:3000', 'https://app.shop.example'];
      const policyFor = async (key: string) => {
        const merchant = merchantOf(behindProxy.apiUrl, key, secure);
        const { body } = await merchant.create();
        const page = await call(`${behindProxy.apiUrl}${new URL(body.paymentUrl).pathname}`, { headers: secure });
        return /frame-ancestors ([^;]*)/.exec(String(page.headers['content-security-policy']))?.[1];
      };
      await merchantOf(behindProxy.apiUrl, apiKeys.test).send('PATCH', '/settings', { body: { frameAncestors } });
      await until(async () => (await policyFor(apiKeys.test)) === frameAncestors.join(' '));
      expect(await policyFor(apiKeys.live)).toBe('https://app.shop.example');
    } finally {
      await behindProxy.close();
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { call, until } from '../support/api-client.ts';
import { pngImage } from '../support/images.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

const clock = new ManualClock('2026-11-21T21:30:00Z');
let tollgate: Installation;

beforeAll(async () => {
  tollgate = await startInstallation({ clock });
});
afterAll(() => tollgate?.close());

async function newShop(settings: object): Promise<Merchant> {
  const { apiKeys } = await tollgate.createTenant();
  const merchant = merchantOf(tollgate.apiUrl, apiKeys.test);
  const answer = await merchant.send('PATCH', '/settings', { body: settings });
  expect(answer.status, answer.text).toBe(200);
  return merchant;
}

interface Visit {
  readonly path: string;
  page(at?: string, language?: string): Promise<string>;
}

async function visit(shop: Merchant, fields: Readonly<Record<string, unknown>> = {}): Promise<Visit> {
  const { body } = await shop.create(fields);
  const path = new URL(body.paymentUrl).pathname;
  return {
    path,
    page: async (at = '', language = 'en-ZA') =>
      (await call(`${tollgate.apiUrl}${path}${at}`, { headers: { 'accept-language': language } })).text,
  };
}

/** Posts a form of the page, and says where it leads. */
async function post(address: string, form: Record<string, string>): Promise<string> {
  const { headers, status } = await call(new URL(address, tollgate.apiUrl).href, {
    rawBody: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(status).toBe(303);
  return String(headers.location);
}

const languageOf = (page: string) => /<html lang="([^"]*)"/.exec(page)?.[1];
const offered = (page: string) => [...page.matchAll(/\?lang=(\w+)" lang/g)].map(([, language]) => language);

describe('the languages of a page', () => {
  it('are those the tenant lists, in its order, the first for whoever speaks none of them', async () => {
    const shop = await visit(await newShop({ languages: ['hu', 'de', 'ar'] }));
    expect(languageOf(await shop.page('', 'fr'))).toBe('hu');
    expect(languageOf(await shop.page('', 'fr, de-CH;q=0.5'))).toBe('de-CH');
    expect(offered(await shop.page('', 'de'))).toEqual(['hu', 'ar']);
    expect(offered(await (await visit(await newShop({ languages: ['hu'] }))).page())).toEqual([]);
  });

  it('are all that there are where it lists none', async () => {
    expect(offered(await (await visit(await newShop({}))).page())).toEqual(
      expect.arrayContaining(['de', 'fr', 'es', 'pt', 'hu', 'vi', 'ar', 'zu', 'af']),
    );
  });

  it('are chosen by an address, before the payment’s and the browser’s, and only among those offered', async () => {
    const shop = await visit(await newShop({ languages: ['en', 'de'] }), { customer: { locale: 'en-GB' } });
    expect(languageOf(await shop.page('?lang=de', 'en'))).toBe('de');
    expect(languageOf(await shop.page('?lang=de', 'de-AT'))).toBe('de-AT');
    for (const asked of ['fr', 'tlh', '', '%3Cscript%3E', '__proto__']) {
      expect(languageOf(await shop.page(`?lang=${asked}`, 'de')), asked).toBe('en-GB');
    }
  });

  it('stay chosen through every address and form of the page, and back from the bank', async () => {
    const merchant = await newShop({});
    const shop = await visit(merchant);
    const page = await shop.page('?lang=de');
    expect(page).toContain(`data-path="${shop.path}?lang=de"`);
    const forms = page.match(/<form/g)?.length;
    expect(page.match(/<input type="hidden" name="lang" value="de">/g)).toHaveLength(forms ?? 0);
    expect(await post(`${shop.path}/test`, { action: 'decline', lang: 'de' })).toBe(`${shop.path}/leave?lang=de`);
    expect(await post(`${shop.path}/test`, { action: 'bank_page', lang: 'de' })).toBe(`${shop.path}/leave?lang=de`);
    const bank = /url=([^"]+)"/.exec(await shop.page('/leave?lang=de'))?.[1]?.replaceAll('&amp;', '&') ?? '';
    const settled = await call(new URL(await post(bank, { decision: 'approve' }), bank).href);
    expect(settled.text).toContain(`${shop.path}/return?tollgate-lang=de`);
  });

  it('that nobody chose are in no address', async () => {
    const shop = await visit(await newShop({}));
    expect(await shop.page()).not.toMatch(/name="lang"|data-path="[^"]*lang/);
    expect(await post(`${shop.path}/test`, { action: 'decline' })).toBe(`${shop.path}/leave`);
    expect(await post(`${shop.path}/test`, { action: 'decline', lang: '//evil.example' })).toBe(`${shop.path}/leave`);
  });
});

describe('what a tenant writes', () => {
  it('stands under the button and under the result in the shopper’s language, else in the tenant’s first', async () => {
    const texts = {
      payNote: { de: 'Versand am selben Tag.', en: 'Ships the same day.' },
      resultNote: { ar: 'شكرًا.' },
    };
    const shop = await visit(await newShop({ languages: ['de', 'ar', 'en', 'fr'], branding: { texts } }));
    expect(await shop.page()).toContain('<p class="note" lang="en" dir="ltr">Ships the same day.</p>');
    expect(await shop.page('', 'fr')).toContain('<p class="note" lang="de" dir="ltr">Versand am selben Tag.</p>');
    expect(await shop.page()).not.toContain('شكرًا');
    await post(`${shop.path}/cancel`, {});
    expect(await shop.page()).toContain('<p class="note" lang="ar" dir="rtl">شكرًا.</p>');
  });

  it('links to its terms, privacy and imprint under names in the shopper’s language', async () => {
    const legalLinks = { terms: 'https://a.example/t', privacy: 'https://a.example/p', imprint: 'https://a.example/i' };
    const shop = await visit(await newShop({ branding: { legalLinks, supportUrl: 'tel:+49301234' } }));
    const links = [
      ...(await shop.page('', 'de')).matchAll(/<a href="([^"]+)" target="_blank" rel="noopener noreferrer">([^<]+)/g),
    ];
    expect(links.map(([, href, label]) => [href, label])).toEqual([
      ['tel:+49301234', 'Hilfe'],
      ['https://a.example/t', 'AGB'],
      ['https://a.example/p', 'Datenschutz'],
      ['https://a.example/i', 'Impressum'],
    ]);
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '</style></title><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) '",
  ])('is text and nothing else: %s', async (text) => {
    const escaped = (markup: string) => !markup.includes(text) && !/<script>alert|<img src=x|<svg onload/.test(markup);
    const branding = {
      ...{ displayName: text, supportUrl: `https://a.example/?${text}`, legalUrl: `https://a.example/#${text}` },
      legalLinks: { terms: `https://a.example/${text}` },
      texts: { payNote: { en: text }, resultNote: { en: text } },
    };
    const merchant = await newShop({ branding });
    const shop = await visit(merchant);
    const before = await shop.page();
    await post(`${shop.path}/cancel`, {});
    const after = await shop.page();
    const preview = (await merchant.send('GET', '/settings/preview?state=succeeded')).text;
    expect([before, after, preview].map(escaped)).toEqual([true, true, true]);
    for (const page of [before, after, preview]) expect(page).toContain('&lt;'.slice(0, text.includes('<') ? 4 : 0));
  });
});

describe('times on the page', () => {
  it('are the tenant’s, with the day where it is another one there', async () => {
    const inZone = async (timeZone: string, fields = {}) => {
      const shop = await visit(await newShop({ timeZone }), fields);
      return /<span>(Pay by [^<]*)<\/span>/.exec(await shop.page('', 'en-GB'))?.[1];
    };
    expect(await inZone('UTC')).toBe('Pay by 21:45 UTC');
    expect(await inZone('Africa/Johannesburg')).toBe('Pay by 23:45 GMT+2');
    expect(await inZone('Europe/Berlin', { expiresIn: 7_200 })).toBe('Pay by Sun 22 Nov, 00:30 CET');
    expect(await inZone('Asia/Ho_Chi_Minh')).toBe('Pay by 04:45 GMT+7');
  });
});

describe('a preview', () => {
  it('is the real page in every state, with unsaved branding, and changes nothing', async () => {
    const shop = await newShop({ branding: { displayName: 'Saved' } });
    const before = (await shop.send('GET', '/settings')).body;
    const states = ['choose', 'redirect', 'qr', 'waiting', 'unknown', 'unavailable', 'succeeded', 'failed', 'canceled'];
    for (const state of [...states, 'expired', 'reversed', 'card']) {
      const answer = await shop.send('POST', `/settings/preview?state=${state}&lang=ar`, {
        body: { branding: { displayName: 'Unsaved', primaryColor: '#0b6e4f' } },
      });
      expect([answer.status, answer.headers['content-type']], state).toEqual([200, 'text/html; charset=utf-8']);
      expect(answer.text).toContain(`data-kind="${state}"`);
      expect(answer.text).toContain('<html lang="ar" dir="rtl">');
      expect(answer.text).toContain('Unsaved');
      expect(answer.text).toContain('--brand:#0b6e4f');
    }
    expect((await shop.send('GET', '/settings')).body).toEqual(before);
    expect((await shop.send('GET', '/settings/preview')).text).toContain('Saved');
  });

  it('can load, run and send nothing', async () => {
    const shop = await newShop({});
    await shop.send('PUT', '/settings/logo', { rawBody: pngImage(120, 40), headers: { 'content-type': 'image/png' } });
    const { text, headers } = await shop.send('GET', '/settings/preview?state=redirect');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'nonce-[^']+'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox$/,
    );
    expect(text).toContain('<img src="data:image/png;base64,');
    expect(text).toContain('http-equiv="content-security-policy"');
    expect(text).not.toMatch(/<script|http-equiv="refresh"|rel="stylesheet"|\/c\/assets/);
  });

  it.each([
    ['state=nowhere', { pointer: '/query/state' }],
    ['lang=tlh', { pointer: '/query/lang' }],
  ])('is refused for %s', async (query, error) => {
    const answer = await (await newShop({})).send('GET', `/settings/preview?${query}`);
    expect([answer.status, answer.body.errors]).toEqual([422, [expect.objectContaining(error)]]);
  });

  it('takes the nonce of the page that frames it, by whose policy a filled frame goes, and nothing that is none', async () => {
    const shop = await newShop({});
    const nonce = 'bm9uY2Ugb2YgdGhlIHBhZ2U+/w==';
    const framed = await shop.send('POST', `/settings/preview?${new URLSearchParams({ nonce })}`, { body: {} });
    expect(framed.headers['content-security-policy']).toContain(`style-src 'nonce-${nonce}'`);
    expect(framed.text.match(/<style nonce="[^"]+">/g)).toEqual(Array(2).fill(`<style nonce="${nonce}">`));
    for (const wrong of ["x' 'unsafe-inline' 'nonce-aaaaaaaaaaaaaaaa", 'short', '"><script>alert(1)</script>']) {
      const refused = await shop.send('POST', `/settings/preview?${new URLSearchParams({ nonce: wrong })}`, {
        body: {},
      });
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/query/nonce']);
    }
  });

  it('is refused for settings that could not be saved', async () => {
    const shop = await newShop({});
    for (const [body, pointer] of [
      [{ branding: { primaryColor: 'red' } }, '/branding/primaryColor'],
      [{ languages: ['tlh'] }, '/languages/0'],
      [{ surprise: 1 }, '/surprise'],
    ] as const) {
      const answer = await shop.send('POST', '/settings/preview', { body });
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
    }
  });

  it('shows a change as soon as it is saved', async () => {
    const shop = await newShop({});
    await shop.send('PATCH', '/settings', { body: { branding: { displayName: 'Fresh' } } });
    expect((await shop.send('GET', '/settings/preview')).text).toContain('Fresh');
    const { page } = await visit(shop);
    await until(async () => (await page()).includes('Fresh'));
  });
});

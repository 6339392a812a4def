import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToReturnUrl, checkAppScheme, checkOrigin, checkReturnUrl, type ReturnRules } from './return-url.ts';

const open: ReturnRules = { allowedOrigins: [], appSchemes: [], mode: 'live' };
const bound: ReturnRules = {
  allowedOrigins: ['https://good.example', 'https://good.example:8443', 'http://localhost:3000'],
  appSchemes: ['bluecomshop'],
  mode: 'live',
};
/** As if somebody had found a way around registration. */
const fooled: ReturnRules = {
  ...open,
  appSchemes: ['javascript', 'data', 'vbscript', 'intent', 'file', 'blob', 'java', 'ms-msdt', 'view-source', 'x'],
  mode: 'test',
};

describe('a return address', () => {
  it.each([
    ['https://shop.example/thanks?order=7#top', 'https://shop.example/thanks?order=7#top'],
    ['https://shop.example', 'https://shop.example/'],
    ['HTTPS://Shop.Example:443/A', 'https://shop.example/A'],
    ['https://münchen.example/ä', 'https://xn--mnchen-3ya.example/%C3%A4'],
    ['https://shop.example/a@b?mail=a@b', 'https://shop.example/a@b?mail=a@b'],
    ['https://shop.example/?next=//evil.example', 'https://shop.example/?next=//evil.example'],
    ['https://10.0.0.1/', 'https://10.0.0.1/'],
  ])('of https is taken where no origin is registered: %s', (text, url) => {
    expect(checkReturnUrl(text, open)).toEqual({ ok: true, url });
  });

  it.each([
    '',
    'shop.example',
    '/thanks',
    '?a=1',
    '#a',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'https:\\\\evil.example',
    'https://',
    'https://good.example\\.evil.example',
    'https://good@evil.example',
    'https://good.example@evil.example',
    'https://@evil.example',
    'https://:@evil.example',
    'https://good.example%40evil.example',
    'https://good.example%00.evil.example',
    'https://good.example/\u0000',
    'https://good.example/\u0085',
    ' https://good.example',
    'https://good.example ',
    'https://good.example/a b',
    'https://good.example/a\u00a0b',
    'https://good.example/a\u2028b',
    '\x01https://evil.example',
    'ht\ntps://evil.example',
    'https://good.example\r\nLocation: https://evil.example',
    '\ufeffhttps://good.example',
    'https://good\u200b.example',
    'https://good.example/\u202egnp.exe',
    'https://good.example/\ud800',
    'http://good.example/',
    'http://127.0.0.1/',
    'http://localhost/',
    'ftp://good.example/',
    'javascript:alert(1)',
    'javascript://good.example/%0aalert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    '\x01javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'intent://scan/#Intent;scheme=zxing;end',
    'file:///etc/passwd',
    'blob:https://good.example/1',
    'mailto:a@b.example',
    'bluecomshop://payment-result',
  ])('is refused where nothing is registered: %j', (text) => {
    expect(checkReturnUrl(text, open)).toEqual({ ok: false, rule: expect.stringMatching(/^Must /) });
  });

  it.each([
    'https://good.example/',
    'https://good.example/any/path?x=1#y',
    'https://good.example:443/',
    'https://GOOD.example/',
    'https://good.example:8443/',
  ])('is taken at a registered origin: %s', (text) => {
    expect(checkReturnUrl(text, bound).ok).toBe(true);
  });

  it.each([
    'https://evil.example/',
    'https://good.example.evil.example/',
    'https://good.example.',
    'https://sub.good.example/',
    'https://xgood.example/',
    'https://good.example:444/',
    'https://evil.example/https://good.example/',
    'https://evil.example?https://good.example',
    'https://evil.example#https://good.example',
    'http://good.example/',
    'http://localhost:3000/',
  ])('is refused beside the registered origins: %s', (text) => {
    expect(checkReturnUrl(text, bound).ok).toBe(false);
  });

  it.each(['bluecomshop://payment-result', 'BlueComShop://payment-result?order=7', 'bluecomshop:///payment-result'])(
    'of an app is taken where its scheme is registered: %s',
    (text) => {
      expect(checkReturnUrl(text, bound).ok).toBe(true);
    },
  );

  it.each(['bluecom://payment-result', 'bluecomshop2://a', 'bluecomshop:payment-result', 'bluecomshop://user@a'])(
    'of an app is refused otherwise: %s',
    (text) => {
      expect(checkReturnUrl(text, bound).ok).toBe(false);
    },
  );

  it.each([
    'javascript://x/%0aalert(1)',
    'data://text/html,x',
    'vbscript://x',
    'intent://x',
    'file:///etc/passwd',
    'blob://x',
    'ms-msdt://x',
    'view-source://x',
    'x://y',
  ])('that could run something is refused even if its scheme were registered: %s', (text) => {
    expect(checkReturnUrl(text, fooled).ok).toBe(false);
  });

  it.each(['http://localhost:3000/done', 'http://127.0.0.1/', 'http://127.1:80/', 'http://[::1]:8080/'])(
    'of plain http is taken on this machine, in test mode: %s',
    (text) => {
      expect(checkReturnUrl(text, { ...open, mode: 'test' }).ok).toBe(true);
      expect(checkReturnUrl(text, open).ok).toBe(false);
    },
  );

  it.each([
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://10.0.0.1/',
    'http://128.0.0.1/',
  ])('of plain http is refused elsewhere: %s', (text) => {
    expect(checkReturnUrl(text, { ...open, mode: 'test' }).ok).toBe(false);
  });

  it('of plain http needs its origin to be registered where any is', () => {
    const rules: ReturnRules = { ...bound, mode: 'test' };
    expect(checkReturnUrl('http://localhost:3000/', rules).ok).toBe(true);
    expect(checkReturnUrl('http://localhost:3001/', rules).ok).toBe(false);
  });

  it('has at most 2048 characters, also when percent-encoded', () => {
    const filled = (letter: string, count: number) => `https://a.example/${letter.repeat(count)}`;
    expect(checkReturnUrl(filled('a', 2_048 - 18), open).ok).toBe(true);
    expect(checkReturnUrl(filled('a', 2_048 - 17), open)).toEqual({
      ok: false,
      rule: 'Must be at most 2048 characters',
    });
    expect(checkReturnUrl(filled('ä', 400), open).ok).toBe(false);
  });

  it('that was taken stays what it is, and is safe, whatever was given', () => {
    const pieces = fc.constantFrom(
      'https',
      'http',
      ':',
      '/',
      '//',
      '\\',
      '@',
      'good.example',
      'evil',
      '.',
      '?',
      '#',
      '\n',
      '%40',
    );
    const glued = fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 12 })
      .map((list) => list.join(''));
    const behind = glued.map((rest) => `https://good.example${rest}`);
    fc.assert(
      fc.property(fc.oneof(glued, behind, fc.webUrl(), fc.string({ unit: 'binary' })), (text) => {
        for (const rules of [open, bound, { ...bound, mode: 'test' as const }]) {
          const check = checkReturnUrl(text, rules);
          if (!check.ok) continue;
          const url = new URL(check.url);
          expect(checkReturnUrl(check.url, rules)).toEqual(check);
          expect(check.url).toMatch(/^[!-~]+$/);
          expect(url.username + url.password).toBe('');
          if (url.protocol === 'bluecomshop:') continue;
          expect(url.protocol === 'https:' || (rules.mode === 'test' && url.hostname === 'localhost')).toBe(true);
          if (rules !== open) expect(rules.allowedOrigins).toContain(url.origin);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('parameters added to a return address', () => {
  const outcome = { paymentId: 'pay_1', reference: 'A/7:1', status: 'SUCCESS' };
  const ADDED = 'paymentId=pay_1&reference=A%2F7%3A1&status=SUCCESS';

  it.each([
    ['https://a.example/', `https://a.example/?${ADDED}`],
    ['https://a.example/?', `https://a.example/?${ADDED}`],
    ['https://a.example/?order=7', `https://a.example/?order=7&${ADDED}`],
    ['https://a.example/?x=%20a+b&y&=z', `https://a.example/?x=%20a+b&y&=z&${ADDED}`],
    ['https://a.example/?a=1&&b=2', `https://a.example/?a=1&&b=2&${ADDED}`],
    ['https://a.example/#/done?status=x', `https://a.example/?${ADDED}#/done?status=x`],
    ['https://a.example/?a=1#b', `https://a.example/?a=1&${ADDED}#b`],
    ['https://a.example/?status=FAKE&a=1&status=FAKE', `https://a.example/?a=1&${ADDED}`],
    ['https://a.example/?st%61tus=FAKE&status', `https://a.example/?${ADDED}`],
    ['https://a.example/??status=mine', `https://a.example/??status=mine&${ADDED}`],
    ['https://a.example/?Status=mine&xstatus=mine', `https://a.example/?Status=mine&xstatus=mine&${ADDED}`],
    ['bluecomshop://payment-result', `bluecomshop://payment-result?${ADDED}`],
  ])('%s', (url, expected) => {
    expect(addToReturnUrl(url, outcome)).toBe(expected);
  });

  it('are read back whole, once, beside all others, and replaced when set again', () => {
    const names = fc.constantFrom('status', 'paymentId', 'order', '__proto__', 'constructor', '?', 'a b', 'é&=');
    const query = fc.array(fc.tuple(names, fc.string()), { maxLength: 6 });
    const added = fc.dictionary(fc.constantFrom('status', 'paymentId', 'a b'), fc.string({ unit: 'grapheme' }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(query, added, fc.webFragments(), (pairs, params, fragment) => {
        const base = new URL('https://a.example/p');
        for (const [name, value] of pairs) base.searchParams.append(name, value);
        base.hash = fragment;
        const result = new URL(addToReturnUrl(base.href, params));
        const others = [...base.searchParams].filter(([name]) => !Object.hasOwn(params, name));
        expect([...result.searchParams]).toEqual([...others, ...Object.entries(params)]);
        expect([result.origin, result.pathname, result.hash]).toEqual([base.origin, base.pathname, base.hash]);
        expect(addToReturnUrl(result.href, params)).toBe(result.href);
      }),
    );
  });
});

describe('an origin', () => {
  it.each([
    ['https://shop.example', 'https://shop.example'],
    ['https://shop.example/', 'https://shop.example'],
    ['https://SHOP.example:443', 'https://shop.example'],
    ['https://shop.example:8443', 'https://shop.example:8443'],
    ['http://localhost:3000', 'http://localhost:3000'],
  ])('can be registered: %s', (text, origin) => {
    expect(checkOrigin(text)).toEqual({ ok: true, origin });
  });

  it.each([
    '',
    'null',
    '*',
    'shop.example',
    'https://',
    'https://*.shop.example',
    'https://shop.example/path',
    'https://shop.example?',
    'https://shop.example/#',
    'https://user@shop.example',
    'https://@shop.example',
    'http://shop.example',
    'bluecomshop://payment-result',
    'javascript://shop.example',
    'https://shop.example https://evil.example',
    ...['https://shop.example;sandbox', 'https://shop.example,*', "https://'self'"],
  ])('cannot be registered: %j', (text) => {
    expect(checkOrigin(text).ok).toBe(false);
  });
});

describe('an app scheme', () => {
  it.each(['bluecomshop', 'com.bluecom.shop', 'x-shop', 'shop2'])('can be registered: %s', (scheme) => {
    expect(checkAppScheme(scheme)).toEqual({ ok: true, scheme });
  });

  it.each([
    ...['javascript', 'data', 'vbscript', 'intent', 'file', 'blob', 'http', 'https', 'about', 'filesystem', 'ms-msdt'],
    ...['search-ms', 'view-source', 'mailto', 'tel', 'content', 'wss', 'ftp', 'android-app'],
    ...['', 'a', 'BlueComShop', '2shop', 'blue com', 'shop:', 'shop://', 'shöp', 'shop\n', 'x'.repeat(65)],
  ])('cannot be registered: %j', (scheme) => {
    expect(checkAppScheme(scheme).ok).toBe(false);
  });
});

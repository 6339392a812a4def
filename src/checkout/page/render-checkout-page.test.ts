import { describe, expect, it } from 'vitest';
import { formatMoney } from '../../kernel/money.ts';
import type { DeclineReason } from '../../providers/provider.ts';
import { DEFAULT_BRAND_COLOR } from '../contrast.ts';
import { HOSTILE_TEXTS, hostileView } from './hostile-views-fixture.ts';
import { chooseLocale } from './locale.ts';
import { CATALOGS } from './messages/catalogs.ts';
import { renderCheckoutMissing } from './render-checkout-missing.ts';
import { renderCheckoutPage } from './render-checkout-page.ts';
import { CHECKOUT_KINDS, SAMPLE_CODE, sampleView } from './sample-views.ts';
import { TEST_ACTION_NAMES } from './test-bar.ts';

const EN = CATALOGS.en;

const AMOUNT = formatMoney({ amount: 124_900n, currency: 'ZAR' }, 'en-ZA');
const END_KINDS = ['succeeded', 'failed', 'canceled', 'expired', 'reversed'] as const;

/** All tags with the names of their attributes, in order; no text may change them. */
function tagsOf(page: string): readonly string[] {
  return page.replace(/"[^"]*"/g, '""').match(/<[^>]*>/g) ?? [];
}

describe.each(CHECKOUT_KINDS)('the page when %s', (kind) => {
  const page = renderCheckoutPage(sampleView(kind));

  it('shows the amount, what it is for and to whom, and says the amount to programs too', () => {
    expect(page).toContain(`<bdi>${AMOUNT}</bdi>`);
    expect(page).toContain('<bdi>Order 1042</bdi>');
    expect(page).toContain('<bdi>order-1042</bdi>');
    expect(page).toContain('<bdi>Bluecom Shop</bdi>');
    expect(page).toContain(`data-kind="${kind}" data-amount="124900" data-currency="ZAR"`);
  });

  it('has one heading of the first level and names the shop in its title', () => {
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect(page).toMatch(/<title>[^<]+ – Bluecom Shop<\/title>/);
  });

  it('has no style attributes, no inline script and no handlers, which the policy would block', () => {
    expect(page).not.toMatch(/\sstyle=/);
    expect(page).not.toMatch(/\son[a-z]+=/);
    const own = expect.stringMatching(/^<script type="module" src="\/c\/assets\/[^"]+">$/);
    expect(page.match(/<script[^>]*>[^<]*/g)).toEqual(kind === 'card' ? [own, own] : [own]);
    expect(page.match(/<style[^>]*>/g)).toEqual(['<style nonce="bm9uY2U">']);
  });

  it('sends no referrer and asks search engines to stay away', () => {
    expect(page).toContain('<meta name="referrer" content="no-referrer">');
    expect(page).toContain('<meta name="robots" content="noindex, nofollow">');
  });

  it.each(HOSTILE_TEXTS)('has the same elements whatever texts are in it: %j', (text) => {
    const hostile = renderCheckoutPage(hostileView(kind, text));
    expect(tagsOf(hostile)).toEqual(tagsOf(renderCheckoutPage(hostileView(kind, 'harmless'))));
  });

  it('marks a test payment, and only that, as no real money', () => {
    expect(page).not.toContain(EN.testMode);
    expect(page).not.toContain('/test"');
    expect(renderCheckoutPage(sampleView(kind, { testMode: true }))).toContain(EN.testMode);
  });
});

describe('choosing', () => {
  it('posts the chosen method with the state it was chosen in, and repeats the amount on the button', () => {
    const page = renderCheckoutPage(sampleView('choose'));
    expect(page).toContain(
      '<form method="post" action="/c/sampletoken/pay">\n<input type="hidden" name="state" value="state-1">',
    );
    expect(page.match(/name="method" value="[a-z]+"/g)).toHaveLength(3);
    expect(page.match(/ checked/g)).toHaveLength(1);
    expect(page).toContain(`<button class="primary" type="submit">Pay ${AMOUNT}</button>`);
  });

  it('of a single method needs no choice', () => {
    const methods = [{ id: 'card', label: 'Card', hint: 'Visa, Mastercard' }] as const;
    const page = renderCheckoutPage(sampleView('choose', { methods }));
    expect(page).toContain('<input type="hidden" name="method" value="card">');
    expect(page).toContain('<p class="text"><bdi>Visa, Mastercard</bdi></p>');
    expect(page).not.toContain('type="radio"');
  });

  it('after a decline says why, and that nothing was charged', () => {
    const page = renderCheckoutPage(
      sampleView('choose', { notice: { kind: 'declined', reason: 'expired_card', triesLeft: 2 } }),
    );
    expect(page).toContain(EN.declined.expiredCard);
    expect(page).toContain(EN.notCharged);
    expect(page).toContain(`<title>${EN.declinedTitle} – `);
    expect(renderCheckoutPage(sampleView('choose'))).not.toContain(EN.notCharged);
  });

  it('after a decline says how many tries are left, as the language writes numbers', () => {
    const notice = { kind: 'declined', reason: 'other', triesLeft: 2 } as const;
    expect(renderCheckoutPage(sampleView('choose', { notice }))).toContain('Tries left: 2');
    const locale = chooseLocale('ar-EG');
    expect(renderCheckoutPage(sampleView('choose', { notice, locale }))).toContain('المحاولات المتبقية: ٢');
  });

  it.each<DeclineReason>(['fraud', 'lost_or_stolen', 'do_not_honor', 'other'])('does not give %s away', (reason) => {
    const page = renderCheckoutPage(sampleView('choose', { notice: { kind: 'declined', reason, triesLeft: 1 } }));
    expect(page).toContain(EN.declined.general);
    expect(page).not.toMatch(/fraud|stolen/i);
  });

  it('counts down from the server’s seconds in a timer that is no live region', () => {
    const page = renderCheckoutPage(sampleView('choose', { secondsLeft: 58.2 }));
    expect(page).toContain('Pay by 14:45');
    expect(page).toMatch(/role="timer"[^>]* aria-live="off" data-seconds-left="59"/);
    expect(renderCheckoutPage(sampleView('choose', { secondsLeft: -3 }))).toContain('data-seconds-left="0"');
  });
});

describe('a card', () => {
  const page = renderCheckoutPage(sampleView('card'));

  it('is entered into places that the provider fills, beside a name and the amount on the button', () => {
    for (const place of ['number', 'expiry', 'code']) expect(page).toContain(`data-place="${place}"`);
    expect(page.match(/<input [^>]*>/g)?.map((input) => /name="(\w+)"/.exec(input)?.[1])).toEqual([
      'firstName',
      'lastName',
      'state',
    ]);
    expect(page).toContain(`Pay ${AMOUNT}</button>`);
  });

  it('says without scripts what is missing, and has the way back outside the form', () => {
    expect(page).toContain(`<noscript><p class="notice">${EN.card.needsScript}</p></noscript>`);
    expect(page.indexOf('/c/sampletoken/cancel')).toBeGreaterThan(page.indexOf('</form>'));
  });

  it('that never reached the provider is said so', () => {
    const again = renderCheckoutPage(sampleView('card', { notice: 'not_sent' }));
    expect(again).toContain(`<p class="notice" role="alert">${EN.unavailableText}</p>`);
    expect(page).not.toContain(EN.unavailableText);
  });
});

describe('leaving for the bank', () => {
  it('goes by link and by refresh, at once', () => {
    const page = renderCheckoutPage(sampleView('redirect'));
    expect(page).toContain(
      '<meta http-equiv="refresh" content="0;url=https://bank.example/pay?order=1&amp;step=approve">',
    );
    expect(page).toContain('<a class="primary" href="https://bank.example/pay?order=1&amp;step=approve"');
  });

  it('waits beside an app and on a page that stayed, but not on one that is left for the web', () => {
    const app = sampleView('redirect', { url: 'bankapp://pay', to: 'app' });
    const stayed = sampleView('redirect', { leaving: false });
    for (const view of [app, stayed]) expect(renderCheckoutPage(view)).toContain('data-poll="');
    expect(renderCheckoutPage(stayed)).toContain(
      '<noscript><meta http-equiv="refresh" content="5;url=/c/sampletoken"></noscript>',
    );
    expect(renderCheckoutPage(stayed)).not.toContain('content="0;');
  });

  it('leads out of a frame only where the bank’s page may not stand in one', () => {
    expect(renderCheckoutPage(sampleView('redirect'))).toContain('approve" target="_top" rel="noreferrer">Continue');
    expect(renderCheckoutPage(sampleView('redirect', { to: 'page' }))).not.toContain('target="_top"');
  });

  it('S0.22 from a frame it may not leave by itself has a link into the whole window, and a code', () => {
    const page = renderCheckoutPage(sampleView('redirect', { leaving: false, stays: true, code: SAMPLE_CODE }));
    expect(page).toContain('role="img" aria-label="QR code that opens the secure page"><svg');
    expect(page).toMatch(/target="_top" rel="noreferrer">Open the secure page</);
    expect(page).not.toContain('http-equiv="refresh" content="0;');
  });

  it('to an app is worded as such, with a code for who has it on another device', () => {
    const page = renderCheckoutPage(sampleView('redirect', { url: 'bankapp://pay', to: 'app', code: SAMPLE_CODE }));
    expect(page).toContain('href="bankapp://pay" target="_top" rel="noreferrer">Open in the app</a>');
    expect(page).toContain('role="img" aria-label="QR code for this payment"><svg');
  });

  it('refuses an address that would run as a script', () => {
    expect(() => renderCheckoutPage(sampleView('redirect', { url: 'javascript:alert(1)' }))).toThrow(/may open/);
  });
});

describe('the states that wait', () => {
  it.each(['waiting', 'unknown', 'qr'] as const)('ask again without scripts when %s', (kind) => {
    expect(renderCheckoutPage(sampleView(kind))).toContain(
      '<noscript><meta http-equiv="refresh" content="5;url=/c/sampletoken"></noscript>',
    );
  });

  it.each(['choose', 'qr', 'card', 'waiting', 'unknown', 'unavailable'] as const)('are polled when %s', (kind) => {
    expect(renderCheckoutPage(sampleView(kind))).toContain('data-poll="/api/v1/checkout-sessions/sampletoken"');
  });

  it.each([...END_KINDS, 'redirect'] as const)('are not polled when %s', (kind) => {
    expect(renderCheckoutPage(sampleView(kind))).not.toContain('data-poll');
  });

  it('reload where they were told to stay, so that coming back from the bank does not lead there again', () => {
    const page = renderCheckoutPage(sampleView('waiting', { stayPath: '/c/sampletoken/return' }));
    expect(page).toContain('content="5;url=/c/sampletoken/return"');
    expect(page).toContain('<a class="secondary" href="/c/sampletoken/return">');
    expect(page).toContain('data-path="/c/sampletoken/return"');
    expect(page).toContain('data-poll="/api/v1/checkout-sessions/sampletoken"');
  });

  it('cannot pay again while the outcome is unknown', () => {
    const page = renderCheckoutPage(sampleView('unknown'));
    expect(page).toContain('Do not pay again');
    expect(page).not.toContain('<form');
  });

  it('that cannot reach a provider offer to try again, as a form, since nothing was begun', () => {
    const page = renderCheckoutPage(sampleView('unavailable'));
    expect(page).toContain('<form method="post" action="/c/sampletoken/pay">');
    expect(page).toContain('You have not been charged.');
  });

  it.each(['choose', 'unavailable'] as const)('end by themselves without scripts when %s', (kind) => {
    const refresh = (secondsLeft: number) =>
      /refresh" content="([^"]*)"/.exec(renderCheckoutPage(sampleView(kind, { secondsLeft })))?.[1];
    expect(refresh(872)).toBe('873;url=/c/sampletoken');
    // Else a page whose time is over would be loaded again and again.
    expect(refresh(0)).toBeUndefined();
    expect(refresh(90_000)).toBeUndefined();
  });

  it('offer a code that is too long to be drawn as text alone', () => {
    const page = renderCheckoutPage(sampleView('qr', { svg: null }));
    expect(page).not.toMatch(/role="img"|qr\.png/);
    expect(page).toContain('data-copy="00020101021226"');
  });

  it('offer the code as a picture to scan and to keep, as text to copy, and in the app', () => {
    const page = renderCheckoutPage(sampleView('qr'));
    expect(page).toContain('<a class="secondary" href="/c/sampletoken/qr.png" download>');
    expect(page).toContain(`<div class="qr" role="img" aria-label="${EN.qrAlt}"><svg`);
    expect(page).toContain('data-copy="00020101021226"');
    expect(page).toContain('href="bankapp://pay?code=00020101021226"');
  });
});

describe('the test bar', () => {
  it('posts each action beside the state', () => {
    const page = renderCheckoutPage(sampleView('choose', { testMode: true }));
    expect(page).toContain('<form method="post" action="/c/sampletoken/test">');
    for (const action of TEST_ACTION_NAMES) expect(page).toContain(`name="action" value="${action}"`);
    expect(TEST_ACTION_NAMES).toHaveLength(8);
  });
});

describe('the brand', () => {
  it('with a color that is none cannot write style rules', () => {
    const brand = { name: 'Shop', primaryColor: '#000}body{display:none' };
    const page = renderCheckoutPage(sampleView('choose', { brand }));
    expect(page).not.toContain('display:none');
    expect(page).toContain(`--brand:${DEFAULT_BRAND_COLOR}`);
  });

  it('shows its logo where the policy lets it through, else the name’s first letter', () => {
    const brand = { name: 'éclair', primaryColor: '#123456', logoUrl: '/c/logos/1.png' };
    expect(renderCheckoutPage(sampleView('choose', { brand }))).toContain('<img src="/c/logos/1.png" alt=""');
    const remote = { ...brand, logoUrl: 'https://cdn.example/logo.png' };
    expect(renderCheckoutPage(sampleView('choose', { brand: remote }))).toContain('>É</span>');
  });
});

describe('right-to-left languages', () => {
  it('turn the document and keep each amount in one piece', () => {
    const page = renderCheckoutPage(sampleView('choose', { locale: chooseLocale('ar-AE') }));
    expect(page).toContain('<html lang="ar-AE" dir="rtl">');
    expect(page).toMatch(/ادفع \u2068[^<]+\u2069<\/button>/);
  });
});

describe('the page for a token that opens nothing', () => {
  it('is the same for every such token, and needs no script', () => {
    const page = renderCheckoutMissing(chooseLocale('de'), 'bm9uY2U');
    expect(page).toContain('<html lang="de" dir="ltr">');
    expect(page).toContain('Dieser Zahlungslink funktioniert nicht');
    expect(page).not.toContain('<script');
  });
});

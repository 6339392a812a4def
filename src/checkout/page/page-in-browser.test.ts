import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openPage } from '../../../test/support/browser.ts';
import { HOSTILE_TEXTS, hostileView } from './hostile-views-fixture.ts';
import { chooseLocale } from './locale.ts';
import { type PageServer, servePages } from './page-server-fixture.ts';
import { renderCheckoutMissing } from './render-checkout-missing.ts';
import { renderCheckoutPage } from './render-checkout-page.ts';
import { CHECKOUT_KINDS, SAMPLE_CODE, sampleView } from './sample-views.ts';
import type { CheckoutView } from './view.ts';

const LONG_WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const REFRESH_AT_ONCE = /<meta http-equiv="refresh" content="0;[^>]*>/;

/** Every page worth looking at, by name. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ...CHECKOUT_KINDS.map((kind) => [kind, render(sampleView(kind, { testMode: true }))] as const),
  ['declined', render(sampleView('choose', { notice: { kind: 'declined', reason: 'limit_exceeded', triesLeft: 2 } }))],
  ['paid before', render(sampleView('succeeded', { before: true }))],
  ['own window', render(sampleView('redirect', { leaving: false, stays: true, code: SAMPLE_CODE }))],
  ['a code too long to draw', render(sampleView('qr', { svg: null }))],
  ['one method', render(sampleView('choose', { methods: [{ id: 'card', label: 'Card' }], items: [] }))],
  ['a light brand', render(sampleView('choose', { brand: { name: 'Sunny', primaryColor: '#ffe14d' } }))],
  ['a dark brand', render(sampleView('qr', { brand: { name: 'Navy', primaryColor: '#0b1530' } }))],
  ...CHECKOUT_KINDS.map((kind) => {
    const code = kind === 'redirect' && { leaving: false, stays: true, code: SAMPLE_CODE };
    return [
      `Arabic ${kind}`,
      render(sampleView(kind, { locale: chooseLocale('ar-AE'), testMode: true, ...code })),
    ] as const;
  }),
  ['missing', renderCheckoutMissing(chooseLocale('en'), 'bm9uY2U')],
]);

const LONG_PAGES: ReadonlyMap<string, string> = new Map(
  CHECKOUT_KINDS.map((kind) => [
    `long ${kind}`,
    render({
      ...hostileView(kind, LONG_WORD),
      locale: chooseLocale('de'),
      amount: { amount: 999_999_999_999n, currency: 'IDR' },
      items: [{ description: LONG_WORD, quantity: 100_000, amount: 999_999_999_999n }],
    }),
  ]),
);

type AxeResults = Awaited<ReturnType<AxeBuilder['analyze']>>;

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  const hostile = HOSTILE_TEXTS.map(
    (text, index) => [`hostile ${index}`, render(hostileView('choose', text))] as const,
  );
  const pages = new Map([...PAGES, ...LONG_PAGES, ...hostile]);
  server = await servePages(({ path }) => {
    const page = pages.get(decodeURIComponent(path.slice('/show/'.length)));
    return page === undefined ? 'fail' : { page };
  });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** The page with nothing that would leave it while it is looked at. */
function render(view: CheckoutView): string {
  return renderCheckoutPage(view).replace(REFRESH_AT_ONCE, '');
}

async function show(page: Page, name: string): Promise<void> {
  await page.goto(`${server.url}/show/${encodeURIComponent(name)}`);
}

it('no page breaks a rule of accessibility, in light or in dark', { timeout: 90_000 }, async () => {
  const page = await openPage(browser);
  const violations: string[] = [];
  for (const name of PAGES.keys()) {
    await show(page, name);
    // Legacy mode spares a second window for frames, of which the page has none.
    const light = await new AxeBuilder({ page })
      .setLegacyMode()
      .options({ resultTypes: ['violations'] })
      .analyze();
    await page.emulateMedia({ colorScheme: 'dark' });
    // The scheme changes colors only, and axe is still in the page.
    const dark = await page.evaluate<AxeResults>(
      `axe.run({ runOnly: ['color-contrast'], resultTypes: ['violations'] })`,
    );
    await page.emulateMedia({ colorScheme: 'light' });
    for (const { id, nodes } of [...light.violations, ...dark.violations])
      violations.push(`${name}: ${id} ${nodes[0]?.html}`);
    expect(light.passes.length).toBeGreaterThan(10);
    expect(dark.passes.map(({ id }) => id)).toContain('color-contrast');
  }
  expect(violations).toEqual([]);
});

it('nothing is cut off or scrolls sideways from 320 to 1280 pixels, however long the texts', async () => {
  const page = await openPage(browser);
  const tooWide: string[] = [];
  for (const name of [...PAGES.keys(), ...LONG_PAGES.keys()]) {
    await show(page, name);
    await page.evaluate(`document.querySelectorAll('details').forEach((details) => { details.open = true })`);
    for (const width of [320, 360, 1280]) {
      await page.setViewportSize({ width, height: 640 });
      // Elements that stick out of the window count too: a page can hide its scroll bar, not them.
      const names = await page.evaluate<string[]>(`[...document.querySelectorAll('body *')]
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect();
          return left < -0.5 || right > innerWidth + 0.5;
        })
        .map((element) => element.tagName + '.' + element.className)
        .concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])`);
      tooWide.push(...names.map((found) => `${name} at ${width}: ${found}`));
    }
  }
  expect(tooWide).toEqual([]);
});

describe('on a phone', () => {
  it('everything that is pressed is at least 48 pixels high', async () => {
    const page = await openPage(browser);
    const small: string[] = [];
    for (const name of PAGES.keys()) {
      await show(page, name);
      const found = await page.evaluate<string[]>(`[...document.querySelectorAll('a, button, label, summary')]
        .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 48)
        .map((target) => target.textContent)`);
      small.push(...found.map((text) => `${name}: ${text}`));
    }
    expect(small).toEqual([]);
  });

  it('the amount and the pay button are seen without scrolling', async () => {
    const page = await openPage(browser);
    await show(page, 'a light brand');
    const bottom = await page.evaluate(`document.querySelector('.primary').getBoundingClientRect().bottom`);
    expect(bottom).toBeLessThanOrEqual(640);
  });

  it('the amount of the largest payment stands on one line at 320 pixels', async () => {
    const page = await openPage(browser, { width: 320 });
    await show(page, 'long choose');
    const lines = await page.evaluate(`document.querySelector('.amount bdi').getClientRects().length`);
    expect(lines).toBe(1);
  });

  it('the page works by keyboard: the choice by arrows, the rest by tab', async () => {
    const page = await openPage(browser);
    await show(page, 'choose');
    const reached: string[] = [];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('Tab');
      if (i === 1) await page.keyboard.press('ArrowDown');
      const focused = `document.activeElement.tagName + ' ' + (document.activeElement.value || document.activeElement.textContent)`;
      reached.push(await page.evaluate(focused));
    }
    expect(reached).toEqual([
      'SUMMARY Order details',
      'INPUT scan',
      expect.stringMatching(/^BUTTON Pay /),
      'BUTTON Cancel and go back',
    ]);
  });
});

describe('hostile texts', () => {
  it('run nothing and break no rule of the policy', async () => {
    const page = await openPage(browser);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    for (const index of HOSTILE_TEXTS.keys()) {
      await show(page, `hostile ${index}`);
      expect(await page.evaluate('window.broken')).toBeUndefined();
      expect(await page.locator('iframe, img, base, svg').count()).toBe(0);
    }
    expect(complaints).toEqual([]);
  });

  it('stay letters where the page is read without scripts too', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await show(page, 'hostile 0');
    expect(await page.locator('.description').textContent()).toBe(HOSTILE_TEXTS[0]);
  });
});

it('no page sets a cookie or asks another host, but that with card fields for the script of their provider', async () => {
  const page = await openPage(browser);
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  for (const name of PAGES.keys()) await show(page, name);
  expect([...hosts].filter((host) => host !== '')).toEqual([new URL(server.url).host, 'pay.provider.example']);
  expect(await page.context().cookies()).toEqual([]);
});

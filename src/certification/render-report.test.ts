import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage } from '../../test/support/browser.ts';
import { SECRET } from '../providers/partner/partner-fixture.ts';
import { renderReport } from './render-report.ts';
import type { CertificationReport } from './report.ts';
import { HOSTILE, hostileReport } from './sample-report-fixture.ts';
import { visible } from './visible-text.ts';

let report: CertificationReport;
let markup: string;
let browser: Browser;
beforeAll(async () => {
  report = await hostileReport();
  markup = renderReport(report);
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe('the report as a page', () => {
  test('is one file without scripts, and loads nothing', () => {
    expect(markup).not.toMatch(/<script|<link|<img|<iframe|<object|<form|javascript:|@import|url\(/i);
    expect(markup).not.toMatch(/\s(?:src|srcset|action|style|on[a-z]+)="/i);
    const links = [...markup.matchAll(/\shref="([^"]*)"/g)].map(([, href]) => href);
    expect(links.length).toBeGreaterThan(20);
    expect(links.every((href) => href?.startsWith('#case-'))).toBe(true);
    expect(markup).toContain(`content="default-src 'none'; style-src 'sha256-`);
  });

  test('escapes what the partner wrote, and writes out what cannot be seen', () => {
    expect(JSON.stringify(report)).toContain('<script>alert(1)</script>');
    expect(markup).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(['\u202e', '\u0007'].filter((character) => markup.includes(character))).toEqual([]);
    expect(markup).toContain('\\u{202e}gnp.exe\\u{7}');
  });

  test('holds no key', () => {
    expect(markup).not.toContain(SECRET);
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  test('says of each case what it came to, and first what is left to do', () => {
    expect(report.result).toBe('failed');
    for (const { id } of report.cases) expect(markup).toContain(`id="case-${id}"`);
    expect(markup.indexOf('What is left to do')).toBeLessThan(markup.indexOf('All cases'));
    expect(markup.split('<details open>')).toHaveLength(
      report.cases.filter(({ verdict, evidence }) => verdict === 'failed' && evidence.length > 0).length + 1,
    );
  });
});

async function show(width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await openPage(browser, { width, colorScheme });
  await page.setContent(markup);
  return page;
}

describe('the report in a browser', () => {
  test.each([360, 1_280])('at %i pixels it fits, runs nothing and asks for nothing', async (width) => {
    const page = await openPage(browser, { width });
    const loaded: string[] = [];
    const dialogs: string[] = [];
    page.on('request', (request) => void loaded.push(request.url()));
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.setContent(markup);
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect([overflow, loaded, dialogs]).toEqual([0, [], []]);
    expect(await page.locator('h1').innerText()).toBe(visible(HOSTILE));
    // The policy lets the one style sheet through.
    expect(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).toBe('992px');
  });

  test('on paper everything is open', async () => {
    const page = await show(800);
    await page.emulateMedia({ media: 'print' });
    const closed = page.locator('details:not([open]) .step').first();
    expect(await closed.isVisible()).toBe(true);
    await page.emulateMedia({ media: 'screen' });
    expect(await closed.isVisible()).toBe(false);
  });

  test.each(['light', 'dark'] as const)(
    'in %s its words stand out from what is behind them (WCAG 2.2, 1.4.3)',
    async (scheme) => {
      const page = await show(1_280, scheme);
      const low: unknown = await page.evaluate(LOW_CONTRASTS);
      expect(low).toEqual([]);
    },
  );
});

/** In the page: every element with text of its own whose contrast is below 4.5. */
const LOW_CONTRASTS = `(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  return [...document.body.querySelectorAll('*')]
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''))
    .map((each) => {
      const [a, b] = [light(rgb(getComputedStyle(each).color)), light(behind(each))].sort((x, y) => y - x);
      return [each.className || each.tagName, (a + 0.05) / (b + 0.05)];
    })
    .filter(([, ratio]) => ratio < 4.5);
})()`;

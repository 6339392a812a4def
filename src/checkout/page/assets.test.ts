import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkoutAssets } from './assets.ts';
import { renderCheckoutPage } from './render-checkout-page.ts';
import { CHECKOUT_KINDS, sampleView } from './sample-views.ts';

const KIB = 1_024;
const { stylesheet, island, frame } = checkoutAssets();

describe('the files the page loads', () => {
  it('are named after their content, so that a change is a new address', () => {
    for (const { path, body, etag } of [stylesheet, island]) {
      const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
      expect(path).toContain(`.${hash}.`);
      expect(etag).toBe(`"${hash}"`);
    }
    expect(stylesheet.path).toMatch(/^\/c\/assets\/checkout\.[0-9a-f]{16}\.css$/);
    expect(island.path).toMatch(/^\/c\/assets\/island\.[0-9a-f]{16}\.js$/);
  });

  it('are read once', () => {
    expect(checkoutAssets().island).toBe(island);
  });

  it('lay out with logical properties only, which follow the writing direction', () => {
    const physical = /(margin|padding|border)-(left|right|top|bottom)|\b(left|right):|text-align: (left|right)|float:/;
    expect(stylesheet.body.toString()).not.toMatch(physical);
  });

  it('use neither cookies, nor storage, nor the device’s clock', () => {
    const scripts = `${island.body}${frame.body}`;
    expect(scripts).not.toMatch(/document\.cookie|localStorage|sessionStorage|indexedDB|Date\b/);
  });
});

it('a framed page speaks to named origins, never to whoever is around', () => {
  expect(frame.body.toString().match(/postMessage\(.*\)/g)).toEqual([expect.stringMatching(/, origin\)$/)]);
});

describe('the weight of the page', () => {
  it('is at most 5 KiB for the scripts of a framed page, compressed either way, and 8 KiB as they are written', () => {
    const scripts = [island.body, frame.body];
    expect(totalOf(scripts, gzipSync)).toBeLessThanOrEqual(5 * KIB);
    expect(totalOf(scripts, brotliCompressSync)).toBeLessThanOrEqual(5 * KIB);
    expect(totalOf(scripts, (file) => file)).toBeLessThanOrEqual(8 * KIB);
  });

  it.each(CHECKOUT_KINDS)('is at most 10 KiB in all when %s, compressed either way', (kind) => {
    const files = [Buffer.from(renderCheckoutPage(sampleView(kind, { testMode: true }))), stylesheet.body, island.body];
    expect(totalOf(files, gzipSync)).toBeLessThanOrEqual(10 * KIB);
    expect(totalOf(files, brotliCompressSync)).toBeLessThanOrEqual(10 * KIB);
  });
});

function totalOf(files: readonly Buffer[], compress: (file: Buffer) => Buffer): number {
  return files.reduce((total, file) => total + compress(file).length, 0);
}

import { describe, expect, test } from 'vitest';
import { type Bitmap, readPng, scan } from '../../test/support/qr-scanner.ts';
import { drawQrPng, drawQrSvg } from './draw-qr-image.ts';

/** Fills the runs of the path, ten pixels a module. */
function readSvg(svg: string): Bitmap {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const width = size * 10;
  const dark = Array.from({ length: width * width }, () => false);
  for (const [, x, y, run] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let row = Number(y) * 10; row < Number(y) * 10 + 10; row++) {
      dark.fill(true, row * width + Number(x) * 10, row * width + (Number(x) + Number(run)) * 10);
    }
  }
  return { width, dark };
}

describe.each([
  ['PNG', (text: string) => readPng(drawQrPng(text))],
  ['SVG', (text: string) => readSvg(drawQrSvg(text))],
])('a code drawn as %s', (_format, draw) => {
  test.each([
    ['an address', 'https://pay.shop.example/q/AbCdEfGhIjKlMnOpQrSt_-'],
    ['a payload', `00020101021126510014at.example.pay${'0123456789 ABC.xyz'.repeat(12)}`],
  ])('is scanned as what it holds: %s', (_what, text) => {
    expect(scan(draw(text))).toBe(text);
  });

  test('has a quiet zone of four modules all around', () => {
    const { width, dark } = draw('https://pay.shop.example/q/AbCdEfGhIjKlMnOpQrSt_-');
    const edge = (index: number) => {
      const [x, y] = [index % width, Math.floor(index / width)];
      return Math.min(x, y, width - 1 - x, width - 1 - y);
    };
    expect(Math.min(...dark.flatMap((one, index) => (one ? [edge(index)] : [])))).toBe(40);
  });

  test('is still scanned with a tenth of its middle covered', () => {
    const text = 'https://pay.shop.example/q/AbCdEfGhIjKlMnOpQrSt_-';
    const { width, dark } = draw(text);
    const covered = dark.map((one, index) => {
      const [x, y] = [index % width, Math.floor(index / width)];
      return Math.abs(x - width / 2) < width * 0.1 && Math.abs(y - width / 2) < width * 0.1 ? false : one;
    });
    expect(scan({ width, dark: covered })).toBe(text);
  });
});

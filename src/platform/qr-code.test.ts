import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { type Bitmap, readPng, scan } from '../../test/support/qr-scanner.ts';
import { present } from '../kernel/assert.ts';
import { qrPng, qrSvg } from './qr-code.ts';

const PAYLOAD = '00020101021226580014A000000727012800069704030114VQRQ0000000001520459995303704540612.505802VN6304ABCD';

/** The modules of a PNG that has one bit a pixel and no filter, read from its bytes alone. */
function modulesOfPng(png: Buffer): readonly string[] {
  const width = png.readUInt32BE(16);
  expect([png.readUInt32BE(20), png[24], png[25]]).toEqual([width, 1, 0]);
  const start = png.indexOf('IDAT');
  const pixels = inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4)));
  const bytes = 1 + Math.ceil(width / 8);
  expect(pixels.length).toBe(bytes * width);
  const lines = Array.from({ length: width }, (_, y) => pixels.subarray(y * bytes + 1, (y + 1) * bytes));
  const bits = lines.map((line) =>
    [...line]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .slice(0, width),
  );
  return bits;
}

describe('a code', () => {
  const { data } = encode(PAYLOAD, { ecc: 'M', border: 4 });

  it('is the same in both pictures, dark where the library says dark', () => {
    const bits = modulesOfPng(qrPng(PAYLOAD) ?? Buffer.alloc(0));
    const scale = bits.length / data.length;
    const svg = String(qrSvg(PAYLOAD));
    for (const [y, row] of data.entries()) {
      for (const [x, dark] of row.entries()) {
        const at = `${x} ${y}`;
        expect(bits[Math.floor((y + 0.5) * scale)]?.[Math.floor((x + 0.5) * scale)], at).toBe(dark ? '0' : '1');
        expect(svg.includes(`M${at}h1v1h-1z`), at).toBe(dark);
      }
    }
  });

  it('has four white modules around it, which scanners need', () => {
    const edge = [0, 1, 2, 3, data.length - 1, data.length - 4];
    for (const at of edge) {
      expect(data[at]?.includes(true)).toBe(false);
      expect(data.some((row) => row[at])).toBe(false);
    }
    expect(data[4]?.slice(4, 11)).toEqual(Array(7).fill(true));
  });

  it('is about 640 pixels wide as a PNG, in pixels that are whole', () => {
    for (const length of [1, 50, 300, 900, 2_331]) {
      const width = (qrPng('a'.repeat(length)) ?? Buffer.alloc(24)).readUInt32BE(16);
      expect(width).toBeGreaterThan(480);
      expect(width).toBeLessThan(800);
    }
  });

  it('has sums that readers of PNGs check', () => {
    const png = qrPng('x') ?? Buffer.alloc(0);
    // The end of every PNG, sum included. https://www.w3.org/TR/png-3/#11IEND
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  });

  it('is drawn for any text that fits, and for none that does not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 }), (text) => {
        expect(qrSvg(text) !== null).toBe(Buffer.byteLength(text) <= 2_331);
      }),
      { numRuns: 25 },
    );
    expect(qrPng('é'.repeat(1_166))).toBeNull();
    expect([qrSvg(''), qrPng('')]).toEqual([null, null]);
  });

  it('stands in a page as drawn, with nothing of the text', () => {
    expect(String(qrSvg('<script>alert(1)</script>'))).not.toContain('script');
  });
});

const drawn = (png: Buffer | null) => present(png, 'a picture');

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
  ['PNG', (text: string) => readPng(drawn(qrPng(text)))],
  ['SVG', (text: string) => readSvg(String(qrSvg(text)))],
])('a code drawn as %s', (_format, draw) => {
  it.each([
    ['an address', 'https://pay.shop.example/q/AbCdEfGhIjKlMnOpQrSt_-'],
    ['a payload', `00020101021126510014at.example.pay${'0123456789 ABC.xyz'.repeat(12)}`],
  ])('is scanned as what it holds: %s', (_what, text) => {
    expect(scan(draw(text))).toBe(text);
  });

  it('has a quiet zone of four modules all around', () => {
    const { width, dark } = draw('https://pay.shop.example/q/AbCdEfGhIjKlMnOpQrSt_-');
    const edge = (index: number) => {
      const [x, y] = [index % width, Math.floor(index / width)];
      return Math.min(x, y, width - 1 - x, width - 1 - y);
    };
    const quiet = dark.reduce((least, one, index) => (one ? Math.min(least, edge(index)) : least), width);
    // The first dark run is the top of a corner, seven modules wide.
    const first = dark.indexOf(true);
    expect(quiet).toBe((4 * (dark.indexOf(false, first) - first)) / 7);
  });

  it('is still scanned with a tenth of its middle covered', () => {
    const text = 'https://pay.shop.example/q/AbCdEfGhIjKlMnOpQrSt_-';
    const { width, dark } = draw(text);
    const covered = dark.map((one, index) => {
      const [x, y] = [index % width, Math.floor(index / width)];
      return Math.abs(x - width / 2) < width * 0.1 && Math.abs(y - width / 2) < width * 0.1 ? false : one;
    });
    expect(scan({ width, dark: covered })).toBe(text);
  });
});

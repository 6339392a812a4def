import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  brandColorOrDefault,
  contrastRatio,
  DEFAULT_BRAND_COLOR,
  readableTextColor,
  SURFACES,
  visibleEdgeColor,
} from './contrast.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('contrast', () => {
  it('is measured as WCAG defines it', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrastRatio('#ff0000', '#ffffff')).toBeCloseTo(4.0, 2);
  });

  it('writes black on light colors and white on dark ones', () => {
    expect(readableTextColor('#ffe14d')).toBe('#000000');
    expect(readableTextColor('#0b1530')).toBe('#ffffff');
  });

  it('of text on any brand color is enough to read', () => {
    fc.assert(fc.property(color, (brand) => contrastRatio(brand, readableTextColor(brand)) >= 4.5));
  });

  it('of any brand color’s edge with the card is enough to see, in light and dark', () => {
    fc.assert(
      fc.property(color, fc.constantFrom(SURFACES.light, SURFACES.dark), (brand, surface) => {
        return contrastRatio(visibleEdgeColor(brand, surface), surface) >= 3;
      }),
    );
  });

  it('leaves a color that can be seen as it is', () => {
    expect(visibleEdgeColor('#0b6e4f', SURFACES.light)).toBe('#0b6e4f');
    expect(visibleEdgeColor('#ffe14d', SURFACES.light)).not.toBe('#ffe14d');
  });

  it('is reckoned against the surfaces and the default brand of the style sheet', () => {
    const css = readFileSync(new URL('../../web/checkout/base.css', import.meta.url), 'utf8');
    const [light, dark] = [...css.matchAll(/--card: (#[0-9a-f]{6})/g)].map(([, value]) => value);
    expect({ light, dark }).toEqual(SURFACES);
    expect(/--brand: (#[0-9a-f]{6})/.exec(css)?.[1]).toBe(DEFAULT_BRAND_COLOR);
  });
});

describe('a stored brand color', () => {
  it.each(['red', '#fff', '#12345g', '#0b6e4f}body{display:none', '#0b6e4f\n', ''])(
    '%j gives way to the default',
    (text) => {
      expect(brandColorOrDefault(text)).toBe(DEFAULT_BRAND_COLOR);
    },
  );

  it('is taken in either case', () => {
    expect(brandColorOrDefault('#AABBCC')).toBe('#aabbcc');
  });
});

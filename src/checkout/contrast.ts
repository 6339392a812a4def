import type { BrandColors } from '../tenants/settings-json.ts';

/** Card surfaces of the two color schemes; the same values stand in web/checkout/base.css (a test compares). */
export const SURFACES = { light: '#ffffff', dark: '#1a1e24' } as const;

/** Used where a tenant has set no color, and where the stored one is not `#rrggbb`. */
export const DEFAULT_BRAND_COLOR = '#1a56c4';

/** The least contrast of a control's edge with what it sits on. https://www.w3.org/TR/WCAG22/#non-text-contrast */
const EDGE_CONTRAST_MIN = 3;

type Rgb = readonly [red: number, green: number, blue: number];

/** The colors of a page for a tenant's primary color; the default's where the text is none. */
export function brandColorsOf(color: string): BrandColors {
  const button = brandColorOrDefault(color);
  return {
    button,
    buttonText: readableTextColor(button),
    accent: visibleEdgeColor(button, SURFACES.light),
    accentDark: visibleEdgeColor(button, SURFACES.dark),
  };
}

/** Black or white, whichever reads better on the color (at least 4.5:1 either way). @throws RangeError if not #rrggbb */
export function readableTextColor(background: string): '#000000' | '#ffffff' {
  return contrastRatio(background, '#000000') > contrastRatio(background, '#ffffff') ? '#000000' : '#ffffff';
}

/**
 * The color itself where its edge can be seen on the surface, else the nearest darker or lighter one that can.
 * @throws RangeError if either is not #rrggbb
 */
export function visibleEdgeColor(color: string, surface: string): string {
  const target = parseColor(readableTextColor(surface));
  const from = parseColor(color);
  for (let percent = 0; percent < 100; percent += 4) {
    const mixed = toHex(from.map((channel, i) => channel + ((target[i] ?? 0) - channel) * (percent / 100)));
    if (contrastRatio(mixed, surface) >= EDGE_CONTRAST_MIN) return mixed;
  }
  return readableTextColor(surface);
}

/** From 1 (the same) to 21 (black on white). https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrastRatio(one: string, other: string): number {
  const a = relativeLuminance(parseColor(one));
  const b = relativeLuminance(parseColor(other));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The color in lower case where it is `#rrggbb`, else the default: this text goes into a style sheet. */
export function brandColorOrDefault(color: string): string {
  return isColor(color) ? color.toLowerCase() : DEFAULT_BRAND_COLOR;
}

function isColor(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

function parseColor(color: string): Rgb {
  if (!isColor(color)) throw new RangeError('A color is written #rrggbb');
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function toHex(channels: readonly number[]): string {
  return `#${channels.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function relativeLuminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

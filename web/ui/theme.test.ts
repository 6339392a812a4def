import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const STYLE = readFileSync(new URL('theme.css', import.meta.url), 'utf8');

/** The two colors of each variable: in light and in dark. */
const COLORS = new Map(
  [...STYLE.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** Text on its ground, as the components pair them. */
const TEXTS: readonly (readonly [text: string, ground: string])[] = [
  ...['canvas', 'surface', 'raised', 'sunken'].flatMap((ground) => [
    ['ink', ground] as const,
    ['muted', ground] as const,
  ]),
  ...['good', 'warn', 'bad', 'info', 'idle'].map((tone) => [tone, `${tone}-soft`] as const),
  ['bad', 'surface'],
  ['bad', 'raised'],
  ['accent', 'surface'],
  ['accent', 'sunken'],
  ['accent-strong', 'accent-soft'],
  ['ink', 'idle-soft'],
  ['muted', 'accent-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['on-bad', 'bad'],
];

/** Edges by which a control is known, and what is drawn. */
const EDGES = [
  ['line-strong', 'surface'],
  ['line-strong', 'raised'],
  ['accent', 'canvas'],
  ['plot-first', 'surface'],
  ['plot-second', 'surface'],
] as const;

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const colorOf = (name = '') => COLORS.get(name)?.[theme] ?? `no color ${name}`;

  test.each(TEXTS)('%s can be read on %s', (text, ground) => {
    expect(contrast(colorOf(text), colorOf(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(EDGES)('%s can be seen on %s', (edge, ground) => {
    expect(contrast(colorOf(edge), colorOf(ground))).toBeGreaterThanOrEqual(3);
  });
});

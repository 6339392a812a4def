import { type Content, type Html, html } from '../../platform/html.ts';
import { checkoutAssets } from './assets.ts';
import { brandColorOrDefault, readableTextColor, SURFACES, visibleEdgeColor } from './contrast.ts';
import type { CheckoutLocale } from './locale.ts';

interface DocumentParts {
  readonly locale: CheckoutLocale;
  readonly nonce: string;
  readonly title: string;
  readonly brandColor: string;
  /** Further elements of the head, such as a refresh. */
  readonly head?: Content;
  readonly body: Html;
  /** Whether the page does anything that needs a script. */
  readonly island: boolean;
  /** Whether a provider's card fields are in it. */
  readonly cardFields?: boolean;
}

/** The whole HTML document around a page's body. Nothing in it needs a script, a cookie or a font to be usable. */
export function renderDocument(parts: DocumentParts): string {
  const { stylesheet, island, cardFields } = checkoutAssets();
  const page = html`<!doctype html>
<html lang="${parts.locale.tag}" dir="${parts.locale.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${parts.title}</title>
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${stylesheet.path}">
<style nonce="${parts.nonce}">${brandColors(parts.brandColor)}</style>
${parts.head}
${parts.island && html`<script type="module" src="${island.path}"></script>`}
${parts.cardFields && html`<script type="module" src="${cardFields.path}"></script>`}
</head>
<body>
${parts.body}
</body>
</html>
`;
  return page.toString();
}

/**
 * The tenant's color as custom properties: the fill of the main button, what is written on it, and an accent for edges
 * and focus that can be seen on the card in both color schemes.
 */
function brandColors(color: string): Html {
  const brand = brandColorOrDefault(color);
  const onBrand = readableTextColor(brand);
  const accent = visibleEdgeColor(brand, SURFACES.light);
  const accentDark = visibleEdgeColor(brand, SURFACES.dark);
  return html`:root{--brand:${brand};--on-brand:${onBrand};--accent:${accent}}@media (prefers-color-scheme:dark){:root{--accent:${accentDark}}}`;
}

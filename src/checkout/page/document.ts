import { type Content, type Html, html, trustedHtml } from '../../platform/html.ts';
import { brandColorsOf } from '../contrast.ts';
import { checkoutAssets } from './assets.ts';
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
  readonly asFile?: DocumentAsFile;
}

/** For a document that is shown elsewhere than at its address: style inside, no scripts. */
export interface DocumentAsFile {
  /** Stands in the document itself, which may come without headers. */
  readonly policy: string;
}

/** The whole HTML document around a page's body. Nothing in it needs a script, a cookie or a font to be usable. */
export function renderDocument(parts: DocumentParts): string {
  const { stylesheet, island, cardFields } = checkoutAssets();
  const { asFile } = parts;
  const isLive = asFile === undefined;
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
${asFile === undefined ? html`<link rel="stylesheet" href="${stylesheet.path}">` : inlineStyle(asFile, parts.nonce)}
<style nonce="${parts.nonce}">${brandColors(parts.brandColor)}</style>
${parts.head}
${isLive && parts.island && html`<script type="module" src="${island.path}"></script>`}
${isLive && parts.cardFields && html`<script type="module" src="${cardFields.path}"></script>`}
</head>
<body>
${parts.body}
</body>
</html>
`;
  return page.toString();
}

/** The style sheet is our own file and ends no element. */
function inlineStyle({ policy }: DocumentAsFile, nonce: string): Html {
  const style = trustedHtml(checkoutAssets().stylesheet.body.toString());
  return html`<meta http-equiv="content-security-policy" content="${policy}">
<style nonce="${nonce}">${style}</style>`;
}

/**
 * The tenant's color as custom properties: the fill of the main button, what is written on it, and an accent for edges
 * and focus that can be seen on the card in both color schemes.
 */
function brandColors(color: string): Html {
  const { button, buttonText, accent, accentDark } = brandColorsOf(color);
  return html`:root{--brand:${button};--on-brand:${buttonText};--accent:${accent}}@media (prefers-color-scheme:dark){:root{--accent:${accentDark}}}`;
}

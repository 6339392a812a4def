import { html } from '../../platform/html.ts';
import { DEFAULT_BRAND_COLOR } from '../contrast.ts';
import { renderDocument } from './document.ts';
import { icon } from './icons.ts';
import type { CheckoutLocale } from './locale.ts';
import { CATALOGS } from './messages/catalogs.ts';

/** The page for a token that is unknown, replaced or over: the same for all three, so that nothing can be probed. */
export function renderCheckoutMissing(locale: CheckoutLocale, nonce: string): string {
  const messages = CATALOGS[locale.language];
  return renderDocument({
    locale,
    nonce,
    title: messages.missingTitle,
    brandColor: DEFAULT_BRAND_COLOR,
    body: html`<main data-kind="missing">
<div class="message">
${icon('ended')}
<h1>${messages.missingTitle}</h1>
<p class="text">${messages.missingText}</p>
</div>
</main>
<footer><span>${messages.poweredBy}</span></footer>`,
    island: false,
  });
}

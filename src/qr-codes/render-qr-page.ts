import { renderDocument } from '../checkout/page/document.ts';
import { type Icon, icon } from '../checkout/page/icons.ts';
import type { CheckoutLocale } from '../checkout/page/locale.ts';
import { CATALOGS } from '../checkout/page/messages/catalogs.ts';
import { amountText, renderBrand, renderFooter } from '../checkout/page/summary.ts';
import type { CheckoutBrand } from '../checkout/page/view.ts';
import { AMOUNT_MAX, toDecimal } from '../kernel/money.ts';
import { type Html, html } from '../platform/html.ts';
import type { QrCodeStatus } from './qr-code.ts';

interface QrPageCommon {
  /** The page's own path, `/q/{token}`. */
  readonly path: string;
  readonly locale: CheckoutLocale;
  /** Of the policy's `style-src 'nonce-…'`. */
  readonly nonce: string;
  readonly brand: CheckoutBrand;
  readonly testMode: boolean;
  readonly currency: string;
}

/** The shopper says how much, or sees how much, and goes on. */
export interface QrFormView extends QrPageCommon {
  readonly kind: 'form';
  /** null: nothing is proposed. */
  readonly amount: bigint | null;
  readonly amountEditable: boolean;
  readonly amountMin: bigint | null;
  readonly amountMax: bigint | null;
  readonly description: string | null;
  /** Comes back with the form: sent twice, it is one payment. */
  readonly visit: string;
  /** What was wrong with what was entered before, which is shown again. */
  readonly refused: { readonly typed: string; readonly why: 'no_amount' | 'below' | 'above' } | null;
}

/** Nothing can be paid with it, or not now. */
export interface QrEndView extends QrPageCommon {
  readonly kind: Exclude<QrCodeStatus, 'active'> | 'unavailable';
  /** What was sent when it was not available, to be sent again. */
  readonly retry: { readonly visit: string; readonly amount: string | null } | null;
}

export type QrPageView = QrFormView | QrEndView;

/** The whole HTML of `/q/{token}`, which needs no script. Pure: shows the view and nothing else. */
export function renderQrPage(view: QrPageView): string {
  const { locale, nonce, brand } = view;
  const shared = CATALOGS[locale.language];
  return renderDocument({
    locale,
    nonce,
    title: `${titleOf(view)} – ${brand.name}`,
    brandColor: brand.primaryColor,
    body: html`${view.testMode && html`<header class="test-mark">${shared.testMode}</header>`}
<main data-kind="qr-${view.kind}">
${renderBrand(view)}
${view.kind === 'form' ? renderForm(view) : renderEnd(view)}
</main>
${renderFooter(view, shared)}`,
    island: false,
  });
}

function titleOf(view: QrPageView): string {
  const messages = CATALOGS[view.locale.language].scanned;
  switch (view.kind) {
    case 'form':
      return view.amountEditable ? messages.amountTitle : messages.confirmTitle;
    case 'used':
      return messages.usedTitle;
    case 'expired':
      return messages.expiredTitle;
    case 'canceled':
      return messages.canceledTitle;
    case 'unavailable':
      return CATALOGS[view.locale.language].unavailableTitle;
  }
}

function renderForm(view: QrFormView): Html {
  return html`${!view.amountEditable && renderFixedAmount(view)}
<section class="state">
<form method="post" action="${view.path}">
<input type="hidden" name="visit" value="${view.visit}">
<h1>${titleOf(view)}</h1>
${view.amountEditable && renderAmountEntry(view)}
<button class="primary" type="submit">${CATALOGS[view.locale.language].scanned.next}</button>
</form>
</section>`;
}

function renderFixedAmount(view: QrFormView): Html {
  const amount = amountText({ amount: view.amount ?? 0n, currency: view.currency }, view.locale);
  return html`<div class="summary">
<p class="amount-label">${CATALOGS[view.locale.language].amountToPay}</p>
<p class="amount"><bdi>${amount}</bdi></p>
${renderDescription(view)}
</div>`;
}

function renderDescription({ description }: QrFormView): Html | null {
  return description === null ? null : html`<p class="description"><bdi>${description}</bdi></p>`;
}

/** Left to right in every language, as amounts are typed. */
function renderAmountEntry(view: QrFormView): Html {
  const { locale, currency, refused } = view;
  const messages = CATALOGS[locale.language].scanned;
  const proposed = view.amount === null ? '' : toDecimal({ amount: view.amount, currency });
  const complaint = refused === null ? null : complaintText(view, refused.why);
  const hint = limitsText(view);
  const wrong = complaint !== null && html` aria-invalid="true"`;
  const words = [...(hint === null ? [] : ['limits']), ...(complaint === null ? [] : ['complaint'])].join(' ');
  const described = words !== '' && html` aria-describedby="${words}"`;
  return html`${renderDescription(view)}
${complaint !== null && html`<div class="notice" role="alert"><p id="complaint">${complaint}</p></div>`}
<label class="entry"><span>${messages.amountLabel(currency)}</span>
<input name="amount" inputmode="decimal" autocomplete="off" maxlength="20" dir="ltr" required value="${refused?.typed ?? proposed}"${described}${wrong}></label>
${hint !== null && html`<p class="text" id="limits">${hint}</p>`}`;
}

function complaintText(view: QrFormView, why: 'no_amount' | 'below' | 'above'): string {
  const { locale, currency } = view;
  const messages = CATALOGS[locale.language].scanned;
  const text = (amount: bigint) => amountText({ amount, currency }, locale);
  switch (why) {
    case 'no_amount':
      return messages.notAnAmount(toDecimal({ amount: 1250n, currency }));
    case 'below':
      return messages.atLeast(text(view.amountMin ?? 1n));
    case 'above':
      return messages.atMost(text(view.amountMax ?? AMOUNT_MAX));
  }
}

function limitsText({ amountMin, amountMax, currency, locale }: QrFormView): string | null {
  const messages = CATALOGS[locale.language].scanned;
  const text = (amount: bigint) => amountText({ amount, currency }, locale);
  if (amountMin !== null && amountMax !== null) return messages.between(text(amountMin), text(amountMax));
  if (amountMin !== null) return messages.atLeast(text(amountMin));
  return amountMax === null ? null : messages.atMost(text(amountMax));
}

const ICONS: Readonly<Record<QrEndView['kind'], Icon>> = {
  used: 'ended',
  expired: 'ended',
  canceled: 'ended',
  unavailable: 'pause',
};

function renderEnd(view: QrEndView): Html {
  const shared = CATALOGS[view.locale.language];
  const away = view.kind === 'unavailable';
  return html`<div class="message">
${icon(ICONS[view.kind])}
<h1>${titleOf(view)}</h1>
<p class="text">${away ? shared.unavailableText : CATALOGS[view.locale.language].scanned.askShop(view.brand.name)}</p>
</div>
${away && html`<section class="state">${renderRetry(view, shared.tryAgain)}</section>`}`;
}

function renderRetry({ path, retry }: QrEndView, label: string): Html {
  if (retry === null) return html`<a class="primary" href="${path}">${label}</a>`;
  return html`<form method="post" action="${path}">
<input type="hidden" name="visit" value="${retry.visit}">
${retry.amount !== null && html`<input type="hidden" name="amount" value="${retry.amount}">`}
<button class="primary" type="submit">${label}</button>
</form>`;
}

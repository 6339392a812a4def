import { formatMoney, type Money } from '../../kernel/money.ts';
import { type Content, type Html, html } from '../../platform/html.ts';
import { imageUrl, informationUrl } from './links.ts';
import type { CheckoutLocale } from './locale.ts';
import type { Messages } from './messages/messages.ts';
import type { CheckoutItem, CheckoutView } from './view.ts';

/** Amounts longer than this are set smaller, so that a number is never broken over two lines at 320 px. */
const SHORT_AMOUNT_CHARACTERS_MAX = 14;

/** Unicode's first-strong isolate and its end: keep `1.249,00 €` in one piece inside right-to-left words. */
const ISOLATE = '\u2068';
const END_ISOLATE = '\u2069';

/** An amount as the shopper reads it. */
export function amountText(money: Money, locale: CheckoutLocale): string {
  const text = formatMoney(money, locale.tag);
  return locale.dir === 'rtl' ? ISOLATE + text + END_ISOLATE : text;
}

/** Whom the shopper pays. */
export function renderBrand(view: Pick<CheckoutView, 'brand' | 'locale'>): Html {
  const logo = imageUrl(view.brand.logoUrl);
  const name = html`<bdi>${view.brand.name}</bdi>`;
  if (logo !== null)
    return html`<header class="brand"><img src="${logo}" alt=""${view.brand.logoSize && html` width="${view.brand.logoSize.width}" height="${view.brand.logoSize.height}"`}>${name}</header>`;
  const initial = [...view.brand.name.trim()][0]?.toLocaleUpperCase(view.locale.tag) ?? '';
  return html`<header class="brand"><span class="monogram" aria-hidden="true">${initial}</span>${name}</header>`;
}

/** What is paid: the amount, large, with what the shop calls it and, folded, the order's lines. */
export function renderSummary(view: CheckoutView, messages: Messages, label: string): Html {
  const text = amountText(view.amount, view.locale);
  const size = [...text].length > SHORT_AMOUNT_CHARACTERS_MAX ? 'amount long' : 'amount';
  return html`<div class="summary">
<p class="amount-label">${label}</p>
<p class="${size}"><bdi>${text}</bdi></p>
${view.description !== undefined && html`<p class="description"><bdi>${view.description}</bdi></p>`}
<p class="reference">${messages.reference} <bdi>${view.reference}</bdi></p>
${renderItems(view, messages)}
</div>`;
}

function renderItems(view: CheckoutView, messages: Messages): Html | null {
  const items = view.items ?? [];
  if (items.length === 0) return null;
  return html`<details class="items"><summary>${messages.details}</summary><ul>${items.map((item) => renderItem(item, view))}</ul></details>`;
}

function renderItem(item: CheckoutItem, view: CheckoutView): Html {
  const { currency } = view.amount;
  const price = item.amount === undefined ? null : amountText({ amount: item.amount, currency }, view.locale);
  return html`<li><span>${item.quantity} × <bdi>${item.description}</bdi></span>${price !== null && html`<bdi class="price">${price}</bdi>`}</li>`;
}

/**
 * Until when the payment can be made. The instant is always written; the ticking timer appears with the script, and it
 * is no live region: a screen reader hears of it at five minutes, one minute and the end.
 */
export function renderDeadline(view: CheckoutView, messages: Messages): Html {
  return html`<div class="deadline">
<span>${messages.payBy(view.expiresAtText)}</span>
<span class="timer" role="timer" aria-label="${messages.timeLeft}" aria-live="off" data-seconds-left="${Math.max(0, Math.ceil(view.secondsLeft))}" data-say-300="${messages.minutesLeft(5)}" data-say-60="${messages.minutesLeft(1)}" data-say-0="${messages.timeIsUp}" hidden></span>
</div>`;
}

/** Who is behind the page, and where to ask; `more` stands below. */
export function renderFooter(view: Pick<CheckoutView, 'brand'>, messages: Messages, more: Content = null): Html {
  const links = [
    { href: informationUrl(view.brand.supportUrl), label: messages.help },
    { href: informationUrl(view.brand.legalUrl), label: messages.legal },
    { href: informationUrl(view.brand.legalLinks?.terms), label: messages.terms },
    { href: informationUrl(view.brand.legalLinks?.privacy), label: messages.privacy },
    { href: informationUrl(view.brand.legalLinks?.imprint), label: messages.imprint },
  ];
  return html`<footer>
<span>${messages.poweredBy}</span>
${links.map(({ href, label }) => href !== null && html`<a href="${href}" target="_blank" rel="noopener noreferrer">${label}</a>`)}
${more}
</footer>`;
}

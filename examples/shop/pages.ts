import { LOGO, PAUSE, TICK, WAITING } from './drawings.ts';
import { type Html, html } from './html.ts';
import { type OrderStatus, orderStatus } from './order-status.ts';
import type { Order } from './orders.ts';
import { CURRENCY, formatPrice, PRODUCTS, type Product } from './products.ts';

const SHOP_NAME = 'Slow Morning';

const MARKS = { waiting: WAITING, good: TICK, calm: PAUSE } as const;

/** Seconds between looks at the order by a browser that runs no scripts. */
const REFRESH_SECONDS = 4;

/** The shop front. `newFormKey` makes the key by which a form that is sent twice is known. */
export function frontPage(testMode: boolean, newFormKey: () => string): string {
  const cards = PRODUCTS.map((product) => productCard(product, newFormKey()));
  return page({
    title: SHOP_NAME,
    testMode,
    content: html`<section class="hero">
<h1>Good coffee takes four minutes.</h1>
<p>Beans and tools for people who like to wait for them. Pick one thing and buy it: this is a demo shop, and nothing is sent.</p>
</section>
<ul class="products">${cards}</ul>`,
  });
}

function productCard(product: Product, formKey: string): Html {
  return html`<li class="product">
<div class="drawing">${product.drawing}</div>
<h2>${product.name}</h2>
<p class="line">${product.line}</p>
<form method="post" action="/orders">
<input type="hidden" name="product" value="${product.id}">
<input type="hidden" name="form" value="${formKey}">
<span class="price">${formatPrice(product.amount, CURRENCY)}</span>
<button aria-label="Buy ${product.name}">Buy</button>
</form>
</li>
`;
}

/** One order. The page shows what the shop knows, whatever stands in the address the shopper came back by. */
export function orderPage(order: Order, testMode: boolean): string {
  const status = orderStatus(order);
  const product = PRODUCTS.find(({ id }) => id === order.productId);
  return page({
    title: titleOf(status),
    testMode,
    refreshSeconds: status.tone === 'waiting' ? REFRESH_SECONDS : null,
    content: html`<article class="order">
<div class="panel" aria-live="polite" data-updates="/orders/${order.key}/events">${statusPanel(order)}</div>
<div class="summary">
${product === undefined ? null : html`<div class="drawing">${product.drawing}</div>`}
<dl>
<div><dt>Order</dt><dd>${order.number}</dd></div>
<div><dt>Article</dt><dd>${product?.name ?? order.productId}</dd></div>
<div><dt>Total</dt><dd>${formatPrice(order.amount, order.currency)}</dd></div>
</dl>
</div>
<p class="back"><a href="/">Back to the shop</a></p>
</article>`,
  });
}

/** What changes on an order's page while it is open; sent by the event stream as it stands. */
export function orderUpdate(order: Order): { title: string; panel: string } {
  return { title: `${titleOf(orderStatus(order))} · ${SHOP_NAME}`, panel: statusPanel(order).toString() };
}

function titleOf(status: OrderStatus): string {
  return status.tone === 'good' ? `✓ ${status.title}` : status.title;
}

function statusPanel(order: Order): Html {
  const { tone, title, text, button } = orderStatus(order);
  const form = html`<form method="post" action="/orders/${order.key}/pay"><button>${button}</button></form>`;
  return html`<div class="status ${tone}">${MARKS[tone]}<h1>${title}</h1><p>${text}</p>${button !== null && form}</div>`;
}

/** Any other page: not found, too much at once, something broke. */
export function messagePage(title: string, text: string, testMode: boolean): string {
  const content = html`<article class="order"><div class="panel"><div class="status calm">${PAUSE}<h1>${title}</h1><p>${text}</p></div></div>
<p class="back"><a href="/">Back to the shop</a></p></article>`;
  return page({ title, testMode, content });
}

interface PageInput {
  readonly title: string;
  readonly testMode: boolean;
  readonly content: Html;
  readonly refreshSeconds?: number | null;
}

function page({ title, testMode, content, refreshSeconds = null }: PageInput): string {
  const refresh = html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`;
  const heading = title === SHOP_NAME ? title : `${title} · ${SHOP_NAME}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<link rel="stylesheet" href="/palette.css">
<link rel="stylesheet" href="/shop.css">
<link rel="stylesheet" href="/order.css">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<script src="/order-updates.js" defer></script>
${refreshSeconds !== null && refresh}
</head>
<body>
<header><a class="name" href="/">${LOGO}<span>${SHOP_NAME}</span></a>${testMode && html`<span class="badge">Test mode</span>`}</header>
<main>${content}</main>
<footer><p>${testMode ? 'A demo shop in test mode: no money moves.' : 'A demo shop.'} Paid through Tollgate.</p></footer>
</body>
</html>
`.toString();
}

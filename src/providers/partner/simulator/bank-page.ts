import { createHash } from 'node:crypto';
import { formatMoney } from '../../../kernel/money.ts';
import type { SimulatedOrder } from './order.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:30rem;padding:1rem;color:#1b2733;background:#fff}
main{border:1px solid #c5ced8;border-radius:8px;padding:1rem}
button,a.leave{display:block;width:100%;box-sizing:border-box;min-height:44px;margin:.5rem 0;padding:.6rem;font:inherit;
text-align:center;border:1px solid #1b4d7a;border-radius:6px;background:#fff;color:#1b4d7a}
button.primary{background:#1b4d7a;color:#fff}code{overflow-wrap:anywhere}`;

/** No frame is forbidden, no cookie is set: the page stands inside a shop's frame or web view. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

const TITLES: Readonly<Record<SimulatedOrder['status'], string>> = {
  waiting: 'Confirm your payment',
  paid: 'Payment approved',
  failed: 'Payment declined',
  canceled: 'Payment canceled',
  expired: 'Payment expired',
};

/** The page on which the payer decides, or how it ended and the way back to the shop. */
export function bankPage(order: SimulatedOrder): string {
  const title = TITLES[order.status];
  const { ask, providerRef } = order;
  const decide = `<form method="post" action="/pay/${providerRef}">
<button class="primary" name="decision" value="approve">Approve</button>
<button name="decision" value="decline">Decline</button>
<button name="decision" value="cancel">Cancel</button>
</form>`;
  const leave = `<a class="leave" href="${escapeHtml(returnAddress(order))}">Return to the shop</a>`;
  return page(
    title,
    `<h1>${title}</h1>
<p>${escapeHtml(formatMoney(ask, 'en'))}</p>
<p>${escapeHtml(ask.description)}</p>
<p>Open until ${escapeHtml(ask.expiresAt.toString())}</p>
${order.status === 'waiting' ? decide : leave}`,
  );
}

/** The text that a payer's bank application would scan, and the page it leads to here. */
export function qrPage(payload: string, address: string): string {
  return page(
    'Scan to pay',
    `<h1>Scan to pay</h1><p><code>${escapeHtml(payload)}</code></p>
<a class="leave" href="${escapeHtml(address)}">Open the bank instead</a>`,
  );
}

export function notFoundPage(): string {
  return page('No such payment', '<h1>There is no payment at this address</h1>');
}

/** The merchant's address, with names added that settle nothing; it may be of an application's own scheme. */
function returnAddress({ ask, status }: SimulatedOrder): string {
  const [beforeHash = '', ...hash] = ask.returnUrl.split('#');
  const joint = beforeHash.includes('?') ? '&' : '?';
  const query = `orderId=${encodeURIComponent(ask.orderId)}&status=${status}`;
  return [`${beforeHash}${joint}${query}`, ...hash].join('#');
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Partner Bank</title>
<style>${STYLE}</style>
</head>
<body>
<p>Partner Bank: no real money moves here.</p>
<main>
${content}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '').replaceAll("'", '&#39;');
}

import { createHash } from 'node:crypto';
import { formatMoney } from '../../../kernel/money.ts';
import { BANK_STYLE } from './bank-style.ts';
import type { Decision } from './change-charge.ts';
import { type Charge, instantJson } from './charge.ts';

/** Seconds until the last page leaves by itself; the link does so at once. */
const LEAVE_SECONDS = 3;

const STYLE_HASH = createHash('sha256').update(BANK_STYLE).digest('base64');

/**
 * Nothing but our own style and a form to ourselves. Neither frame-ancestors nor X-Frame-Options: a checkout may frame
 * the page, and an application's web view has an origin that no list of hosts covers.
 */
export const BANK_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

const STATE_TITLES: Readonly<Record<Charge['state'], string>> = {
  requires_action: 'Confirm your payment',
  pending: 'The bank is still deciding',
  authorized: 'Payment approved',
  captured: 'Payment approved',
  declined: 'Payment declined',
  canceled: 'Payment canceled',
  expired: 'Payment expired',
};

/** The page on which the payer decides, or how it ended and the way back. `stayed`: doing nothing was just chosen. */
export function bankPage(charge: Charge, stayed: boolean): string {
  const title = STATE_TITLES[charge.state];
  const waiting = charge.state === 'requires_action';
  const back = returnAddress(charge);
  const refresh = waiting ? '' : `<meta http-equiv="refresh" content="${LEAVE_SECONDS};url=${escapeHtml(back)}">`;
  return page(
    title,
    refresh,
    `<h1>${title}</h1>
<p class="amount">${escapeHtml(formatMoney(charge, 'en'))}</p>
${details(charge)}
${waiting ? `${stayed ? STAYED : ''}${decisionForm(charge)}` : `<a class="leave" href="${escapeHtml(back)}">Return to the shop</a>`}`,
  );
}

export function bankPageNotFound(): string {
  return page('No such payment', '', '<h1>There is no payment at this address</h1>');
}

/** Where the shopper goes back to: the merchant's address, with nothing added that says how it ended. */
function returnAddress(charge: Charge): string {
  const url = new URL(charge.returnUrl);
  const added = `sandboxReference=${encodeURIComponent(charge.reference)}`;
  url.search = url.search === '' ? added : `${url.search}&${added}`;
  return url.href;
}

const STAYED = '<p class="stayed" role="status">Nothing was done. The payment is still waiting for you.</p>\n';

function page(title: string, head: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${head}
<title>${title} · Sandbox Bank</title>
<style>${BANK_STYLE}</style>
</head>
<body>
<header>
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2 2 7v2h20V7L12 2zM4 11v7h3v-7H4zm6.5 0v7h3v-7h-3zM17 11v7h3v-7h-3zM2 20v2h20v-2H2z"/></svg>
<div><strong>Sandbox Bank</strong><span>A pretend bank for tests</span></div>
</header>
<main>
<p class="notice">Sandbox Bank: no real money moves here.</p>
<div class="content">
${content}
</div>
</main>
</body>
</html>
`;
}

function details(charge: Charge): string {
  const until = instantJson(charge.expiresAt).replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');
  const rows: [string, string][] = [
    ['Merchant', charge.merchantCode],
    ...(charge.description === null ? [] : ([['For', charge.description]] satisfies [string, string][])),
    ['Reference', charge.reference],
    ...(charge.state === 'requires_action' ? ([['Open until', until]] satisfies [string, string][]) : []),
  ];
  return `<dl>\n${rows.map(([term, text]) => `<dt>${term}</dt><dd>${escapeHtml(text)}</dd>`).join('\n')}\n</dl>`;
}

function decisionForm(charge: Charge): string {
  return `<form method="post" action="/bank/${charge.id}">
${button('approve', 'Approve', 'primary')}
<fieldset>
${button('cancel', 'Cancel')}
${button('nothing', 'Do nothing')}
</fieldset>
<fieldset><legend>Decline because of</legend>
${button('decline_insufficient_funds', 'Insufficient funds')}
${button('decline_fraud', 'Suspected fraud')}
</fieldset>
<fieldset><legend>Approve later</legend>
${button('approve_later', 'In 5 seconds')}
${button('approve_after_expiry', 'After expiry')}
</fieldset>
</form>`;
}

function button(decision: Decision, label: string, style = ''): string {
  return `<button name="decision" value="${decision}"${style === '' ? '' : ` class="${style}"`}>${label}</button>`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

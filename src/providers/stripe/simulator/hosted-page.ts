import { createHash } from 'node:crypto';
import type { Intent, Session } from './account.ts';

const STYLE = `
body { margin: 0; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1f36; background: #f6f8fa; }
main { max-width: 26rem; margin: 5vh auto; padding: 1.25rem; background: #fff; border: 1px solid #d5dbe1; border-radius: 0.75rem; }
.amount { font-size: 1.75rem; font-weight: 650; margin: 0 0 1rem; overflow-wrap: anywhere; }
.notice { color: #7a4d00; font-size: 0.875rem; }
form { display: grid; gap: 0.625rem; }
button, a { font: inherit; min-height: 2.75rem; padding: 0.5rem 0.875rem; border: 1px solid #635bff; border-radius: 0.5rem; background: #fff; color: #3f36c9; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** As at Stripe, the page lets nobody frame it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Where the payer decides, or how it ended and the way back. `note`: why the page is shown again. */
export function sessionPage(session: Session, note: string | null): string {
  const back = session.cancel_url ?? session.success_url;
  if (session.status === 'expired') return page('This session has expired', leave(back));
  if (session.status === 'complete') return page('Thank you', leave(session.success_url));
  return page(
    'Pay',
    `<p class="amount">${session.amount_total} ${escapeHtml(session.currency.toUpperCase())} (smallest units)</p>
${note === null ? '' : `<p role="status">${escapeHtml(note)}</p>`}
<form method="post" action="/c/pay/${session.id}">
${button('approve', 'Pay')}
${button('processing', 'Pay by a bank that takes its time')}
${button('decline_insufficient_funds', 'Be declined: insufficient funds')}
${button('decline_fraudulent', 'Be declined: fraud')}
</form>
<p><a href="${escapeHtml(back)}">Cancel</a></p>`,
  );
}

/** The bank's page for a PaymentIntent that needs the payer's consent. */
export function authenticationPage(intent: Intent, returnUrl: string): string {
  if (intent.status !== 'requires_action') return page('Thank you', leave(returnUrl));
  return page(
    'Is this you?',
    `<form method="post" action="/3ds/${intent.id}">
${button('approve', 'Complete')}
${button('fail', 'Fail')}
</form>`,
  );
}

/** What an address without anything behind it shows. */
export function missingPage(): string {
  return page('There is nothing at this address', '');
}

function leave(url: string): string {
  return `<meta http-equiv="refresh" content="1;url=${escapeHtml(url)}"><p><a href="${escapeHtml(url)}">Return to the shop</a></p>`;
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body><main><p class="notice">A simulator: no money moves here.</p><h1>${title}</h1>
${content}
</main></body></html>
`;
}

function button(decision: string, label: string): string {
  return `<button name="decision" value="${decision}">${label}</button>`;
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

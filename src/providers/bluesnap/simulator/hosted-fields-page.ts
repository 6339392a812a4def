import { createHash } from 'node:crypto';
import type { Card, Token } from './account.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:2rem auto;padding:0 1rem}
button{display:block;width:100%;margin:.5rem 0;padding:.6rem;font:inherit}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The choices of the page, each with the card it puts behind the token; null: none, the shopper has left. */
const CHOICES: Readonly<Record<string, { readonly label: string; readonly card: Card | null }>> = {
  approve: { label: 'A good card', card: 'approve' },
  review: { label: 'A card that is reviewed first', card: 'review' },
  insufficient_funds: { label: 'A card without enough money', card: { decline: 'INSUFFICIENT_FUNDS' } },
  expired: { label: 'An expired card', card: { decline: 'EXPIRED_CARD' } },
  fraud: { label: 'A card suspected of fraud', card: { decline: 'HIGH_RISK_ERROR' } },
  cancel: { label: 'Cancel', card: null },
};

/** A page of the simulator, which may be framed as the hosted fields are. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Stands in for the fields that a shopper fills in within the merchant's page: which card it is to be. */
export function hostedFieldsPage(token: Token, returnUrl: string): Page {
  const buttons = Object.entries(CHOICES).map(
    ([value, { label }]) => `<button name="choice" value="${value}">${escapeHtml(label)}</button>`,
  );
  const content =
    token.card === null
      ? `<h1>Pay by card</h1><form method="post"><input type="hidden" name="returnUrl" value="${escapeHtml(returnUrl)}">${buttons.join('')}</form>`
      : '<h1>The card was entered</h1>';
  return page(200, content);
}

/** What the form chose: `undefined` where it is no choice of the page. */
export function choiceOf(form: URLSearchParams): Card | null | undefined {
  const chosen = form.getAll('choice');
  return chosen.length === 1 ? CHOICES[chosen[0] ?? '']?.card : undefined;
}

/** Back to the merchant with what its page would have at hand; canceled: without a token. */
export function leave(returnUrl: string, token: Token | null): Page {
  const url = URL.parse(returnUrl);
  if (url === null || !/^https?:$/.test(url.protocol)) return page(200, '<h1>You may close this page</h1>');
  const added = token === null ? { status: 'canceled' } : { pfToken: token.token, firstName: 'Test', lastName: 'Card' };
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  return { status: 303, headers: { location: url.href, 'cache-control': 'no-store' }, body: '' };
}

/** A page that says no more than its title. */
export function page(status: number, content: string): Page {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'`,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>BlueSnap simulator</title>`;
  return {
    status,
    headers,
    body: `<!doctype html>\n<html lang="en">\n<head>${head}<style>${STYLE}</style></head>\n<body>${content}</body>\n</html>\n`,
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

import type { SimulatedCode } from './simulated-ledger.ts';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type PayerDecision = 'approve' | 'decline' | 'cancel';

const DECISIONS: readonly PayerDecision[] = ['approve', 'decline', 'cancel'];

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/** The page on which a payer without a wallet decides; no script, no cookie, in no frame. */
export function payerPage(code: SimulatedCode, currency: string): PageAnswer {
  const amount = `${currency} ${code.hundredths / 100n}.${(code.hundredths % 100n).toString().padStart(2, '0')}`;
  const buttons = DECISIONS.map((each) => `<button name="decision" value="${each}">${each}</button>`).join('\n');
  const content =
    code.state === 'Available' ? `<form method="post">\n${buttons}\n</form>` : `<p>The code is ${code.state}.</p>`;
  const title = 'Scan to Pay simulator: no real money moves here';
  return {
    status: 200,
    headers: HEADERS,
    body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body>
<h1>${title}</h1>
<p>${escapeHtml(code.reference)}: ${amount}, code ${code.code}</p>
${content}
</body>
</html>
`,
  };
}

/** Exactly one decision. */
export function decisionIn(body: Buffer): PayerDecision | null {
  const named = new URLSearchParams(body.toString('utf8')).getAll('decision');
  return named.length === 1 ? (DECISIONS.find((each) => each === named[0]) ?? null) : null;
}

/** Back to the shop with the unencrypted outcome, or to the page itself where no shop was named. */
export function leave(code: SimulatedCode, transactionId: number, status: string): PageAnswer {
  const url = new URL(code.callbackUrl ?? 'about:blank');
  url.searchParams.set('transactionId', String(transactionId));
  url.searchParams.set('status', status);
  const location = code.callbackUrl === null ? `/pay/${code.code}` : url.href;
  return {
    status: code.callbackUrl === null ? 303 : 302,
    headers: { location, 'cache-control': 'no-store' },
    body: '',
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

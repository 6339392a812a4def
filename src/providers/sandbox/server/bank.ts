import { BANK_PAGE_HEADERS, bankPage, bankPageNotFound } from './bank-page.ts';
import { chargeAtBank, DECISIONS, type Decision, decideAtBank } from './change-charge.ts';
import type { Desk } from './desk.ts';

export interface BankAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Serves the payer's page at `/bank/{charge id}`. A decision is answered by 303 to the page itself, which then leaves by
 * link and meta refresh: `form-action 'self'` also governs where a form's redirect leads.
 */
export function serveBank(desk: Desk, method: string, path: string, body: Uint8Array): BankAnswer {
  const match = /^\/bank\/(ch_[0-9a-f]{32})(\?stayed)?$/.exec(path);
  if (match?.[1] === undefined) return notFound();
  const chargeId = match[1];
  if (method === 'GET') {
    const charge = chargeAtBank(desk, chargeId);
    if (charge === null) return notFound();
    return { status: 200, headers: BANK_PAGE_HEADERS, body: bankPage(charge, match[2] !== undefined) };
  }
  if (method !== 'POST') return plain(405, 'This page takes GET and POST');
  const decision = decisionOf(body);
  if (decision === null) return plain(400, 'The form names no decision of this page');
  if (decideAtBank(desk, chargeId, decision) === null) return notFound();
  const location = decision === 'nothing' ? `/bank/${chargeId}?stayed` : `/bank/${chargeId}`;
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, body: '' };
}

/** Exactly one decision: a form that names two is somebody's trick. */
function decisionOf(body: Uint8Array): Decision | null {
  const named = new URLSearchParams(new TextDecoder().decode(body)).getAll('decision');
  const [first] = named;
  return named.length === 1 ? (DECISIONS.find((decision) => decision === first) ?? null) : null;
}

function notFound(): BankAnswer {
  return { status: 404, headers: BANK_PAGE_HEADERS, body: bankPageNotFound() };
}

function plain(status: number, text: string): BankAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

import type { Account, Intent, Session } from './account.ts';
import { type PageDecision, payInSession } from './checkout-sessions.ts';
import type { Desk } from './desk.ts';
import { authenticationPage, missingPage, PAGE_HEADERS, sessionPage } from './hosted-page.ts';
import { authenticateIntent } from './payment-intents.ts';
import { declined } from './test-cards.ts';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface PageContext {
  readonly accounts: () => readonly Account[];
  readonly deskOf: (account: Account) => Desk;
}

interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

const DECISIONS: Readonly<Record<string, PageDecision>> = {
  approve: { kind: 'approve' },
  processing: { kind: 'processing' },
  decline_insufficient_funds: { kind: 'decline', failure: declined('insufficient_funds') },
  decline_fraudulent: { kind: 'decline', failure: declined('fraudulent') },
};

/** Serves the payer's pages. A decision is answered by 303 to the page itself, which then leads back to the shop. */
export function servePage(context: PageContext, request: PageRequest): PageAnswer {
  const [, kind, id] = /^\/(c\/pay|3ds)\/((?:cs|pi)_[A-Za-z0-9_]+)$/.exec(request.path) ?? [];
  const account = context.accounts().find((each) => each.objects.has(id ?? ''));
  const object = account?.objects.get(id ?? '');
  if (account === undefined || object === undefined) return html(404, missingPage());
  const desk = context.deskOf(account);
  if (kind === 'c/pay' && object.object === 'checkout.session') return serveSession(desk, object, request);
  if (kind === '3ds' && object.object === 'payment_intent') return serveAuthentication(desk, object, request);
  return html(404, missingPage());
}

function serveSession(desk: Desk, session: Session, { method, path, body }: PageRequest): PageAnswer {
  if (method === 'GET') return html(200, sessionPage(session, null));
  const decision = decisionOf(body);
  const chosen = Object.hasOwn(DECISIONS, decision) ? DECISIONS[decision] : undefined;
  if (method !== 'POST' || chosen === undefined) return html(400, missingPage());
  if (session.status !== 'open') return back(path);
  payInSession(desk, session, chosen);
  // A declined payer stays, and is told why.
  return chosen.kind === 'decline' ? html(200, sessionPage(session, chosen.failure.message)) : back(path);
}

function serveAuthentication(desk: Desk, intent: Intent, { method, path, body }: PageRequest): PageAnswer {
  const returnUrl = intent.next_action?.redirect_to_url.return_url ?? '';
  if (method === 'GET') return html(200, authenticationPage(intent, returnUrl));
  const decision = decisionOf(body);
  if (method !== 'POST' || !['approve', 'fail'].includes(decision)) return html(400, missingPage());
  if (intent.status === 'requires_action') authenticateIntent(desk, intent, decision === 'approve');
  return back(path);
}

/** Exactly one decision: a form that names two is somebody's trick. */
function decisionOf(body: string): string {
  const named = new URLSearchParams(body).getAll('decision');
  return named.length === 1 ? (named[0] ?? '') : '';
}

function html(status: number, body: string): PageAnswer {
  return { status, headers: PAGE_HEADERS, body };
}

function back(path: string): PageAnswer {
  return { status: 303, headers: { location: path, 'cache-control': 'no-store' }, body: '' };
}

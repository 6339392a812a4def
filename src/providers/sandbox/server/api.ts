import { cancelCharge, captureCharge, findCharge } from './change-charge.ts';
import { type Charge, chargeJson, refundJson } from './charge.ts';
import { type Desk, nowMs } from './desk.ts';
import { addSecret, openMerchant } from './merchants.ts';
import { openCharge } from './open-charge.ts';
import { findRefund, refundCharge } from './refund-charge.ts';
import { Refusal } from './refusal.ts';
import {
  cancelRequest,
  captureRequest,
  merchantCode,
  openChargeRequest,
  parseBody,
  refundRequest,
  secretRequest,
} from './requests.ts';
import type { Scenario } from './scenario.ts';
import { isSignedBy, type SignedParts, TOLERANCE_SECONDS } from './signature.ts';

export interface ApiRequest extends SignedParts {
  readonly merchantCode: string;
  readonly signature: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Anything but `whole` withholds the body above, on purpose. */
  readonly delivery: Scenario['answer'];
  /** Set where the charge's notifications go out before the answer does. */
  readonly notifyFirst?: string;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Path parameters in the order of the path. */
  readonly serve: (desk: Desk, request: ApiRequest, first: string, second: string) => ApiAnswer;
}

const ROUTES: readonly Route[] = [
  { method: 'PUT', path: /^\/v1\/merchants\/([\w-]+)$/, serve: serveOpenMerchant },
  { method: 'POST', path: /^\/v1\/merchants\/([\w-]+)\/secrets$/, serve: signed(serveAddSecret) },
  { method: 'GET', path: /^\/v1\/charges$/, serve: signed(serveTotals) },
  { method: 'POST', path: /^\/v1\/charges$/, serve: signed(serveOpenCharge) },
  { method: 'GET', path: /^\/v1\/charges\/([\w-]+)$/, serve: signed(serveFindCharge) },
  { method: 'POST', path: /^\/v1\/charges\/([\w-]+)\/capture$/, serve: signed(serveCapture) },
  { method: 'POST', path: /^\/v1\/charges\/([\w-]+)\/cancel$/, serve: signed(serveCancel) },
  { method: 'POST', path: /^\/v1\/charges\/([\w-]+)\/refunds$/, serve: signed(serveRefund) },
  { method: 'GET', path: /^\/v1\/charges\/([\w-]+)\/refunds\/([\w-]+)$/, serve: signed(serveFindRefund) },
];

/** Serves one request of a merchant; whatever it changed is committed when this returns. @throws Refusal */
export function serveApi(desk: Desk, request: ApiRequest): ApiAnswer {
  for (const { method, path, serve } of ROUTES) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match !== null) return serve(desk, request, match[1] ?? '', match[2] ?? '');
  }
  throw new Refusal('not_found', 'There is nothing at this address');
}

function signed(serve: Route['serve']): Route['serve'] {
  return (desk, request, first, second) => {
    const secrets = desk.store.secretsOf(request.merchantCode);
    if (secrets.length === 0) throw new Refusal('unknown_merchant', 'This merchant has no account here');
    verify(desk, request, secrets);
    return serve(desk, request, first, second);
  };
}

function verify(desk: Desk, request: ApiRequest, secrets: readonly string[]): void {
  if (!/^\d{1,12}$/.test(request.timestamp) || !isSignedBy(secrets, request, request.signature)) {
    throw new Refusal('bad_signature', 'The signature does not verify');
  }
  const age = Math.floor(nowMs(desk) / 1000) - Number(request.timestamp);
  if (Math.abs(age) > TOLERANCE_SECONDS) {
    throw new Refusal('stale_timestamp', 'The signed timestamp is too old or too new');
  }
}

function whole(status: number, body: Record<string, unknown>): ApiAnswer {
  return { status, body, delivery: 'whole' };
}

/** The one request that proves itself by the secret it brings: an account costs nothing in a sandbox. */
function serveOpenMerchant(desk: Desk, request: ApiRequest, code: string): ApiAnswer {
  ownMerchant(request, code);
  const { secretKey } = parseBody(secretRequest, request.body);
  if (!merchantCode.safeParse(code).success) throw new Refusal('validation_failed', 'The merchant code is too long');
  verify(desk, request, [secretKey]);
  openMerchant(desk, code, secretKey);
  return whole(200, { object: 'merchant', code });
}

function serveAddSecret(desk: Desk, request: ApiRequest, code: string): ApiAnswer {
  ownMerchant(request, code);
  addSecret(desk, code, parseBody(secretRequest, request.body).secretKey);
  return whole(200, { object: 'merchant', code });
}

function ownMerchant(request: ApiRequest, code: string): void {
  if (code !== request.merchantCode) throw new Refusal('bad_signature', 'A merchant speaks for itself only');
}

function serveTotals(desk: Desk, request: ApiRequest): ApiAnswer {
  return whole(200, { object: 'totals', totals: desk.store.totalsOf(request.merchantCode) });
}

function serveOpenCharge(desk: Desk, request: ApiRequest): ApiAnswer {
  const opened = openCharge(desk, request.merchantCode, parseBody(openChargeRequest, request.body));
  if (opened.answer === 'not_executed') throw new Refusal('not_executed', 'We are closed: nothing was done');
  return {
    status: opened.created ? 201 : 200,
    body: chargeBody(desk, opened.charge),
    delivery: opened.answer,
    ...(opened.notifyFirst ? { notifyFirst: opened.charge.id } : {}),
  };
}

function serveFindCharge(desk: Desk, request: ApiRequest, reference: string): ApiAnswer {
  return whole(200, chargeBody(desk, findCharge(desk, request.merchantCode, reference)));
}

function serveCapture(desk: Desk, request: ApiRequest, reference: string): ApiAnswer {
  const { amount } = parseBody(captureRequest, request.body);
  return whole(200, chargeBody(desk, captureCharge(desk, request.merchantCode, reference, amount ?? null)));
}

function serveCancel(desk: Desk, request: ApiRequest, reference: string): ApiAnswer {
  const { releaseAuthorization } = parseBody(cancelRequest, request.body);
  const charge = cancelCharge(desk, request.merchantCode, reference, releaseAuthorization === true);
  return whole(200, chargeBody(desk, charge));
}

function serveRefund(desk: Desk, request: ApiRequest, reference: string): ApiAnswer {
  const wanted = parseBody(refundRequest, request.body);
  const { refund, charge, created } = refundCharge(desk, request.merchantCode, reference, wanted);
  return whole(created ? 201 : 200, refundJson(refund, charge));
}

function serveFindRefund(desk: Desk, request: ApiRequest, reference: string, refundReference: string): ApiAnswer {
  const { refund, charge } = findRefund(desk, request.merchantCode, reference, refundReference);
  return whole(200, refundJson(refund, charge));
}

function chargeBody(desk: Desk, charge: Charge): Record<string, unknown> {
  const refunds = desk.store.refundsOf(charge.id).map((refund) => refundJson(refund, charge));
  return { ...chargeJson(charge, desk.bankPageUrl(charge.id)), refunds };
}

import { type ApiAnswer, type ApiRequest, type Serve, whole } from './api-answer.ts';
import { cancelCharge, findCharge } from './change-charge.ts';
import { type Charge, chargeJson } from './charge.ts';
import { type Desk, nowMs } from './desk.ts';
import { disputeJson } from './dispute.ts';
import { addSecret, openMerchant } from './merchants.ts';
import { openCharge } from './open-charge.ts';
import { OPERATION_KINDS, operationJson } from './operation.ts';
import { Refusal } from './refusal.ts';
import { cancelRequest, merchantCode, openChargeRequest, parseBody, secretRequest, voidRequest } from './requests.ts';
import { serveConsole, serveEvidence, serveFind, serveMake } from './serve-operations.ts';
import { isSignedBy, TOLERANCE_SECONDS } from './signature.ts';

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly serve: Serve;
}

const ROUTES: readonly Route[] = [
  { method: 'PUT', path: /^\/v1\/merchants\/([\w-]+)$/, serve: serveOpenMerchant },
  { method: 'POST', path: /^\/v1\/merchants\/([\w-]+)\/secrets$/, serve: signed(serveAddSecret) },
  { method: 'GET', path: /^\/v1\/charges$/, serve: signed(serveTotals) },
  { method: 'POST', path: /^\/v1\/charges$/, serve: signed(serveOpenCharge) },
  { method: 'GET', path: /^\/v1\/charges\/([\w-]+)$/, serve: signed(serveFindCharge) },
  { method: 'POST', path: /^\/v1\/charges\/([\w-]+)\/cancel$/, serve: signed(serveCancel) },
  ...OPERATION_KINDS.flatMap((kind): Route[] => [
    { method: 'POST', path: new RegExp(`^/v1/charges/([\\w-]+)/${kind}s$`), serve: signed(serveMake(kind)) },
    { method: 'GET', path: new RegExp(`^/v1/charges/([\\w-]+)/${kind}s/([\\w-]+)$`), serve: signed(serveFind(kind)) },
  ]),
  {
    method: 'POST',
    path: /^\/v1\/charges\/([\w-]+)\/disputes\/([\w-]+)\/evidence$/,
    serve: signed(serveEvidence),
  },
  { method: 'POST', path: /^\/v1\/console\/charges\/([\w-]+)\/captures$/, serve: signed(serveConsole('capture')) },
  { method: 'POST', path: /^\/v1\/console\/charges\/([\w-]+)\/refunds$/, serve: signed(serveConsole('refund')) },
  { method: 'POST', path: /^\/v1\/console\/charges\/([\w-]+)\/void$/, serve: signed(serveVoid) },
];

/** Serves one request of a merchant; whatever it changed is committed when this returns. @throws Refusal */
export function serveApi(desk: Desk, request: ApiRequest): ApiAnswer {
  for (const { method, path, serve } of ROUTES) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match !== null) return serve(desk, request, match[1] ?? '', match[2] ?? '');
  }
  throw new Refusal('not_found', 'There is nothing at this address');
}

function signed(serve: Serve): Serve {
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

function serveCancel(desk: Desk, request: ApiRequest, reference: string): ApiAnswer {
  const { releaseAuthorization } = parseBody(cancelRequest, request.body);
  const charge = cancelCharge(desk, request.merchantCode, reference, releaseAuthorization === true);
  return whole(200, chargeBody(desk, charge));
}

function serveVoid(desk: Desk, request: ApiRequest, reference: string): ApiAnswer {
  parseBody(voidRequest, request.body);
  return whole(200, chargeBody(desk, cancelCharge(desk, request.merchantCode, reference, true)));
}

function chargeBody(desk: Desk, charge: Charge): Record<string, unknown> {
  const operations = desk.store.operations.ofCharge(charge.id);
  const lists = OPERATION_KINDS.map((kind) => {
    return [`${kind}s`, operations.filter((one) => one.kind === kind).map((one) => operationJson(one, charge))];
  });
  const dispute = desk.store.disputes.ofCharge(charge.id);
  const disputes = dispute === null ? [] : [disputeJson(dispute, charge)];
  return { ...chargeJson(charge, desk.bankPageUrl(charge.id)), ...Object.fromEntries(lists), disputes };
}

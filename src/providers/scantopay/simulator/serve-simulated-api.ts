import { timingSafeEqual } from 'node:crypto';
import type { SimulatedLedger, SimulatedTransaction } from './simulated-ledger.ts';
import { SimulatedRefusal } from './simulated-refusal.ts';
import {
  amountField,
  codeJson,
  numberField,
  optionalText,
  readFields,
  textField,
  transactionJson,
} from './simulated-wire.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the API knows of its merchant. */
export interface ApiDesk {
  readonly ledger: SimulatedLedger;
  readonly username: string;
  readonly password: string;
  readonly currency: string;
  /** Whether notifications go to an address, which switches queries off. */
  readonly isNotified: boolean;
  readonly pageUrl: (code: string) => string;
  readonly mayNotify: (url: string) => boolean;
  readonly undone: (transaction: SimulatedTransaction) => void;
}

type Serve = (desk: ApiDesk, request: ApiRequest, name: string) => string;

const ROUTES: readonly { readonly method: string; readonly path: RegExp; readonly serve: Serve }[] = [
  { method: 'POST', path: /^\/pluto\/code\/create$/, serve: createCode },
  { method: 'POST', path: /^\/bluebox\/secure\/createTx$/, serve: createCheckout },
  { method: 'POST', path: /^\/pluto\/code\/queryRef$/, serve: queryReference },
  { method: 'POST', path: /^\/pluto\/code\/transaction\/stateByQr$/, serve: stateByCode },
  { method: 'GET', path: /^\/pluto\/code\/(\d{10})$/, serve: ({ ledger }, _, code) => codeJson(ledger.find(code)) },
  { method: 'DELETE', path: /^\/pluto\/code\/(\d{10})$/, serve: deleteCode },
  { method: 'DELETE', path: /^\/pluto\/purchase\/(\d{1,19})$/, serve: reverse },
  { method: 'POST', path: /^\/pluto\/purchase\/(\d{1,19})\/refund$/, serve: refund },
];

/** Serves one request; what it changed stays changed whatever becomes of the answer. */
export function serveSimulatedApi(desk: ApiDesk, request: ApiRequest): ApiAnswer {
  try {
    authenticate(desk, request);
    for (const { method, path, serve } of ROUTES) {
      const match = method === request.method ? path.exec(request.path) : null;
      if (match !== null) return json(200, serve(desk, request, match[1] ?? ''));
    }
    throw new SimulatedRefusal(404, 'There is nothing here');
  } catch (error) {
    if (!(error instanceof SimulatedRefusal)) throw error;
    return json(error.status, JSON.stringify({ error: error.message }));
  }
}

function authenticate({ username, password }: ApiDesk, { authorization, path }: ApiRequest): void {
  const expected = Buffer.from(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  const given = Buffer.from(authorization);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  if (path.startsWith('/pluto/purchase/')) throw new SimulatedRefusal(513, 'SECURITY_VIOLATION');
  throw new SimulatedRefusal(401, 'Authentication failed');
}

function createCode({ ledger }: ApiDesk, { body, contentType }: ApiRequest): string {
  const fields = readFields(body, contentType);
  const reference = textField(fields, 'merchantReference', 1, 45);
  textField(fields, 'shortDescription', 5, 45);
  checkOverrides(fields);
  const opened = ledger.open({
    ...{ reference, hundredths: amountField(fields), sent: fields, callbackUrl: null, notificationUrl: null },
    expiresAt: ledger.expiryOf(numberField(fields, 'expiryDate')),
  });
  const expiryDate = opened.expiresAt?.epochMilliseconds ?? 0;
  return JSON.stringify({ code: opened.code, expiryDate, codeUrl: null });
}

function createCheckout({ ledger, pageUrl, mayNotify }: ApiDesk, { body, contentType }: ApiRequest): string {
  const fields = readFields(body, contentType);
  const reference = textField(fields, 'reference', 1, 45);
  const callbackUrl = textField(fields, 'callbackUrl', 1, 400);
  if (fields.description !== undefined) textField(fields, 'description', 5, 45);
  checkOverrides(fields);
  const hundredths = amountField(fields);
  const notificationUrl = typeof fields.notificationUrl === 'string' ? fields.notificationUrl : null;
  const refusal = refusalOf(hundredths, callbackUrl, notificationUrl, mayNotify);
  if (refusal !== null) return JSON.stringify({ reference, status: `FAILED ${refusal}` });
  const expiresAt = ledger.expiryOf(undefined);
  const opened = ledger.open({ reference, hundredths, sent: fields, callbackUrl, notificationUrl, expiresAt });
  return JSON.stringify({ reference, redirectUrl: pageUrl(opened.code), status: 'SUCCESS' });
}

/** The hosted checkout says some of its refusals in words, with status 200. */
function refusalOf(
  hundredths: bigint,
  callbackUrl: string,
  notificationUrl: string | null,
  mayNotify: (url: string) => boolean,
): string | null {
  if (hundredths === 0n) return 'the amount must be greater than zero';
  if (URL.parse(callbackUrl) === null) return 'callbackUrl is no address';
  return notificationUrl === null || mayNotify(notificationUrl) ? null : 'notificationUrl may not be called';
}

function checkOverrides(fields: Readonly<Record<string, unknown>>): void {
  optionalText(fields, 'terminalId', /^.{1,40}$/);
  optionalText(fields, 'subMerchantName', /^.{1,40}$/);
  optionalText(fields, 'mcc', /^\d{4}$/);
  optionalText(fields, 'rrn2', /^[0-9A-Za-z]{12}$/);
}

function queryReference(desk: ApiDesk, { body, contentType }: ApiRequest): string {
  const fields = readFields(body, contentType);
  if (desk.isNotified) throw new SimulatedRefusal(406, 'Polling is not available with a notification URL');
  const code = desk.ledger.find(textField(fields, 'code', 10, 10));
  if (code.reference !== textField(fields, 'merchantReference', 1, 45))
    throw new SimulatedRefusal(431, 'CODE_NOT_FOUND');
  const latest = desk.ledger.latest(code);
  return latest === null ? JSON.stringify({ status: 'N/A' }) : transactionJson(latest, desk.currency);
}

function stateByCode({ ledger, currency }: ApiDesk, { body, contentType }: ApiRequest): string {
  const fields = readFields(body, contentType);
  const code = ledger.find(textField(fields, 'code', 10, 10));
  const latest = ledger.latest(code);
  if (latest === null || code.hundredths !== amountField(fields))
    throw new SimulatedRefusal(404, 'TRANSACTION_NOT_FOUND');
  return transactionJson(latest, currency);
}

function deleteCode({ ledger }: ApiDesk, _request: ApiRequest, name: string): string {
  const code = ledger.find(name);
  if (code.state === 'Locked' || code.state === 'Used')
    throw new SimulatedRefusal(433, `CODE_${code.state.toUpperCase()}`);
  code.state = 'Deleted';
  return JSON.stringify({ code: code.code, codeState: code.state });
}

function reverse({ ledger, undone }: ApiDesk, _request: ApiRequest, id: string): string {
  undone(ledger.reverse(Number(id)));
  return JSON.stringify({ status: 'Processed' });
}

function refund({ ledger, undone }: ApiDesk, { body, contentType }: ApiRequest, id: string): string {
  undone(ledger.refund(Number(id), amountField(readFields(body, contentType))));
  return JSON.stringify({ status: 'Processed' });
}

function json(status: number, body: string): ApiAnswer {
  return { status, contentType: 'application/json', body };
}

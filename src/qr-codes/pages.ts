import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { brandOf } from '../checkout/brand-of.ts';
import { checkVisit } from '../checkout/check-visit.ts';
import { chooseLocale } from '../checkout/page/locale.ts';
import { renderCheckoutMissing } from '../checkout/page/render-checkout-missing.ts';
import { present } from '../kernel/assert.ts';
import { newSecret } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { PaymentContext } from '../payments/context.ts';
import { type CreatePayment, createCreatePayment } from '../payments/create-payment.ts';
import { isEnded } from '../payments/payment.ts';
import { readPayment } from '../payments/read-payment.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import { readForm, strictPageHeaders } from '../platform/http/page-headers.ts';
import type { Logger } from '../platform/log.ts';
import { qrPng, qrSvg } from '../platform/qr-code.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { timeOf } from './create-qr-code.ts';
import { findScannedCode } from './find-qr-code.ts';
import { amountRule, type QrCode, qrCodeStatus } from './qr-code.ts';
import { qrCodePayload } from './qr-code-json.ts';
import { readAmount } from './read-amount.ts';
import { type QrEndView, type QrFormView, type QrPageView, renderQrPage } from './render-qr-page.ts';
import { selectUse } from './store.ts';
import { admitUse, claimUse, createPaymentOfUse, ONLY_VISIT } from './use-qr-code.ts';

/** Longer than any amount; what somebody has pasted is not shown again whole. */
const TYPED_CHARACTERS_MAX = 20;

interface TokenRequest {
  Params: { readonly token: string };
}

interface Pages {
  readonly context: PaymentContext;
  readonly createPayment: CreatePayment;
  readonly log: Logger;
}

/** What an address opens, and whose look the page has. */
interface Scanned {
  readonly code: QrCode;
  readonly tenant: Tenant;
  readonly now: Temporal.Instant;
}

/**
 * What a scan opens. The one payment of a single-use code, whoever comes and however often; of every other code a form,
 * since looking must not make payments. Sent twice, the form makes one.
 */
export function qrCodePages(fastify: FastifyInstance, context: PaymentContext, log: Logger): void {
  const pages = { context, createPayment: createCreatePayment(context), log };
  fastify.get<TokenRequest>('/q/:token', (request, reply) => answer(pages, request, reply, look));
  fastify.post<TokenRequest>('/q/:token', (request, reply) => answer(pages, request, reply, submit));
  fastify.get<TokenRequest>('/q/:token/image.svg', (request, reply) =>
    drawImage(context, request, reply, (text) => ({
      type: 'image/svg+xml; charset=utf-8',
      image: String(present(qrSvg(text), 'a drawn code')),
    })),
  );
  fastify.get<TokenRequest>('/q/:token/image.png', (request, reply) =>
    drawImage(context, request, reply, (text) => ({ type: 'image/png', image: present(qrPng(text), 'a drawn code') })),
  );
}

/** A page of the code, or the payment's own, on the host that the shopper is on. */
type Shown = { readonly view: PageChoice } | { readonly checkoutToken: string };
type PageChoice = Partial<Pick<QrFormView, 'refused'> & Pick<QrEndView, 'retry'>> & {
  readonly kind: QrPageView['kind'];
};

type Step = (pages: Pages, scanned: Scanned, form: URLSearchParams) => Promise<Shown>;

async function answer(
  pages: Pages,
  request: FastifyRequest<TokenRequest>,
  reply: FastifyReply,
  step: Step,
): Promise<FastifyReply> {
  const nonce = randomBytes(16).toString('base64');
  const locale = chooseLocale(undefined, request.headers['accept-language']);
  const scanned = await findScanned(pages.context, request);
  if (scanned === null) return pageHeaders(reply, nonce).code(404).send(renderCheckoutMissing(locale, nonce));
  const form = readForm(request);
  const shown = await step(pages, scanned, form).catch((error: unknown) => insteadOf(pages, { scanned, form, error }));
  if ('checkoutToken' in shown) {
    const location = `/c/${shown.checkoutToken}`;
    return pageHeaders(reply, nonce).code(303).header('location', location).send();
  }
  const { code, tenant } = scanned;
  const { token } = request.params;
  const page = renderQrPage(viewOf(code, { ...shown.view, tenant, locale, nonce, path: `/q/${token}` }));
  return pageHeaders(reply, nonce).code(statusOf(shown.view)).send(page);
}

/** Null where the address opens nothing here; a suspended tenant takes no payments. @throws Problem https_required */
async function findScanned(context: PaymentContext, request: FastifyRequest<TokenRequest>): Promise<Scanned | null> {
  const code = await findScannedCode(context.database.query, request.params.token);
  if (code === null) return null;
  try {
    checkVisit(code, exchangeOf(request));
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return null;
    throw error;
  }
  const tenant = await context.readTenant(code.tenantId);
  return tenant.status === 'active' ? { code, tenant, ...(await timeOf(context, code)) } : null;
}

async function look(pages: Pages, scanned: Scanned): Promise<Shown> {
  const { code, now } = scanned;
  if (code.uses === 'single') {
    const earlier = await openEarlier(pages, scanned);
    if (earlier !== null) return earlier;
  }
  const status = qrCodeStatus(code, now);
  if (status !== 'active') return { view: { kind: status } };
  const opensAtOnce = code.uses === 'single' && !code.amountEditable;
  return opensAtOnce ? open(pages, scanned, { visit: ONLY_VISIT, amount: null }) : { view: { kind: 'form' } };
}

async function submit(pages: Pages, scanned: Scanned, form: URLSearchParams): Promise<Shown> {
  const { code } = scanned;
  if (code.uses === 'single') {
    const earlier = await openEarlier(pages, scanned);
    if (earlier !== null) return earlier;
  }
  const typed = form.get('amount') ?? '';
  const amount = code.amountEditable ? readAmount(typed, code.currency) : null;
  if (code.amountEditable) {
    const refused = refusalOf(code, amount, typed);
    if (refused !== null) return { view: { kind: 'form', refused } };
  }
  const visit = ownVisit(form);
  return visit === null ? look(pages, scanned) : open(pages, scanned, { visit: visitOf(code, visit, amount), amount });
}

function refusalOf(code: QrCode, amount: bigint | null, typed: string): QrFormView['refused'] {
  const why = amount === null ? 'no_amount' : amountRule(code, amount);
  return why === null ? null : { typed: typed.slice(0, TYPED_CHARACTERS_MAX), why };
}

/** As a form of ours carries it; null for one that is not ours and could be anybody's: then the form begins anew. */
function ownVisit(form: URLSearchParams): string | null {
  const visit = form.get('visit') ?? '';
  return /^[A-Za-z0-9_-]{22}$/.test(visit) ? visit : null;
}

/** With another amount it is another payment: who goes back and corrects it must not pay what stood there before. */
function visitOf({ uses }: QrCode, visit: string, amount: bigint | null): string {
  if (uses === 'single') return ONLY_VISIT;
  return amount === null ? visit : `${visit} ${amount}`;
}

/** The payment that a single-use code has already; null where there is none. */
async function openEarlier(pages: Pages, scanned: Scanned): Promise<Shown | null> {
  const { context, createPayment } = pages;
  const { code, now } = scanned;
  const use = await selectUse(context.database.query, code, ONLY_VISIT);
  if (use === null) return null;
  if (use.paymentId !== null) {
    const { payment } = await readPayment(context.database.query, code, use.paymentId);
    // Its page tells of somebody's payment, and who scans now may be somebody else.
    if (isEnded(payment)) return { view: { kind: 'used' } };
  }
  const { checkoutToken } = await createPaymentOfUse(context, createPayment, { code, use, now });
  return { checkoutToken };
}

async function open(
  { context, createPayment }: Pages,
  { code, now }: Scanned,
  { visit, amount }: { readonly visit: string; readonly amount: bigint | null },
): Promise<Shown> {
  await admitUse(context, code);
  const use = await context.database.transaction((tx) => claimUse(tx, { code, visit, amount, now }));
  const { checkoutToken } = await createPaymentOfUse(context, createPayment, { code, use, now });
  return { checkoutToken };
}

interface Failure {
  readonly scanned: Scanned;
  readonly form: URLSearchParams;
  readonly error: unknown;
}

/** A shopper cannot use an error page: the code's own page tells how things stand. */
async function insteadOf({ context, log }: Pages, { scanned: { code }, form, error }: Failure): Promise<Shown> {
  if (!(error instanceof Problem) || error.status >= 500) log.error({ error }, 'A scanned code could not be opened');
  if (error instanceof Problem && error.code === 'state_conflict') {
    // It was used up or canceled since it was read.
    const latest = (await findScannedCode(context.database.query, code.token)) ?? code;
    const status = qrCodeStatus(latest, (await timeOf(context, latest)).now);
    if (status !== 'active') return { view: { kind: status } };
  }
  const visit = ownVisit(form);
  // The use may have been taken: the same visit comes back to it, and takes no other.
  return { view: { kind: 'unavailable', retry: visit === null ? null : { visit, amount: form.get('amount') } } };
}

function statusOf({ kind, refused }: PageChoice): number {
  if (kind === 'form') return refused === undefined || refused === null ? 200 : 422;
  return kind === 'unavailable' ? 503 : 410;
}

function viewOf(
  code: QrCode,
  {
    tenant,
    kind,
    refused,
    retry,
    ...page
  }: PageChoice & { readonly tenant: Tenant } & Pick<QrPageView, 'locale' | 'nonce' | 'path'>,
): QrPageView {
  const brand = brandOf(tenant, page.locale);
  const common = { ...page, brand, testMode: code.mode === 'test', currency: code.currency };
  if (kind !== 'form') return { ...common, kind, retry: retry ?? null };
  const { amount, amountEditable, amountMin, amountMax } = code;
  return {
    ...common,
    ...{ kind, amount, amountEditable, amountMin, amountMax },
    description: code.paymentFields.description ?? null,
    visit: newSecret(128),
    refused: refused ?? null,
  };
}

/** Strict: no script at all, and no frame, since a page that asks for an amount could be laid over another. */
function pageHeaders(reply: FastifyReply, nonce: string): FastifyReply {
  return strictPageHeaders(reply, [
    "default-src 'none'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
}

/** The code itself, whatever became of it: what it opens says so. */
async function drawImage(
  context: PaymentContext,
  request: FastifyRequest<TokenRequest>,
  reply: FastifyReply,
  draw: (text: string) => { readonly type: string; readonly image: string | Buffer },
): Promise<FastifyReply> {
  const scanned = await findScanned(context, request);
  if (scanned === null) throw new Problem('not_found', 'There is no such code.');
  const { type, image } = draw(qrCodePayload(await context.checkoutUrlOf(scanned.code), scanned.code));
  return (
    reply
      .header('content-type', type)
      // Served where shoppers pay: opened by itself, nothing in it may run.
      .header('content-security-policy', "default-src 'none'")
      // An amount may be part of it, and change.
      .header('cache-control', 'no-cache')
      .send(image)
  );
}

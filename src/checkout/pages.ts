import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { isCountryCode } from '../payments/address-format.ts';
import { hasLapsed } from '../payments/attempt.ts';
import { cancelPayment } from '../payments/cancel-payment.ts';
import { confirmPayment } from '../payments/confirm-payment.ts';
import type { PaymentContext } from '../payments/context.ts';
import { endOpenAttempt } from '../payments/end-open-attempt.ts';
import { giveAddress } from '../payments/give-address.ts';
import { expirePayment } from '../payments/jobs.ts';
import { openCustomer } from '../payments/payment-json.ts';
import {
  type PaymentWithAttempt,
  readAttempt,
  readPaymentByToken,
  readPaymentOfAttempt,
} from '../payments/read-payment.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import { readForm } from '../platform/http/page-headers.ts';
import type { Logger } from '../platform/log.ts';
import { admitTenant } from '../platform/tenant-scope.ts';
import { offeredLanguages } from '../tenants/languages.ts';
import { frameAncestorsOf } from '../tenants/settings.ts';
import { cardFieldModules, readCardFields } from './card-fields.ts';
import { isServiceDown } from './check-service.ts';
import { checkVisit } from './check-visit.ts';
import { callbackUrl, checkoutView, returnUrlWith, stateKey, TEST_TOKENS, type Way } from './checkout-view.ts';
import { followReturn } from './follow-return.ts';
import { checkoutAssets } from './page/assets.ts';
import { chosenLanguage, inLanguageOf, keepLanguage, withoutLanguage } from './page/language-switch.ts';
import { chooseLocale } from './page/locale.ts';
import { renderCheckoutMissing } from './page/render-checkout-missing.ts';
import { renderCheckoutPage } from './page/render-checkout-page.ts';
import { framingOf, pageHeaders } from './page-headers.ts';
import { type AskedAgain, judgeAddress, readAddressForm, readShippingStep } from './shipping-step.ts';

interface TokenRequest {
  Params: { readonly token: string };
}

/**
 * The hosted page. GET shows the server's state; forms POST to the page itself, act, and lead back to it with 303, so
 * that reload and back button are safe. Nothing is read from the query string but the language that was chosen on the page,
 * and on the way home from a bank.
 */
export function checkoutPages(fastify: FastifyInstance, context: PaymentContext, log: Logger): void {
  for (const asset of [...Object.values(checkoutAssets()), ...cardFieldModules(context)]) {
    fastify.get(asset.path, (request, reply) => {
      const isSmall = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
      if (isSmall) reply.header('content-encoding', 'br');
      return reply
        .header('content-type', asset.contentType)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('vary', 'accept-encoding')
        .header('etag', isSmall ? `W/${asset.etag}` : asset.etag)
        .send(isSmall ? asset.brotli : asset.body);
    });
  }
  fastify.get<TokenRequest>('/c/:token', (request, reply) => show(context, request, reply, 'looking'));
  fastify.get<TokenRequest>('/c/:token/leave', (request, reply) => show(context, request, reply, 'leaving'));
  fastify.get<TokenRequest>('/c/:token/wait', (request, reply) => show(context, request, reply, 'waiting'));
  fastify.get<TokenRequest>('/c/:token/unavailable', (request, reply) => show(context, request, reply, 'refused'));
  fastify.get<TokenRequest>('/c/:token/return', async (request, reply) => {
    await comeBack(context, log, request);
    return show(context, request, reply, 'returned');
  });
  fastify.get<TokenRequest>('/c/:token/shipping', (request, reply) =>
    show(context, request, reply, 'looking', { form: null, broken: [] }),
  );
  fastify.post<TokenRequest>('/c/:token/shipping', (request, reply) => takeAddress(context, log, request, reply));
  fastify.post<TokenRequest>('/c/:token/pay', (request, reply) => act(context, log, request, reply, pay));
  fastify.post<TokenRequest>('/c/:token/cancel', (request, reply) => act(context, log, request, reply, cancel));
  fastify.post<TokenRequest>('/c/:token/test', (request, reply) => act(context, log, request, reply, playBank));
  fastify.get<{ Params: { tenantId: string; attemptId: string } }>('/return/:tenantId/:attemptId', (request, reply) =>
    leaveToShop(context, log, request.params, request, reply),
  );
}

async function show(
  context: PaymentContext,
  request: FastifyRequest<TokenRequest>,
  reply: FastifyReply,
  way: Way,
  again?: AskedAgain,
): Promise<FastifyReply> {
  const nonce = randomBytes(16).toString('base64');
  const { token } = request.params;
  try {
    const found = await readPaymentByToken(context, token);
    checkVisit(found.payment, exchangeOf(request));
    const callback = callbackUrl(found.payment);
    if (callback !== null && way !== 'leaving') {
      return reply.code(302).header('location', callback).header('referrer-policy', 'no-referrer').send();
    }
    // Browsers follow a form's redirects under its policy and stop before another site: the page goes there by itself.
    if (callback !== null) reply.header('refresh', `0;url=/c/${token}`);
    const tenant = await context.readTenant(found.payment.tenantId);
    const customer = await openCustomer(context.sealer, found.payment);
    const offered = offeredLanguages(tenant.settings.languages);
    // A form that is shown again was posted, and says itself in which language.
    const chosen = chosenLanguage(inLanguageOf(readForm(request), request.url), offered);
    const locale = chooseLocale(customer?.locale, request.headers['accept-language'], { offered, chosen });
    const cardFields = await readCardFields(context, found);
    const shipping = await readShippingStep(context, found.payment, locale.tag, again);
    const serviceDown = way === 'looking' && (await isServiceDown(context, found.payment));
    const framing = framingOf(request);
    const now = found.clock.now();
    const view = checkoutView({
      ...{ ...found, token, tenant, locale, nonce, now, way, framing, cardFields, shipping, serviceDown },
    });
    if (view.kind === 'shipping' && again !== undefined && again.broken.length > 0) reply.code(422);
    const frameAncestors = frameAncestorsOf(tenant.settings, found.payment.mode);
    const origins = view.kind === 'card' && typeof cardFields === 'object' ? (cardFields?.origins ?? []) : [];
    return pageHeaders(reply, nonce, { frameAncestors, origins }).send(renderCheckoutPage(keepLanguage(view)));
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'not_found') throw error;
    return missing(request, reply, nonce);
  }
}

function missing(request: FastifyRequest, reply: FastifyReply, nonce: string): FastifyReply {
  const locale = chooseLocale(undefined, request.headers['accept-language']);
  return pageHeaders(reply, nonce, { frameAncestors: [], origins: [] })
    .code(404)
    .send(renderCheckoutMissing(locale, nonce));
}

type Act = (context: PaymentContext, found: PaymentWithAttempt, token: string, form: URLSearchParams) => Promise<void>;

/** With these nothing was begun, and the shopper can only try again later. */
const OUT_OF_SERVICE: ReadonlySet<string> = new Set(['no_provider_account', 'endpoint_unhealthy', 'unavailable']);

/**
 * Runs an act of the shopper and leads back to the page. A form that was filled in against a state that is gone (a second
 * click, another window, the back button) does nothing: the page shows how things stand now.
 */
async function act(
  context: PaymentContext,
  log: Logger,
  request: FastifyRequest<TokenRequest>,
  reply: FastifyReply,
  run: Act,
): Promise<FastifyReply> {
  const { token } = request.params;
  const form = readForm(request);
  let place = 'leave';
  try {
    const found = await readPaymentByToken(context, token);
    checkVisit(found.payment, exchangeOf(request));
    const seen = form.get('state');
    if (seen === null || seen === stateKey(found.payment, found.clock.now())) await run(context, found, token, form);
  } catch (error) {
    if (error instanceof Problem && error.code === 'https_required') throw error;
    if (error instanceof Problem && error.code === 'not_found') {
      return missing(request, reply, randomBytes(16).toString('base64'));
    }
    // A shopper cannot use an error page: the payment's own page tells how things stand, and the worker goes on.
    if (!(error instanceof Problem) || error.status >= 500) log.error({ error }, 'An act on the hosted page failed');
    if (!(error instanceof Problem) || OUT_OF_SERVICE.has(error.code)) place = 'unavailable';
  }
  return reply
    .code(303)
    .header('location', inLanguageOf(form, `/c/${token}/${place}`))
    .header('referrer-policy', 'no-referrer')
    .send();
}

/** Keeps the address that the form brought, or shows the form again: with the fields of another country, or what is wrong. */
async function takeAddress(
  context: PaymentContext,
  log: Logger,
  request: FastifyRequest<TokenRequest>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { address: form, act: wish } = readAddressForm(readForm(request));
  if (wish === 'country' && isCountryCode(form.country)) {
    return show(context, request, reply, 'looking', { form, broken: [] });
  }
  const judged = judgeAddress(form);
  if (!judged.ok) return show(context, request, reply, 'looking', { form, broken: judged.broken });
  return act(context, log, request, reply, (_context, { payment }) => giveAddress(context, payment, judged.address));
}

async function pay(
  context: PaymentContext,
  found: PaymentWithAttempt,
  token: string,
  form: URLSearchParams,
): Promise<void> {
  const { payment, latestAttempt } = found;
  // What a provider gives the shopper to do is good for a while; an attempt that waits for it in vain is ended first.
  const waitsInVain = latestAttempt?.state === 'requires_action' && hasLapsed(latestAttempt, context.clock);
  if (waitsInVain && payment.status === 'processing') await endOpenAttempt(context, payment);
  await confirm(context, found, inLanguageOf(form, `/c/${token}/return`), undefined);
}

async function cancel(context: PaymentContext, { payment }: PaymentWithAttempt): Promise<void> {
  const { tenantId, mode, paymentId } = payment;
  await cancelPayment(context, { tenantId, mode, paymentId, source: 'shopper' }, null);
}

/** The test bar: the shopper plays the bank. In live mode there is nothing here. */
async function playBank(
  context: PaymentContext,
  found: PaymentWithAttempt,
  token: string,
  form: URLSearchParams,
): Promise<void> {
  if (found.payment.mode !== 'test') throw new Problem('not_found', 'This link opens no payment.');
  const action = form.get('action') ?? '';
  if (action === 'cancel') return cancel(context, found);
  if (action === 'expire') return expirePayment(context, found.payment, true);
  const sandboxToken = TEST_TOKENS[action];
  if (sandboxToken === undefined) throw new Problem('not_found', 'There is no such test action.');
  await confirm(context, found, inLanguageOf(form, `/c/${token}/return`), { type: 'sandbox', token: sandboxToken });
}

async function confirm(
  context: PaymentContext,
  { payment }: PaymentWithAttempt,
  returnPath: string,
  method: unknown,
): Promise<void> {
  const { tenantId, mode, paymentId } = payment;
  const returnUrl = `${await context.checkoutUrlOf(payment)}${returnPath}`;
  await confirmPayment(context, { tenantId, mode, paymentId, method, source: 'shopper', returnUrl }, null);
}

/** A token that opens nothing is no matter here: the page that follows says so. */
async function comeBack(context: PaymentContext, log: Logger, request: FastifyRequest<TokenRequest>): Promise<void> {
  const exchange = exchangeOf(request);
  const open = async () => {
    const opened = await readPaymentByToken(context, request.params.token);
    checkVisit(opened.payment, exchange);
    return opened;
  };
  const found = await open().catch(() => null);
  if (found === null || found.latestAttempt === null || found.payment.status !== 'processing') return;
  const { payment, latestAttempt: attempt } = found;
  const url = withoutLanguage(request.url);
  await followReturn(context, log, { payment, attempt, url, secure: exchange.secure });
}

/** Where the bank sends browsers of attempts that did not start on the hosted page: on to the shop, with a hint. */
async function leaveToShop(
  context: PaymentContext,
  log: Logger,
  { tenantId, attemptId }: { readonly tenantId: string; readonly attemptId: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // Whoever knows an attempt's id may be led on to its shop; the address names the tenant.
  const isNamed = isId('ten', tenantId) && isId('att', attemptId);
  if (isNamed) admitTenant(tenantId);
  const attempt = isNamed ? await readAttempt(context.database.query, tenantId, attemptId) : null;
  if (attempt === null) return missing(request, reply, randomBytes(16).toString('base64'));
  const before = await readPaymentOfAttempt(context.database.query, attempt);
  const { secure } = exchangeOf(request);
  await followReturn(context, log, { payment: before, attempt, url: request.url, secure });
  const payment = await readPaymentOfAttempt(context.database.query, attempt);
  const url = returnUrlWith(payment, payment.status);
  if (url === null) return missing(request, reply, randomBytes(16).toString('base64'));
  return reply.code(303).header('location', url).header('referrer-policy', 'no-referrer').send();
}

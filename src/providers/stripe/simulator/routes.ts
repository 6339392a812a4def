import { z } from 'zod';
import { find, newStripeId, type StripeObject, type WebhookEndpoint } from './account.ts';
import { ApiError, invalidRequest } from './api-error.ts';
import { retrieveBalance } from './balance.ts';
import { createSession, createSessionParams, expireSession, expireSessionParams } from './checkout-sessions.ts';
import type { Desk } from './desk.ts';
import { updateDispute, updateDisputeParams } from './disputes.ts';
import { expand, readParams, webUrl } from './form.ts';
import { expandAnswer, listInTimeParams, listObjects, listOfIntentParams } from './listing.ts';
import {
  cancelIntent,
  cancelIntentParams,
  captureIntent,
  captureIntentParams,
  confirmIntent,
  confirmIntentParams,
  createIntent,
  createIntentParams,
} from './payment-intents.ts';
import { createRefund, createRefundParams, type RefundOutcome } from './refunds.ts';

/** What a route works with besides its parameters. */
export interface RouteDesk extends Desk {
  readonly nextRefund: () => RefundOutcome;
  readonly mayNotify: (url: URL) => boolean;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** A shopper's browser may, with the publishable key and the client secret. */
  readonly isPublic?: true;
  readonly serve: (desk: RouteDesk, form: unknown, id: string) => unknown;
}

const lookParams = z.strictObject({ expand, client_secret: z.string().optional(), key: z.string().optional() });
const endpointParams = z.strictObject({
  url: webUrl,
  enabled_events: z.record(z.string(), z.string()).transform((types) => Object.values(types)),
  api_version: z.string().optional(),
});

function route<Params>(
  method: Route['method'],
  path: RegExp,
  schema: z.ZodType<Params>,
  serve: (desk: RouteDesk, params: Params, id: string) => unknown,
  isPublic?: true,
): Route {
  return {
    method,
    path,
    ...(isPublic === undefined ? {} : { isPublic }),
    serve: (desk, form, id) => {
      const params = readParams(schema, form);
      const shown = (params as { readonly expand?: readonly string[] }).expand ?? [];
      return expandAnswer(desk.account, serve(desk, params, id), shown);
    },
  };
}

function look(noun: Exclude<StripeObject['object'], 'payout'>, path: RegExp, isPublic?: true): Route {
  return route('GET', path, lookParams, ({ account }, _params, id) => find(account, noun, id), isPublic);
}

const INTENT = (id: string, { account }: Desk) => find(account, 'payment_intent', id);

const ROUTES: readonly Route[] = [
  route('POST', /^\/v1\/payment_intents$/, createIntentParams, createIntent),
  look('payment_intent', /^\/v1\/payment_intents\/([^/]+)$/, true),
  route(
    'POST',
    /^\/v1\/payment_intents\/([^/]+)\/confirm$/,
    confirmIntentParams,
    (desk, params, id) => confirmIntent(desk, INTENT(id, desk), params),
    true,
  ),
  route('POST', /^\/v1\/payment_intents\/([^/]+)\/capture$/, captureIntentParams, (desk, params, id) =>
    captureIntent(desk, INTENT(id, desk), params),
  ),
  route('POST', /^\/v1\/payment_intents\/([^/]+)\/cancel$/, cancelIntentParams, (desk, params, id) => {
    const intent = INTENT(id, desk);
    const isOfSession = [...desk.account.objects.values()].some(
      (each) => each.object === 'checkout.session' && each.payment_intent === id,
    );
    if (isOfSession && intent.status !== 'requires_capture') {
      throw invalidRequest(
        'payment_intent_unexpected_state',
        'Expire the Checkout Session instead of canceling this PaymentIntent.',
      );
    }
    return cancelIntent(desk, intent, params.cancellation_reason ?? null);
  }),
  route('POST', /^\/v1\/checkout\/sessions$/, createSessionParams, createSession),
  look('checkout.session', /^\/v1\/checkout\/sessions\/([^/]+)$/),
  route('POST', /^\/v1\/checkout\/sessions\/([^/]+)\/expire$/, expireSessionParams, (desk, _params, id) =>
    expireSession(desk, find(desk.account, 'checkout.session', id)),
  ),
  route('POST', /^\/v1\/refunds$/, createRefundParams, (desk, params) => createRefund(desk, params, desk.nextRefund())),
  route('GET', /^\/v1\/refunds$/, listOfIntentParams, ({ account }, params) =>
    listObjects(account, 'refund', '/v1/refunds', params),
  ),
  look('refund', /^\/v1\/refunds\/([^/]+)$/),
  route('GET', /^\/v1\/disputes$/, listOfIntentParams, ({ account }, params) =>
    listObjects(account, 'dispute', '/v1/disputes', params),
  ),
  look('dispute', /^\/v1\/disputes\/([^/]+)$/),
  route('POST', /^\/v1\/disputes\/([^/]+)$/, updateDisputeParams, (desk, params, id) =>
    updateDispute(desk, find(desk.account, 'dispute', id), params),
  ),
  route('GET', /^\/v1\/balance_transactions$/, listInTimeParams, ({ account }, params) =>
    listObjects(account, 'balance_transaction', '/v1/balance_transactions', params),
  ),
  route('GET', /^\/v1\/balance$/, lookParams, retrieveBalance),
  route('POST', /^\/v1\/webhook_endpoints$/, endpointParams, (desk, params) => {
    if (!desk.mayNotify(new URL(params.url)))
      throw invalidRequest('url_invalid', 'This address may not be notified', 'url');
    const endpoint: WebhookEndpoint = {
      id: newStripeId('we'),
      url: params.url,
      secret: newStripeId('whsec'),
      types: params.enabled_events,
    };
    desk.account.endpoints.push(endpoint);
    const { id, url, secret, types } = endpoint;
    return { id, object: 'webhook_endpoint', url, secret, enabled_events: types, livemode: false, status: 'enabled' };
  }),
];

/** The route of a request and the id in its path. @throws ApiError where there is none */
export function routeOf(method: string, path: string): { readonly route: Route; readonly id: string } {
  for (const each of ROUTES) {
    const match = each.method === method ? each.path.exec(path) : null;
    if (match !== null) return { route: each, id: decodeURIComponent(match[1] ?? '') };
  }
  throw new ApiError(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path})` });
}

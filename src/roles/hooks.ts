import type { FastifyReply, FastifyRequest } from 'fastify';
import { receiveNotification } from '../inbound/receive-notification.ts';
import { findPartnerReturn, receivePartnerIpn } from '../inbound/receive-partner-ipn.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import type { RawWebhook, WebhookReply } from '../providers/provider-webhook.ts';
import type { Gateway } from './gateway.ts';

interface HookRequest {
  Params: { readonly provider: string; readonly providerAccountId: string };
}

interface ResultRequest {
  Querystring: { readonly orderId?: unknown };
}

/** What a wrong signature is answered with as well: who guesses at attempts learns nothing. */
const UNKNOWN_ORDER: WebhookReply = { status: 401 };

const NOWHERE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Not found</title>
<p>This link leads to no payment. Please return to the shop where you wanted to pay.</p></html>
`;

/** Serves the addresses that providers notify, and the one that partners send browsers to. Bodies stay the bytes signed. */
export function serveHooks(server: HttpServer, gateway: Gateway): void {
  const { payments, clock, log, metrics } = gateway;
  const unknownOrders = metrics.counter(
    'tollgate_partner_ipns_unknown_total',
    'Notifications at the shared address of partner gateways that named no attempt of a partner.',
  );
  server.fastify.route<HookRequest>({
    method: ['GET', 'POST'],
    url: '/hooks/:provider/:providerAccountId',
    handler: async (request, reply) =>
      answer(reply, await receiveNotification(payments, request.params, rawWebhook(request, clock.now()), log)),
    onResponse: async () => crashPoint('notification-acknowledged'),
  });
  server.fastify.route({
    method: 'POST',
    url: '/api/payment/ipn',
    handler: async (request, reply) => {
      const answered = await receivePartnerIpn(payments, rawWebhook(request, clock.now()), log);
      if (answered === null) {
        unknownOrders.add();
        log.warn({ remoteAddress: request.ip }, 'A notification of a partner named no attempt and was refused');
      }
      return answer(reply, answered ?? UNKNOWN_ORDER);
    },
    onResponse: async () => crashPoint('notification-acknowledged'),
  });
  // Settles nothing: what a browser brings proves nothing, and the page it is led to asks.
  server.fastify.get<ResultRequest>('/api/payment/result', async (request, reply) => {
    const url = await findPartnerReturn(payments, request.query.orderId);
    reply.header('referrer-policy', 'no-referrer').header('cache-control', 'no-store');
    if (url !== null) return reply.code(302).header('location', url).send();
    return reply
      .code(404)
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
      .header('x-content-type-options', 'nosniff')
      .send(NOWHERE);
  });
}

function answer(reply: FastifyReply, { status, contentType, body }: WebhookReply): FastifyReply {
  if (contentType !== undefined) reply.header('content-type', contentType);
  return reply.code(status).send(body ?? '');
}

function rawWebhook(request: FastifyRequest<HookRequest> | FastifyRequest, receivedAt: Temporal.Instant): RawWebhook {
  const headers: Record<string, string[]> = {};
  const { rawHeaders } = request.raw;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    const value = rawHeaders[i + 1] ?? '';
    const known = headers[name];
    if (known === undefined) headers[name] = [value];
    else known.push(value);
  }
  return {
    method: request.method,
    query: request.url.includes('?') ? Object.fromEntries(new URL(request.url, 'http://host').searchParams) : {},
    headers,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    remoteAddress: request.ip,
    receivedAt,
  };
}

import type { FastifyRequest } from 'fastify';
import { receiveNotification } from '../inbound/receive-notification.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import type { RawWebhook } from '../providers/provider-webhook.ts';
import type { Gateway } from './gateway.ts';

interface HookRequest {
  Params: { readonly provider: string; readonly providerAccountId: string };
}

/** Serves the addresses that providers notify. The body stays the bytes that were signed. */
export function serveHooks(server: HttpServer, gateway: Gateway): void {
  server.fastify.route<HookRequest>({
    method: ['GET', 'POST'],
    url: '/hooks/:provider/:providerAccountId',
    handler: async (request, reply) => {
      const raw = rawWebhook(request, gateway.clock.now());
      const answer = await receiveNotification(gateway.payments, request.params, raw, gateway.log);
      if (answer.contentType !== undefined) reply.header('content-type', answer.contentType);
      return reply.code(answer.status).send(answer.body ?? '');
    },
    onResponse: async () => crashPoint('notification-acknowledged'),
  });
}

function rawWebhook(request: FastifyRequest<HookRequest>, receivedAt: Temporal.Instant): RawWebhook {
  const headers: Record<string, string[]> = {};
  const { rawHeaders } = request.raw;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    headers[name] = [...(headers[name] ?? []), rawHeaders[i + 1] ?? ''];
  }
  return {
    method: request.method,
    query: Object.fromEntries(new URL(request.url, 'http://host').searchParams),
    headers,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    remoteAddress: request.ip,
    receivedAt,
  };
}

import { OPERATIONS } from '../partner-gateway/messages.ts';
import { createReceivePartnerRequest } from '../partner-gateway/receive-partner-request.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import { refuseMediaType } from '../platform/http/read-request.ts';
import type { Gateway } from './gateway.ts';

/** Serves the addresses at which partners use us as their provider. Bodies stay the bytes that were signed. */
export function servePartnerApi(server: HttpServer, { payments, log, metrics }: Gateway): void {
  const receive = createReceivePartnerRequest(payments);
  const unproven = metrics.counter(
    'tollgate_partner_requests_unproven_total',
    'Requests at the addresses of partners that no partner key had signed.',
  );
  for (const operation of OPERATIONS) {
    server.fastify.route({
      method: 'POST',
      url: `/api/partner/${operation}`,
      preParsing: async (request) => refuseMediaType(request),
      async handler(request, reply) {
        const { secure, correlationId } = exchangeOf(request);
        const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
        const answer = await receive({ operation, body, secure, correlationId });
        const { status, contentType, refusal, partnerKeyId } = answer;
        if (refusal === 'invalid_signature') unproven.add();
        if (refusal !== null) {
          log.warn(
            { correlationId, operation, refusal, partnerKeyId, remoteAddress: request.ip },
            'A partner was refused',
          );
        }
        return reply.code(status).header('content-type', contentType).send(Buffer.from(answer.body));
      },
    });
  }
}

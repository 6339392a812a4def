import type { HttpServer } from '../platform/http/create-http-server.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import type { Gateway } from './gateway.ts';

interface AskRequest {
  Querystring: { readonly domain?: unknown };
}

/**
 * The question of the proxy before it orders a certificate. The same empty answer for every name that is not proven. Where
 * more names are asked about than can be looked up, those whose answer is at hand still get it.
 */
export function serveAsk(internal: HttpServer, { domains: { hosts }, rateLimits }: Gateway): void {
  internal.fastify.get<AskRequest>('/api/v1/domains/verify', async (request, reply) => {
    const { domain } = request.query;
    if (typeof domain !== 'string') return reply.code(404).send();
    if (!hosts.isAtHand(domain)) {
      const { remoteAddress, receivedAt } = exchangeOf(request);
      rateLimits.domainQuestions.admit(remoteAddress, receivedAt.epochMilliseconds);
    }
    return reply.code((await hosts.find(domain)) === null ? 404 : 200).send();
  });
}

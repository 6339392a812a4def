import type { FastifyInstance } from 'fastify';
import { Problem } from '../kernel/problem.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import type { ReadLogo } from './read-logo.ts';

interface LogoAddress {
  Params: { readonly tenantId: string; readonly file: string };
}

/**
 * The images of logos, to anybody who knows their address, at the installation's own host and at the tenant's: a host of
 * another tenant's does not have them, so that nobody shows somebody else's logo under a name of their own.
 */
export function serveLogos(fastify: FastifyInstance, readLogo: ReadLogo): void {
  fastify.get<LogoAddress>('/c/assets/logo/:tenantId/:file', async (request, reply) => {
    const { tenantId, file } = request.params;
    const [, hash] = /^([0-9a-f]{64})\.png$/.exec(file) ?? [];
    const { host } = exchangeOf(request);
    const foreign = host !== null && host.tenantId !== tenantId;
    const image = hash === undefined || foreign ? null : await readLogo(tenantId, hash);
    if (image === null) throw new Problem('not_found');
    return (
      reply
        .header('content-type', 'image/png')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('etag', `"${hash}"`)
        // Opened by itself it is a picture and no document, whatever a browser might see in it.
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(Buffer.from(image))
    );
  });
}

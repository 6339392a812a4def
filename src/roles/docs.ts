import { PROBLEMS } from '../kernel/problem.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import { buildOpenApi, type OpenApi } from '../platform/openapi/build-openapi.ts';
import type { DocsPage } from '../platform/openapi/docs-page.ts';
import { renderErrors } from '../platform/openapi/errors-page.ts';
import { renderReference } from '../platform/openapi/reference-page.ts';
import { ENDPOINTS } from './declarations.ts';

const API_VERSION = '1.0.0';

/** The OpenAPI document of everything declared; `serverUrl` is where the installation answers. */
export function describeApi(serverUrl: string): OpenApi {
  return buildOpenApi({
    endpoints: ENDPOINTS,
    title: 'Tollgate API',
    version: API_VERSION,
    description:
      'Create a payment, send the shopper to its page, and believe the signed notification. Amounts are whole minor ' +
      'units; instants are RFC 3339 in UTC; lists are newest first.',
    servers: [{ url: serverUrl }],
  });
}

/** Serves the OpenAPI document and the reference made of it; open to everybody, like the source. */
export function serveDocs(server: HttpServer, serverUrl: string): void {
  const openapi = describeApi(serverUrl);
  const reference = renderReference(openapi);
  const errors = renderErrors(PROBLEMS);
  server.fastify.get('/api/v1/openapi.json', (_request, reply) => reply.send(openapi));
  servePage(server, '/docs', reference);
  servePage(server, '/docs/errors', errors);
}

function servePage(server: HttpServer, path: string, page: DocsPage): void {
  server.fastify.get(path, (_request, reply) => reply.headers(page.headers).send(page.html));
}

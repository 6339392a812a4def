import { readFile } from 'node:fs/promises';
import { PROBLEMS } from '../kernel/problem.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import type { OpenApi } from '../platform/openapi/build-openapi.ts';
import type { DocsPage } from '../platform/openapi/docs-page.ts';
import { renderErrors } from '../platform/openapi/errors-page.ts';
import { renderReference } from '../platform/openapi/reference-page.ts';

/** Committed, and kept in step with the declarations by a test: making it anew would be four fifths of every start. */
const DOCUMENT = new URL('../../openapi/v1.json', import.meta.url);

/**
 * Serves the OpenAPI document and the reference made of it; open to everybody, like the source. Both are made when they
 * are first asked for, as they are large and most processes are never asked.
 */
export function serveDocs(server: HttpServer, serverUrl: string): void {
  const document = once(() => readDocument(serverUrl));
  const reference = once(async () => renderReference(await document()));
  const errors = once(async () => renderErrors(PROBLEMS));
  server.fastify.get('/api/v1/openapi.json', async (_request, reply) => reply.send(await document()));
  servePage(server, '/docs', reference);
  servePage(server, '/docs/errors', errors);
}

/** The committed document names no installation; the served one names this. */
async function readDocument(serverUrl: string): Promise<OpenApi> {
  const committed = JSON.parse(await readFile(DOCUMENT, 'utf8')) as OpenApi;
  return { ...committed, servers: [{ url: serverUrl }] };
}

function servePage(server: HttpServer, path: string, page: () => Promise<DocsPage>): void {
  server.fastify.get(path, async (_request, reply) => {
    const { headers, html } = await page();
    return reply.headers(headers).send(html);
  });
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

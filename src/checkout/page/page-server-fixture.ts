import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkoutAssets } from './assets.ts';

/** The policy under which the page is served; browser tests hold it to that. */
const POLICY =
  "default-src 'none'; style-src 'self' 'nonce-bm9uY2U'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What a path answers: a page, JSON, a redirect to a path, or nothing that can be used. */
export type PageAnswer =
  | { readonly page: string }
  | { readonly json: unknown }
  | { readonly seeOther: string }
  | 'fail';

export interface PageServer {
  readonly url: string;
  readonly requests: PageRequest[];
  close(): void;
}

/** A loopback server for browser tests: the real assets and policy, and whatever the test answers for other paths. */
export async function servePages(
  answer: (request: PageRequest) => PageAnswer | Promise<PageAnswer>,
): Promise<PageServer> {
  const assets = new Map(Object.values(checkoutAssets()).map((asset) => [asset.path as string, asset]));
  const requests: PageRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const asset = assets.get(incoming.url ?? '');
    if (asset !== undefined) {
      response.writeHead(200, { 'content-type': asset.contentType }).end(asset.body);
      return;
    }
    // A stream that stays open and says nothing: what is asked for is what counts here.
    if (incoming.url?.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
      return;
    }
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', body: await bodyOf(incoming) };
    requests.push(request);
    const given = await answer(request);
    if (given === 'fail') response.writeHead(503).end();
    else if ('json' in given)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(given.json));
    else if ('seeOther' in given) response.writeHead(303, { location: given.seeOther }).end();
    else {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY };
      response.writeHead(200, headers).end(given.page);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  return body;
}

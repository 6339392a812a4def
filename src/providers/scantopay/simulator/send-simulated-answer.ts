import type { ServerResponse } from 'node:http';
import type { ApiAnswer } from './serve-simulated-api.ts';

/** What becomes of one answer. `…_after`: the request was carried out, and the answer is lost or ugly. */
export type AnswerFault =
  | 'none'
  | 'lost_after'
  | 'bad_gateway_after'
  | 'truncated_after'
  | 'empty_after'
  | 'page_after'
  | 'slow_after'
  | 'redirect'
  | { readonly status: number; readonly body?: string; readonly contentType?: string };

type FaultBefore = Extract<AnswerFault, object | 'redirect'>;

/** Answers without serving the request. */
export function sendFault(response: ServerResponse, fault: FaultBefore, url: string): void {
  if (fault === 'redirect') {
    response.writeHead(302, { location: `${url}/elsewhere` }).end();
    return;
  }
  const { status, contentType = 'application/json', body = '{"error":"asked for by a test"}' } = fault;
  response.writeHead(status, { 'content-type': contentType }).end(body);
}

/** Answers a request that was served, as it should be or as a test wants it. */
export function sendAnswer(
  response: ServerResponse,
  answer: ApiAnswer,
  fault: Exclude<AnswerFault, FaultBefore> | undefined,
): void {
  const { status, contentType, body } = answer;
  const headers = { 'content-type': contentType };
  switch (fault) {
    case 'lost_after':
      response.destroy();
      return;
    case 'slow_after':
      // The connection is held until the simulator ends.
      return;
    case 'bad_gateway_after':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
      return;
    case 'page_after':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
      return;
    case 'truncated_after':
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) + 10 }).write(body);
      response.destroy();
      return;
    case 'empty_after':
      response.writeHead(status, headers).end();
      return;
    default:
      response.writeHead(status, headers).end(body);
  }
}

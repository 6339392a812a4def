import type { Operation, Send } from '../../../sdk/src/operation.ts';
import { ApiProblem } from './problem.ts';

/** Whose data a request is about. The cookie says who asks; the server decides whether they may. */
export interface Place {
  readonly tenantId: string;
  readonly mode: 'test' | 'live';
}

/** Longer than the server waits for a provider, so that its word comes first. */
const TIMEOUT_MS = 70_000;

/** Runs operations of the generated client in one tenant and mode, as the person who is signed in. */
export function createSend(place: Place | null): Send {
  return async <Answer>(operation: Operation, options: Parameters<Send>[1]): Promise<Answer> => {
    const headers: Record<string, string> = {};
    if (place !== null) {
      headers['x-tollgate-tenant'] = place.tenantId;
      headers['x-tollgate-mode'] = place.mode;
    }
    if (options?.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
    return request<Answer>(operation, headers, options?.signal);
  };
}

/**
 * One request to the admin's own host.
 * @throws ApiProblem where it was refused, or where no answer came
 */
export async function request<Answer>(
  { method, path, query, body }: Operation,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(path + queryText(query), {
      method,
      // JSON also where there is nothing to say: no form of another site can send that.
      headers: { ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      redirect: 'error',
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem(0, null, null);
  }
  const answer = readJson(text);
  if (!response.ok || answer === undefined) {
    throw new ApiProblem(response.status, answer, response.headers.get('retry-after'));
  }
  return answer as Answer;
}

/** Nothing at all is an answer (204); what cannot be read is none. */
function readJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function queryText(query: object | undefined): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

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
    const headers = headersOf(place);
    if (options?.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
    return request<Answer>(operation, headers, options?.signal);
  };
}

/** Whose data a request is about, as the API is told; null: the installation's. */
export function headersOf(place: Place | null): Record<string, string> {
  return place === null ? {} : { 'x-tollgate-tenant': place.tenantId, 'x-tollgate-mode': place.mode };
}

/** How a list can be had besides as pages: docs/panel-api.md. */
const FILE_TYPES = { csv: 'text/csv', jsonl: 'application/jsonl' } as const;
export type FileFormat = keyof typeof FILE_TYPES;

const files = new WeakMap<AbortSignal, FileFormat>();

/**
 * A signal for one call of the generated client: the list that is read with it comes back as a file, whole, as a Blob. So
 * one function of a screen reads its pages and exports them, with the same filters.
 */
export function answeredAsFile(format: FileFormat): AbortSignal {
  const { signal } = new AbortController();
  files.set(signal, format);
  return signal;
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
  const format = signal === undefined ? undefined : files.get(signal);
  // A file takes as long as it is.
  const deadline = format === undefined ? AbortSignal.timeout(TIMEOUT_MS) : new AbortController().signal;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path + queryText(query), {
      method,
      // JSON also where there is nothing to say: no form of another site can send that.
      headers: {
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(format === undefined ? {} : { accept: FILE_TYPES[format] }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      redirect: 'error',
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    if (format !== undefined && response.ok) return (await response.blob()) as Answer;
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

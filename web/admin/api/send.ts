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
  operation: Operation,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const format = signal === undefined ? undefined : files.get(signal);
  if (format !== undefined) {
    const accepting = { ...headers, accept: FILE_TYPES[format] };
    // A file takes as long as it is: nothing ends it but whoever wants it.
    const { response, body } = await exchange(operation, accepting, signal, (answer) => answer.blob());
    if (!response.ok) throw refusalOf(response, readJson(await body.text()));
    return body as Answer;
  }
  const { response, body } = await exchange(operation, headers, withDeadline(signal), (answer) => answer.text());
  const answer = readJson(body);
  if (!response.ok || answer === undefined) throw refusalOf(response, answer);
  return answer as Answer;
}

/**
 * The same for a document, which is no JSON, and for bytes that are sent as they are (a `Blob`, under its own type).
 * @throws ApiProblem where it was refused, or where no answer came
 */
export async function requestText(operation: Operation, place: Place, signal?: AbortSignal): Promise<string> {
  const headers = headersOf(place);
  const { response, body } = await exchange(operation, headers, withDeadline(signal), (answer) => answer.text());
  if (!response.ok) throw refusalOf(response, readJson(body));
  return body;
}

function withDeadline(signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}

function refusalOf(response: Response, answer: unknown): ApiProblem {
  return new ApiProblem(response.status, answer, response.headers.get('retry-after'));
}

async function exchange<Body>(
  { method, path, query, body }: Operation,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  read: (response: Response) => Promise<Body>,
): Promise<{ readonly response: Response; readonly body: Body }> {
  const isFile = body instanceof Blob;
  // JSON also where there is nothing to say: no form of another site can send that.
  const contentType = method === 'GET' ? {} : { 'content-type': isFile ? body.type : 'application/json' };
  try {
    const response = await fetch(path + queryText(query), {
      method,
      headers: { ...contentType, ...headers },
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: 'same-origin',
      redirect: 'error',
    });
    return { response, body: await read(response) };
  } catch (cause) {
    // Whoever asked has left; a deadline is nobody's wish.
    if (signal?.aborted && !(signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'))
      throw cause;
    throw new ApiProblem(0, null, null);
  }
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

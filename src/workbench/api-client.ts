import type { OutboundHttp } from '../platform/outbound-http.ts';

/** The API of an installation, as a program outside has it. */
export interface ApiClient {
  /** Whether the key says by itself that it is of live mode; a token does not say. */
  readonly hasLiveKey: boolean;
  /**
   * Asks and returns the body of a 2xx.
   * @throws ApiUnreachable where nobody knows whether it was done, ApiRefused where it was refused
   */
  send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
}

/** No whole answer, or one of a server that is coming or going: worth another try where a repeat does no harm. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachableRefused';
}

/** A refusal, in the words of the API. */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Longer than the longest question that the API lets wait. */
const TIMEOUT_MS = 40_000;
const ANSWER_BYTES_MAX = 32 * 1_024 * 1_024;

/** A client with one key. */
export function createApiClient(http: OutboundHttp, apiUrl: string, apiKey: string): ApiClient {
  return {
    hasLiveKey: apiKey.startsWith('sk_live_'),
    async send(method, path, body) {
      const outcome = await http.send({
        ...{ method, url: `${apiUrl}/api/v1${path}` },
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: TIMEOUT_MS,
        responseBytesMax: ANSWER_BYTES_MAX,
      });
      if (outcome.kind !== 'answered') {
        throw new ApiUnreachable(`The API at ${apiUrl} does not answer: ${outcome.detail}`);
      }
      const answer = jsonOf(outcome.body);
      if (outcome.status >= 200 && outcome.status < 300) return answer;
      if (outcome.status >= 500 || outcome.status === 429) {
        throw new ApiUnreachable(`The API at ${apiUrl} answers ${outcome.status}: ${detailOf(answer)}`);
      }
      throw new ApiRefused(outcome.status, detailOf(answer));
    },
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

/** The sentence of a problem, with its fields. RFC 9457. */
function detailOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null || !('detail' in answer)) return 'no explanation was given';
  const errors = 'errors' in answer && Array.isArray(answer.errors) ? answer.errors : [];
  const fields = errors.map(({ pointer, detail }: { pointer: unknown; detail: unknown }) => `${pointer}: ${detail}`);
  return [String(answer.detail), ...fields].join('; ');
}

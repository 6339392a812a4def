import type { Account } from './account.ts';
import { ApiError } from './api-error.ts';
import { parseForm } from './form.ts';
import { type Answer, runOnce } from './idempotency.ts';
import { type RouteDesk, routeOf } from './routes.ts';

/** The versions this simulator speaks; another one would have other words. */
const API_VERSION = '2026-10-28.endive';
const BODY_TYPE = 'application/x-www-form-urlencoded';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface ApiContext {
  /** The account of a secret key, which is opened with its first request; null for keys that are none. */
  readonly accountOf: (secretKey: string) => Account | null;
  readonly accountOfPublishable: (publishableKey: string) => Account | null;
  readonly deskOf: (account: Account) => RouteDesk;
}

/** Serves one request of the API: who, which version, the form, and then once per key. Never throws what a caller can cause. */
export function serveApi(context: ApiContext, request: ApiRequest): Answer {
  try {
    const { method, path, query, headers, body } = request;
    const { route, id } = routeOf(method, path);
    const version = headers['stripe-version'];
    if (version !== undefined && version !== API_VERSION) {
      throw new ApiError(400, { type: 'invalid_request_error', message: 'Invalid Stripe API version' });
    }
    if (method === 'POST' && body !== '' && !headers['content-type']?.startsWith(BODY_TYPE)) {
      throw new ApiError(400, { type: 'invalid_request_error', message: 'The body is to be form-encoded' });
    }
    const form = parseForm(method === 'GET' ? query : body);
    const key = bearerOf(headers.authorization) ?? (typeof form.key === 'string' ? form.key : '');
    const account = authenticate(context, key, { isPublic: route.isPublic === true, id, secret: form.client_secret });
    const desk = context.deskOf(account);
    const keyed = { key: headers['idempotency-key'], method, path, form, now: desk.now };
    return runOnce(account, keyed, () => execute(() => route.serve(desk, form, id)));
  } catch (error) {
    if (error instanceof ApiError) return answerOf(error);
    throw error;
  }
}

/** An error that comes of executing is an answer like any other, to be kept; one of reading the request is not. */
function execute(work: () => unknown): Answer {
  try {
    return { status: 200, body: JSON.stringify(work(), null, 2) };
  } catch (error) {
    const isOutcome = error instanceof ApiError && (error.status === 402 || 'payment_intent' in error.error);
    if (isOutcome) return answerOf(error);
    throw error;
  }
}

function answerOf({ status, error }: ApiError): Answer {
  return { status, body: JSON.stringify({ error }, null, 2) };
}

function authenticate(
  { accountOf, accountOfPublishable }: ApiContext,
  key: string,
  { isPublic, id, secret }: { readonly isPublic: boolean; readonly id: string; readonly secret: unknown },
): Account {
  const account = key.startsWith('pk_') ? accountOfPublishable(key) : accountOf(key);
  if (account === null) {
    const message = key === '' ? 'You did not provide an API key.' : `Invalid API Key provided: ${masked(key)}`;
    throw new ApiError(401, { type: 'invalid_request_error', message });
  }
  if (!key.startsWith('pk_')) return account;
  const intent = account.objects.get(id);
  const mayAct = isPublic && intent?.object === 'payment_intent' && intent.client_secret === secret;
  if (!mayAct)
    throw new ApiError(403, {
      type: 'invalid_request_error',
      code: 'secret_key_required',
      message: 'This API call cannot be made with a publishable API key.',
    });
  return account;
}

function masked(key: string): string {
  return `${key.slice(0, 8)}****${key.slice(-4)}`;
}

/** `Bearer <key>`, or Basic with the key as the name, which Stripe takes as well. */
function bearerOf(header: string | undefined): string | null {
  const [scheme, value = ''] = (header ?? '').split(' ');
  if (scheme === 'Bearer') return value;
  return scheme === 'Basic' ? (Buffer.from(value, 'base64').toString().split(':')[0] ?? '') : null;
}

import { TollgateApi } from './api.generated.ts';
import { createSend, type FetchLike } from './send-request.ts';

export interface TollgateOptions {
  /** Where the API listens, such as `https://pay.example.com`, without a path. */
  readonly baseUrl: string;
  /** `sk_test_…` or `sk_live_…`, or an access token from the tenant's login. */
  readonly apiKey: string;
  /** One deadline over one try, from connecting to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** Another way out, for proxies or special certificates; the global `fetch` unless given. */
  readonly fetch?: FetchLike;
}

/**
 * The API of a Tollgate installation, grouped as in its reference: `tollgate.payments.create({ … })`.
 * Calls throw TollgateError. Every POST carries an idempotency key, so that repeating one does nothing twice.
 */
export class Tollgate extends TollgateApi {
  /** @throws TypeError where an option cannot work, before anything is sent */
  constructor({ baseUrl, apiKey, timeoutMs = 10_000, fetch = globalThis.fetch }: TollgateOptions) {
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new TypeError('apiKey is empty or has characters that no key has');
    if (!(Number.isInteger(timeoutMs) && timeoutMs > 0)) throw new TypeError('timeoutMs must be a positive integer');
    super(createSend({ baseUrl: checkedBaseUrl(baseUrl, apiKey), apiKey, timeoutMs, fetch }));
  }
}

function checkedBaseUrl(text: string, apiKey: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('baseUrl must be an http or https address, such as https://pay.example.com');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must have no credentials, query or fragment');
  }
  if (url.protocol === 'http:' && apiKey.startsWith('sk_live_') && !isLoopback(url.hostname)) {
    throw new TypeError('baseUrl must be https: a live key does not travel in the clear');
  }
  return url.href.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

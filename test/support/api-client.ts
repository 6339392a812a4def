import { request } from 'undici';

/** An answer as it came, with its body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  readonly text: string;
}

/** Calls the API as another program would, over a real connection. */
export async function call(
  url: string,
  options: {
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
    readonly key?: string;
    readonly idempotencyKey?: string;
    readonly body?: unknown;
    readonly rawBody?: string | Buffer;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const raw = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const { statusCode, headers, body } = await request(url, {
    method: options.method ?? (raw === undefined ? 'GET' : 'POST'),
    headers: {
      ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
      ...(raw === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(raw === undefined ? {} : { body: raw }),
  });
  const text = await body.text();
  return {
    status: statusCode,
    headers,
    text,
    body: /json/.test(String(headers['content-type'])) ? JSON.parse(text) : null,
  };
}

/** Asks again until the question is answered with something, or fails after the limit. */
export async function until<T>(ask: () => Promise<T | null | undefined | false>, limitMs = 10_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error('It did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

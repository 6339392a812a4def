import { describe, expect, it } from 'vitest';
import type { Operation } from './operation.ts';
import { createSend } from './send-request.ts';

/** The way out that a caller can pass in; here it leads nowhere. */
function sendOver(fetch: () => Promise<never> | Promise<Response>) {
  let calls = 0;
  const counted = () => {
    calls++;
    return fetch();
  };
  const send = createSend({ baseUrl: 'http://127.0.0.1', apiKey: 'sk_test_1', timeoutMs: 1_000, fetch: counted });
  return { send, calls: () => calls };
}

const patch: Operation = { method: 'PATCH', path: '/a', body: {} };

describe('a refund, which wants a key of its own', () => {
  const refund: Operation = { method: 'POST', path: '/a', body: {}, ownKey: true };
  const lost = () => Promise.reject(new TypeError('fetch failed'));

  it('gets no random key, and is then not repeated after a lost connection', async () => {
    const { send, calls } = sendOver(lost);
    await expect(send(refund, undefined)).rejects.toMatchObject({ outcome: 'unknown', idempotencyKey: null });
    expect(calls()).toBe(1);
  });

  it('is repeated under the key it was given', async () => {
    const { send, calls } = sendOver(lost);
    await expect(send(refund, { idempotencyKey: 'return-77' })).rejects.toMatchObject({ idempotencyKey: 'return-77' });
    expect(calls()).toBe(3);
  });
});

describe('a PATCH', () => {
  it.each([
    ['a lost connection', () => Promise.reject(new TypeError('fetch failed'))],
    ['503', () => Promise.resolve(new Response('', { status: 503, headers: { 'retry-after': '0' } }))],
  ])('is not repeated after %s, since it has no key', async (_what, fetch) => {
    const { send, calls } = sendOver(fetch);
    await expect(send(patch, undefined)).rejects.toMatchObject({ outcome: 'unknown', idempotencyKey: null });
    expect(calls()).toBe(1);
  });

  it('that is aborted on its way is named so', async () => {
    const controller = new AbortController();
    const { send } = sendOver(() => {
      controller.abort();
      return Promise.reject(new TypeError('fetch failed'));
    });
    const call = send(patch, { signal: controller.signal });
    await expect(call).rejects.toMatchObject({ code: 'aborted', outcome: 'unknown' });
  });

  it('is repeated after 429, which did nothing', async () => {
    const busy = () => Promise.resolve(new Response('', { status: 429, headers: { 'retry-after': '0' } }));
    const { send, calls } = sendOver(busy);
    await expect(send(patch, undefined)).rejects.toMatchObject({ status: 429, outcome: 'refused' });
    expect(calls()).toBe(3);
  });
});

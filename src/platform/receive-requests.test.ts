import { afterEach, expect, test } from 'vitest';
import { call } from '../../test/support/api-client.ts';
import { type ReceivedRequest, receiveRequests } from './receive-requests.ts';

let close: () => Promise<void> = async () => {};
afterEach(() => close());

async function open(handle: Parameters<typeof receiveRequests>[0]['handle']): Promise<string> {
  const receiver = await receiveRequests({ host: '127.0.0.1', port: 0, bodyBytesMax: 1_000, handle });
  close = () => receiver.close();
  return receiver.url;
}

test('a request is handed on whole, and the reply is sent', async () => {
  const seen: ReceivedRequest[] = [];
  const url = await open(async (request) => {
    seen.push(request);
    return { status: 202, contentType: 'text/plain', body: 'thanks' };
  });
  const answer = await call(`${url}/any/path?a=1&b=%26`, { rawBody: 'ä\0', headers: { 'X-Sign': 'z' } });
  expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([202, 'thanks', 'text/plain']);
  expect(seen).toMatchObject([{ method: 'POST', query: { a: '1', b: '&' }, headers: { 'x-sign': ['z'] } }]);
  expect(Buffer.from(seen[0]?.body ?? '').toString()).toBe('ä\0');
  expect(seen[0]?.remoteAddress).toMatch(/127\.0\.0\.1$/);
});

test('a body that is too long is answered 413 and shown to nobody', async () => {
  let count = 0;
  const url = await open(async () => ({ status: 200 + ++count }));
  expect((await call(url, { rawBody: 'x'.repeat(1_001) })).status).toBe(413);
  expect(count).toBe(0);
  expect((await call(url, { rawBody: 'x'.repeat(1_000) })).status).toBe(201);
});

test('what the handler throws is answered 500, and the next request is served', async () => {
  let isBroken = true;
  const url = await open(async () => {
    if (isBroken) throw new Error('broken');
    return { status: 200 };
  });
  expect(await call(url, { rawBody: '' })).toMatchObject({ status: 500, text: '' });
  isBroken = false;
  expect((await call(url, { rawBody: '' })).status).toBe(200);
});

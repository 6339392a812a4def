import { expect, it } from 'vitest';
import type { HttpServerOptions } from './create-http-server.ts';
import { echoThing, endpointLike, send, startTestServer } from './http-server-fixture.ts';

const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };

async function answerTo(options: Partial<HttpServerOptions>, headers: Record<string, string>) {
  const { url } = await startTestServer([echoThing], options);
  const response = await send(`${url}/things`, { amount: 1 }, headers);
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, hsts: response.headers.get('strict-transport-security') };
}

const served = { status: 201, code: undefined };
const refused = { status: 403, code: 'https_required' };

it('serves test mode from this machine over plain HTTP', async () => {
  expect(await answerTo({}, {})).toMatchObject({ ...served, hsts: null });
});

it('refuses live mode over plain HTTP, also from this machine', async () => {
  expect(await answerTo({}, { authorization: 'Bearer live' })).toMatchObject(refused);
});

it('asks who calls before it tells a stranger that live mode needs TLS', async () => {
  expect(await answerTo({}, { authorization: 'Bearer nobody' })).toMatchObject({ status: 401 });
});

it('refuses plain HTTP from this machine too where the rule is always', async () => {
  expect(await answerTo({ requireHttps: 'always' }, {})).toMatchObject(refused);
});

it('serves live mode where a trusted proxy says it came by TLS, and then asks for TLS for good', async () => {
  const options = { trustProxy: ['127.0.0.1'], requireHttps: 'always' } as const;
  expect(await answerTo(options, { ...FORWARDED, authorization: 'Bearer live' })).toMatchObject({
    ...served,
    hsts: 'max-age=31536000',
  });
});

it('ignores what an untrusted peer forwards', async () => {
  const options = { trustProxy: ['192.0.2.0/24'], requireHttps: 'always' } as const;
  expect(await answerTo(options, FORWARDED)).toMatchObject(refused);
  expect(await answerTo({ trustProxy: false, requireHttps: 'always' }, FORWARDED)).toMatchObject(refused);
  expect(await answerTo({ trustProxy: false }, { ...FORWARDED, authorization: 'Bearer live' })).toMatchObject(refused);
});

it('refuses what a trusted proxy on this machine took in over plain HTTP from elsewhere', async () => {
  const forwarded = { 'x-forwarded-proto': 'http', 'x-forwarded-for': '203.0.113.7' };
  expect(await answerTo({ trustProxy: ['127.0.0.1'] }, forwarded)).toMatchObject(refused);
});

it('believes the proxy nearest to us where several have written the protocol', async () => {
  const options = { trustProxy: ['127.0.0.1'], requireHttps: 'always' } as const;
  expect(await answerTo(options, { 'x-forwarded-proto': 'https, http' })).toMatchObject(refused);
});

it('tells the verb the forwarded address only where the proxy is trusted', async () => {
  const addresses: string[] = [];
  const bound = {
    ...endpointLike({ access: { by: 'anyone' } }),
    handle: async ({ remoteAddress }: { remoteAddress: string }) => {
      addresses.push(remoteAddress);
      return { body: { ok: true } };
    },
  };
  for (const trustProxy of [['loopback'], false]) {
    const { url } = await startTestServer([bound], { trustProxy });
    await send(`${url}/things`, {}, FORWARDED);
  }
  expect(addresses).toEqual(['203.0.113.7', '127.0.0.1']);
});

it('answers health over plain HTTP', async () => {
  const { url } = await startTestServer([], { requireHttps: 'always' });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/nothing`)).status).toBe(403);
});

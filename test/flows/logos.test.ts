import { createHash } from 'node:crypto';
import { Transformer } from '@napi-rs/image';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, call, until } from '../support/api-client.ts';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { pngImage, readPng, withOrientation } from '../support/images.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { parallel } from '../support/parallel.ts';

let dns: DnsServer;
let tollgate: Installation;

beforeAll(async () => {
  dns = await startDnsServer();
  tollgate = await startInstallation({ environment: { TOLLGATE_DNS_SERVERS: dns.address } });
});
afterAll(async () => {
  await tollgate?.close();
  await dns?.close();
});

interface Shop extends Merchant {
  readonly tenantId: string;
  put(image: Buffer, type?: string): Promise<Answer>;
}

async function newShop(): Promise<Shop> {
  const { apiKeys, tenant } = await tollgate.createTenant();
  const merchant = merchantOf(tollgate.apiUrl, apiKeys.test);
  return {
    ...merchant,
    tenantId: tenant.tenantId,
    put: (rawBody, type = 'image/png') =>
      merchant.send('PUT', '/settings/logo', { rawBody, headers: { 'content-type': type } }),
  };
}

async function saved(shop: Shop, image: Buffer, type?: string): Promise<Answer['body']> {
  const answer = await shop.put(image, type);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

interface Served {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

async function fetched(url: string): Promise<Served> {
  const answer = await fetch(url);
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

async function proven(shop: Shop, domain: string): Promise<void> {
  const { body } = await shop.send('POST', '/domains', { body: { domain } });
  dns.records.set(body.record.name, [body.record.value]);
  expect((await shop.send('POST', `/domains/${body.id}/check`)).body.status).toBe('verified');
}

const atHost = (host: string, path: string) => call(`${tollgate.apiUrl}${path}`, { headers: { host } });
const images = async (shop: Shop) =>
  (await tollgate.database.run('select hash from logos where tenant_id = $1', [shop.tenantId])).length;

const SCRIPT = '<script>alert(document.domain)</script>';

describe('a logo', () => {
  it('is drawn anew as a small PNG that has pixels and nothing else', async () => {
    const shop = await newShop();
    const chunks = { tEXt: `Comment\0${SCRIPT}`, eXIf: 'II*\0gps', iTXt: 'XML:com.adobe.xmp\0\0\0\0\0<x/>' };
    const sent = pngImage(1_600, 400, { chunks });
    const { url, width, height } = await saved(shop, sent);
    const { bytes, headers } = await fetched(url);
    expect([width, height]).toEqual([384, 96]);
    expect(readPng(bytes)).toEqual({ chunks: ['IHDR', 'IDAT', 'IEND'], width: 384, height: 96 });
    expect(bytes.includes('script')).toBe(false);
    expect(url).toMatch(
      new RegExp(`/c/assets/logo/${shop.tenantId}/${createHash('sha256').update(bytes).digest('hex')}\\.png$`),
    );
    expect(headers.get('content-type')).toBe('image/png');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  });

  it.each(['png', 'jpeg', 'webp'] as const)('may come as %s, and is not made larger', async (format) => {
    const picture = new Transformer(pngImage(120, 40));
    const made = { png: () => picture.png(), jpeg: () => picture.jpeg(), webp: () => picture.webp(80) };
    const { url, width, height } = await saved(await newShop(), await made[format](), `image/${format}`);
    expect([width, height]).toEqual([120, 40]);
    expect(readPng((await fetched(url)).bytes)).toMatchObject({ width: 120, height: 40 });
  });

  it('stands upright where a camera had noted which way is up', async () => {
    const red = (x: number) => [x < 100 ? 255 : 0, 0, 0, 255] as const;
    const jpeg = await new Transformer(pngImage(200, 40, { color: red })).jpeg(95);
    const { url, width, height } = await saved(await newShop(), withOrientation(jpeg, 6), 'image/jpeg');
    expect([width, height]).toEqual([22, 108]);
    const pixels = await new Transformer((await fetched(url)).bytes).rawPixels();
    const channels = pixels.length / (22 * 108);
    const redAt = (y: number) => pixels[(y * 22 + 11) * channels] ?? 0;
    expect([redAt(10) > 200, redAt(98) < 50]).toEqual([true, true]);
  });

  it('keeps its transparency, without a dark rim', async () => {
    const stripes = (x: number) => (x % 40 < 20 ? ([255, 255, 255, 255] as const) : ([0, 0, 0, 0] as const));
    const { url } = await saved(await newShop(), pngImage(800, 200, { color: stripes }));
    const pixels = await new Transformer((await fetched(url)).bytes).rawPixels();
    const visible = Array.from({ length: pixels.length / 4 }, (_, i) => [pixels[4 * i] ?? 0, pixels[4 * i + 3] ?? 0]);
    expect(Math.min(...visible.map(([, alpha = 0]) => alpha))).toBe(0);
    expect(Math.min(...visible.filter(([, alpha = 0]) => alpha > 16).map(([shade = 0]) => shade))).toBeGreaterThan(240);
  });

  it('is on the page beside the name, and the first letter is there again when it is gone', async () => {
    const shop = await newShop();
    const { url } = await saved(shop, pngImage(120, 40));
    const { body } = await shop.create();
    const path = new URL(body.paymentUrl).pathname;
    const page = async () => (await call(`${tollgate.apiUrl}${path}`)).text;
    await until(async () =>
      (await page()).includes(`<img src="${new URL(url).pathname}" alt="" width="108" height="36">`),
    );
    expect((await shop.send('GET', '/settings')).body).toMatchObject({ logo: { url, width: 120, height: 40 } });
    expect((await shop.send('DELETE', '/settings/logo')).status).toBe(204);
    await until(async () => (await page()).includes('class="monogram"'));
    expect((await fetched(url)).status).toBe(404);
    expect((await shop.send('GET', '/settings')).body.logo).toBeNull();
    expect((await shop.send('DELETE', '/settings/logo')).status).toBe(204);
  });

  it('that is replaced is still served to pages that name it, and the one before that is gone', async () => {
    const shop = await newShop();
    const urls: string[] = [];
    for (const size of [20, 30, 40]) urls.push((await saved(shop, pngImage(size, size))).url);
    expect(await Promise.all(urls.map(async (url) => (await fetched(url)).status))).toEqual([404, 200, 200]);
    const { version } = (await shop.send('GET', '/settings')).body;
    await saved(shop, pngImage(40, 40));
    expect((await shop.send('GET', '/settings')).body.version).toBe(version);
  });

  it('is one of those that come at once, and no more than two images stay', async () => {
    const shop = await newShop();
    const answers = await parallel(6, (index) => shop.put(pngImage(20 + index, 20)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { logo, version } = (await shop.send('GET', '/settings')).body;
    expect([answers.some(({ body }) => body.url === logo.url), version]).toEqual([true, 7]);
    expect((await fetched(logo.url)).status).toBe(200);
    expect(await images(shop)).toBe(2);
  });

  it('is served at the host of its own tenant and of no other', async () => {
    const [shop, rival] = [await newShop(), await newShop()];
    await proven(shop, 'pay.logo.example');
    await proven(rival, 'pay.rival.example');
    const path = new URL((await saved(shop, pngImage(120, 40))).url).pathname;
    expect((await atHost('pay.logo.example', path)).status).toBe(200);
    expect((await atHost('pay.rival.example', path)).status).toBe(404);
    expect((await atHost('pay.rival.example', path.replace(shop.tenantId, rival.tenantId))).status).toBe(404);
  });
});

const bomb = (width: number, height: number) => pngImage(16, 16, { claims: { width, height } });
const whole = pngImage(120, 40);

describe('what is no logo', () => {
  const refusal = async (image: Buffer, type = 'image/png') => {
    const shop = await newShop();
    const { status, body, text } = await shop.put(image, type);
    expect(await images(shop)).toBe(0);
    expect((await shop.send('GET', '/settings')).body).toMatchObject({ logo: null, version: 1 });
    expect(text).not.toContain('script');
    return { status, code: body.code, rule: body.errors[0]?.detail };
  };

  it.each<readonly [string, () => Buffer, string]>([
    ['nothing', () => Buffer.alloc(0), 'Must be an image; nothing was sent'],
    ['a header of 50,000 × 50,000', () => bomb(50_000, 50_000), 'Must be 16 to 4096 pixels wide and high'],
    ['a header of 4,096 × 4,096', () => bomb(4_096, 4_096), 'Must have at most 4194304 pixels'],
    ['a header without an area', () => bomb(0, 0), 'Must be 16 to 4096 pixels wide and high'],
    ['a pixel', () => pngImage(1, 1), 'Must be 16 to 4096 pixels wide and high'],
    ['a header that says more than there is', () => bomb(2_000, 2_000), 'Must be an image that can be decoded whole'],
    ['half an image', () => whole.subarray(0, whole.length / 2), 'Must be an image that can be decoded whole'],
  ])('is refused by its rule: %s', async (_what, image, rule) => {
    expect(await refusal(image())).toEqual({ status: 422, code: 'validation_failed', rule });
  });

  it.each<readonly [string, () => Buffer, string]>([
    ['the first bytes of one', () => whole.subarray(0, 12), 'image/png'],
    ['SVG with a script', () => Buffer.from(`<svg xmlns="x">${SCRIPT}</svg>`), 'image/svg+xml'],
    ['SVG called PNG', () => Buffer.from(`<svg xmlns="x">${SCRIPT}</svg>`), 'image/png'],
    ['HTML called JPEG', () => Buffer.from(`<!doctype html>${SCRIPT}`), 'image/jpeg'],
    ['GIF', () => Buffer.from('GIF89a\x10\0\x10\0\0\0\0;'), 'image/gif'],
    ['GIF called WebP', () => Buffer.from('GIF89a\x10\0\x10\0\0\0\0;'), 'image/webp'],
    ['JSON', () => Buffer.from('{}'), 'application/json'],
    ['an image called a form', () => whole, 'multipart/form-data'],
  ])('is no image we take: %s', async (_what, image, type) => {
    expect(await refusal(image(), type)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('is refused beyond 256 KiB, whatever it is', async () => {
    const large = Buffer.concat([whole, Buffer.alloc(256 * 1024)]);
    expect(await refusal(large)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('is what hides behind an image: only its pixels are kept', async () => {
    const { url } = await saved(await newShop(), Buffer.concat([whole, Buffer.from(`<html>${SCRIPT}</html>`)]));
    const { bytes } = await fetched(url);
    expect(bytes.includes('html')).toBe(false);
    expect(readPng(bytes).chunks).toEqual(['IHDR', 'IDAT', 'IEND']);
  });

  it('is found at no address that somebody makes up', async () => {
    const shop = await newShop();
    const { pathname } = new URL((await saved(shop, whole)).url);
    for (const path of [
      pathname.replace('.png', ''),
      pathname.replace('.png', '.svg'),
      pathname.replace(/[0-9a-f]{64}/, '0'.repeat(64)),
      pathname.replace(/[0-9a-f]{64}/, '..%2f..%2fsettings'),
      pathname.replace(shop.tenantId, 'ten_none'),
      `${pathname}/more`,
    ]) {
      expect((await call(`${tollgate.apiUrl}${path}`)).status, path).toBe(404);
    }
  });
});

import { createHash } from 'node:crypto';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CreateInput } from '../../provider.ts';
import { pass, startWorld, statesReceived, type World } from '../sandbox-fixture.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

interface Page {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly html: string;
}

async function open(url: string): Promise<Page> {
  const answer = await request(url);
  return { status: answer.statusCode, headers: answer.headers, html: await answer.body.text() };
}

/** Posts the form as a browser does and follows its 303. */
async function decide(url: string, body: string): Promise<Page> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await request(url, { method: 'POST', headers, body });
  await answer.body.dump();
  if (answer.statusCode !== 303) return { status: answer.statusCode, headers: answer.headers, html: '' };
  const { location } = answer.headers;
  expect(location).toMatch(/^\/bank\//);
  return open(new URL(String(location), url).href);
}

async function bankPage(changes: Partial<CreateInput> = {}): Promise<{ url: string; input: CreateInput }> {
  const input = world.input('tok_redirect', changes);
  const answer = await world.provider.create(world.call, input);
  if (answer.kind !== 'answered' || answer.report.state !== 'requires_action') throw new Error('no bank page');
  const { nextAction } = answer.report;
  if (nextAction.type !== 'redirect') throw new Error('no redirect');
  return { url: nextAction.url, input };
}

describe('decisions', () => {
  test.each([
    ['approve', 'captured', 'Payment approved'],
    ['decline_insufficient_funds', 'declined', 'Payment declined'],
    ['decline_fraud', 'declined', 'Payment declined'],
    ['cancel', 'canceled', 'Payment canceled'],
    ['approve_later', 'pending', 'The bank is still deciding'],
    ['approve_after_expiry', 'pending', 'The bank is still deciding'],
  ])('%s: the charge is %s and the page leaves for the shop', async (decision, state, title) => {
    const { url, input } = await bankPage();
    expect((await open(url)).html).toContain(`value="${decision}"`);
    const page = await decide(url, `decision=${decision}`);
    expect(page.html).toContain(`<h1>${title}</h1>`);
    const back = `https://shop.example/back?order=7&amp;sandboxReference=${input.attemptId}`;
    expect(page.html).toContain(`<a class="leave" href="${back}">`);
    expect(page.html).toContain(`<meta http-equiv="refresh" content="3;url=${back}">`);
    expect(page.html).not.toContain('<form');
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state } });
    await world.sandbox.tick();
    expect(await statesReceived(world)).toEqual([state]);
  });

  test('nothing: the charge waits on and the page says so', async () => {
    const { url, input } = await bankPage();
    const page = await decide(url, 'decision=nothing');
    expect(page.html).toContain('Nothing was done');
    expect(page.html).toContain('<form');
    expect(page.html).not.toContain('http-equiv="refresh"');
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: 'requires_action' } });
  });

  test('approve later is approved five seconds on', async () => {
    const { url } = await bankPage();
    await decide(url, 'decision=approve_later');
    await pass(world, { seconds: 5 });
    expect(await statesReceived(world)).toEqual(['pending', 'captured']);
  });

  test('approve after expiry expires first', async () => {
    const { url } = await bankPage({ captureMethod: 'manual' });
    await decide(url, 'decision=approve_after_expiry');
    await pass(world, { minutes: 15 });
    await pass(world, { seconds: 5 });
    expect(await statesReceived(world)).toEqual(['pending', 'expired', 'authorized']);
  });

  test('the first decision holds', async () => {
    const { url, input } = await bankPage();
    await decide(url, 'decision=decline_fraud');
    expect((await decide(url, 'decision=approve')).html).toContain('Payment declined');
    expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: 'declined' } });
  });

  test('comes too late once the charge has expired', async () => {
    const { url } = await bankPage();
    world.clock.advance({ minutes: 15 });
    expect((await decide(url, 'decision=approve')).html).toContain('Payment expired');
  });

  test.each(['', 'decision=', 'decision=free', 'decision=cancel&decision=approve'])(
    '%j decides nothing',
    async (body) => {
      const { url, input } = await bankPage();
      expect((await decide(url, body)).status).toBe(400);
      expect(await world.provider.retrieve(world.call, input)).toMatchObject({ report: { state: 'requires_action' } });
    },
  );
});

describe('the page', () => {
  test('says that it is a pretend bank, and what is paid', async () => {
    const { html } = await open((await bankPage({ amount: { amount: 123456n, currency: 'KWD' } })).url);
    expect(html).toContain('Sandbox Bank: no real money');
    expect(html).toContain('123.456');
    expect(html).not.toMatch(/<script|style=|javascript:/);
  });

  test('allows its own style by hash, forms to itself, frames, and nothing else', async () => {
    const { headers, html } = await open((await bankPage()).url);
    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'`,
    );
    expect(headers['x-frame-options']).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  test('shows markup in a description and a return address as text', async () => {
    const description = `<script>alert(1)</script>"'&`;
    const { url } = await bankPage({ description, returnUrl: `https://shop.example/"><script>?a='"&b=<i>#"x` });
    const before = (await open(url)).html;
    expect(before).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    const after = (await decide(url, 'decision=approve')).html;
    for (const html of [before, after]) {
      expect(html).not.toContain('<script');
      expect(html).not.toContain('<i>');
    }
    const href = /href="([^"]*)"/.exec(after)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(new URL(href).searchParams.get('b')).toBe('<i>');
    expect(new URL(href).searchParams.get('sandboxReference')).toMatch(/^att_/);
    expect(new URL(href).hash).not.toBe('');
  });

  test.each([`/bank/ch_${'0'.repeat(32)}`, '/bank/', '/bank/ch_1'])('%s is not found', async (path) => {
    expect((await open(world.sandbox.url + path)).status).toBe(404);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openBrowser, openPage } from '../../../test/support/browser.ts';
import { endpoint } from '../../kernel/endpoint.ts';
import { PROBLEMS } from '../../kernel/problem.ts';
import { buildOpenApi } from './build-openapi.ts';
import { renderErrors, renderErrorsMarkdown } from './errors-page.ts';
import { renderReferenceMarkdown } from './reference-markdown.ts';
import { renderReference } from './reference-page.ts';

const HOSTILE = '<script>alert(1)</script>"\'&';

const cartItem = z
  .strictObject({ value: z.int().min(0).meta({ description: 'Minor units.' }) })
  .meta({ id: 'CartItem' });

const declared = endpoint({
  id: 'createThing',
  method: 'POST',
  path: '/api/v1/tenants/{tenantId}/things-with-a-rather-long-address/{thingId}/subordinate-things',
  summary: `Create ${HOSTILE}`,
  description: HOSTILE,
  tag: HOSTILE,
  access: { by: 'tenant', scope: 'things:create' },
  idempotency: 'optional',
  params: z.strictObject({ tenantId: z.string(), thingId: z.string() }),
  body: z.strictObject({
    note: z.string().min(1).max(20).meta({ description: HOSTILE }),
    averyveryverylongfieldnamewithoutanyplacetobreakitinto: z.enum(['a', 'b']).default('a'),
    cartItems: z.array(cartItem).max(100).optional(),
    shipping: z.strictObject({ city: z.string() }).nullable(),
    method: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('qr'), payload: z.string() }),
      z.strictObject({ type: z.literal('card'), network: z.string() }),
    ]),
  }),
  answer: { status: 201, schema: z.strictObject({ id: z.string(), items: z.array(cartItem) }), description: HOSTILE },
  problems: ['state_conflict'],
  example: { note: "it's <b>" },
});

const openapi = buildOpenApi({
  endpoints: [declared],
  title: `API ${HOSTILE}`,
  version: '1',
  description: HOSTILE,
  servers: [{ url: 'https://api.test' }],
});
const reference = renderReference(openapi);
const errors = renderErrors(PROBLEMS);

it('has no script, asks for nothing, and allows only its own style', () => {
  for (const { html, headers } of [reference, errors]) {
    expect(html).not.toMatch(/<script|<img|<link|<iframe| style=| on\w+=/i);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}';/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
  }
});

it('tells every field with its type and rules, also inside others', () => {
  const text = reference.html.replaceAll('<wbr>', '');
  for (const fact of [
    '<code>note</code>',
    '1 to 20 characters',
    'one of a, b; ',
    '&quot;a&quot; unless given',
    'array of <a href="#schema-CartItem">CartItem</a>',
    '<code>shipping.city</code>',
    '<code>method.payload</code>',
    '<code>method.network</code>',
    'id="schema-CartItem"',
    'things:create',
    'Idempotency-Key: order-1001',
    '<a href="/docs/errors#state_conflict">state_conflict</a>',
  ]) {
    expect(text).toContain(fact);
  }
});

it('has a target for every link into itself and into the errors', () => {
  const links = [...reference.html.matchAll(/href="(\/docs\/errors)?#([^"]+)"/g)];
  expect(links.length).toBeGreaterThan(10);
  for (const [, page, id] of links) expect((page === undefined ? reference : errors).html).toContain(`id="${id}"`);
});

it('writes the same facts as Markdown, one row a line', () => {
  const markdown = renderReferenceMarkdown(openapi);
  expect(markdown).toContain('| `note` **required** | string |');
  expect(markdown).toContain('`POST /api/v1/tenants/{tenantId}/');
  expect(markdown).toContain('[`state_conflict`](errors.md#state_conflict)');
  const table = markdown.split('\n').filter((line) => line.startsWith('|'));
  expect(table.every((line) => line.endsWith(' |'))).toBe(true);
  const codes = Object.keys(PROBLEMS);
  expect(
    renderErrorsMarkdown(PROBLEMS)
      .split('\n')
      .filter((line) => line.startsWith('| <a')).length,
  ).toBe(codes.length);
});

describe('in a browser', () => {
  const server = createServer((request, response) => {
    const page = request.url === '/docs/errors' ? errors : reference;
    response.writeHead(200, page.headers).end(page.html);
  });
  let browser: Browser;
  let url = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['/docs', 360, 'light'],
    ['/docs', 1280, 'dark'],
    ['/docs/errors', 360, 'dark'],
  ] as const)(
    '%s at %d px, %s: fits, is styled, runs nothing and is accessible',
    async (path, width, colorScheme) => {
      const page = await openPage(browser, { width, height: 800, colorScheme });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('dialog', (dialog) => void dialog.dismiss().then(() => complaints.push('dialog')));
      await page.goto(`${url}${path}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(ground).toBe(colorScheme === 'dark' ? 'rgb(18, 22, 29)' : 'rgb(255, 255, 255)');
      const contents = page.locator('nav a').first();
      expect(await contents.isVisible()).toBe(width === 1280);
      expect(complaints).toEqual([]);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    },
    30_000,
  );
});

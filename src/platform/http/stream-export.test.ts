import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { endpoint } from '../../kernel/endpoint.ts';
import type { Page } from '../../kernel/page.ts';
import { Problem } from '../../kernel/problem.ts';
import { pageAnswer, pageQuery } from '../../kernel/shapes.ts';
import { type BoundEndpoint, bindEndpoint } from './bind-endpoint.ts';
import { exportColumns } from './export-columns.ts';
import { startTestServer } from './http-server-fixture.ts';

const thing = z
  .strictObject({
    id: z.string(),
    amount: z.int().nullable(),
    currency: z.string(),
    note: z.string().nullable(),
    tags: z.array(z.string()),
    latest: z.strictObject({ provider: z.string(), net: z.int() }).meta({ id: 'LatestThing' }).nullable(),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'ExportedThing' });
type Thing = z.infer<typeof thing>;

const HEAD = 'id,amount,amountDecimal,currency,note,tags,latest.provider,latest.net,latest.netDecimal,metadata\r\n';

function thingOf(number: number): Thing {
  return {
    ...{ id: String(number).padStart(6, '0'), amount: number, currency: 'EUR', note: null },
    ...{ tags: [], latest: null, metadata: {} },
  };
}

function listOf(read: (page: { limit: number; cursor?: string | undefined }) => Promise<Page<Thing>>): BoundEndpoint {
  const declaration = endpoint({
    id: 'listThings',
    method: 'GET',
    path: '/api/v1/things',
    summary: 'List things',
    tag: 'Things',
    access: { by: 'tenant', scope: 'things:read' },
    idempotency: 'none',
    query: z.strictObject({ ...pageQuery, kind: z.string().optional() }),
    answer: { status: 200, schema: pageAnswer(thing), description: 'A page of things.' },
    problems: ['not_found'],
  });
  return bindEndpoint(declaration, async ({ query }) => ({ body: await read(query) }));
}

/** A list of so many things, which counts how many pages of it were read. */
function countedList(length: number) {
  const counted = { pages: 0 };
  const bound = listOf(async ({ limit, cursor }) => {
    counted.pages++;
    const from = cursor === undefined ? 1 : Number(cursor) + 1;
    const data = Array.from({ length: Math.min(limit, length - from + 1) }, (_, index) => thingOf(from + index));
    const hasMore = from + limit <= length;
    return { data, hasMore, nextCursor: hasMore ? (data.at(-1)?.id ?? null) : null };
  });
  return { bound, counted };
}

async function serve(bound: BoundEndpoint, options: Parameters<typeof startTestServer>[1] = {}) {
  const { url } = await startTestServer([bound], options);
  return (accept: string, query = '', init: RequestInit = {}) =>
    fetch(`${url}/api/v1/things${query}`, { ...init, headers: { authorization: 'Bearer test', accept } });
}

describe('columns', () => {
  test('are the fields, one by one, with amounts in decimals too and formulas made harmless', () => {
    const columns = exportColumns(thing);
    expect(`${columns.map(({ name }) => name).join(',')}\r\n`).toBe(HEAD);
    const full: Thing = {
      ...{ id: '=1', amount: -1250, currency: 'JPY', note: '+27821234567', tags: ['-a', 'b'] },
      ...{ latest: { provider: 'x', net: 5 }, metadata: { a: '=1' } },
    };
    const cells = ["'=1", '-1250', '-1250', 'JPY', "'+27821234567", "'-a b", 'x', '5', '5', '{"a":"=1"}'];
    expect(columns.map(({ cell }) => cell(full))).toEqual(cells);
    expect(columns.map(({ cell }) => cell(thingOf(1250)))).toEqual(
      ['000000', '1250', '12.50', 'EUR', '', '', '', '', '', '{}'].with(0, '001250'),
    );
  });

  test('of a union are those of all its members', () => {
    const union = z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('a'), id: z.string(), one: z.int() }),
      z.strictObject({ type: z.literal('b'), id: z.string(), two: z.boolean() }),
    ]);
    expect(exportColumns(union).map(({ name }) => name)).toEqual(['type', 'id', 'one', 'two']);
  });
});

describe('a list', () => {
  test('is one file of CSV for who accepts that, from the cursor on, whatever the limit', async () => {
    const ask = await serve(countedList(250).bound);
    const response = await ask('text/csv', '?limit=1');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="things-2026-01-01.csv"');
    const lines = (await response.text()).split('\r\n');
    expect([`${lines[0]}\r\n`, lines[1], lines.length]).toEqual([HEAD, '000001,1,0.01,EUR,,,,,,{}', 252]);
    const rest = (await (await ask('text/csv', '?cursor=000249')).text()).split('\r\n');
    expect(rest.slice(1)).toEqual(['000250,250,2.50,EUR,,,,,,{}', '']);
  });

  test('is one object a line for who accepts that, and says that it is whole', async () => {
    const response = await (await serve(countedList(101).bound))('application/jsonl');
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(lines.slice(0, -1)).toEqual(Array.from({ length: 101 }, (_, index) => thingOf(index + 1)));
    expect(lines.at(-1)).toEqual({ object: 'export_end', rows: 101, complete: true, nextCursor: null });
  });

  test('says in its last line where rows are left out, and where to go on', async () => {
    const ask = await serve(countedList(100_050).bound, { checkAnswers: false });
    const lines = (await (await ask('text/csv')).text()).split('\r\n');
    expect(lines.length).toBe(100_003);
    expect(lines.at(-2)).toBe(`Not complete: only 100000 rows; go on with cursor=100000${','.repeat(9)}`);
    const end = (await (await ask('application/x-ndjson')).text()).trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(end)).toMatchObject({ rows: 100_000, complete: false, nextCursor: '100000' });
  });

  test('is read no faster than it is taken', async () => {
    const { bound, counted } = countedList(90_000);
    const response = await (await serve(bound))('application/jsonl');
    const reader = response.body?.getReader();
    await reader?.read();
    // What the sockets between us hold is some megabytes at most; the list has eleven.
    let before = -1;
    while (before !== counted.pages) {
      before = counted.pages;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(counted.pages).toBeLessThan(800);
    await reader?.cancel();
  });

  test.for(['application/json', '*/*', 'text/html', 'application/json, text/csv'])(
    'is a page for %s',
    async (accept) => {
      const response = await (await serve(countedList(3).bound))(accept);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toMatchObject({ hasMore: false, nextCursor: null });
    },
  );

  test('is refused as a page is, before its first byte', async () => {
    const refused = listOf(() => Promise.reject(new Problem('not_found', 'There is no such shelf.')));
    const response = await (await serve(refused))('text/csv');
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    const unknown = await (await serve(countedList(1).bound))('text/csv', '?shelf=1');
    expect(unknown.status).toBe(422);
  });

  test('never looks whole when its end could not be read', async () => {
    const { bound } = countedList(500);
    let pages = 0;
    const broken: BoundEndpoint = {
      ...bound,
      handle: (request) => (++pages > 2 ? Promise.reject(new Error('The database is away')) : bound.handle(request)),
    };
    const response = await (await serve(broken))('text/csv');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test('is not exported by more than four at once, and again when one of them is done', async () => {
    const gate = Promise.withResolvers<void>();
    onTestFinished(() => gate.resolve());
    const { bound } = countedList(150);
    const held: BoundEndpoint = {
      ...bound,
      handle: async (request) => {
        if ((request.query as { cursor?: string }).cursor !== undefined) await gate.promise;
        return bound.handle(request);
      },
    };
    const ask = await serve(held);
    const running = await Promise.all(Array.from({ length: 4 }, () => ask('text/csv')));
    const fifth = await ask('text/csv');
    expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([429, '5']);
    gate.resolve();
    for (const response of running) expect((await response.text()).split('\r\n')).toHaveLength(152);
    await expect.poll(async () => (await ask('text/csv')).status).toBe(200);
  });
});

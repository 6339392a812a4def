import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSdk } from './generate-sdk.ts';

const run = promisify(execFile);
const repositoryFile = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const KETTLE_REF = { $ref: '#/components/schemas/Kettle' };

const SCHEMAS = {
  Kettle: {
    type: 'object',
    description: 'Boils water. */ export const evil = 1; /*',
    properties: {
      id: { type: 'string', description: 'Ours.', format: 'uuid' },
      state: { enum: ['cold', 'hot', null] },
      kind: { const: 'kettle' },
      liters: { type: 'number', minimum: 0, default: 1.5 },
      cups: { type: 'integer' },
      lid: { type: ['boolean', 'null'], deprecated: true },
      'data-tag': { type: 'string' },
      labels: { type: 'object', additionalProperties: { type: 'string' }, propertyNames: { pattern: '^a' } },
      inner: { anyOf: [KETTLE_REF, { type: 'null' }] },
      parts: { type: 'array', items: { oneOf: [{ type: 'string' }, { type: 'integer' }] } },
      size: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }] },
      extra: true,
      loose: { type: 'object', properties: { type: { type: 'string' } }, required: ['type'], additionalProperties: {} },
      empty: { type: 'object', additionalProperties: false },
      never: { not: {} },
    },
    required: ['id', 'state', 'kind'],
    additionalProperties: false,
  },
  'named-kettle': { allOf: [KETTLE_REF, { type: 'object', properties: { name: { type: 'string' } } }] },
  Handle: {
    allOf: [
      { oneOf: [KETTLE_REF, { type: 'object', properties: { pot: { const: true } }, required: ['pot'] }] },
      { type: 'object', properties: { grip: { type: 'string' } }, required: ['grip'] },
    ],
  },
  Color: { type: 'string', enum: ['red', 'blue'] },
};

const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const problem = { description: 'No.', content: { 'application/problem+json': { schema: {} } } };

const PATHS = {
  '/v1/kettles': {
    get: {
      operationId: 'listKettles',
      tags: ['Kettles'],
      parameters: [
        { name: 'limit', in: 'query', schema: { type: 'integer' } },
        { name: 'X-Correlation-Id', in: 'header', schema: { type: 'string' } },
      ],
      responses: { 200: json({ type: 'array', items: KETTLE_REF }), default: problem },
    },
    post: {
      operationId: 'createKettle',
      tags: ['Kettles'],
      summary: 'Make a kettle',
      description: 'Takes a while.',
      requestBody: { required: true, ...json(KETTLE_REF) },
      responses: { 201: { $ref: '#/components/responses/Made' }, 422: problem },
    },
  },
  '/v1/kettles/{kettle_id}': {
    parameters: [{ name: 'kettle_id', in: 'path', required: true, schema: { type: 'string' } }],
    delete: { operationId: 'deleteKettle', tags: ['Kettles'], responses: { 204: { description: 'Gone.' } } },
  },
  '/v1/kettles/{kettle_id}/boil': {
    post: {
      operationId: 'boilKettle',
      tags: ['Kettles'],
      parameters: [
        { name: 'kettle_id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'degrees', in: 'query', required: true, schema: { type: 'integer' }, description: 'Celsius.' },
      ],
      requestBody: json({ type: 'object', properties: { why: { type: 'string' } } }),
      responses: { 200: json(KETTLE_REF), 202: { description: 'Later.' } },
    },
  },
  '/v1/test-clocks': {
    post: { operationId: 'advanceTestClock', tags: ['Test clocks'], responses: { 200: json({ type: 'string' }) } },
  },
  '/v1/leave': {
    get: { operationId: 'leaveKettles', tags: ['Kettles'], responses: { 303: { description: 'Elsewhere.' } } },
  },
  '/v1/stream': {
    get: {
      operationId: 'streamKettles',
      tags: ['Kettles'],
      responses: { 200: { description: '', content: { 'text/event-stream': {} } } },
    },
  },
};

function documentWith({ schemas = {}, paths = {} }: { schemas?: object; paths?: object } = {}) {
  const responses = { Made: { description: 'Made.', ...json(KETTLE_REF) } };
  return {
    openapi: '3.1.0',
    paths: { ...PATHS, ...paths },
    components: { schemas: { ...SCHEMAS, ...schemas }, responses },
  };
}

/** What a caller may write, and, after `@ts-expect-error`, what must not compile. */
const USAGE = `
import type { Color, Handle, Kettle, NamedKettle } from './api.generated.ts';
import { TollgateApi } from './api.generated.ts';

const api = new TollgateApi(async () => { throw new Error('sends nothing'); });
const kettle: Kettle = {
  id: 'a', state: null, kind: 'kettle', lid: null, 'data-tag': 'b', labels: { a: 'b' }, inner: null, parts: ['a', 1],
  size: [1, 'a'], extra: Symbol(), loose: { type: 'a', more: 1 }, empty: {}, liters: undefined,
};
export const named: NamedKettle = { ...kettle, name: 'Jo' };
export const color: Color = 'red';
export const handles: Handle[] = [{ ...kettle, grip: 'a' }, { pot: true, grip: 'a' }];
// @ts-expect-error the grip is missing
export const bad0: Handle = kettle;
export const list: Promise<readonly Kettle[]> = api.kettles.list({ limit: 1 }, { correlationId: 'a' });
export const all: Promise<readonly Kettle[]> = api.kettles.list();
export const made: Promise<Kettle> = api.kettles.create(kettle, { idempotencyKey: 'a' });
export const gone: Promise<void> = api.kettles.delete('a');
export const boiled: Promise<Kettle | void> = api.kettles.boil('a', { degrees: 90 }, { why: 'tea' });
export const clock: Promise<string> = api.testClocks.advance();
// @ts-expect-error id is missing
export const bad1: Kettle = { state: 'hot', kind: 'kettle' };
// @ts-expect-error no such state
export const bad2: Kettle = { ...kettle, state: 'warm' };
// @ts-expect-error liters are a number
export const bad3: Kettle = { ...kettle, liters: '1' };
// @ts-expect-error not a color
export const bad4: Color = 'green';
// @ts-expect-error the body is missing
api.kettles.create();
// @ts-expect-error degrees are required
api.kettles.boil('a', {});
// @ts-expect-error never means never
export const bad5: Kettle = { ...kettle, never: 1 };
// @ts-expect-error streams are left out
api.kettles.stream();
`;

describe('generateSdk', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-sdk-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes what compiles, and admits no more than the document does', async () => {
    await writeFile(join(folder, 'api.generated.ts'), generateSdk(documentWith()));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'usage.ts'), USAGE);
    await copyFile(repositoryFile('sdk/src/operation.ts'), join(folder, 'operation.ts'));
    const config = { extends: repositoryFile('tsconfig.json'), compilerOptions: { types: [], lib: ['esnext', 'dom'] } };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, include: ['*.ts'] }));
    const compiler = repositoryFile('node_modules/.bin/tsc');
    const complaint = await run(compiler, ['--project', folder]).then(
      () => '',
      (error: { stdout?: string }) => error.stdout || String(error),
    );
    expect(complaint).toBe('');
  });

  it('describes each operation and each field, and lets no description out of its comment', () => {
    const text = generateSdk(documentWith());
    expect(text).toContain('    /**\n     * Make a kettle\n     *\n     * Takes a while.\n     */\n    create: (');
    expect(text).toContain('  /**\n   * Ours.\n   * Format: uuid.\n   */\n  id: string;');
    expect(text).toContain('/** Default: 1.5. */');
    expect(text).toContain('/** @deprecated */');
    expect(text).toContain('/** Boils water. *\\/ export const evil = 1; /* */');
    expect(text).toContain('left out:\n//   GET /v1/leave\n//   GET /v1/stream\n');
  });

  it('writes the same text, in whatever order schemas and paths stand', () => {
    const document = documentWith();
    const turned = (record: object) => Object.fromEntries(Object.entries(record).reverse());
    const components = { ...document.components, schemas: turned(document.components.schemas) };
    expect(generateSdk({ ...document, components, paths: turned(document.paths) })).toBe(generateSdk(document));
  });

  it.each([
    ['Odd: the keyword if', { Odd: { if: {} } }],
    ['Odd/a/b: the type date', { Odd: { properties: { a: { properties: { b: { type: 'date' } } } } } }],
    ['Odd: the reference other.json', { Odd: { $ref: 'other.json' } }],
    ['Odd: the keyword not', { Odd: { not: { type: 'string' } } }],
    ['Odd: only strings', { Odd: { const: {} } }],
    ['Odd/anyOf: a list', { Odd: { anyOf: [] } }],
    ['Odd/anyOf/0/items: an object', { Odd: { anyOf: [{ type: 'array', items: 1 }] } }],
    ['kettle: another schema gives the type Kettle', { kettle: {} }],
    ['no type can be named after 9', { 9: {} }],
  ])('stops with “%s…”', (message, schemas) => {
    expect(() => generateSdk(documentWith({ schemas }))).toThrow(message);
  });

  const responses = { 200: json({}) };
  it.each([
    ['post /x: an operationId', { post: { tags: ['X'], responses } }],
    ['makeX: a tag', { post: { operationId: 'makeX', responses } }],
    ['makeX: no success', { post: { operationId: 'makeX', tags: ['X'], responses: { 400: problem } } }],
    ['/x: head', { head: {} }],
    ['kettles.create: two operations', { post: { operationId: 'createKettle', tags: ['Kettles'], responses } }],
    [
      'makeX: the parameter X-Odd in header',
      { post: { operationId: 'makeX', tags: ['X'], responses, parameters: [{ name: 'X-Odd', in: 'header' }] } },
    ],
  ])('stops with “%s…”', (message, item) => {
    expect(() => generateSdk(documentWith({ paths: { '/x': item } }))).toThrow(message);
  });

  it('stops at a path whose parameter nobody declared', () => {
    const paths = { '/x/{id}': { get: { operationId: 'getX', tags: ['X'], responses } } };
    expect(() => generateSdk(documentWith({ paths }))).toThrow("getX: the path's {id}");
  });

  it('stops at another version of OpenAPI', () => {
    expect(() => generateSdk({ ...documentWith(), openapi: '3.0.3' })).toThrow('3.1');
  });
});

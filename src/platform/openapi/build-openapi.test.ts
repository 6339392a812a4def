import { expect, it } from 'vitest';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../../kernel/endpoint.ts';
import { buildOpenApi, type OpenApi } from './build-openapi.ts';

const customer = z.strictObject({ name: z.string().max(50) }).meta({ id: 'Customer' });
const account = z.strictObject({ limit: z.int().default(5), owner: customer }).meta({ id: 'Account' });
const thing = z
  .strictObject({ customer, account, email: z.email(), secretKey: z.string().meta({ secret: true, example: 'abc' }) })
  .meta({ id: 'Thing' });

const createThing = endpoint({
  id: 'createThing',
  method: 'POST',
  path: '/api/v1/things/{id}',
  summary: 'Create a thing',
  description: 'At length.',
  tag: 'Things',
  access: { by: 'tenant', scope: 'things:create', basic: true },
  idempotency: 'optional',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({
    limit: z.coerce.number().int().max(100).default(20),
    q: z.string().meta({ description: 'What' }),
  }),
  body: thing,
  answer: { status: 201, schema: thing, description: 'The thing.' },
  problems: ['state_conflict'],
  example: { email: 'a@example.com' },
});

const listThings = endpoint({
  ...createThing,
  id: 'listThings',
  method: 'GET',
  path: '/api/v1/things',
  tag: 'Lists',
  access: { by: 'operator', permission: 'things:read' },
  idempotency: 'none',
  params: z.strictObject({}),
  body: z.strictObject({ note: z.string().optional() }),
});

const build = (...endpoints: Endpoint[]): OpenApi =>
  buildOpenApi({ endpoints, title: 'T', version: '1', servers: [{ url: 'https://api.test' }] });

function createOperation() {
  const operation = build(createThing).paths['/api/v1/things/{id}']?.post;
  if (operation === undefined) throw new Error('The operation is missing');
  return operation;
}

it('describes parameters from path, query and headers', () => {
  const parameters = createOperation().parameters.map(({ name, in: place, required }) => [place, name, required]);
  expect(parameters).toEqual([
    ['path', 'id', true],
    ['query', 'limit', false],
    ['query', 'q', true],
    ['header', 'Idempotency-Key', false],
    ['header', 'X-Correlation-Id', false],
    ['header', 'X-Tollgate-Tenant', false],
  ]);
  expect(createOperation().parameters[1]?.schema).toEqual({ type: 'integer', maximum: 100, default: 20 });
  expect(createOperation().parameters[2]?.description).toBe('What');
});

it('names who may call', () => {
  const operation = createOperation();
  expect(operation.security).toEqual([{ apiKey: [] }, { accessToken: [] }, { basic: [] }]);
  expect(operation['x-scope']).toBe('things:create');
  expect(build(listThings).paths['/api/v1/things']?.get?.security).toEqual([{ operatorKey: [] }]);
  const open = build(endpoint({ ...listThings, access: { by: 'anyone' } }));
  expect(open.paths['/api/v1/things']?.get?.security).toEqual([]);
});

it('lists the refusals of an endpoint and of its kind, by status', () => {
  const { responses } = createOperation();
  expect(responses['409']?.['x-problems']).toEqual([
    'idempotency_in_progress',
    'idempotency_key_reused',
    'state_conflict',
  ]);
  expect(responses['401']?.['x-problems']).toEqual(['unauthenticated']);
  expect(responses['413']?.content?.['application/problem+json']?.schema).toEqual({
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: ['body_too_large'] } } }],
  });
  expect(build(listThings).paths['/api/v1/things']?.get?.responses['413']).toBeUndefined();
});

it('carries the example, and says whether a body is needed', () => {
  expect(createOperation().requestBody).toMatchObject({
    required: true,
    content: { 'application/json': { example: { email: 'a@example.com' } } },
  });
  expect(build(listThings).paths['/api/v1/things']?.get?.requestBody?.required).toBe(false);
});

it('gives a component a twin for senders only where sender and answer differ', () => {
  const { schemas } = build(createThing).components;
  expect(Object.keys(schemas)).toEqual(['Account', 'AccountInput', 'Customer', 'Thing', 'ThingInput', 'Problem']);
  expect(schemas.Account?.required).toEqual(['limit', 'owner']);
  expect(schemas.AccountInput?.required).toEqual(['owner']);
  expect(schemas.ThingInput?.properties?.account).toEqual({ $ref: '#/components/schemas/AccountInput' });
  expect(schemas.ThingInput?.properties?.customer).toEqual({ $ref: '#/components/schemas/Customer' });
  expect(schemas.Thing?.properties?.account).toEqual({ $ref: '#/components/schemas/Account' });
  const { requestBody, responses } = createOperation();
  expect(requestBody?.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/ThingInput' });
  expect(responses['201']?.content?.['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Thing' });
});

it('writes schemas for people: no engine’s patterns and bounds', () => {
  const properties = build(createThing).components.schemas.Thing?.properties;
  expect(properties?.email).toEqual({ type: 'string', format: 'email' });
  expect(properties?.secretKey).toEqual({ type: 'string', examples: ['abc'], 'x-secret': true });
});

it('resolves every reference', () => {
  const text = JSON.stringify(build(createThing, listThings));
  const { schemas } = (JSON.parse(text) as OpenApi).components;
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
  expect(references.length).toBeGreaterThan(5);
  for (const reference of references) expect(schemas).toHaveProperty(reference?.split('/').at(-1) ?? 'none');
});

it('gives the same text for the same declarations, paths in order', () => {
  const first = JSON.stringify(build(createThing, listThings));
  expect(JSON.stringify(build(createThing, listThings))).toBe(first);
  const reversed = build(listThings, createThing);
  expect(Object.keys(reversed.paths)).toEqual(['/api/v1/things', '/api/v1/things/{id}']);
  expect(reversed.tags).toEqual([{ name: 'Lists' }, { name: 'Things' }]);
});

it('refuses two endpoints with one id or one address, and two schemas with one id', () => {
  expect(() => build(createThing, createThing)).toThrow('createThing');
  expect(() => build(createThing, { ...createThing, id: 'other' })).toThrow('POST /api/v1/things/{id}');
  const other = z.strictObject({ other: z.string() }).meta({ id: 'Customer' });
  expect(() => build(createThing, { ...listThings, query: z.strictObject({ a: other }) })).toThrow('Customer');
});

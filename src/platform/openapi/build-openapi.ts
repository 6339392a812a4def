import { approvalRequested } from '../../kernel/approval-requested.ts';
import { assert, present } from '../../kernel/assert.ts';
import type { Access, Endpoint } from '../../kernel/endpoint.ts';
import { PROBLEMS, type ProblemCode } from '../../kernel/problem.ts';
import { problemsOf } from '../http/declared-problems.ts';
import { describeExports } from './describe-exports.ts';
import { type JsonSchema, SchemaCollector } from './json-schema.ts';
import { SECURITY_SCHEMES } from './security-schemes.ts';

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface OpenApiContent {
  readonly [mediaType: string]: { readonly schema: JsonSchema; readonly example?: unknown };
}

export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content?: OpenApiContent;
  /** The problem codes behind this status. */
  readonly 'x-problems'?: readonly ProblemCode[];
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** The scope an API key needs. */
  readonly 'x-scope'?: string;
  /** The permission that an operator needs. */
  readonly 'x-permission'?: string;
  /** People are asked for their second factor first. */
  readonly 'x-step-up'?: true;
  /** A client must not make up an Idempotency-Key: the caller's own, or a reference, has to survive a crash. */
  readonly 'x-own-idempotency-key'?: true;
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: OpenApiContent };
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

/** An OpenAPI 3.1 document, as far as we write it: https://spec.openapis.org/oas/v3.1.1.html */
export interface OpenApi {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly servers: readonly { readonly url: string; readonly description?: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

interface OpenApiOptions {
  readonly endpoints: readonly Endpoint[];
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly servers: OpenApi['servers'];
}

/**
 * Describes endpoints for other programs. The same declarations give the same text: paths in order, tags as they first
 * come. @throws AssertionFailed where two endpoints share an id or an address
 */
export function buildOpenApi({ endpoints, title, version, description, servers }: OpenApiOptions): OpenApi {
  const schemas = new SchemaCollector();
  for (const endpoint of endpoints) collectSchemas(endpoint, schemas);
  const sorted = [...endpoints].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const ids = new Set<string>();
  for (const endpoint of sorted) {
    assert(!ids.has(endpoint.id), `Two endpoints have the id ${endpoint.id}`);
    ids.add(endpoint.id);
    const operations = paths[endpoint.path] ?? {};
    paths[endpoint.path] = operations;
    const method = endpoint.method.toLowerCase();
    assert(operations[method] === undefined, `Two endpoints answer ${endpoint.method} ${endpoint.path}`);
    operations[method] = describeOperation(endpoint, schemas);
  }
  return {
    openapi: '3.1.1',
    info: { title, version, ...(description === undefined ? {} : { description }) },
    servers,
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...schemas.components(), Problem: PROBLEM_SCHEMA },
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** All schemas are known before the first reference is written: only then is it clear which need a twin. */
function collectSchemas({ params, query, body, answer, fourEyes }: Endpoint, schemas: SchemaCollector): void {
  if (fourEyes === true) schemas.add(approvalRequested, 'output');
  for (const schema of [params, query, body]) if (schema !== undefined) schemas.add(schema, 'input');
  schemas.add(answer.schema, 'output');
}

function describeOperation(endpoint: Endpoint, schemas: SchemaCollector): OpenApiOperation {
  const { access, body } = endpoint;
  const resolved = body === undefined ? null : schemas.resolve(schemas.add(body, 'input'), 'input');
  const example = endpoint.example === undefined ? {} : { example: endpoint.example };
  return {
    operationId: endpoint.id,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    security: securityOf(access),
    ...(access.by === 'tenant' ? { 'x-scope': access.scope } : {}),
    ...(access.by === 'operator' ? { 'x-permission': access.permission } : {}),
    ...(endpoint.stepUp === true ? { 'x-step-up': true as const } : {}),
    ...(endpoint.problems.includes('idempotency_required') ? { 'x-own-idempotency-key': true as const } : {}),
    parameters: [
      ...parametersOf(endpoint.params, 'path', schemas),
      ...parametersOf(endpoint.query, 'query', schemas),
      ...headersOf(endpoint),
    ],
    ...(endpoint.file === undefined ? {} : { requestBody: describeFile(endpoint.file) }),
    ...(resolved === null || body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.safeParse({}).success,
            content: { 'application/json': { schema: resolved, ...example } },
          },
        }),
    responses: {
      [endpoint.answer.status]: describeAnswer(endpoint, schemas),
      ...(endpoint.fourEyes === true ? { 202: describeWaiting(schemas) } : {}),
      ...describeProblems(endpoint),
    },
  };
}

function describeFile({ mediaTypes, description }: NonNullable<Endpoint['file']>) {
  const schema: JsonSchema = { type: 'string', format: 'binary', description };
  return { required: true, content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }])) };
}

function parametersOf(
  schema: Endpoint['params'],
  place: 'path' | 'query',
  schemas: SchemaCollector,
): readonly OpenApiParameter[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = inlineObject(
    schemas.resolve(schemas.add(schema, 'input'), 'input'),
    schemas,
  );
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function inlineObject(schema: JsonSchema, schemas: SchemaCollector): JsonSchema {
  if (schema.$ref === undefined) return schema;
  return present(schemas.components()[schema.$ref.split('/').at(-1) ?? ''], schema.$ref);
}

function headersOf({ access, idempotency }: Endpoint): readonly OpenApiParameter[] {
  const headers: OpenApiParameter[] = [
    {
      name: 'X-Correlation-Id',
      in: 'header',
      required: false,
      description: 'Your own id of this request; answered, and written into our log.',
      schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    },
  ];
  if (idempotency === 'optional') {
    headers.unshift({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same key with the same body gives the first answer again, and the work is done once.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
    });
  }
  if (access.by === 'tenant') {
    headers.push({
      name: 'X-Tollgate-Tenant',
      in: 'header',
      required: false,
      description: 'The child tenant a parent tenant acts for.',
      schema: { type: 'string' },
    });
  }
  return headers;
}

function describeAnswer(endpoint: Endpoint, schemas: SchemaCollector): OpenApiResponse {
  const { answer, idempotency } = endpoint;
  const schema = schemas.resolve(schemas.add(answer.schema, 'output'), 'output');
  const replayed = {
    'Idempotency-Replayed': {
      description: 'true where this is the first answer again.',
      schema: { type: 'string', enum: ['true'] },
    },
  };
  return {
    description: answer.description,
    headers: {
      'X-Correlation-Id': { description: 'The id of this request.', schema: { type: 'string' } },
      ...(idempotency === 'optional' ? replayed : {}),
    },
    ...(answer.status === 204
      ? {}
      : { content: { [answer.mediaType ?? 'application/json']: { schema }, ...describeExports(endpoint) } }),
  };
}

function describeWaiting(schemas: SchemaCollector): OpenApiResponse {
  const schema = schemas.resolve(schemas.add(approvalRequested, 'output'), 'output');
  const description = 'Nothing was done yet: the settings ask for a second person, who has to approve of it first.';
  return { description, content: { 'application/json': { schema } } };
}

function describeProblems(endpoint: Endpoint): Record<string, OpenApiResponse> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(endpoint)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses: [string, OpenApiResponse][] = [...byStatus].map(([status, codes]) => [
    String(status),
    {
      description: codes.map((code) => PROBLEMS[code].title).join('; '),
      content: {
        'application/problem+json': {
          schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
        },
      },
      'x-problems': codes,
    },
  ]);
  return Object.fromEntries(responses);
}

function securityOf(access: Access): OpenApiOperation['security'] {
  if (access.by === 'operator') return [{ operatorKey: [] }];
  if (access.by === 'person') return [{ session: [] }];
  if (access.by !== 'tenant') return [];
  return [{ apiKey: [] }, { accessToken: [] }, ...(access.basic === true ? [{ basic: [] }] : [])];
}

/** RFC 9457 with our members. */
const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'A refusal (RFC 9457). Members beyond these depend on the code.',
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Where the code is explained.' },
    title: { type: 'string', description: 'What the code means.' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; decide by this.' },
    detail: { type: 'string', description: 'What it was this time, for people.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: {
            type: 'string',
            description: 'JSON pointer into the body; query and path lead with /query, /path.',
          },
          detail: { type: 'string', description: 'The broken rule; never the value.' },
        },
        required: ['pointer', 'detail'],
      },
    },
    correlationId: { type: 'string', description: 'Quote it when you ask.' },
  },
  required: ['type', 'title', 'status', 'code', 'detail', 'errors', 'correlationId'],
};

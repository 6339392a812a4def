import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';

const DAY_SECONDS = 86_400;

const one = z.strictObject({ id: z.string().max(64) });
const grant = z.string().min(1).max(64);
const GRANTS_MAX = 200;
const ADDRESSES_MAX = 50;

const expiresAt = instant.nullable().meta({ description: 'When it stops working by itself; null: never.' });
const allowedAddresses = z
  .array(z.string().min(1).max(64))
  .max(ADDRESSES_MAX)
  .meta({
    description: 'Addresses and CIDR ranges from which alone it works; none listed: from everywhere.',
    example: ['203.0.113.0/24'],
  });
const grants = (all: string, example: readonly string[]) =>
  z
    .array(grant)
    .min(1)
    .max(GRANTS_MAX)
    .meta({
      description: `What it may do: permissions, \`resource:*\`, or \`*\` for all ${all}. Never more than you may.`,
      example,
    });
const scopes = grants('that needs no administrator', ['payment:create', 'payment:read']);
const permissions = grants('that a key can have', ['tenant:read']);

const keyFields = {
  id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'expired', 'revoked']),
  allowedAddresses: z.array(z.string()),
  createdBy: z.string().nullable().meta({
    description: 'Who made it: `user:…`, `key:…`, `app:…`; null: made with the tenant, or from the command line.',
  }),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable().meta({ description: 'To the minute.' }),
  previousSecretUntil: instant.nullable().meta({ description: 'Until when the text before a rotation works.' }),
  revokedAt: instant.nullable(),
};
const text = z.string().meta({ description: 'The key itself, for the Authorization header. Shown here only.' });

const apiKey = z
  .strictObject({
    ...keyFields,
    object: z.literal('api_key'),
    mode: z.enum(['live', 'test']),
    scopes: z.array(z.string()),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyAnswer = z.output<typeof apiKey>;
const shownApiKey = z.strictObject({ ...apiKey.shape, key: text }).meta({ id: 'ShownApiKey' });

const operatorKey = z
  .strictObject({ ...keyFields, object: z.literal('operator_key'), permissions: z.array(z.string()) })
  .meta({ id: 'OperatorKey' });
export type OperatorKeyAnswer = z.output<typeof operatorKey>;
const shownOperatorKey = z.strictObject({ ...operatorKey.shape, key: text }).meta({ id: 'ShownOperatorKey' });

const rotation = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(30 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .meta({ description: 'For how long the text before goes on working; 0 for a key that has leaked.' }),
});

/** What a new key says of itself beside what it may do. */
const made = { name: line(100), expiresAt: expiresAt.default(null), allowedAddresses: allowedAddresses.default([]) };
const changed = {
  name: line(100).optional(),
  expiresAt: expiresAt.optional(),
  allowedAddresses: allowedAddresses.optional(),
};

/** What the endpoints of a tenant's keys and of the operator's have in common, by verb. */
const making = { method: 'POST', stepUp: true, problems: ['state_conflict'] } as const;
const listing = { method: 'GET', idempotency: 'none', query: z.strictObject(pageQuery), problems: [] } as const;
const reading = { method: 'GET', idempotency: 'none', params: one, problems: [] } as const;
const changing = { ...making, method: 'PATCH', idempotency: 'none', params: one } as const;
const rotating = { ...making, params: one, example: { overlapSeconds: 3_600 } } as const;
const revoking = {
  ...reading,
  method: 'DELETE',
  description: 'For ever. It stops working within a second.',
} as const;

const ofTenants = { path: '/api/v1/api-keys', tag: 'API keys' } as const;
const oneOfTenants = { ...ofTenants, path: '/api/v1/api-keys/{id}' } as const;
const ofOperator = { path: '/api/v1/operator/keys', tag: 'Operator keys' } as const;
const oneOfOperator = { ...ofOperator, path: '/api/v1/operator/keys/{id}' } as const;

export const createApiKey = endpoint({
  ...ofTenants,
  ...making,
  id: 'createApiKey',
  summary: 'Make an API key',
  description:
    'In the mode of your credentials. A key that ends, or is bound to addresses, cannot make others: they would shed its bounds.',
  access: { by: 'tenant', scope: 'api-key:create' },
  idempotency: 'optional',
  body: z.strictObject({ ...made, scopes }).meta({ id: 'CreateApiKey' }),
  answer: { status: 201, schema: shownApiKey, description: 'The key with its text.' },
  example: { name: 'Back office', scopes: ['payment:read', 'refund:create'] },
});

export const listApiKeys = endpoint({
  ...ofTenants,
  ...listing,
  id: 'listApiKeys',
  summary: 'List API keys, newest first',
  description: 'Those of the mode of your credentials, the revoked ones included.',
  access: { by: 'tenant', scope: 'api-key:read' },
  answer: { status: 200, schema: pageAnswer(apiKey), description: 'A page of keys, without their texts.' },
});

export const getApiKey = endpoint({
  ...oneOfTenants,
  ...reading,
  id: 'getApiKey',
  summary: 'Read an API key',
  access: { by: 'tenant', scope: 'api-key:read' },
  answer: { status: 200, schema: apiKey, description: 'The key, without its text.' },
});

export const updateApiKey = endpoint({
  ...oneOfTenants,
  ...changing,
  id: 'updateApiKey',
  summary: 'Change an API key',
  description: 'Members that are left out stay as they are. Only a key whose scopes you all have yourself.',
  access: { by: 'tenant', scope: 'api-key:update' },
  body: z.strictObject({ ...changed, scopes: scopes.optional() }).meta({ id: 'UpdateApiKey' }),
  answer: { status: 200, schema: apiKey, description: 'The key as it is now.' },
  example: { allowedAddresses: ['203.0.113.0/24'] },
});

export const rotateApiKey = endpoint({
  ...oneOfTenants,
  ...rotating,
  id: 'rotateApiKey',
  path: '/api/v1/api-keys/{id}/rotate',
  summary: 'Give an API key a new text',
  description:
    'The text before goes on working until the overlap ends; a rotation within the overlap of another ends that one.',
  access: { by: 'tenant', scope: 'api-key:update' },
  idempotency: 'optional',
  body: rotation.meta({ id: 'RotateApiKey' }),
  answer: { status: 200, schema: shownApiKey, description: 'The key with its new text.' },
});

export const revokeApiKey = endpoint({
  ...oneOfTenants,
  ...revoking,
  id: 'revokeApiKey',
  summary: 'Revoke an API key',
  access: { by: 'tenant', scope: 'api-key:delete' },
  answer: { status: 200, schema: apiKey, description: 'The revoked key.' },
});

export const createOperatorKey = endpoint({
  ...ofOperator,
  ...making,
  id: 'createOperatorKey',
  summary: "Make a key for the operator's API",
  description: 'A key that ends, or is bound to addresses, cannot make others.',
  access: { by: 'operator', permission: 'operator-key:create' },
  idempotency: 'none',
  body: z.strictObject({ ...made, permissions }).meta({ id: 'CreateOperatorKey' }),
  answer: { status: 201, schema: shownOperatorKey, description: 'The key with its text.' },
  example: { name: 'Monitoring', permissions: ['tenant:read', 'payment-doubt:read'] },
});

export const listOperatorKeys = endpoint({
  ...ofOperator,
  ...listing,
  id: 'listOperatorKeys',
  summary: "List the operator's keys, newest first",
  access: { by: 'operator', permission: 'operator-key:read' },
  answer: { status: 200, schema: pageAnswer(operatorKey), description: 'A page of keys, without their texts.' },
});

export const getOperatorKey = endpoint({
  ...oneOfOperator,
  ...reading,
  id: 'getOperatorKey',
  summary: 'Read a key of the operator',
  access: { by: 'operator', permission: 'operator-key:read' },
  answer: { status: 200, schema: operatorKey, description: 'The key, without its text.' },
});

export const updateOperatorKey = endpoint({
  ...oneOfOperator,
  ...changing,
  id: 'updateOperatorKey',
  summary: 'Change a key of the operator',
  access: { by: 'operator', permission: 'operator-key:update' },
  body: z.strictObject({ ...changed, permissions: permissions.optional() }).meta({ id: 'UpdateOperatorKey' }),
  answer: { status: 200, schema: operatorKey, description: 'The key as it is now.' },
  example: { name: 'Monitoring' },
});

export const rotateOperatorKey = endpoint({
  ...oneOfOperator,
  ...rotating,
  id: 'rotateOperatorKey',
  path: '/api/v1/operator/keys/{id}/rotate',
  summary: 'Give a key of the operator a new text',
  access: { by: 'operator', permission: 'operator-key:update' },
  idempotency: 'none',
  body: rotation.meta({ id: 'RotateOperatorKey' }),
  answer: { status: 200, schema: shownOperatorKey, description: 'The key with its new text.' },
});

export const revokeOperatorKey = endpoint({
  ...oneOfOperator,
  ...revoking,
  id: 'revokeOperatorKey',
  summary: 'Revoke a key of the operator',
  access: { by: 'operator', permission: 'operator-key:delete' },
  answer: { status: 200, schema: operatorKey, description: 'The revoked key.' },
});

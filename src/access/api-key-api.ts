import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';

const TAG = 'API keys';
const OPERATOR_TAG = 'Operator keys';
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
const scopes = z
  .array(grant)
  .min(1)
  .max(GRANTS_MAX)
  .meta({
    description:
      'What it may do: permissions, `resource:*`, or `*` for all that needs no administrator. Never more than you may.',
    example: ['payment:create', 'payment:read'],
  });
const permissions = z
  .array(grant)
  .min(1)
  .max(GRANTS_MAX)
  .meta({
    description:
      'What it may do: permissions, `resource:*`, or `*` for all that a key can have. Never more than you may.',
    example: ['tenant:read'],
  });

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

export const createApiKey = endpoint({
  id: 'createApiKey',
  method: 'POST',
  path: '/api/v1/api-keys',
  summary: 'Make an API key',
  description:
    'In the mode of your credentials. A key that ends, or is bound to addresses, cannot make others: they would shed its bounds.',
  tag: TAG,
  access: { by: 'tenant', scope: 'api-key:create' },
  stepUp: true,
  idempotency: 'optional',
  body: z
    .strictObject({
      name: line(100),
      scopes,
      expiresAt: expiresAt.default(null),
      allowedAddresses: allowedAddresses.default([]),
    })
    .meta({ id: 'CreateApiKey' }),
  answer: { status: 201, schema: shownApiKey, description: 'The key with its text.' },
  problems: ['state_conflict'],
  example: { name: 'Back office', scopes: ['payment:read', 'refund:create'] },
});

export const listApiKeys = endpoint({
  id: 'listApiKeys',
  method: 'GET',
  path: '/api/v1/api-keys',
  summary: 'List API keys, newest first',
  description: 'Those of the mode of your credentials, the revoked ones included.',
  tag: TAG,
  access: { by: 'tenant', scope: 'api-key:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(apiKey), description: 'A page of keys, without their texts.' },
  problems: [],
});

export const getApiKey = endpoint({
  id: 'getApiKey',
  method: 'GET',
  path: '/api/v1/api-keys/{id}',
  summary: 'Read an API key',
  tag: TAG,
  access: { by: 'tenant', scope: 'api-key:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: apiKey, description: 'The key, without its text.' },
  problems: [],
});

export const updateApiKey = endpoint({
  id: 'updateApiKey',
  method: 'PATCH',
  path: '/api/v1/api-keys/{id}',
  summary: 'Change an API key',
  description: 'Members that are left out stay as they are. Only a key whose scopes you all have yourself.',
  tag: TAG,
  access: { by: 'tenant', scope: 'api-key:update' },
  stepUp: true,
  idempotency: 'none',
  params: one,
  body: z
    .strictObject({
      name: line(100).optional(),
      scopes: scopes.optional(),
      expiresAt: expiresAt.optional(),
      allowedAddresses: allowedAddresses.optional(),
    })
    .meta({ id: 'UpdateApiKey' }),
  answer: { status: 200, schema: apiKey, description: 'The key as it is now.' },
  problems: ['state_conflict'],
  example: { allowedAddresses: ['203.0.113.0/24'] },
});

export const rotateApiKey = endpoint({
  id: 'rotateApiKey',
  method: 'POST',
  path: '/api/v1/api-keys/{id}/rotate',
  summary: 'Give an API key a new text',
  description:
    'The text before goes on working until the overlap ends; a rotation within the overlap of another ends that one.',
  tag: TAG,
  access: { by: 'tenant', scope: 'api-key:update' },
  stepUp: true,
  idempotency: 'optional',
  params: one,
  body: rotation.meta({ id: 'RotateApiKey' }),
  answer: { status: 200, schema: shownApiKey, description: 'The key with its new text.' },
  problems: ['state_conflict'],
  example: { overlapSeconds: 3_600 },
});

export const revokeApiKey = endpoint({
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/api/v1/api-keys/{id}',
  summary: 'Revoke an API key',
  description: 'For ever. It stops working within a second.',
  tag: TAG,
  access: { by: 'tenant', scope: 'api-key:delete' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: apiKey, description: 'The revoked key.' },
  problems: [],
});

export const createOperatorKey = endpoint({
  id: 'createOperatorKey',
  method: 'POST',
  path: '/api/v1/operator/keys',
  summary: "Make a key for the operator's API",
  description: 'A key that ends, or is bound to addresses, cannot make others.',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-key:create' },
  stepUp: true,
  idempotency: 'none',
  body: z
    .strictObject({
      name: line(100),
      permissions,
      expiresAt: expiresAt.default(null),
      allowedAddresses: allowedAddresses.default([]),
    })
    .meta({ id: 'CreateOperatorKey' }),
  answer: { status: 201, schema: shownOperatorKey, description: 'The key with its text.' },
  problems: ['state_conflict'],
  example: { name: 'Monitoring', permissions: ['tenant:read', 'payment-doubt:read'] },
});

export const listOperatorKeys = endpoint({
  id: 'listOperatorKeys',
  method: 'GET',
  path: '/api/v1/operator/keys',
  summary: "List the operator's keys, newest first",
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-key:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(operatorKey), description: 'A page of keys, without their texts.' },
  problems: [],
});

export const getOperatorKey = endpoint({
  id: 'getOperatorKey',
  method: 'GET',
  path: '/api/v1/operator/keys/{id}',
  summary: 'Read a key of the operator',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-key:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: operatorKey, description: 'The key, without its text.' },
  problems: [],
});

export const updateOperatorKey = endpoint({
  id: 'updateOperatorKey',
  method: 'PATCH',
  path: '/api/v1/operator/keys/{id}',
  summary: 'Change a key of the operator',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-key:update' },
  stepUp: true,
  idempotency: 'none',
  params: one,
  body: z
    .strictObject({
      name: line(100).optional(),
      permissions: permissions.optional(),
      expiresAt: expiresAt.optional(),
      allowedAddresses: allowedAddresses.optional(),
    })
    .meta({ id: 'UpdateOperatorKey' }),
  answer: { status: 200, schema: operatorKey, description: 'The key as it is now.' },
  problems: ['state_conflict'],
  example: { name: 'Monitoring' },
});

export const rotateOperatorKey = endpoint({
  id: 'rotateOperatorKey',
  method: 'POST',
  path: '/api/v1/operator/keys/{id}/rotate',
  summary: 'Give a key of the operator a new text',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-key:update' },
  stepUp: true,
  idempotency: 'none',
  params: one,
  body: rotation.meta({ id: 'RotateOperatorKey' }),
  answer: { status: 200, schema: shownOperatorKey, description: 'The key with its new text.' },
  problems: ['state_conflict'],
  example: { overlapSeconds: 3_600 },
});

export const revokeOperatorKey = endpoint({
  id: 'revokeOperatorKey',
  method: 'DELETE',
  path: '/api/v1/operator/keys/{id}',
  summary: 'Revoke a key of the operator',
  description: 'For ever. It stops working within a second.',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-key:delete' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: operatorKey, description: 'The revoked key.' },
  problems: [],
});

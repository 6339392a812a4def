import { z } from 'zod';
import { findCardNumber } from '../kernel/card-number.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { routingChanges, routingRules } from '../routing/routing-rules.ts';
import { reversalCutOff } from './reversal-cut-off.ts';

const TAG = 'Provider accounts';
const DAY_SECONDS = 86_400;

const one = z.strictObject({ id: z.string().max(64) });

// Bodies with credentials are not searched for card numbers, since a key may look like one; a name is searched here.
const name = line(100).refine((text) => !findCardNumber(text), 'Must not hold a card number');
const priority = z
  .int()
  .min(0)
  .max(10_000)
  .meta({
    description:
      'A payment goes to the active account with the lowest that takes it; among equal ones by their shares ' +
      '(`routing.weight`), without any to the oldest.',
  });
const cutOff = reversalCutOff.nullable().meta({
  description: 'Until when a capture is reversed instead of refunded; null: this account makes no reversals.',
});
const credentials = z.record(z.string().max(64), z.unknown()).meta({
  description: 'What the provider wants, as `credentials` of GET /api/v1/providers describes it. Never shown again.',
});

const oneOrMany = z.strictObject({ partial: z.boolean(), multiple: z.boolean() });
const capabilities = z
  .strictObject({
    modes: z.array(z.enum(['live', 'test'])),
    currencies: z.union([z.array(z.string()), z.literal('any')]),
    nextActions: z.array(z.enum(['redirect', 'qr', 'client', 'deep_link'])),
    capture: z.union([z.literal(false), oneOrMany]),
    release: z.boolean(),
    refund: z.union([z.literal(false), oneOrMany]),
    reversal: z.boolean(),
    evidence: z.boolean(),
    cancel: z.boolean(),
    complete: z.boolean(),
    retrieveBy: z.array(z.enum(['attemptId', 'providerRef'])),
    forwards: z.array(z.enum(['description', 'statementDescriptor', 'terminalId', 'mcc', 'subMerchantName', 'rrn2'])),
    unacknowledged: z.enum(['repeats', 'reverses']),
    settlement: z.boolean(),
  })
  .meta({ id: 'ProviderCapabilities' });

export const circuit = z
  .strictObject({
    state: z.enum(['closed', 'open', 'half_open']).meta({
      description:
        'open: it has lately not answered, and payments go elsewhere while another account takes them. half_open: the ' +
        'next payment tries it.',
    }),
    since: instant.nullable().meta({ description: 'When it was opened, or closed again; null: it was never open.' }),
    failures: z.int().meta({ description: 'In a row, without a success between.' }),
    retryAt: instant.nullable().meta({ description: 'When one payment tries it again; null unless it is open.' }),
  })
  .meta({ id: 'Circuit' });

export const providerAccount = z
  .strictObject({
    id: z.string(),
    object: z.literal('provider_account'),
    mode: z.enum(['live', 'test']),
    provider: z.string(),
    name: z.string(),
    priority: z.int(),
    status: z.enum(['active', 'disabled']),
    credentialsSet: z.array(z.string()).meta({ description: 'Which fields of the credentials are set.' }),
    capabilities: capabilities.nullable().meta({
      description:
        'What this account can do, which may be less than its provider; null where this installation no longer serves ' +
        'the provider.',
    }),
    previousCredentialsUntil: instant
      .nullable()
      .meta({ description: 'Until when notifications signed with the credentials before a rotation are taken.' }),
    reversalCutOff: cutOff,
    routing: routingRules,
    circuit,
    notificationUrl: z.string().meta({ description: 'Where the provider sends its notifications.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ProviderAccount' });
export type ProviderAccountAnswer = z.output<typeof providerAccount>;

const SANDBOX = { merchantCode: 'second-shop', secretKey: 'a-secret-of-16-or-more' };

export const createProviderAccount = endpoint({
  id: 'createProviderAccount',
  method: 'POST',
  path: '/api/v1/provider-accounts',
  summary: 'Add a provider account',
  description: 'In the mode of your key. The provider is not asked; test the account afterwards.',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:create' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'optional',
  audit: { class: 'security', shows: ['provider', 'name', 'priority'] },
  secretsInBody: true,
  body: z
    .strictObject({
      provider: z.string().max(64).meta({ description: 'The id of one of GET /api/v1/providers.' }),
      name: name.optional().meta({ description: 'For people; the provider’s own name unless given.' }),
      credentials,
      priority: priority.default(100),
      reversalCutOff: cutOff.optional(),
      routing: routingChanges.optional(),
    })
    .meta({ id: 'CreateProviderAccount' }),
  answer: { status: 201, schema: providerAccount, description: 'The account, without its credentials.' },
  problems: ['not_supported_by_provider'],
  example: { provider: 'sandbox', name: 'Second shop', credentials: SANDBOX, priority: 200 },
});

export const listProviderAccounts = endpoint({
  id: 'listProviderAccounts',
  method: 'GET',
  path: '/api/v1/provider-accounts',
  summary: 'List provider accounts, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(providerAccount), description: 'A page of accounts.' },
  problems: [],
});

export const getProviderAccount = endpoint({
  id: 'getProviderAccount',
  method: 'GET',
  path: '/api/v1/provider-accounts/{id}',
  summary: 'Read a provider account',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: providerAccount, description: 'The account, without its credentials.' },
  problems: [],
});

export const updateProviderAccount = endpoint({
  id: 'updateProviderAccount',
  method: 'PATCH',
  path: '/api/v1/provider-accounts/{id}',
  summary: 'Change a provider account',
  description: 'Credentials are rotated instead. Of `routing`, the members that are given are replaced.',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['name', 'priority', 'reversalCutOff', 'routing'] },
  params: one,
  body: z
    .strictObject({
      name: name.optional(),
      priority: priority.optional(),
      reversalCutOff: cutOff.optional(),
      routing: routingChanges.optional(),
    })
    .meta({ id: 'UpdateProviderAccount' }),
  answer: { status: 200, schema: providerAccount, description: 'The account as it is now.' },
  problems: ['not_supported_by_provider'],
  example: { priority: 10, routing: { weight: 70, amounts: { EUR: { max: 500_000 } } } },
});

export const testProviderAccount = endpoint({
  id: 'testProviderAccount',
  method: 'POST',
  path: '/api/v1/provider-accounts/{id}/test',
  summary: 'Test the credentials of a provider account',
  description: 'Asks the provider now, with a request that moves nothing. A disabled account can be tested too.',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:execute' },
  idempotency: 'none',
  params: one,
  answer: {
    status: 200,
    schema: z
      .strictObject({
        outcome: z.enum(['accepted', 'refused', 'not_sent', 'unknown']).meta({
          description:
            'not_sent: the provider was not reached. unknown: its answer says nothing about the credentials.',
        }),
        code: z.string().optional().meta({ description: 'The provider’s code of a refusal.' }),
        message: z.string().optional().meta({ description: 'In words, without anything secret.' }),
      })
      .meta({ id: 'CredentialsTest' }),
    description: 'What the provider said.',
  },
  problems: ['no_provider_account'],
});

export const rotateProviderAccount = endpoint({
  id: 'rotateProviderAccount',
  method: 'POST',
  path: '/api/v1/provider-accounts/{id}/rotate',
  summary: 'Rotate the credentials of a provider account',
  description:
    'Requests go out with the new credentials; notifications signed with the old ones are taken until the overlap ends. ' +
    'A rotation within the overlap of another ends that one. Required fields that are no secret say which account it is ' +
    'at the provider, and stay.',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:update' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'optional',
  audit: { class: 'security', shows: ['overlapSeconds'] },
  params: one,
  secretsInBody: true,
  body: z
    .strictObject({
      credentials,
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * DAY_SECONDS)
        .default(DAY_SECONDS),
    })
    .meta({ id: 'RotateProviderAccount' }),
  answer: { status: 200, schema: providerAccount, description: 'The account, without its credentials.' },
  problems: [],
  example: { credentials: SANDBOX, overlapSeconds: 3_600 },
});

export const disableProviderAccount = endpoint({
  id: 'disableProviderAccount',
  method: 'POST',
  path: '/api/v1/provider-accounts/{id}/disable',
  summary: 'Disable a provider account',
  description: 'It gets no new payments. What was begun is finished, and its notifications are taken.',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:update' },
  idempotency: 'optional',
  params: one,
  answer: { status: 200, schema: providerAccount, description: 'The disabled account.' },
  problems: [],
});

export const enableProviderAccount = endpoint({
  id: 'enableProviderAccount',
  method: 'POST',
  path: '/api/v1/provider-accounts/{id}/enable',
  summary: 'Enable a provider account',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:update' },
  idempotency: 'optional',
  params: one,
  answer: { status: 200, schema: providerAccount, description: 'The active account.' },
  problems: [],
});

const jsonSchema = z.record(z.string(), z.unknown());
const provider = z
  .strictObject({
    id: z.string(),
    object: z.literal('provider'),
    displayName: z.string(),
    capabilities,
    credentials: jsonSchema.meta({
      description:
        'JSON Schema of an account’s credentials; secret fields carry `x-secret`, and `x-documentation` is where the ' +
        'provider says how to come by them.',
    }),
    method: jsonSchema.meta({ description: 'JSON Schema of `method` when a payment is confirmed.' }),
  })
  .meta({ id: 'Provider' });
export type ProviderAnswer = z.output<typeof provider>;

export const getProviders = endpoint({
  id: 'getProviders',
  method: 'GET',
  path: '/api/v1/providers',
  summary: 'What providers there are',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:read' },
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z.strictObject({ data: z.array(provider) }),
    description: 'Every provider, what it can do and what it wants to know.',
  },
  problems: [],
});

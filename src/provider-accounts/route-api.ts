import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { amount, currency } from '../kernel/shapes.ts';
import { circuit, providerAccount } from './api.ts';

const TAG = 'Provider accounts';

const reason = z.strictObject({
  code: z.string().meta({ description: 'For programs; docs/routing.md lists them.' }),
  why: z.string().meta({ description: 'One English sentence for a person.' }),
});

const judged = z
  .strictObject({
    providerAccountId: z.string(),
    provider: z.string(),
    name: z.string(),
    priority: z.int(),
    weight: z.int().nullable(),
    circuit: z.enum(['closed', 'open', 'half_open']),
    reasons: z.array(reason).meta({ description: 'Why it is taken, comes later, or may not take the payment.' }),
  })
  .meta({ id: 'JudgedAccount' });

const routeAnswer = z
  .strictObject({
    object: z.literal('route'),
    chosen: z.string().nullable().meta({ description: 'The account it would go to; null: there is none.' }),
    candidates: z.array(judged).meta({ description: 'Those that may take it, in the order they are tried.' }),
    refused: z.array(judged).meta({ description: 'Those that may not, each with every reason.' }),
  })
  .meta({ id: 'Route' });
export type RouteAnswer = z.output<typeof routeAnswer>;

const routeBody = z
  .strictObject({
    amount,
    currency: currency.optional().meta({ description: "The tenant's currency unless given." }),
    captureMethod: z.enum(['automatic', 'manual']).default('automatic'),
    method: z
      .looseObject({ type: z.string().max(64) })
      .nullable()
      .optional()
      .meta({
        description: 'As a confirmation gives it; null: a confirmation without one. Left out: methods are not judged.',
      }),
    providerAccountId: z.string().max(64).optional(),
    paymentId: z
      .string()
      .max(64)
      .optional()
      .meta({ description: 'Draws as this payment would; without it the larger share comes first. Need not exist.' }),
  })
  .meta({ id: 'RouteQuestion' });

export const routeProviderAccounts = endpoint({
  id: 'routeProviderAccounts',
  method: 'POST',
  path: '/api/v1/provider-accounts/route',
  summary: 'Ask where a payment would go',
  description:
    'By the same decision that a confirmation makes, on the accounts and circuits as they are now. Writes nothing and ' +
    'sends nothing.',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:read' },
  idempotency: 'none',
  audit: 'nothing',
  body: routeBody,
  answer: { status: 200, schema: routeAnswer, description: 'The order of the accounts, each with its reasons.' },
  problems: ['card_number_not_allowed'],
  example: { amount: 1250, currency: 'EUR', method: { type: 'sandbox', token: 'tok_approve' } },
});

export const resetCircuit = endpoint({
  id: 'resetCircuit',
  method: 'POST',
  path: '/api/v1/provider-accounts/{id}/reset-circuit',
  summary: 'Close the circuit of a provider account',
  description:
    'For a person who knows that the provider answers again. Payments go to the account at once; it opens again after ' +
    'five failures in a row.',
  tag: TAG,
  access: { by: 'tenant', scope: 'provider-account:update' },
  idempotency: 'optional',
  params: z.strictObject({ id: z.string().max(64) }),
  answer: { status: 200, schema: providerAccount, description: 'The account with its closed circuit.' },
  problems: [],
});

export const resetCircuitAsOperator = endpoint({
  id: 'resetCircuitAsOperator',
  method: 'POST',
  path: '/api/v1/operator/provider-accounts/{id}/reset-circuit',
  summary: "Close the circuit of a tenant's provider account",
  description: 'Which accounts these are stands in the log, where each opening is a warning.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'provider-circuit:execute' },
  idempotency: 'none',
  params: z.strictObject({ id: z.string().max(64) }),
  query: z.strictObject({ tenantId: z.string().max(64).meta({ description: 'Whose account.' }) }),
  answer: {
    status: 200,
    schema: z.strictObject({ providerAccountId: z.string(), circuit }).meta({ id: 'ResetCircuit' }),
    description: 'The closed circuit.',
  },
  problems: [],
});

import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';

const one = z.strictObject({ id: z.string().max(64) });

const domain = z
  .strictObject({
    id: z.string(),
    object: z.literal('domain'),
    mode: z.enum(['live', 'test']),
    domain: z.string().meta({ description: 'As it is compared: lower case, ASCII, no dot at the end.' }),
    status: z.enum(['pending', 'verified', 'lapsed']).meta({
      description: '`lapsed`: it was proven, and its proof is gone; nothing is served there.',
    }),
    problem: z.enum(['no_record', 'wrong_record', 'dns_failed', 'taken']).nullable().meta({
      description: 'What the last look found. `taken`: another tenant has proven it and still can.',
    }),
    record: z.strictObject({ type: z.literal('TXT'), name: z.string(), value: z.string() }).meta({
      description: 'To be entered into your DNS, and to be left there.',
    }),
    verifiedAt: instant.nullable(),
    checkedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Domain' });
export type DomainAnswer = z.output<typeof domain>;

export const createDomain = endpoint({
  id: 'createDomain',
  method: 'POST',
  path: '/api/v1/domains',
  summary: 'Claim a domain',
  description:
    'Shoppers of this mode pay at it once its TXT record proves that it is yours: new payments get their `paymentUrl` ' +
    'there. It is looked for by itself, every minute at first.',
  tag: 'Domains',
  access: { by: 'tenant', scope: 'domain:create' },
  idempotency: 'optional',
  audit: { class: 'change', shows: ['domain'] },
  body: z
    .strictObject({ domain: z.string('Is required').min(1, 'Must not be empty').max(255, 'Must be a host name') })
    .meta({ id: 'CreateDomain' }),
  answer: { status: 201, schema: domain, description: 'The claim, with the record that proves it.' },
  problems: ['state_conflict'],
  example: { domain: 'pay.shop.example' },
});

export const listDomains = endpoint({
  id: 'listDomains',
  method: 'GET',
  path: '/api/v1/domains',
  summary: 'List domains, newest first',
  tag: 'Domains',
  access: { by: 'tenant', scope: 'domain:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(domain), description: 'A page of domains.' },
  problems: [],
});

export const getDomain = endpoint({
  id: 'getDomain',
  method: 'GET',
  path: '/api/v1/domains/{id}',
  summary: 'Read a domain',
  tag: 'Domains',
  access: { by: 'tenant', scope: 'domain:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: domain, description: 'The domain.' },
  problems: [],
});

export const checkDomain = endpoint({
  id: 'checkDomain',
  method: 'POST',
  path: '/api/v1/domains/{id}/check',
  summary: 'Look for the record now',
  tag: 'Domains',
  access: { by: 'tenant', scope: 'domain:execute' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: domain, description: 'The domain after the look.' },
  problems: ['too_many_requests'],
});

export const deleteDomain = endpoint({
  id: 'deleteDomain',
  method: 'DELETE',
  path: '/api/v1/domains/{id}',
  summary: 'Give a domain up',
  description: 'Pages that are open there end; their payments go on at the installation’s own address.',
  tag: 'Domains',
  access: { by: 'tenant', scope: 'domain:delete' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: domain, description: 'The domain as it was.' },
  problems: [],
});

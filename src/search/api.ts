import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line } from '../kernel/shapes.ts';
import { HIT_TYPES, MATCHES } from './hit.ts';

const query = z.strictObject({ q: line(200).meta({ description: 'What was typed; outer spaces do not count.' }) });

const hit = z
  .strictObject({
    type: z.enum(HIT_TYPES),
    id: z.string(),
    title: z.string().meta({ description: 'What people know it by: a reference, a name, an address, or its id.' }),
    subtitle: z.string().meta({ description: 'Its amount and state, as far as it has them.' }),
    matched: z.enum(MATCHES).meta({ description: 'By what it was found.' }),
    createdAt: instant,
  })
  .meta({ id: 'SearchHit' });
export type HitAnswer = z.infer<typeof hit>;

const operatorHit = hit
  .extend({ tenantId: z.string(), mode: z.enum(['live', 'test']).nullable() })
  .meta({ id: 'OperatorSearchHit' });
export type OperatorHitAnswer = z.infer<typeof operatorHit>;

export const searchObjects = endpoint({
  id: 'searchObjects',
  method: 'GET',
  path: '/api/v1/search',
  summary: 'Find anything by what people know of it',
  description:
    'By any id; by a reference of a payment, refund, product, checkout or code, or the beginning of one; by an order id; by ' +
    "a provider's reference; by the whole e-mail address of a customer; by a part of an endpoint's address. At most 20, " +
    'what is exactly so first, then the newest. What your credentials may not read is left out.',
  tag: 'Panel',
  access: { by: 'tenant', scope: 'payment:read' },
  idempotency: 'none',
  query,
  answer: {
    status: 200,
    schema: z.strictObject({ data: z.array(hit).max(20) }).meta({ id: 'SearchHits' }),
    description: 'What was found.',
  },
  problems: [],
});

export const searchInstallation = endpoint({
  id: 'searchInstallation',
  method: 'GET',
  path: '/api/v1/operator/search',
  summary: 'Find anything of any tenant',
  description:
    'Anything by its id; payments and refunds by reference, order or provider’s reference, in both modes; tenants by id, app ' +
    'name or a part of their name. Not by e-mail address: those are digested under a key of each tenant.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'search:read' },
  idempotency: 'none',
  query,
  answer: {
    status: 200,
    schema: z.strictObject({ data: z.array(operatorHit).max(20) }).meta({ id: 'OperatorSearchHits' }),
    description: 'What was found.',
  },
  problems: [],
});

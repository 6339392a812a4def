import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery, reference } from '../kernel/shapes.ts';
import { PRODUCT_STATUSES } from './product.ts';

const TAG = 'Products';

const one = z.strictObject({ id: z.string().max(64) });

const name = line(100).meta({ description: 'For people.' });
const ownReference = reference.meta({ description: 'Your own id of this product; unique per tenant and mode.' });
const status = z.enum(PRODUCT_STATUSES).meta({
  description: '`archived`: new payments may not name it; those that were made go on as ever.',
});

const product = z
  .strictObject({
    id: z.string(),
    object: z.literal('product'),
    mode: z.enum(['live', 'test']),
    name: z.string(),
    reference: z.string().nullable(),
    status,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Product' });
export type ProductAnswer = z.output<typeof product>;

export const createProduct = endpoint({
  id: 'createProduct',
  method: 'POST',
  path: '/api/v1/products',
  summary: 'Add a product',
  description:
    'In the mode of your credentials. Payments name it by `productId`; endpoints and notification settings may be its own.',
  tag: TAG,
  access: { by: 'tenant', scope: 'product:create' },
  idempotency: 'optional',
  audit: { class: 'change', shows: ['name', 'reference', 'status'] },
  body: z.strictObject({ name, reference: ownReference.optional() }).meta({ id: 'CreateProduct' }),
  answer: { status: 201, schema: product, description: 'The product.' },
  problems: ['reference_already_used'],
  example: { name: 'Season tickets', reference: 'season-tickets' },
});

export const listProducts = endpoint({
  id: 'listProducts',
  method: 'GET',
  path: '/api/v1/products',
  summary: 'List products, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'product:read' },
  idempotency: 'none',
  query: z.strictObject({ ...pageQuery, reference: ownReference.optional(), status: status.optional() }),
  answer: { status: 200, schema: pageAnswer(product), description: 'A page of products.' },
  problems: [],
});

export const getProduct = endpoint({
  id: 'getProduct',
  method: 'GET',
  path: '/api/v1/products/{id}',
  summary: 'Read a product',
  tag: TAG,
  access: { by: 'tenant', scope: 'product:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: product, description: 'The product.' },
  problems: [],
});

export const updateProduct = endpoint({
  id: 'updateProduct',
  method: 'PATCH',
  path: '/api/v1/products/{id}',
  summary: 'Change, archive or restore a product',
  tag: TAG,
  access: { by: 'tenant', scope: 'product:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['name', 'reference', 'status'] },
  params: one,
  body: z
    .strictObject({
      name: name.optional(),
      reference: ownReference.nullable().optional(),
      status: status.optional(),
    })
    .meta({ id: 'UpdateProduct' }),
  answer: { status: 200, schema: product, description: 'The product as it is now.' },
  problems: ['reference_already_used'],
  example: { status: 'archived' },
});

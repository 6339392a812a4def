import { runOnce } from '../idempotency/run-once.ts';
import { pageOf } from '../kernel/page.ts';
import { sentMembers } from '../kernel/sent-members.ts';
import type { Sealer } from '../keys/sealer.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { changeProduct, createProduct, type ProductContext } from './change-product.ts';
import { findProduct } from './find-product.ts';
import type { Product } from './product.ts';
import { selectProducts } from './store.ts';

interface ProductRoutesContext extends ProductContext {
  readonly sealer: Sealer;
}

/** The products' endpoints, tied to their verbs. */
export function productRoutes(context: ProductRoutesContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    bindEndpoint(api.createProduct, ({ caller, body, idempotency }) => {
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'createProduct' };
      return runOnce(context, scope, idempotency, async (tx) => ({
        status: 201,
        body: productJson(await createProduct(context, tx, caller, body)),
      }));
    }),
    bindEndpoint(api.listProducts, async ({ caller, query }) => {
      const rows = await selectProducts(db, caller, query);
      return { body: pageOf(rows.map(productJson), query.limit) };
    }),
    bindEndpoint(api.getProduct, async ({ caller, params }) => ({
      body: productJson(await findProduct(db, caller, params.id)),
    })),
    bindEndpoint(api.updateProduct, async ({ caller, params, body }) => {
      return { body: productJson(await changeProduct(context, caller, params.id, sentMembers(body))) };
    }),
  ];
}

function productJson(product: Product): api.ProductAnswer {
  return {
    id: product.productId,
    object: 'product',
    mode: product.mode,
    name: product.name,
    reference: product.reference,
    status: product.status,
    createdAt: product.createdAt.toString(),
    updatedAt: product.updatedAt.toString(),
  };
}

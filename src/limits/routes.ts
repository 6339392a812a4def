import { runOnce } from '../idempotency/run-once.ts';
import { amountToJson } from '../kernel/money.ts';
import { pageOf } from '../kernel/page.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import * as api from './api.ts';
import { changeBasket, createBasket, findBasket, type LimitContext, removeBasket } from './change-basket.ts';
import type { LimitKeeper } from './keep-limits.ts';
import type { LimitBasket } from './limit-basket.ts';
import { readUsage } from './read-usage.ts';
import { selectBaskets } from './store.ts';

interface LimitRoutesContext extends LimitContext {
  readonly tenantClocks: TenantClocks;
  readonly limits: Pick<LimitKeeper, 'forget'>;
  /** Of a basket that names none. */
  readonly readTenant: (tenantId: string) => Promise<{ readonly currency: string }>;
}

/** The endpoints of limit baskets, tied to their verbs. */
export function limitRoutes(context: LimitRoutesContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  const changed = <Answer>(answer: Answer): Answer => {
    context.limits.forget();
    return answer;
  };
  return [
    bindEndpoint(api.createLimitBasket, async ({ caller: { tenantId, mode }, body, idempotency }) => {
      const currency = body.currency ?? (await context.readTenant(tenantId)).currency;
      const scope = { tenantId, mode, route: 'createLimitBasket' };
      return runOnce(context, scope, idempotency, async (tx) => ({
        status: 201,
        body: basketJson(await createBasket(context, tx, { tenantId, mode }, { ...body, currency })),
      })).then(changed);
    }),
    bindEndpoint(api.listLimitBaskets, async ({ caller, query }) => {
      const baskets = await selectBaskets(db, caller, query);
      return { body: pageOf(baskets.map(basketJson), query.limit) };
    }),
    bindEndpoint(api.getLimitBasket, async ({ caller, params }) => ({
      body: basketJson(await findBasket(db, caller, params.id)),
    })),
    bindEndpoint(api.updateLimitBasket, async ({ caller, params, body }) => ({
      body: basketJson(changed(await changeBasket(context, caller, params.id, body))),
    })),
    bindEndpoint(api.deleteLimitBasket, async ({ caller, params }) => ({
      body: basketJson(changed(await removeBasket(context, caller, params.id))),
    })),
    bindEndpoint(api.getLimitUsage, async ({ caller, params, query }) => {
      const basket = await findBasket(db, caller, params.id);
      const clock = await context.tenantClocks.of(caller.tenantId, caller.mode);
      return { body: await readUsage({ db, sealer: context.sealer }, basket, query, clock.now()) };
    }),
  ];
}

function basketJson(basket: LimitBasket): api.LimitBasketAnswer {
  const { name, mode, per, currency, timeZone, dailyMax, monthlyMax, dailyCountMax, monthlyCountMax } = basket;
  return {
    ...{ id: basket.basketId, object: 'limit_basket', mode, name, itemTypes: [...basket.itemTypes], per, currency },
    timeZone,
    dailyMax: dailyMax === null ? null : amountToJson(dailyMax),
    monthlyMax: monthlyMax === null ? null : amountToJson(monthlyMax),
    dailyCountMax,
    monthlyCountMax,
    whenUnnamed: basket.whenUnnamed,
    active: basket.active,
    createdAt: basket.createdAt.toString(),
    updatedAt: basket.updatedAt.toString(),
  };
}

import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { LimitBasket, LimitPer, WhenUnnamed } from './limit-basket.ts';

/** Whose baskets: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

export async function insertBasket(db: Queryable, basket: LimitBasket): Promise<void> {
  const { tenantId, basketId, mode, per, currency, timeZone, subjectKeySealed, createdAt } = basket;
  await db
    .insertInto('limit_baskets')
    .values({
      ...{ tenant_id: tenantId, basket_id: basketId, mode, per, currency, time_zone: timeZone },
      subject_key_sealed: Buffer.from(subjectKeySealed),
      removed_at: null,
      created_at: createdAt,
      ...changeable(basket),
    })
    .execute();
}

/** Writes what may change. */
export async function saveBasket(
  db: Queryable,
  basket: LimitBasket,
  removedAt: Temporal.Instant | null,
): Promise<void> {
  await db
    .updateTable('limit_baskets')
    .set({ ...changeable(basket), removed_at: removedAt })
    .where('tenant_id', '=', basket.tenantId)
    .where('basket_id', '=', basket.basketId)
    .execute();
}

export async function selectBasket(db: Queryable, owner: Owner, basketId: string): Promise<LimitBasket | null> {
  const row = await ownedBy(db, owner).where('basket_id', '=', basketId).executeTakeFirst();
  return row === undefined ? null : basketFromRow(row);
}

/** The same, locked until the transaction ends, so that two changes do not lose one. */
export async function lockBasket(tx: Queryable, owner: Owner, basketId: string): Promise<LimitBasket | null> {
  const row = await ownedBy(tx, owner).where('basket_id', '=', basketId).forUpdate().executeTakeFirst();
  return row === undefined ? null : basketFromRow(row);
}

/** How many the owner has; who adds one at the same time waits until this transaction ends. */
export async function countBaskets(tx: Queryable, { tenantId, mode }: Owner): Promise<number> {
  await sql`select from tenants where tenant_id = ${tenantId} for no key update`.execute(tx);
  const { rows } = await sql<{ count: bigint }>`
    select count(*) from limit_baskets
    where tenant_id = ${tenantId} and mode = ${mode} and removed_at is null`.execute(tx);
  return Number(rows[0]?.count ?? 0n);
}

/** A page of baskets, as `pageOf` takes it. */
export async function selectBaskets(db: Queryable, owner: Owner, page: PageOptions): Promise<readonly LimitBasket[]> {
  const rows = await ownedBy(db, owner).$call(newestFirst('basket_id', page)).execute();
  return rows.map(basketFromRow);
}

/** The baskets that hold, of one owner. */
export async function selectActiveBaskets(db: Queryable, owner: Owner): Promise<readonly LimitBasket[]> {
  const rows = await ownedBy(db, owner).where('active', '=', true).orderBy('basket_id').execute();
  return rows.map(basketFromRow);
}

/** Every tenant that has a basket which holds. */
export async function selectLimitingTenants(db: Queryable): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ tenant_id: string }>`
    select distinct tenant_id from limit_baskets where active and removed_at is null`.execute(db);
  return new Set(rows.map((row) => row.tenant_id));
}

function ownedBy(db: Queryable, { tenantId, mode }: Owner) {
  return db
    .selectFrom('limit_baskets')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
    .where('removed_at', 'is', null);
}

function changeable(basket: LimitBasket) {
  return {
    name: basket.name,
    item_types: [...basket.itemTypes],
    daily_max: basket.dailyMax,
    monthly_max: basket.monthlyMax,
    daily_count_max: basket.dailyCountMax,
    monthly_count_max: basket.monthlyCountMax,
    when_unnamed: basket.whenUnnamed,
    active: basket.active,
    updated_at: basket.updatedAt,
  };
}

function basketFromRow(row: Selectable<Tables['limit_baskets']>): LimitBasket {
  return {
    tenantId: row.tenant_id,
    basketId: row.basket_id,
    mode: row.mode as Mode,
    name: row.name,
    itemTypes: row.item_types,
    per: row.per as LimitPer,
    currency: row.currency,
    timeZone: row.time_zone,
    dailyMax: row.daily_max,
    monthlyMax: row.monthly_max,
    dailyCountMax: row.daily_count_max,
    monthlyCountMax: row.monthly_count_max,
    whenUnnamed: row.when_unnamed as WhenUnnamed,
    active: row.active,
    subjectKeySealed: row.subject_key_sealed,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { noteAct } from '../platform/act.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { LimitBasket } from './limit-basket.ts';
import { countBaskets, insertBasket, lockBasket, type Owner, saveBasket, selectBasket } from './store.ts';
import { newSubjectKey } from './subject-key.ts';

export interface LimitContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** Each payment asks all of them. */
const BASKETS_MAX = 20;

/** As other programs write them: amounts are numbers; what is left out is undefined. */
interface Maxima {
  readonly dailyMax?: number | null | undefined;
  readonly monthlyMax?: number | null | undefined;
  readonly dailyCountMax?: number | null | undefined;
  readonly monthlyCountMax?: number | null | undefined;
}

type NewBasket = Pick<LimitBasket, 'itemTypes' | 'per' | 'currency' | 'timeZone' | 'whenUnnamed' | 'active'> & {
  readonly name?: string | null | undefined;
} & Maxima;

/** Adds a basket in the caller's transaction. @throws Problem validation_failed, state_conflict (too many) */
export async function createBasket(
  { sealer, clock }: LimitContext,
  tx: Queryable,
  { tenantId, mode }: Owner,
  given: NewBasket,
): Promise<LimitBasket> {
  if ((await countBaskets(tx, { tenantId, mode })) >= BASKETS_MAX) {
    throw new Problem('state_conflict', `A tenant has at most ${BASKETS_MAX} limit baskets in a mode.`);
  }
  const now = clock.now();
  const basketId = newId('lb', clock);
  const { name = null, itemTypes, per, currency, timeZone, whenUnnamed, active } = given;
  const basket: LimitBasket = {
    ...{ tenantId, basketId, mode, name, per, currency, timeZone, whenUnnamed, active },
    itemTypes: [...new Set(itemTypes)],
    ...{ dailyMax: null, monthlyMax: null, dailyCountMax: null, monthlyCountMax: null },
    ...maximaFrom(given),
    subjectKeySealed: await newSubjectKey(sealer, { tenantId, basketId }),
    createdAt: now,
    updatedAt: now,
  };
  checkMaxima(basket);
  await insertBasket(tx, basket);
  return basket;
}

type BasketChanges = Maxima & {
  readonly [Member in 'name' | 'itemTypes' | 'whenUnnamed' | 'active']?: LimitBasket[Member] | undefined;
};

/** Changes a basket; new payments go by it within a second. @throws Problem not_found, validation_failed */
export async function changeBasket(
  { database, clock }: LimitContext,
  owner: Owner,
  basketId: string,
  { name, itemTypes, whenUnnamed, active, ...maxima }: BasketChanges,
): Promise<LimitBasket> {
  return database.transaction(async (tx) => {
    const before = await lockBasket(tx, owner, basketId);
    if (before === null) throw notFound();
    const after: LimitBasket = {
      ...before,
      ...(name === undefined ? {} : { name }),
      ...(itemTypes === undefined ? {} : { itemTypes: [...new Set(itemTypes)] }),
      ...(whenUnnamed === undefined ? {} : { whenUnnamed }),
      ...(active === undefined ? {} : { active }),
      ...maximaFrom(maxima),
      updatedAt: clock.now(),
    };
    checkMaxima(after);
    await saveBasket(tx, after, null);
    noteAct({ before: { ...before }, after: { ...after } });
    return after;
  });
}

/** Takes a basket away; payments that hold something of it keep it. @throws Problem not_found */
export async function removeBasket(
  { database, clock }: LimitContext,
  owner: Owner,
  basketId: string,
): Promise<LimitBasket> {
  return database.transaction(async (tx) => {
    const basket = await lockBasket(tx, owner, basketId);
    if (basket === null) throw notFound();
    await saveBasket(tx, basket, clock.now());
    return basket;
  });
}

/** The basket of the tenant and mode. @throws Problem not_found */
export async function findBasket(db: Queryable, owner: Owner, basketId: string): Promise<LimitBasket> {
  const basket = await selectBasket(db, owner, basketId);
  if (basket === null) throw notFound();
  return basket;
}

function maximaFrom({ dailyMax, monthlyMax, dailyCountMax, monthlyCountMax }: Maxima): Partial<LimitBasket> {
  const amount = (json: number | null) => (json === null ? null : amountFromJson(json));
  return {
    ...(dailyMax === undefined ? {} : { dailyMax: amount(dailyMax) }),
    ...(monthlyMax === undefined ? {} : { monthlyMax: amount(monthlyMax) }),
    ...(dailyCountMax === undefined ? {} : { dailyCountMax }),
    ...(monthlyCountMax === undefined ? {} : { monthlyCountMax }),
  };
}

function checkMaxima({ dailyMax, monthlyMax, dailyCountMax, monthlyCountMax }: LimitBasket): void {
  if ([dailyMax, monthlyMax, dailyCountMax, monthlyCountMax].some((max) => max !== null)) return;
  const detail = 'Must be given, or monthlyMax, dailyCountMax or monthlyCountMax';
  throw new Problem('validation_failed', 'Some fields break a rule.', { errors: [{ pointer: '/dailyMax', detail }] });
}

function notFound(): Problem {
  return new Problem('not_found', 'There is no such limit basket.');
}

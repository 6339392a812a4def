import { present } from '../kernel/assert.ts';
import { amountToJson } from '../kernel/money.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { LimitPeriodUsageAnswer, LimitUsageAnswer } from './api.ts';
import { type LimitBasket, type LimitPer, maximaOf } from './limit-basket.ts';
import { type LimitPeriod, periodsAt } from './limit-period.ts';
import {
  digestSubject,
  type LimitSubject,
  subjectOfCustomer,
  subjectOfDestination,
  subjectOfMerchant,
  WHOLE_GROUP,
} from './limit-subject.ts';
import { type Counted, selectCounters, selectHeld } from './store-counters.ts';
import { openSubjectKey } from './subject-key.ts';

/** Whose usage is asked for, as it stands in a query. */
export interface UsageQuery {
  readonly customerId?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly destination?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly subMerchantName?: string | undefined;
}

/** What is used of a basket on the day and in the month of an instant. @throws Problem validation_failed */
export async function readUsage(
  { db, sealer }: { readonly db: Queryable; readonly sealer: Sealer },
  basket: LimitBasket,
  query: UsageQuery,
  now: Temporal.Instant,
): Promise<LimitUsageAnswer> {
  const subject = digestSubject(await openSubjectKey(sealer, basket), subjectFrom(basket, query));
  const periods = periodsAt(now, basket.timeZone);
  const { tenantId, basketId } = basket;
  const keys = periods.map(({ period, startsAt }) => ({ tenantId, basketId, subject, period, startsAt }));
  const [used, held] = await Promise.all([selectCounters(db, keys), selectHeld(db, keys)]);
  const [day, month] = periods.map((period, index) =>
    usageJson(basket, period, present(used[index], 'a counter'), present(held[index], 'what is held')),
  );
  return {
    ...{ object: 'limit_usage', basketId, per: basket.per, currency: basket.currency },
    ...{ day: present(day, 'the day'), month: present(month, 'the month') },
  };
}

function usageJson(basket: LimitBasket, period: LimitPeriod, used: Counted, held: Counted): LimitPeriodUsageAnswer {
  const { amountMax, countMax } = maximaOf(basket, period.period);
  const left = amountMax === null ? null : amountMax - used.amount;
  const jsonOf = (amount: bigint | null) => (amount === null ? null : amountToJson(amount));
  return {
    startsAt: period.startsAt.toString(),
    resetsAt: period.resetsAt.toString(),
    used: amountToJson(used.amount),
    held: amountToJson(held.amount),
    max: jsonOf(amountMax),
    left: jsonOf(left !== null && left < 0n ? 0n : left),
    usedCount: used.count,
    heldCount: held.count,
    countMax,
    exceeded: (left !== null && left < 0n) || (countMax !== null && used.count > countMax),
  };
}

const ALLOWED: Readonly<Record<LimitPer, readonly (keyof UsageQuery)[]>> = {
  customer: ['customerId', 'phone', 'email'],
  destination: ['destination'],
  merchant: ['tenantId'],
  sub_merchant: ['tenantId', 'subMerchantName'],
  group: [],
};

function subjectFrom({ per, tenantId }: LimitBasket, query: UsageQuery): LimitSubject {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const errors: FieldError[] = given
    .filter((name) => !(ALLOWED[per] as readonly string[]).includes(name))
    .map((name) => ({ pointer: `/query/${name}`, detail: `Is not what a basket per ${per} counts by` }));
  if (per === 'customer' && given.length !== 1) {
    errors.push({ pointer: '/query/customerId', detail: 'Give one of customerId, phone and email' });
  }
  if (per === 'destination' && query.destination === undefined) {
    errors.push({ pointer: '/query/destination', detail: 'Is required' });
  }
  if (errors.length > 0) throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
  const { customerId: id, phone, email } = query;
  if (per === 'customer') return present(subjectOfCustomer({ id, phone, email }), 'the customer');
  if (per === 'destination') return subjectOfDestination(query.destination ?? '');
  if (per === 'group') return WHOLE_GROUP;
  return subjectOfMerchant(query.tenantId ?? tenantId, query.subMerchantName);
}

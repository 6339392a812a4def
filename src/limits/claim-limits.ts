import { present } from '../kernel/assert.ts';
import type { FieldError } from '../kernel/problem.ts';
import { EVERY_ITEM, foldItemType, type LimitBasket, maximaOf } from './limit-basket.ts';
import { type LimitPeriod, periodsAt } from './limit-period.ts';
import {
  digestSubject,
  type LimitSubject,
  subjectOfCustomer,
  subjectOfDestination,
  subjectOfMerchant,
  WHOLE_GROUP,
} from './limit-subject.ts';

/** What a new payment would be. Amounts in minor units of its currency. */
export interface LimitedPurchase {
  readonly tenantId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly cartItems: readonly LimitedItem[] | null;
  readonly customer: Parameters<typeof subjectOfCustomer>[0] | null;
  readonly subMerchantName: string | null;
}

interface LimitedItem {
  readonly quantity: number;
  /** Of one piece. */
  readonly value: number;
  readonly destination?: string | undefined;
  readonly itemType?: string | undefined;
}

/** What a payment takes of one counter. */
export interface LimitClaim extends LimitPeriod {
  readonly basket: LimitBasket;
  /** The digest. */
  readonly subject: Buffer;
  readonly amount: bigint;
  readonly amountMax: bigint | null;
  readonly countMax: number | null;
  /** What of the request it comes from. */
  readonly pointer: string;
}

/** A basket that holds, and the key of its digests. */
export interface OpenBasket {
  readonly basket: LimitBasket;
  readonly subjectKey: Uint8Array;
}

/** Claims, or the rules that keep the payment from being counted at all. */
interface Claimed {
  readonly claims: readonly LimitClaim[];
  readonly errors: readonly FieldError[];
}

/**
 * What a purchase takes of the baskets that hold for it: the value of the items of their types, or for `*` all that is
 * paid. A day and a month each, also where only one of them has a maximum: one that is added later finds what was taken.
 */
export function claimLimits(baskets: readonly OpenBasket[], purchase: LimitedPurchase, now: Temporal.Instant): Claimed {
  const claims: LimitClaim[] = [];
  const errors: FieldError[] = [];
  for (const open of baskets) {
    const { basket } = open;
    if (basket.currency !== purchase.currency) continue;
    const { shares, unnamed } = sharesOf(basket, purchase);
    if (unnamed !== null && basket.whenUnnamed === 'refuse') {
      errors.push({ pointer: unnamed, detail: `Must be given: the limit basket ${basket.basketId} counts by it` });
    }
    const periods = shares.size === 0 ? [] : periodsAt(now, basket.timeZone);
    for (const { subject, amount, pointer } of shares.values()) {
      const digest = digestSubject(open.subjectKey, subject);
      for (const period of periods) {
        claims.push({ ...period, ...maximaOf(basket, period.period), basket, subject: digest, amount, pointer });
      }
    }
  }
  return { claims, errors };
}

interface Share {
  readonly subject: LimitSubject;
  readonly amount: bigint;
  readonly pointer: string;
}

interface Shares {
  readonly shares: ReadonlyMap<string, Share>;
  /** Where a name is missing that is counted by. */
  readonly unnamed: string | null;
}

const NONE: Shares = { shares: new Map(), unnamed: null };

function sharesOf(basket: LimitBasket, purchase: LimitedPurchase): Shares {
  const items = matching(basket, purchase.cartItems ?? []);
  const isEvery = basket.itemTypes.includes(EVERY_ITEM);
  if (basket.per === 'destination') {
    if (items.length === 0) return isEvery ? { ...NONE, unnamed: '/cartItems' } : NONE;
    return byDestination(items);
  }
  if (!isEvery && items.length === 0) return NONE;
  const subject = subjectOf(basket, purchase);
  if (subject === null) return { ...NONE, unnamed: '/customer' };
  const share = isEvery
    ? { subject, amount: purchase.amount, pointer: '/amount' }
    : { subject, amount: worthOf(items), pointer: present(items[0], 'an item').pointer };
  return { shares: new Map([['', share]]), unnamed: null };
}

function subjectOf({ per }: LimitBasket, purchase: LimitedPurchase): LimitSubject | null {
  switch (per) {
    case 'customer':
      return subjectOfCustomer(purchase.customer ?? {});
    case 'merchant':
      return subjectOfMerchant(purchase.tenantId);
    case 'sub_merchant':
      return subjectOfMerchant(purchase.tenantId, purchase.subMerchantName);
    default:
      return WHOLE_GROUP;
  }
}

type PlacedItem = LimitedItem & { readonly pointer: string };

function matching({ itemTypes }: LimitBasket, items: readonly LimitedItem[]): readonly PlacedItem[] {
  return items
    .map((item, index) => ({ ...item, pointer: `/cartItems/${index}` }))
    .filter(({ itemType = '' }) => itemTypes.includes(EVERY_ITEM) || itemTypes.includes(foldItemType(itemType)));
}

function byDestination(items: readonly PlacedItem[]): Shares {
  const named = items.filter(({ destination }) => destination !== undefined);
  const unnamed = items.find(({ destination }) => destination === undefined);
  const shares = new Map<string, Share>();
  for (const item of named) {
    const subject = subjectOfDestination(item.destination ?? '');
    const known = shares.get(subject.name);
    const amount = worthOf([item]) + (known?.amount ?? 0n);
    shares.set(subject.name, { subject, amount: capped(amount), pointer: known?.pointer ?? item.pointer });
  }
  return { shares, unnamed: unnamed === undefined ? null : `${unnamed.pointer}/destination` };
}

/** Beyond every maximum there can be: items may claim to be worth more than a column holds. */
const AMOUNT_COUNTED_MAX = 1_000_000_000_000n;

function capped(amount: bigint): bigint {
  return amount > AMOUNT_COUNTED_MAX ? AMOUNT_COUNTED_MAX : amount;
}

function worthOf(items: readonly LimitedItem[]): bigint {
  return capped(items.reduce((sum, { value, quantity }) => sum + BigInt(value) * BigInt(quantity), 0n));
}

import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { AMOUNT_MAX } from '../kernel/money.ts';
import { currency, instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { EVERY_ITEM, foldItemType, LIMIT_PERS, WHEN_UNNAMED } from './limit-basket.ts';
import { isTimeZone } from './limit-period.ts';

const TAG = 'Limits';
const ITEM_TYPES_MAX = 50;
const COUNT_MAX = 1_000_000_000;

const one = z.strictObject({ id: z.string().max(64) });

const maxAmount = z
  .int('Must be a whole number of minor units')
  .min(0, 'Must be at least 0')
  .max(Number(AMOUNT_MAX), `Must be at most ${AMOUNT_MAX} minor units`)
  .nullable();
const maxCount = z.int('Must be a whole number').min(0).max(COUNT_MAX).nullable();

const itemTypes = z
  .array(line(40).transform(foldItemType))
  .min(1)
  .max(ITEM_TYPES_MAX)
  .refine((types) => types.length === 1 || !types.includes(EVERY_ITEM), 'Must be * alone, or types without it')
  .meta({
    description:
      'The `itemType` of cart items, such as AIRTIME and AIRTIME_BUNDLE, without regard to case; `["*"]`: whatever is ' +
      'paid for, with or without items.',
  });
const per = z.enum(LIMIT_PERS).meta({
  description:
    'What is counted together: the purchases of a `customer` (by `customer.id`, else phone, else email), for a ' +
    '`destination` (of the items), of a `merchant` (each tenant for itself), of a `sub_merchant` (each ' +
    '`subMerchantName` of a tenant for itself), or of the `group` (this tenant and its children together).',
});
const whenUnnamed = z.enum(WHEN_UNNAMED).meta({
  description:
    'Payments that name no customer, or items without a destination: `refuse` them, or let them `pass` uncounted.',
});
const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'Must be an IANA time zone such as Africa/Johannesburg')
  .meta({ description: 'Its days and months begin at midnight there.' });

const limitBasket = z
  .strictObject({
    id: z.string(),
    object: z.literal('limit_basket'),
    mode: z.enum(['live', 'test']),
    name: z.string().nullable(),
    itemTypes: z.array(z.string()),
    per,
    currency,
    timeZone: z.string(),
    dailyMax: z.int().nullable(),
    monthlyMax: z.int().nullable(),
    dailyCountMax: z.int().nullable(),
    monthlyCountMax: z.int().nullable(),
    whenUnnamed,
    active: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'LimitBasket' });
export type LimitBasketAnswer = z.output<typeof limitBasket>;

const limitPeriodUsage = z
  .strictObject({
    startsAt: instant,
    resetsAt: instant,
    used: z.int().meta({ description: 'Minor units that count, what is held among them.' }),
    held: z.int().meta({ description: 'Of it, by payments that have not come to an end.' }),
    max: z.int().nullable(),
    left: z.int().nullable(),
    usedCount: z.int().meta({ description: 'Payments that count.' }),
    heldCount: z.int(),
    countMax: z.int().nullable(),
    exceeded: z.boolean().meta({
      description: 'More is used than may be: money moved late, or a maximum was lowered.',
    }),
  })
  .meta({ id: 'LimitPeriodUsage' });

const limitUsage = z
  .strictObject({
    object: z.literal('limit_usage'),
    basketId: z.string(),
    per,
    currency,
    day: limitPeriodUsage,
    month: limitPeriodUsage,
  })
  .meta({ id: 'LimitUsage' });
export type LimitUsageAnswer = z.output<typeof limitUsage>;
export type LimitPeriodUsageAnswer = z.output<typeof limitPeriodUsage>;

const name = line(100).nullable().meta({ description: 'For people.' });
const maxima = {
  dailyMax: maxAmount.meta({ description: 'Minor units a day.' }).optional(),
  monthlyMax: maxAmount.meta({ description: 'Minor units a month.' }).optional(),
  dailyCountMax: maxCount.meta({ description: 'Payments a day.' }).optional(),
  monthlyCountMax: maxCount.meta({ description: 'Payments a month.' }).optional(),
};

export const createLimitBasket = endpoint({
  id: 'createLimitBasket',
  method: 'POST',
  path: '/api/v1/limit-baskets',
  summary: 'Add a limit basket',
  description:
    'In the mode of your credentials, with at least one maximum. It holds within a second for new payments of this ' +
    'tenant and of its children, at every front door, and counts from then on; a payment that has no room is refused ' +
    'with `limit_exceeded` and uses up no reference.',
  tag: TAG,
  access: { by: 'tenant', scope: 'limit-basket:create' },
  idempotency: 'optional',
  audit: {
    class: 'change',
    shows: [
      'name',
      'itemTypes',
      'per',
      'dailyMax',
      'monthlyMax',
      'dailyCountMax',
      'monthlyCountMax',
      'whenUnnamed',
      'active',
    ],
  },
  body: z
    .strictObject({
      name: name.optional(),
      itemTypes,
      per,
      currency: currency.optional().meta({
        description: "The tenant's currency unless given. Payments in another one are not counted.",
      }),
      timeZone: timeZone.default('UTC'),
      ...maxima,
      whenUnnamed: whenUnnamed.default('refuse'),
      active: z.boolean().default(true),
    })
    .meta({ id: 'CreateLimitBasket' }),
  answer: { status: 201, schema: limitBasket, description: 'The basket.' },
  problems: ['state_conflict'],
  example: {
    name: 'Airtime of a customer',
    itemTypes: ['AIRTIME', 'AIRTIME_BUNDLE'],
    per: 'destination',
    timeZone: 'Africa/Johannesburg',
    dailyMax: 100_000,
    monthlyMax: 500_000,
  },
});

export const listLimitBaskets = endpoint({
  id: 'listLimitBaskets',
  method: 'GET',
  path: '/api/v1/limit-baskets',
  summary: 'List limit baskets, newest first',
  description: "The tenant's own. Those of its parent hold as well and are not listed.",
  tag: TAG,
  access: { by: 'tenant', scope: 'limit-basket:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(limitBasket), description: 'A page of baskets.' },
  problems: [],
});

export const getLimitBasket = endpoint({
  id: 'getLimitBasket',
  method: 'GET',
  path: '/api/v1/limit-baskets/{id}',
  summary: 'Read a limit basket',
  tag: TAG,
  access: { by: 'tenant', scope: 'limit-basket:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: limitBasket, description: 'The basket.' },
  problems: [],
});

export const updateLimitBasket = endpoint({
  id: 'updateLimitBasket',
  method: 'PATCH',
  path: '/api/v1/limit-baskets/{id}',
  summary: 'Change a limit basket',
  description:
    'Maxima hold for new payments within a second, also below what is used already. Currency, time zone and what is ' +
    'counted by stay: what was counted would mean something else. Make another basket for that.',
  tag: TAG,
  access: { by: 'tenant', scope: 'limit-basket:update' },
  idempotency: 'none',
  audit: {
    class: 'change',
    shows: [
      'name',
      'itemTypes',
      'per',
      'dailyMax',
      'monthlyMax',
      'dailyCountMax',
      'monthlyCountMax',
      'whenUnnamed',
      'active',
    ],
  },
  params: one,
  body: z
    .strictObject({
      name: name.optional(),
      itemTypes: itemTypes.optional(),
      ...maxima,
      whenUnnamed: whenUnnamed.optional(),
      active: z.boolean().optional().meta({ description: 'false: it neither counts nor refuses.' }),
    })
    .meta({ id: 'UpdateLimitBasket' }),
  answer: { status: 200, schema: limitBasket, description: 'The basket as it is now.' },
  problems: [],
  example: { dailyMax: 150_000 },
});

export const deleteLimitBasket = endpoint({
  id: 'deleteLimitBasket',
  method: 'DELETE',
  path: '/api/v1/limit-baskets/{id}',
  summary: 'Remove a limit basket',
  description: 'It neither counts nor refuses any more, within a second.',
  tag: TAG,
  access: { by: 'tenant', scope: 'limit-basket:delete' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: limitBasket, description: 'The basket as it was.' },
  problems: [],
});

export const getLimitUsage = endpoint({
  id: 'getLimitUsage',
  method: 'GET',
  path: '/api/v1/limit-baskets/{id}/usage',
  summary: 'Read what is used of a limit basket',
  description:
    'Today and this month, by the time of the tenant. Say whose: for `customer` one of customerId, phone and email, for ' +
    '`destination` the destination, for `merchant` and `sub_merchant` the tenantId where it is a child, for ' +
    '`sub_merchant` its subMerchantName, for `group` nothing.',
  tag: TAG,
  access: { by: 'tenant', scope: 'limit-basket:read' },
  idempotency: 'none',
  params: one,
  query: z.strictObject({
    customerId: line(64).optional(),
    phone: line(32).optional(),
    email: line(254).optional(),
    destination: line(200).optional(),
    tenantId: z.string().max(64).optional(),
    subMerchantName: line(40).optional(),
  }),
  answer: { status: 200, schema: limitUsage, description: 'What is used, held and left.' },
  problems: [],
});

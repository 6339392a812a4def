import { z } from 'zod';
import { amount, currency } from '../kernel/shapes.ts';

/** Which payments an account takes, and its share of them; browser-safe. What is null sets no rule. */

/** Stands among methods for a confirmation that names none, where the account decides. */
export const NO_METHOD = 'none';

const LIST_MAX = 50;
const WEIGHT_MAX = 10_000;

const isWithoutTwins = (values: readonly string[]): boolean => new Set(values).size === values.length;
const TWINS = 'Must not hold anything twice';

const limits = z
  .strictObject({ min: amount.optional(), max: amount.optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'Must have a min, a max or both')
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    path: ['max'],
    error: 'Must not be less than min',
  })
  .meta({ id: 'AmountLimits', description: 'Inclusive, in minor units of the currency.' });

const members = {
  weight: z
    .int()
    .min(1)
    .max(WEIGHT_MAX)
    .nullable()
    .meta({
      description:
        'Its share among the accounts of equal priority that have one: 70 beside 30 gets seven payments of ten. Which ' +
        'account a payment draws follows from its id. Without a share an account of equal priority is a spare.',
    }),
  currencies: z
    .array(currency)
    .min(1)
    .max(LIST_MAX)
    .refine(isWithoutTwins, TWINS)
    .nullable()
    .meta({ description: 'It takes payments in these only; null: in all that its provider takes.' }),
  amounts: z
    .record(currency, limits)
    .refine((entries) => Object.keys(entries).length <= LIST_MAX, `Must have at most ${LIST_MAX} entries`)
    .nullable()
    .meta({ description: 'By currency, the least and the most that it takes. Other currencies have no limit.' }),
  methods: z
    .array(z.string().max(64))
    .min(1)
    .max(LIST_MAX)
    .refine(isWithoutTwins, TWINS)
    .nullable()
    .meta({
      description:
        'It takes payments confirmed with a method of these types only; `none` stands for a confirmation without a ' +
        'method, such as that of the hosted page. null: any that its provider takes.',
    }),
};

/** The rules as an account shows them. */
export const routingRules = z.strictObject(members).meta({ id: 'RoutingRules' });
export type RoutingRules = z.output<typeof routingRules>;

/** Some of them, to be set; the others stay. */
export const routingChanges = z
  .strictObject({
    weight: members.weight.optional(),
    currencies: members.currencies.optional(),
    amounts: members.amounts.optional(),
    methods: members.methods.optional(),
  })
  .meta({ id: 'RoutingChanges' });
export type RoutingChanges = z.output<typeof routingChanges>;

export const NO_RULES: RoutingRules = { weight: null, currencies: null, amounts: null, methods: null };

export function withChanges(rules: RoutingRules, changes: RoutingChanges): RoutingRules {
  const { weight = rules.weight, currencies = rules.currencies } = changes;
  const { amounts = rules.amounts, methods = rules.methods } = changes;
  return { weight, currencies, amounts, methods };
}

/** Rules as they are stored. @throws ZodError where somebody else has written them */
export function rulesFromJson(json: unknown): RoutingRules {
  return withChanges(NO_RULES, routingChanges.parse(json));
}

import { z } from 'zod';
import { type Account, all, type StripeObject } from './account.ts';
import { invalidRequest, missing } from './api-error.ts';
import { expand, integer } from './form.ts';

const page = {
  limit: integer.refine((limit) => limit >= 1 && limit <= 100).default(10),
  starting_after: z.string().optional(),
  expand,
};
export const listOfIntentParams = z.strictObject({ ...page, payment_intent: z.string().optional() });
export const listInTimeParams = z.strictObject({
  ...page,
  created: z.strictObject({ gte: integer.optional(), lt: integer.optional() }).optional(),
});

interface ListParams {
  readonly limit: number;
  readonly starting_after?: string | undefined;
  readonly payment_intent?: string | undefined;
  readonly created?: { readonly gte?: number | undefined; readonly lt?: number | undefined } | undefined;
}

/** A page, newest first. https://docs.stripe.com/api/pagination */
export function listObjects(
  account: Account,
  noun: 'refund' | 'dispute' | 'balance_transaction',
  url: string,
  { limit, starting_after: after, payment_intent: intentId, created }: ListParams,
): Record<string, unknown> {
  if (intentId !== undefined && !account.objects.has(intentId)) throw missing('payment_intent', intentId);
  const found = all(account, noun).filter(
    (each) =>
      (intentId === undefined || ('payment_intent' in each && each.payment_intent === intentId)) &&
      each.created >= (created?.gte ?? 0) &&
      each.created < (created?.lt ?? Number.MAX_SAFE_INTEGER),
  );
  const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) throw missing(noun, after);
  return { object: 'list', url, has_more: found.length > from + limit, data: found.slice(from, from + limit) };
}

const EXPANDABLE = ['latest_charge', 'payment_intent', 'source', 'charge', 'balance_transaction'];
const DEPTH_MAX = 4;

/** A copy of an answer in which named objects are shown. https://docs.stripe.com/api/expanding_objects */
export function expandAnswer(account: Account, answer: unknown, paths: readonly string[]): unknown {
  const copy: unknown = structuredClone(answer);
  for (const path of paths) {
    const parts = path.split('.');
    if (parts.length > DEPTH_MAX) throw invalidRequest('parameter_invalid', 'Too deep to expand', 'expand');
    expandAt(account, copy, parts);
  }
  return copy;
}

function expandAt(account: Account, place: unknown, [part, ...rest]: readonly string[]): void {
  if (part === undefined || typeof place !== 'object' || place === null) return;
  const record = place as Record<string, unknown>;
  if (!(part in record)) throw invalidRequest('parameter_invalid', 'This property cannot be expanded', 'expand');
  const value = record[part];
  if (Array.isArray(value)) {
    for (const item of value) expandAt(account, item, rest);
    return;
  }
  if (!EXPANDABLE.includes(part))
    throw invalidRequest('parameter_invalid', 'This property cannot be expanded', 'expand');
  if (typeof value === 'string') record[part] = shownOf(account, value);
  expandAt(account, record[part], rest);
}

function shownOf(account: Account, id: string): StripeObject | string {
  const found = account.objects.get(id);
  return found === undefined ? id : structuredClone(found);
}

import { z } from 'zod';
import type { RoutableAccount, Route } from './route.ts';

/** Why a payment went to an account, as it is kept with the attempt's beginning: ids and codes. */
export const routeNote = z.strictObject({
  providerAccountId: z.string(),
  code: z.string(),
  /** The payment is the one that probes whether the account answers again. */
  isProbe: z.boolean(),
  passedOver: z.array(z.strictObject({ providerAccountId: z.string(), codes: z.array(z.string()) })),
});
export type RouteNote = z.output<typeof routeNote>;

/** A tenant has a handful of accounts; a strange one must not fill a payment's record. */
const PASSED_OVER_MAX = 10;

/** What of a route is kept; null where it leads nowhere. */
export function noteOf<Account extends RoutableAccount>({ candidates, refused }: Route<Account>): RouteNote | null {
  const [first, ...others] = candidates;
  const [reason] = first?.reasons ?? [];
  if (first === undefined || reason === undefined) return null;
  return {
    providerAccountId: first.account.providerAccountId,
    code: reason.code,
    isProbe: first.circuit === 'half_open',
    passedOver: [...others, ...refused].slice(0, PASSED_OVER_MAX).map(({ account, reasons }) => ({
      providerAccountId: account.providerAccountId,
      codes: reasons.map(({ code }) => code),
    })),
  };
}

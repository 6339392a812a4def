import { present } from '../kernel/assert.ts';
import { amountToJson } from '../kernel/money.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import type { LimitClaim } from './claim-limits.ts';
import type { Counted } from './store-counters.ts';

interface Excess {
  readonly claim: LimitClaim;
  readonly measure: 'amount' | 'payments';
  readonly limit: number;
  readonly used: number;
  readonly requested: number;
}

/**
 * The refusal of claims for which the counters have no room; null where they have. Its members tell of the limit that
 * resets last, before which the same request cannot pass; `errors` name all that are in the way. What others than the
 * caller have used of a parent's basket is not told.
 */
export function refuseClaims(
  tenantId: string,
  claims: readonly LimitClaim[],
  counted: readonly Counted[],
): Problem | null {
  const over = claims
    .flatMap((claim, index) => excessOf(claim, present(counted[index], 'a counter')))
    .sort((a, b) => Temporal.Instant.compare(b.claim.resetsAt, a.claim.resetsAt));
  const [last] = over;
  if (last === undefined) return null;
  const { basket, period, resetsAt } = last.claim;
  const isOwn = basket.tenantId === tenantId;
  return new Problem('limit_exceeded', `${sentence(last)} It resets at ${resetsAt}.`, {
    errors: over.map(fieldError),
    members: {
      ...{ basketId: basket.basketId, per: basket.per, period, measure: last.measure, currency: basket.currency },
      ...{ limit: last.limit, requested: last.requested, resetsAt: resetsAt.toString() },
      ...(isOwn ? { used: last.used } : {}),
    },
  });
}

function excessOf(claim: LimitClaim, used: Counted): readonly Excess[] {
  const { amount, amountMax, countMax } = claim;
  const excess: Excess[] = [];
  if (amountMax !== null && used.amount + amount > amountMax) {
    const numbers = {
      limit: amountToJson(amountMax),
      used: amountToJson(used.amount),
      requested: amountToJson(amount),
    };
    excess.push({ claim, measure: 'amount', ...numbers });
  }
  if (countMax !== null && used.count >= countMax) {
    excess.push({ claim, measure: 'payments', limit: countMax, used: used.count, requested: 1 });
  }
  return excess;
}

function fieldError(excess: Excess): FieldError {
  return { pointer: excess.claim.pointer, detail: sentence(excess) };
}

const PERIODS = { day: 'daily', month: 'monthly' } as const;

function sentence({ claim: { basket, period }, measure }: Excess): string {
  const what = measure === 'amount' ? 'amount' : 'number of payments';
  return `Would pass the ${PERIODS[period]} ${what} of the limit basket ${basket.basketId}.`;
}

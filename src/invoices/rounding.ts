/** What is done with a fraction of a minor unit: half a unit goes away from zero, or to the even neighbor. */
export const ROUNDINGS = ['half_up', 'half_even'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** A quotient of whole numbers, none of them negative, rounded to a whole one. Exact: nothing of it is a float. */
export function divideRounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (dividend < 0n || divisor <= 0n) throw new RangeError('Only what is not negative is rounded');
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  if (twice > divisor) return quotient + 1n;
  if (twice < divisor) return quotient;
  return rounding === 'half_up' || quotient % 2n === 1n ? quotient + 1n : quotient;
}

/**
 * Parts a total by weights so that the parts make exactly the total: each is at most one unit away from its exact share.
 * The units that are left over go to the largest fractions, among equal ones to the first. Weights that are all zero get
 * nothing, and the total must be zero then.
 */
export function shareOut(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((one, other) => one + other, 0n);
  if (sum === 0n) {
    if (total !== 0n) throw new RangeError('There is nobody to share with');
    return weights.map(() => 0n);
  }
  const shares = weights.map((weight) => (total * weight) / sum);
  const left = Number(total - shares.reduce((one, other) => one + other, 0n));
  const fractions = weights.map((weight, index) => ({ index, rest: (total * weight) % sum }));
  fractions.sort((one, other) => (one.rest === other.rest ? one.index - other.index : one.rest > other.rest ? -1 : 1));
  for (const { index } of fractions.slice(0, left)) shares[index] = (shares[index] ?? 0n) + 1n;
  return shares;
}

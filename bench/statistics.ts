/** The middle of some figures with the range they were seen in. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Says how far repeated figures lie apart. @throws RangeError for none */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = Float64Array.from(figures).sort();
  return { median: quantile(sorted, 0.5), min: quantile(sorted, 0), max: quantile(sorted, 1) };
}

/** The figure below which a share of them lies, by linear interpolation. They must be sorted. @throws RangeError for none */
export function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('There are no figures');
  return below + (above - below) * (at - Math.floor(at));
}

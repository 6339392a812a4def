/** So many at once, filled up again evenly within so many seconds. */
export interface Rate {
  readonly count: number;
  readonly seconds: number;
}

/** With it the ticks of `TokenBuckets` stay whole for two years after a start. */
const COUNT_MAX = 100_000;
const SECONDS_MAX = 86_400;

/** `600/60` → 600 at once and ten a second; `none` → null: no limit. Undefined: neither of the two. */
export function parseRate(text: string): Rate | null | undefined {
  if (text === 'none') return null;
  const [, count = '', seconds = ''] = /^([1-9]\d{0,5})\/([1-9]\d{0,4})$/.exec(text) ?? [];
  const rate = { count: Number(count), seconds: Number(seconds) };
  return count === '' || rate.count > COUNT_MAX || rate.seconds > SECONDS_MAX ? undefined : rate;
}

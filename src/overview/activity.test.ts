import { describe, expect, test } from 'vitest';
import { type ActivityRow, bucketStarts, periodOf, rateOf, sumActivity } from './activity.ts';

const NOW = Temporal.Instant.from('2026-03-10T14:25:00Z');

function row(hour: string, currency: string, facts: Partial<ActivityRow>): ActivityRow {
  const noughts = { created: 0n, approved: 0n, declined: 0n, captures: 0n, refunds: 0n, disputes: 0n };
  return {
    ...{ hour: Temporal.Instant.from(hour), currency, ...noughts },
    ...{ captured: 0n, refunded: 0n, reversed: 0n, disputed: 0n, ...facts },
  };
}

describe('a period', () => {
  test.for([
    [{}, '2026-03-03T00:00:00Z', '2026-03-11T00:00:00Z', 'day'],
    [{ since: '2026-03-10T12:10:00Z' }, '2026-03-10T12:00:00Z', '2026-03-10T15:00:00Z', 'hour'],
    [
      { since: '2026-03-10T12:00:00Z', until: '2026-03-10T13:00:00Z' },
      '2026-03-10T12:00:00Z',
      '2026-03-10T13:00:00Z',
      'hour',
    ],
    [{ since: '2026-03-07T14:25:00Z' }, '2026-03-07T14:00:00Z', '2026-03-10T15:00:00Z', 'hour'],
    [{ since: '2026-03-07T14:24:59Z' }, '2026-03-07T00:00:00Z', '2026-03-11T00:00:00Z', 'day'],
    [{ since: '2026-03-10T01:30:00+02:00', bucket: 'day' }, '2026-03-09T00:00:00Z', '2026-03-11T00:00:00Z', 'day'],
  ] as const)('of %j is %s to %s by the %s', ([asked, since, until, bucket]) => {
    expect(periodOf(asked, NOW)).toEqual({
      since: Temporal.Instant.from(since),
      until: Temporal.Instant.from(until),
      bucket,
    });
  });

  test.for([
    { since: '2026-03-10T15:00:00Z' },
    { since: '2026-03-10T12:00:00Z', until: '2026-03-10T12:00:00Z' },
    { since: '2025-02-01T00:00:00Z' },
  ])('is none for %j', (asked) => {
    expect(periodOf(asked, NOW)).toBeNull();
  });
});

describe('hours put together', () => {
  const period = periodOf({ since: '2026-03-09T00:00:00Z', until: '2026-03-10T12:00:00Z', bucket: 'day' }, NOW);
  const rows = [
    row('2026-03-09T23:00:00Z', 'USD', { created: 2n, captured: 500n }),
    row('2026-03-10T00:00:00Z', 'USD', { created: 3n, captured: -100n }),
    row('2026-03-10T03:00:00Z', 'EUR', { approved: 3n, declined: 1n }),
  ];

  test('are told by currency, never across them, and by bucket without gaps', () => {
    if (period === null) throw new Error('It is a period');
    const [eur, usd] = sumActivity(rows, period);
    expect([eur?.currency, usd?.currency]).toEqual(['EUR', 'USD']);
    expect(usd?.total).toMatchObject({ created: 5n, captured: 400n });
    expect(usd?.series.map(({ at, activity }) => [at.toString(), activity.created, activity.captured])).toEqual([
      ['2026-03-09T00:00:00Z', 2n, 500n],
      ['2026-03-10T00:00:00Z', 3n, -100n],
    ]);
    expect(eur?.series.map(({ activity }) => activity.approved)).toEqual([0n, 3n]);
    expect(bucketStarts(period)).toHaveLength(2);
  });

  test('make a rate of what is over, and none of nothing', () => {
    expect([rateOf(3n, 4n), rateOf(1n, 3n), rateOf(0n, 5n), rateOf(0n, 0n)]).toEqual([0.75, 0.3333, 0, null]);
  });
});

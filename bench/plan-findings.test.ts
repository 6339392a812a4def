import { describe, expect, it } from 'vitest';
import { findIn } from './plan-findings.ts';

const COST = 'cost=0.00..1.00';

describe('what is found in a plan', () => {
  it('is a table that was read from one end to the other, with the rows that were thrown away', () => {
    const { scans } = findIn([
      `Aggregate (${COST} rows=1 width=4) (actual time=1.0..1.0 rows=1.00 loops=1)`,
      `  ->  Seq Scan on payments p (${COST} rows=3 width=4) (actual time=0.1..9.0 rows=2.00 loops=2)`,
      `        Filter: (status = 'created'::text)`,
      '        Rows Removed by Filter: 600',
    ]);
    expect(scans).toEqual(['Seq Scan on payments p: 1204 rows read']);
  });

  it('is no small table, and no table that was not read at all', () => {
    const { scans } = findIn([
      `Append (${COST} rows=1 width=4) (actual time=1.0..1.0 rows=1.00 loops=1)`,
      `  ->  Seq Scan on lanes (${COST} rows=16 width=4) (actual time=0.1..9.0 rows=16.00 loops=1)`,
      `  ->  Seq Scan on payments (${COST} rows=900000 width=4) (never executed)`,
    ]);
    expect(scans).toEqual([]);
  });

  it('does not count the rows that another step threw away', () => {
    const { scans } = findIn([
      `  ->  Seq Scan on lanes (${COST} rows=16 width=4) (actual time=0.1..9.0 rows=16.00 loops=1)`,
      `  ->  Index Scan using events_pkey on events (${COST} rows=1 width=4) (actual time=0.1..9.0 rows=1.00 loops=1)`,
      '        Rows Removed by Filter: 5000',
    ]);
    expect(scans).toEqual([]);
  });

  it.each([
    [1, '20000.00', true],
    [50_000, '4.00', true],
    [100, '64.00', false],
    [2_000, '1500.00', false],
    [1, '500.00', false],
  ])('is an estimate of %i where %s rows came: %s', (estimated, actual, wrong) => {
    const step = `Hash Join (${COST} rows=${estimated} width=4) (actual time=0.1..9.0 rows=${actual} loops=1)`;
    expect(findIn([step]).estimates).toHaveLength(wrong ? 1 : 0);
  });

  it('is no estimate under a limit, which stops before all rows have come', () => {
    const { estimates } = findIn([
      `Limit (${COST} rows=16 width=4) (actual time=0.1..9.0 rows=16.00 loops=1)`,
      `  ->  LockRows (${COST} rows=9000 width=4) (actual time=0.1..9.0 rows=16.00 loops=1)`,
      `        ->  Index Scan using a on b (${COST} rows=9000 width=4) (actual time=0.1..9.0 rows=16.00 loops=1)`,
      `Sort (${COST} rows=9000 width=4) (actual time=0.1..9.0 rows=16.00 loops=1)`,
    ]);
    expect(estimates).toEqual(['Sort: 9000 rows believed, 16 came']);
  });

  it('is how long it took', () => {
    expect(findIn(['Planning Time: 3.000 ms', 'Execution Time: 1.250 ms']).milliseconds).toBe(1.25);
  });
});

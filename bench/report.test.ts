import { describe, expect, it } from 'vitest';
import type { Contender, Measurement } from './measure.ts';
import { renderTable, summarize } from './report.ts';

function windowOf(contender: Contender, perSecond: number, changes: Partial<Measurement> = {}): Measurement {
  return {
    contender,
    clients: 16,
    count: perSecond * 2,
    perSecond,
    p50Ms: 1,
    p99Ms: 2,
    seconds: 2,
    gatewayCpu: 0.2,
    postgresCpu: 0.5,
    driverCpu: 0.1,
    otherCpu: 1,
    postgresMemoryMib: 100,
    relayMs: null,
    ...changes,
  };
}

/** The machine is twice as fast in the second round; the ratio does not move. */
const ROUNDS = [
  [windowOf('gateway', 1_500), windowOf('five statements', 500), windowOf('one statement', 1_000)],
  [windowOf('gateway', 3_000), windowOf('five statements', 1_000), windowOf('one statement', 2_000)],
];

describe('the summary of a run', () => {
  it('compares windows of the same round, so that a machine that changes speed does not show', () => {
    const [gateway] = summarize(ROUNDS);
    expect(gateway?.toFiveStatements).toEqual({ median: 3, min: 3, max: 3 });
    expect(gateway?.toOneStatement).toEqual({ median: 1.5, min: 1.5, max: 1.5 });
    expect(gateway?.perSecond).toEqual({ median: 2_250, min: 1_500, max: 3_000 });
  });

  it('has the ratio of every round, and not that of the medians', () => {
    const rounds = [100, 300, 800].map((rate) => [windowOf('gateway', rate), windowOf('five statements', 100 + rate)]);
    const [gateway] = summarize(rounds);
    expect(gateway?.toFiveStatements).toEqual({ median: 300 / 400, min: 100 / 200, max: 800 / 900 });
  });

  it('spreads processor time over the payments of all windows', () => {
    const [gateway] = summarize(ROUNDS);
    expect(gateway?.gatewayUs).toBeCloseTo((0.4 * 1e6) / 9_000);
    expect(gateway?.otherCpus).toBe(0.5);
  });

  it('leaves out a figure that one window lacks', () => {
    const [first = [], second = []] = ROUNDS;
    const lines = summarize([first, [windowOf('gateway', 3_000, { gatewayCpu: null }), ...second.slice(1)]]);
    expect(lines[0]?.gatewayUs).toBeNull();
    expect(renderTable(lines, 'pgbench')).toContain('–');
  });

  it('leaves out the ratio to a baseline that was not run', () => {
    const [gateway] = summarize(
      ROUNDS.map((round) => round.filter(({ contender }) => contender !== 'five statements')),
    );
    expect(gateway?.toFiveStatements).toBeNull();
    expect(gateway?.toOneStatement?.median).toBe(1.5);
  });

  it('keeps numbers of clients apart', () => {
    const one = ROUNDS[0]?.map((window) => ({ ...window, clients: 1 })) ?? [];
    expect(summarize([one, ...ROUNDS]).map(({ clients }) => clients)).toEqual([1, 1, 1, 16, 16, 16]);
  });
});

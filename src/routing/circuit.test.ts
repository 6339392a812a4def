import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterResults,
  asReset,
  type CallResult,
  type Circuit,
  CLOSED,
  FAILURE_WINDOW,
  FAILURES_TO_OPEN,
  FIRST_WAIT_S,
  isUnblemished,
  PROBE_LEASE,
  stateOf,
} from './circuit.ts';

const NOON = Temporal.Instant.from('2026-01-01T12:00:00Z');
const at = (seconds: number): Temporal.Instant => NOON.add({ seconds });

/** Results of calls that each took no time. */
function lived(circuit: Circuit, results: readonly (readonly [seconds: number, isGood: boolean])[]): Circuit {
  return results.reduce(
    (before, [second, isGood]) => afterResults(before, [{ isGood, startedAt: at(second) }], at(second)),
    circuit,
  );
}

const failures = (count: number, from = 0) => Array.from({ length: count }, (_, i) => [from + i, false] as const);
const OPEN = lived(CLOSED, failures(FAILURES_TO_OPEN));
const OPENED_S = FAILURES_TO_OPEN - 1;
const DUE_S = OPENED_S + FIRST_WAIT_S;

describe('a circuit', () => {
  test('opens at the fifth failure in a row and not before', () => {
    expect(stateOf(lived(CLOSED, failures(FAILURES_TO_OPEN - 1)), at(10))).toBe('closed');
    expect(OPEN).toEqual({
      ...{ state: 'open', since: at(OPENED_S), failures: 5, failingSince: NOON, openings: 1 },
      ...{ retryAt: at(DUE_S), probeUntil: null },
    });
  });

  test('counts from the start after a success, and after a failure that is too long ago', () => {
    const mended = lived(CLOSED, [...failures(4), [4, true], ...failures(4, 5)]);
    expect(mended).toMatchObject({ state: 'closed', failures: 4, failingSince: at(5) });
    const later = Temporal.Duration.from(FAILURE_WINDOW).total('seconds') + 1;
    expect(lived(CLOSED, [...failures(4), [later, false]])).toMatchObject({ state: 'closed', failures: 1 });
  });

  test('is half open once its wait is over, and shut to all others while one probes it', () => {
    expect([stateOf(OPEN, at(DUE_S - 1)), stateOf(OPEN, at(DUE_S))]).toEqual(['open', 'half_open']);
    const probed = { ...OPEN, probeUntil: at(DUE_S).add(PROBE_LEASE) };
    expect(stateOf(probed, at(DUE_S + 1))).toBe('open');
    expect(stateOf(probed, at(DUE_S).add(PROBE_LEASE))).toBe('half_open');
  });

  test('closes on a success, and forgets', () => {
    expect(lived(OPEN, [[DUE_S, true]])).toEqual(asReset(at(DUE_S)));
  });

  test('waits twice as long after each probe that fails, up to ten minutes', () => {
    let circuit: Circuit = OPEN;
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const { retryAt } = circuit;
      if (retryAt === null) throw new Error('It is closed');
      circuit = afterResults(
        { ...circuit, probeUntil: retryAt.add(PROBE_LEASE) },
        [{ isGood: false, startedAt: retryAt }],
        retryAt,
      );
      waits.push(circuit.retryAt?.since(retryAt).total('seconds') ?? 0);
    }
    expect(waits).toEqual([60, 120, 240, 480, 600, 600, 600]);
    expect(circuit).toMatchObject({ since: at(OPENED_S), failures: 12, probeUntil: null });
  });

  test('is not held open by payments that were sent there for want of another account', () => {
    expect(lived(OPEN, failures(20, OPENED_S + 1)).retryAt).toEqual(at(DUE_S));
  });

  test('learns nothing from what was sent before it last changed', () => {
    const old: CallResult = { isGood: true, startedAt: at(OPENED_S - 1) };
    expect(afterResults(OPEN, [old], at(OPENED_S + 5))).toBe(OPEN);
    const reset = asReset(at(60));
    expect(afterResults(reset, [{ isGood: false, startedAt: at(59) }], at(65))).toBe(reset);
  });
});

test('whatever is told in whatever order, its row keeps the rules of the table', () => {
  const step = fc.record({
    wait: fc.nat({ max: 120 }),
    took: fc.nat({ max: 20 }),
    isGood: fc.constantFrom(true, ...Array<boolean>(7).fill(false)),
    reset: fc.nat({ max: 20 }),
  });
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      let circuit = CLOSED;
      let now = NOON;
      for (const { wait, took, isGood, reset } of steps) {
        now = now.add({ seconds: wait });
        const startedAt = now.subtract({ seconds: took });
        const before = circuit;
        circuit = reset === 0 ? asReset(now) : afterResults(circuit, [{ isGood, startedAt }], now);
        expect((circuit.state === 'open') === (circuit.retryAt !== null)).toBe(true);
        expect(circuit.state === 'open' || circuit.probeUntil === null).toBe(true);
        expect(circuit.state === 'open' || circuit.failures < FAILURES_TO_OPEN).toBe(true);
        const counts = before.since === null || Temporal.Instant.compare(startedAt, before.since) >= 0;
        if (reset > 0 && isGood && counts) expect(isUnblemished(circuit)).toBe(true);
        reached.add(stateOf(circuit, now));
        reached.add(stateOf(circuit, now.add({ seconds: 601 })));
      }
    }),
  );
  expect([...reached].sort()).toEqual(['closed', 'half_open', 'open']);
});

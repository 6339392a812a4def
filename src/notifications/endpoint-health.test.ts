import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ackPolicy, RETRY } from './ack-policy.ts';
import {
  disablingAt,
  type EndpointHealth,
  HEALTH_STATES,
  HEALTH_TRANSITIONS,
  type HealthSettings,
  judgeHealth,
  UNSEEN,
} from './endpoint-health.ts';

const START = Temporal.Instant.from('2026-01-01T00:00:00Z');
const SETTINGS: HealthSettings = { disableAfterSeconds: 432_000, ackPolicy: RETRY };
const REVERSING: HealthSettings = {
  disableAfterSeconds: 3_600,
  ackPolicy: ackPolicy.parse({ type: 'reverse_on_no_ack' }),
};

const at = (seconds: number) => START.add({ seconds });

function seen(changes: Partial<EndpointHealth> = {}): EndpointHealth {
  return { ...UNSEEN, tenantId: 'ten_1', endpointId: 'we_1', ...changes };
}

const failing = (failures: number, noticedAt = START) =>
  seen({ state: 'failing', consecutiveFailures: failures, failingSince: START, noticedAt });

describe('an endpoint', () => {
  test.each([
    [5, 300, 'failing'],
    [5, 299, 'healthy'],
    [4, 100_000, 'healthy'],
    [400, 10, 'healthy'],
  ])('with %i failures in a row over %i s is %s', (failures, seconds, state) => {
    const health = seen({ consecutiveFailures: failures, failingSince: START });
    expect(judgeHealth(health, SETTINGS, at(seconds))).toBe(state);
  });

  test.each([
    [432_000, 10, 'disabled'],
    [431_999, 10, 'failing'],
    [10_000_000, 9, 'failing'],
  ])('that has been failing for %i s with %i failures is %s', (seconds, failures, state) => {
    expect(judgeHealth(failing(failures), SETTINGS, at(seconds))).toBe(state);
  });

  test('is not disabled before its tenant has known for a day, however long it has failed', () => {
    const late = failing(50, at(432_000));
    expect(judgeHealth(late, SETTINGS, at(432_000 + 86_399))).toBe('failing');
    expect(judgeHealth(late, SETTINGS, at(432_000 + 86_400))).toBe('disabled');
  });

  test('that may fail for less than two days is disabled after half of that time of knowing', () => {
    const short = { ...SETTINGS, disableAfterSeconds: 7_200 };
    expect(disablingAt(failing(50, at(7_000)), short)).toEqual(at(7_000 + 3_600));
    expect(disablingAt(failing(50, at(300)), short)).toEqual(at(7_200));
  });

  test('that may fail for ever, or whose silence gives money back, is never disabled by time', () => {
    for (const settings of [{ ...SETTINGS, disableAfterSeconds: null }, REVERSING]) {
      expect(judgeHealth(failing(100_000), settings, at(1e9))).toBe('failing');
      expect(disablingAt(failing(100_000), settings)).toBeNull();
    }
  });

  test('that is disabled stays so until a person says otherwise', () => {
    expect(judgeHealth(seen({ state: 'disabled' }), SETTINGS, at(1e9))).toBe('disabled');
  });
});

test('whatever is seen of an endpoint, it only goes where the table leads, and to every state of it', () => {
  const reached = new Set<string>();
  const steps = fc.array(
    fc.record({
      acknowledged: fc.boolean(),
      attempts: fc.integer({ min: 1, max: 30 }),
      seconds: fc.integer({ min: 0, max: 400_000 }),
    }),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(steps, (plan) => {
      let health = seen();
      let now = START;
      for (const { acknowledged, attempts, seconds } of plan) {
        now = now.add({ seconds });
        const before = health.state;
        const kept = acknowledged
          ? { consecutiveFailures: 0, failingSince: null, noticedAt: null }
          : {
              consecutiveFailures: health.consecutiveFailures + attempts,
              failingSince: health.failingSince ?? now,
              noticedAt: health.noticedAt,
            };
        const state = judgeHealth({ ...health, ...kept }, SETTINGS, now);
        if (state !== before) expect(HEALTH_TRANSITIONS[before]).toContain(state);
        reached.add(state);
        health = {
          ...health,
          ...kept,
          state,
          noticedAt: state === 'failing' ? (kept.noticedAt ?? now) : kept.noticedAt,
        };
      }
    }),
    { numRuns: 500 },
  );
  expect([...reached].sort()).toEqual([...HEALTH_STATES].sort());
});

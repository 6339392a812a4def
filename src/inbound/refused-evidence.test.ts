import { expect, test } from 'vitest';
import { RefusedEvidence } from './refused-evidence.ts';

test('sixty refused notifications of an account are kept in a minute, others are not touched by it', () => {
  const evidence = new RefusedEvidence();
  const kept = Array.from({ length: 100 }, (_, index) => evidence.mayKeep('pa_1', index)).filter(Boolean);
  expect(kept).toHaveLength(60);
  expect(evidence.mayKeep('pa_2', 100)).toBe(true);
  expect(evidence.mayKeep('pa_1', 59_999)).toBe(false);
  expect(evidence.mayKeep('pa_1', 60_000)).toBe(true);
});

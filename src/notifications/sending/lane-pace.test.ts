import { describe, expect, it } from 'vitest';
import { LanePace, type PaceSign } from './lane-pace.ts';

const SWIFT: PaceSign = { tookMs: 20, sign: 'well', retryAfterS: null };
const LATE: PaceSign = { tookMs: 5_000, sign: 'well', retryAfterS: null };
const BROKEN: PaceSign = { tookMs: 20, sign: 'broken', retryAfterS: null };
const SILENT: PaceSign = { tookMs: 15_000, sign: 'broken', retryAfterS: null };

function paceAfter(...signs: readonly PaceSign[]): LanePace {
  const pace = new LanePace();
  for (const sign of signs) pace.note(sign);
  return pace;
}

const times = (count: number, sign: PaceSign): readonly PaceSign[] => Array(count).fill(sign);

describe('how much is sent to a receiver at a time', () => {
  it('is one while nothing is known of it', () => {
    const pace = new LanePace();
    expect([pace.class, pace.sendsMax, pace.holdMs]).toEqual(['unproven', 1, 0]);
  });

  it('grows with each swift answer, up to sixteen', () => {
    expect(paceAfter(SWIFT).sendsMax).toBe(2);
    expect(paceAfter(...times(40, SWIFT))).toMatchObject({ class: 'swift', sendsMax: 16 });
  });

  it('hardly grows where answers take longer the more there are', () => {
    const queueing = (pace: LanePace) => ({ ...SWIFT, tookMs: 10 * pace.sendsMax });
    const pace = new LanePace();
    for (let i = 0; i < 40; i++) pace.note(queueing(pace));
    expect(pace.sendsMax).toBeLessThanOrEqual(6);
    const crowded = new LanePace();
    for (let i = 0; i < 40; i++) crowded.note({ ...SWIFT, tookMs: i === 0 ? 1 : 100 });
    expect(crowded.sendsMax).toBe(2);
  });

  it('grows again where a receiver has become slower for good', () => {
    const pace = paceAfter({ ...SWIFT, tookMs: 5 }, ...times(400, { ...SWIFT, tookMs: 60 }));
    expect(pace.sendsMax).toBe(16);
  });

  it('grows to eight where answers come late', () => {
    expect(paceAfter(...times(40, LATE))).toMatchObject({ class: 'slow', sendsMax: 8 });
  });

  it('is halved by a failure, and one after 429 or 503', () => {
    expect(paceAfter(...times(40, SWIFT), BROKEN).sendsMax).toBe(8);
    expect(paceAfter(...times(40, SWIFT), { tookMs: 5, sign: 'overloaded', retryAfterS: null }).sendsMax).toBe(1);
    expect(paceAfter(BROKEN, BROKEN).sendsMax).toBe(1);
  });

  it('is two at most where one has fallen silent, before it is known how that ends', () => {
    const pace = paceAfter(...times(40, SWIFT));
    pace.noteUnanswered(900);
    expect(pace).toMatchObject({ class: 'swift', sendsMax: 16 });
    pace.noteUnanswered(1_100);
    expect(pace).toMatchObject({ class: 'slow', sendsMax: 2 });
  });
});

describe('a receiver that fails', () => {
  it('is left alone from the third failure in a row on, for longer each time, and for 15 s at most', () => {
    const held = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((failures) => paceAfter(...times(failures, SILENT)).holdMs);
    expect(held).toEqual([0, 0, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('is not left alone any more once it acknowledges', () => {
    expect(paceAfter(...times(8, BROKEN), SWIFT).holdMs).toBe(0);
    expect(paceAfter(...times(8, BROKEN), SWIFT, BROKEN, BROKEN).holdMs).toBe(0);
  });

  it('is left alone for as long as it asks for with 429 or 503, and for a quarter of an hour at most', () => {
    const asking = (retryAfterS: number | null) => paceAfter({ tookMs: 5, sign: 'overloaded', retryAfterS }).holdMs;
    expect([asking(null), asking(0), asking(7), asking(86_400)]).toEqual([0, 0, 7_000, 900_000]);
    expect(paceAfter({ tookMs: 5, sign: 'broken', retryAfterS: 7 }).holdMs).toBe(0);
  });
});

describe('an agreed rate', () => {
  it('lets none wait where none was agreed', () => {
    const pace = new LanePace();
    for (let i = 0; i < 100; i++) expect(pace.waitForRate(null, 0)).toBe(0);
  });

  it.each([1, 3, 10, 200, 1_000])('of %i a second is never exceeded by more than a twentieth and one', (perSecond) => {
    const pace = new LanePace();
    const sent: number[] = [];
    for (let nowMs = 0; nowMs < 5_000; ) {
      const waitMs = pace.waitForRate(perSecond, nowMs);
      if (waitMs === 0) sent.push(nowMs);
      nowMs += waitMs;
    }
    for (const from of sent) {
      const within = sent.filter((at) => at >= from && at < from + 1_000).length;
      expect(within).toBeLessThanOrEqual(Math.max(1, perSecond * 0.05) + perSecond + 1);
    }
    expect(sent.length).toBeGreaterThanOrEqual(perSecond * 4.5);
  });

  it('that changes counts from the next one on', () => {
    const pace = new LanePace();
    expect(pace.waitForRate(1, 0)).toBe(0);
    expect(pace.waitForRate(1, 0)).toBe(1_000);
    expect(pace.waitForRate(2, 0)).toBe(0);
    expect(pace.waitForRate(2, 0)).toBe(500);
  });
});

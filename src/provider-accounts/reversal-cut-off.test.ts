import { expect, test } from 'vitest';
import { cutOffAfter, reversalCutOff } from './reversal-cut-off.ts';

const at = (text: string) => Temporal.Instant.from(text);
const nightly = { dailyAt: '22:30', timeZone: 'Africa/Johannesburg' };

test.each([
  ['2026-03-02T10:00:00Z', '2026-03-02T20:30:00Z', 'the same evening'],
  ['2026-03-02T20:29:59.999Z', '2026-03-02T20:30:00Z', 'a moment before'],
  ['2026-03-02T20:30:00Z', '2026-03-03T20:30:00Z', 'on the cut-off itself, that of the next day'],
  ['2026-03-02T22:30:00Z', '2026-03-03T20:30:00Z', 'after midnight there, that of the new day'],
])('a capture at %s can be reversed until %s: %s', (captured, cutOff) => {
  expect(cutOffAfter(nightly, at(captured)).toString()).toBe(cutOff);
});

test('a daily cut-off follows the local clock over a change of summer time', () => {
  const berlin = { dailyAt: '22:00', timeZone: 'Europe/Berlin' };
  expect(cutOffAfter(berlin, at('2026-03-28T21:30:00Z')).toString()).toBe('2026-03-29T20:00:00Z');
});

test('a cut-off after seconds counts from the capture', () => {
  expect(cutOffAfter({ afterSeconds: 90 }, at('2026-03-02T10:00:00Z')).toString()).toBe('2026-03-02T10:01:30Z');
});

test.each([{ dailyAt: '24:00', timeZone: 'UTC' }, { dailyAt: '10:00', timeZone: 'Mars/Olympus' }, { afterSeconds: 0 }])(
  'refuses %o',
  (rule) => {
    expect(reversalCutOff.safeParse(rule).success).toBe(false);
  },
);

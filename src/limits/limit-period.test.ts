import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTimeZone, periodsAt } from './limit-period.ts';

const ZONES = [
  ...['UTC', 'Africa/Johannesburg', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Apia'],
  ...['Australia/Lord_Howe', 'America/St_Johns', 'Africa/Cairo', 'Pacific/Kiritimati', 'America/Havana'],
];
const instant = fc
  .integer({ min: Date.UTC(2000, 0), max: Date.UTC(2060, 0) })
  .map((at) => Temporal.Instant.fromEpochMilliseconds(at));
const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;

describe('the day and the month of an instant', () => {
  test('hold it, touch the next ones without gap or overlap, and are the same for every instant within', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...ZONES), (at, zone) => {
        for (const [index, { startsAt, resetsAt }] of periodsAt(at, zone).entries()) {
          expect(isBefore(at, startsAt)).toBe(false);
          expect(isBefore(at, resetsAt)).toBe(true);
          expect(periodsAt(startsAt, zone)[index]).toEqual(periodsAt(at, zone)[index]);
          expect(periodsAt(resetsAt.subtract({ milliseconds: 1 }), zone)[index]).toEqual(periodsAt(at, zone)[index]);
          expect(periodsAt(resetsAt, zone)[index]?.startsAt).toEqual(resetsAt);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('are those of the calendar: one date, and one month, from first to last instant', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(...ZONES), (at, zone) => {
        const [day, month] = periodsAt(at, zone);
        const local = (one: Temporal.Instant) => one.toZonedDateTimeISO(zone).toPlainDate();
        const lastOf = ({ resetsAt }: { resetsAt: Temporal.Instant }) => local(resetsAt.subtract({ milliseconds: 1 }));
        expect([local(day.startsAt), lastOf(day)].map(String)).toEqual([local(at), local(at)].map(String));
        expect(local(month.startsAt).day).toBe(1);
        expect([local(month.startsAt), lastOf(month)].map((date) => String(date.toPlainYearMonth()))).toEqual(
          Array(2).fill(String(local(at).toPlainYearMonth())),
        );
        expect(isBefore(day.startsAt, month.startsAt) || isBefore(month.resetsAt, day.resetsAt)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'a day of 23 hours'],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'a day of 25 hours'],
    ['America/Havana', '2026-03-08T12:00:00Z', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', 'a midnight skipped'],
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z', 'before a date skipped'],
    [
      'Africa/Johannesburg',
      '2026-11-21T22:00:00Z',
      '2026-11-21T22:00:00Z',
      '2026-11-22T22:00:00Z',
      'its first instant',
    ],
  ])('%s at %s begins at %s and ends at %s: %s', (zone, at, startsAt, resetsAt) => {
    const [day] = periodsAt(Temporal.Instant.from(at), zone);
    expect([String(day.startsAt), String(day.resetsAt)]).toEqual([startsAt, resetsAt]);
  });
});

test('a time zone is one by name', () => {
  expect(['UTC', 'Africa/Johannesburg', 'America/Argentina/Ushuaia'].filter((name) => !isTimeZone(name))).toEqual([]);
  expect(['', '+02:00', 'Mars/Olympus', 'Europe', '2026-01-01T00:00Z[UTC]'].filter(isTimeZone)).toEqual([]);
});

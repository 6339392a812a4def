import { expect, test } from 'vitest';
import { formatTimeCursor, parseTimeCursor, timeCursor } from './time-cursor.ts';

test.for(['1970-01-01T00:00:00Z', '2026-11-21T12:00:00.123456Z', '2199-12-31T23:59:59.999999Z'])(
  'a cursor of %s leads back to its place',
  (text) => {
    const place = { at: Temporal.Instant.from(text), place: '6whd_01kaj2m3n4p5q6r7s8t9v0w1x2.12' };
    const cursor = formatTimeCursor(place);
    expect(timeCursor.parse(cursor)).toBe(cursor);
    const found = parseTimeCursor(cursor);
    expect([found?.at.toString(), found?.place]).toEqual([place.at.toString(), place.place]);
  },
);

test('without a cursor there is no place', () => {
  expect(parseTimeCursor(undefined)).toBeNull();
});

test.for(['', '~', 'pay_01kaj2m3n4p5q6r7s8t9v0w1x2', '0~', '0~x~y', '-1~x', '0~Ü', `0~${'x'.repeat(45)}`])(
  '“%s” is no cursor',
  (text) => {
    expect(timeCursor.safeParse(text).success).toBe(false);
  },
);

test('any cursor that has the shape is an instant PostgreSQL takes', () => {
  const { at } = parseTimeCursor(`${'z'.repeat(11)}~x`) ?? {};
  expect(at?.toZonedDateTimeISO('UTC').year).toBeLessThan(294_276);
});

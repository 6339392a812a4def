import { describe, expect, test } from 'vitest';
import { changeOf, RecentChanges } from './recent-changes.ts';

const FEED = 'lis_01kaj2m3n4p5q6r7s8t9v0w1x2';

function changeNumber(number: number) {
  const createdAt = Temporal.Instant.from('2026-01-01T00:00:00Z');
  const object = { object: 'payment', id: `pay_${number}`, version: number, amount: 5 };
  return changeOf({ eventId: `evt_${number}`, type: 'payment.created', paymentId: `pay_${number}`, object, createdAt });
}

function feedOf(count: number): RecentChanges {
  const recent = new RecentChanges(FEED);
  for (let number = 1; number <= count; number++) recent.add(changeNumber(number));
  return recent;
}

describe('the changes after an id', () => {
  test('are those that came since, in order', () => {
    const recent = feedOf(3);
    expect(recent.after(`${FEED}.1`)?.map(({ id }) => id)).toEqual([`${FEED}.2`, `${FEED}.3`]);
    expect(recent.after(recent.position)).toEqual([]);
    expect(recent.after(`${FEED}.0`)).toHaveLength(3);
  });

  test('are not known where some of them are no longer kept', () => {
    const recent = feedOf(600);
    expect(recent.after(`${FEED}.100`)).toHaveLength(500);
    expect(recent.after(`${FEED}.99`)).toBeNull();
  });

  test.for([null, '', `${FEED}.4`, 'lis_other.1', FEED, `${FEED}.`, `${FEED}.-1`, `${FEED}.1e9`, '1'])(
    'are not known for %j',
    (id) => {
      expect(feedOf(3).after(id)).toBeNull();
    },
  );
});

test('a change names what to read anew, and nothing that it says', () => {
  expect(changeNumber(7)).toEqual({
    ...{ type: 'changed', eventType: 'payment.created', eventId: 'evt_7', object: 'payment', id: 'pay_7', version: 7 },
    ...{ paymentId: 'pay_7', at: '2026-01-01T00:00:00Z' },
  });
});

import { expect, test } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import { eventRows, outboxRow } from './event.ts';
import { RelayInbox } from './relay-inbox.ts';

const clock = new ManualClock('2026-01-01T12:00:00Z');

function newEvent() {
  return eventRows(
    {
      tenantId: 'ten_1',
      mode: 'test',
      type: 'payment.created',
      paymentId: 'pay_1',
      productId: null,
      notificationUrl: null,
      object: {},
      dueAt: null,
    },
    clock,
  );
}

test('rows come out in the order they were handed over, each with its event, and once', () => {
  const inbox = new RelayInbox(() => {});
  inbox.open();
  const first = newEvent();
  const second = newEvent();
  const work = outboxRow({ tenantId: 'ten_1', topic: 'sync', subjectId: 'pa_1', dueAt: null }, clock);
  inbox.handOver([first.outbox, work], [first.event]);
  inbox.handOver([second.outbox], [second.event]);
  expect(inbox.holds(second.outbox.outbox_id)).toBe(true);
  expect(inbox.take(2)).toEqual([
    { row: first.outbox, event: first.event },
    { row: work, event: null },
  ]);
  expect(inbox.take(2)).toEqual([{ row: second.outbox, event: second.event }]);
  expect(inbox.isEmpty).toBe(true);
  expect(inbox.take(2)).toEqual([]);
});

test('the relay is woken whether or not there is room', () => {
  let woken = 0;
  const inbox = new RelayInbox(() => woken++);
  const { event, outbox } = newEvent();
  inbox.handOver([outbox], [event]);
  expect(inbox.isEmpty).toBe(true);
  inbox.open();
  const many = Array.from({ length: 20_001 }, newEvent);
  inbox.handOver(
    many.map((one) => one.outbox),
    many.map((one) => one.event),
  );
  expect(inbox.isEmpty).toBe(true);
  expect(woken).toBe(2);
});

test('nothing wakes nobody', () => {
  let woken = 0;
  const inbox = new RelayInbox(() => woken++);
  inbox.open();
  inbox.handOver([]);
  expect(woken).toBe(0);
});

test('a row about an event that did not come along is left in the table', () => {
  const inbox = new RelayInbox(() => {});
  inbox.open();
  inbox.handOver([newEvent().outbox]);
  expect(inbox.isEmpty).toBe(true);
});

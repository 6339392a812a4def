import { expect, test } from 'vitest';
import { outboxRow } from '../events/event.ts';
import { ManualClock } from '../kernel/clock.ts';
import { joinWrites } from './signal-rows.ts';

type Write = Parameters<typeof joinWrites>[0][number];

const clock = new ManualClock('2026-01-01T00:00:00Z');
const NOTHING: Write = {
  ...{ payments: [], attempts: [], captures: [], refunds: [], reversals: [], disputes: [], transfers: [] },
  ...{ events: [], outbox: [], work: [], signals: [], limits: [], keys: [] },
};

/** A write that leaves an account to be asked so many seconds from now; null: at once. */
function asking(account: string, seconds: number | null, tenantId = 'ten_1'): Write {
  const dueAt = seconds === null ? null : clock.now().add({ seconds });
  return { ...NOTHING, work: [outboxRow({ tenantId, topic: 'sync', subjectId: account, dueAt }, clock)] };
}

function workOf(...writes: readonly Write[]) {
  return joinWrites(writes).work.map((row) => [row.tenant_id, row.subject_id, row.due_at?.toString() ?? null]);
}

test('of what is written together one row an account says when it is to be asked, and the earliest time', () => {
  expect(
    workOf(asking('pa_1', 35), asking('pa_2', 50), asking('pa_1', 20), asking('pa_1', 40), asking('pa_1', 35, 'ten_2')),
  ).toEqual([
    ['ten_1', 'pa_1', '2026-01-01T00:00:20Z'],
    ['ten_1', 'pa_2', '2026-01-01T00:00:50Z'],
    ['ten_2', 'pa_1', '2026-01-01T00:00:35Z'],
  ]);
});

test('an account that is to be asked at once is asked at once, whatever comes beside it', () => {
  expect(workOf(asking('pa_1', 1), asking('pa_1', null), asking('pa_1', 1))).toEqual([['ten_1', 'pa_1', null]]);
});

import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/id.ts';
import type { TestDatabase } from './database.ts';

interface Planted {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly endpointId: string;
  readonly state: 'acknowledged' | 'suppressed' | 'reversed';
}

/** Puts a deadline that has ended into the table, as if its notification had gone out long ago. Returns its id. */
export async function plantDeadline(database: TestDatabase, planted: Planted): Promise<string> {
  const deadlineId = newId('ack', systemClock);
  const at = '2026-01-01T00:00:00Z';
  const row = {
    ...{ tenant_id: planted.tenantId, deadline_id: deadlineId, payment_id: planted.paymentId, mode: 'test' },
    ...{ endpoint_id: planted.endpointId, delivery_id: 'whd_planted', event_id: 'evt_planted', state: planted.state },
    ...{ version: 1, window_seconds: 45, epoch: 1, dispatches: 1, in_flight: false, armed_at: at, deadline_at: at },
    ...{ cause: planted.state === 'acknowledged' ? null : 'status', asked: 0, asked_earlier: 0, reversal_tried: false },
    ...{ looks: 0, ended_at: at, created_at: at, updated_at: at },
  };
  await database.run('insert into ack_deadlines select * from json_populate_record(null::ack_deadlines, $1)', [
    JSON.stringify(row),
  ]);
  return deadlineId;
}

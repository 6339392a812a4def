import type pg from 'pg';
import { type BaselineRows, rowsLike, type SampleRow } from './baseline-rows.ts';

/** Reads what taking the first notification wrote, and makes of it what the baseline writes. @throws Error where a row is missing */
export async function ingestedRows(pool: pg.Pool): Promise<BaselineRows> {
  const one = async (text: string): Promise<SampleRow> => {
    const { rows } = await pool.query<{ row: SampleRow }>(text);
    if (rows[0] === undefined) throw new Error('The sample notification has no row of every kind');
    return rows[0].row;
  };
  const event = await one('select to_jsonb(t) as row from inbound_events t');
  // As it was before it was applied.
  const taken = { ...event, state: 'pending', due_at: event.received_at, outcome: null, processed_at: null, tries: 0 };
  const fact = await one('select to_jsonb(t) as row from provider_facts t');
  const work = {
    tenant_id: event.tenant_id,
    outbox_id: String(event.inbound_event_id).replace('in_', 'ob_'),
    shard: 7,
    topic: 'inbound',
    subject_id: event.provider_account_id,
    due_at: event.received_at,
  };
  return rowsLike([
    {
      table: 'inbound_events',
      row: taken,
      keys: [
        ['inbound_event_id', 'in_', 'text'],
        ['payment_id', 'pay_', 'text'],
      ],
    },
    {
      table: 'provider_facts',
      row: fact,
      keys: [
        ['inbound_event_id', 'in_', 'text'],
        ['dedupe_key', '', 'hash'],
      ],
    },
    { table: 'outbox', row: work, keys: [['outbox_id', 'ob_', 'text']] },
  ]);
}

import { type RawBuilder, sql } from 'kysely';
import { type IdPrefix, lowestId } from '../kernel/id.ts';
import type { TimePlace } from '../kernel/time-cursor.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';

/** A row of one of the tables, as far as a timeline shows it. */
export type TimelineRow =
  | Row<
      'signal',
      Pick<Tables['signals'], 'source' | 'kind' | 'outcome' | 'note' | 'attempt_id' | 'subject_id'> & {
        readonly payment_version: number;
        readonly detail: Readonly<Record<string, unknown>>;
      }
    >
  | Row<
      'provider_call',
      Pick<Tables['provider_calls'], 'provider_account_id' | 'attempt_id' | 'operation' | 'outcome'> & {
        readonly duration_ms: number;
        readonly request: Readonly<Record<string, unknown>>;
        readonly answer: Readonly<Record<string, unknown>>;
      }
    >
  | Row<'inbound', Pick<Tables['inbound_events'], 'provider' | 'provider_account_id' | 'verdict' | 'state' | 'outcome'>>
  | Row<'event', { readonly event_type: string }>
  | Row<
      'delivery_attempt',
      {
        readonly delivery_id: string;
        readonly event_id: string;
        readonly event_type: string;
        readonly endpoint_id: string | null;
        readonly number: number;
        readonly outcome: string;
        readonly status_code: number | null;
        readonly duration_ms: number;
      }
    >
  | Row<
      'ack_deadline',
      Pick<Tables['ack_deadline_steps'], 'number' | 'state' | 'note'> & {
        readonly deadline_id: string;
        readonly endpoint_id: string;
      }
    >;

interface Row<Type extends string, Facts> extends TimePlace {
  readonly type: Type;
  readonly id: string;
  readonly facts: Facts;
}

/** Ids carry their time to the millisecond, and are made just before their row: a minute is far more than lies between. */
const ID_SLACK = { minutes: 1 } as const;
const BEGINNING: TimePlace = { at: Temporal.Instant.fromEpochMilliseconds(60_000), place: '' };

interface Wanted {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly after: TimePlace | null;
  readonly rowsMax: number;
}

/**
 * The entries of a payment after a place, oldest first. Each kind is read by its own index and cut to the page before
 * all are merged, so the memory of a page does not grow with the payment. The digit before the id puts causes before
 * effects where the instant is the same: what was asked for, the call, the notification, what was made of it, the event.
 */
export async function selectTimeline(db: Queryable, wanted: Wanted): Promise<readonly TimelineRow[]> {
  const { rowsMax } = wanted;
  const { rows } = await sql<TimelineRow>`
    select type, id, at, place, facts from (
      (${cut(signals(wanted), wanted)}) union all
      (${cut(providerCalls(wanted), wanted)}) union all
      (${cut(inboundEvents(wanted), wanted)}) union all
      (${cut(events(wanted), wanted)}) union all
      (${cut(deliveryAttempts(wanted), wanted)}) union all
      (${cut(ackDeadlines(wanted), wanted)})
    ) entries order by at, place limit ${rowsMax}`.execute(db);
  return rows;
}

function cut(part: RawBuilder<unknown>, { after, rowsMax }: Wanted): RawBuilder<unknown> {
  const { at, place } = after ?? BEGINNING;
  return sql`select * from (${part}) part
    where (at, place) > (${at}::timestamptz, ${place}::text collate "C") order by at, place limit ${rowsMax}`;
}

/** Where to begin in an index that goes by id. */
function from(prefix: IdPrefix, { after }: Wanted): string {
  return lowestId(prefix, (after ?? BEGINNING).at.subtract(ID_SLACK));
}

function signals(wanted: Wanted): RawBuilder<unknown> {
  return sql`
    select 'signal' as type, signal_id as id, created_at as at,
      ((case when source in ('tenant', 'shopper', 'timer') then '1' else '4' end) || signal_id) collate "C" as place,
      jsonb_build_object('source', source, 'kind', kind, 'outcome', outcome, 'note', note, 'attempt_id', attempt_id,
        'subject_id', subject_id, 'payment_version', payment_version, 'detail', detail) as facts
    from signals
    where tenant_id = ${wanted.tenantId} and payment_id = ${wanted.paymentId} and signal_id >= ${from('sig', wanted)}`;
}

function providerCalls(wanted: Wanted): RawBuilder<unknown> {
  return sql`
    select 'provider_call' as type, c.call_id as id, c.created_at as at, ('2' || c.call_id) collate "C" as place,
      jsonb_build_object('provider_account_id', c.provider_account_id, 'attempt_id', c.attempt_id,
        'operation', c.operation, 'outcome', c.outcome, 'duration_ms', c.duration_ms, 'request', c.request,
        'answer', c.answer) as facts
    from attempts a
    join provider_calls c on c.tenant_id = a.tenant_id and c.attempt_id = a.attempt_id
    where a.tenant_id = ${wanted.tenantId} and a.payment_id = ${wanted.paymentId} and c.call_id >= ${from('pc', wanted)}`;
}

/** Stored notifications do not name their payment; the signals they became name both. */
function inboundEvents(wanted: Wanted): RawBuilder<unknown> {
  return sql`
    select 'inbound' as type, i.inbound_event_id as id, i.received_at as at,
      ('3' || i.inbound_event_id) collate "C" as place,
      jsonb_build_object('provider', i.provider, 'provider_account_id', i.provider_account_id, 'verdict', i.verdict,
        'state', i.state, 'outcome', i.outcome) as facts
    from (
      select distinct detail ->> 'inboundEventId' as inbound_event_id from signals
      where tenant_id = ${wanted.tenantId} and payment_id = ${wanted.paymentId} and source = 'notification'
        and signal_id >= ${from('sig', wanted)}
    ) told
    join inbound_events i on i.tenant_id = ${wanted.tenantId} and i.inbound_event_id = told.inbound_event_id`;
}

function events(wanted: Wanted): RawBuilder<unknown> {
  return sql`
    select 'event' as type, event_id as id, created_at as at, ('5' || event_id) collate "C" as place,
      jsonb_build_object('event_type', type) as facts
    from events
    where tenant_id = ${wanted.tenantId} and payment_id = ${wanted.paymentId} and event_id >= ${from('evt', wanted)}`;
}

/** Tries go on for days after their delivery was made, so none of these can be passed over by its id. */
function deliveryAttempts(wanted: Wanted): RawBuilder<unknown> {
  return sql`
    select 'delivery_attempt' as type, d.delivery_id || '.' || t.attempt_number as id, t.attempted_at as at,
      ('6' || d.delivery_id || '.' || t.attempt_number) collate "C" as place,
      jsonb_build_object('delivery_id', d.delivery_id, 'event_id', d.event_id, 'event_type', d.event_type,
        'endpoint_id', d.endpoint_id, 'number', t.attempt_number, 'outcome', t.outcome, 'status_code', t.status_code,
        'duration_ms', t.duration_ms) as facts
    from deliveries d
    join delivery_attempts t on t.tenant_id = d.tenant_id and t.delivery_id = d.delivery_id
    where d.tenant_id = ${wanted.tenantId} and d.payment_id = ${wanted.paymentId}`;
}

/** One deadline a payment, and few steps of it. */
function ackDeadlines(wanted: Wanted): RawBuilder<unknown> {
  return sql`
    select 'ack_deadline' as type, d.deadline_id || '.' || s.number as id, s.at,
      ('7' || d.deadline_id || '.' || lpad(s.number::text, 6, '0')) collate "C" as place,
      jsonb_build_object('deadline_id', d.deadline_id, 'endpoint_id', d.endpoint_id, 'number', s.number,
        'state', s.state, 'note', s.note) as facts
    from ack_deadlines d
    join ack_deadline_steps s on s.tenant_id = d.tenant_id and s.deadline_id = d.deadline_id
    where d.tenant_id = ${wanted.tenantId} and d.payment_id = ${wanted.paymentId}`;
}

import { type SqlBool, sql } from 'kysely';
import { lowestId } from '../kernel/id.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Delivery } from './delivery.ts';
import type { Owner } from './store.ts';
import { deliveryFromRow } from './store-deliveries.ts';

/** How a delivery was last answered: an exact status code, or all that begin with a digit. */
export type StatusCodeFilter = { readonly code: number } | { readonly firstDigit: number };

export interface DeliveryFilter {
  readonly paymentId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly status?: Delivery['status'] | undefined;
  readonly trigger?: Delivery['trigger'] | undefined;
  readonly statusCode?: StatusCodeFilter | undefined;
  readonly error?: 'refused' | 'lost' | 'not_sent' | undefined;
  readonly createdAfter?: Temporal.Instant | undefined;
  readonly createdBefore?: Temporal.Instant | undefined;
}

/** How the reasons of a lost attempt begin in `last_error`; every other attempt without an answer was not sent. */
const LOST = '^(timeout|reset|malformed_answer): ';

/**
 * Deliveries that every given filter lets through, newest first; one row more than the limit. Conditions that an index of
 * rare rows has are written out, not parameters: only so may a plan that serves every call use that index.
 */
export async function selectDeliveries(
  db: Queryable,
  owner: Owner,
  filter: DeliveryFilter,
  page: PageOptions,
): Promise<readonly Delivery[]> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('delivery_id', page));
  for (const condition of conditionsOf(filter)) query = query.where(condition);
  return (await query.execute()).map(deliveryFromRow);
}

type Condition = ReturnType<typeof sql<SqlBool>>;

function conditionsOf(filter: DeliveryFilter): readonly Condition[] {
  const { paymentId, eventId, eventType, endpointId, status, trigger, createdAfter, createdBefore } = filter;
  return [
    ...(paymentId === undefined ? [] : [sql<SqlBool>`payment_id = ${paymentId}`]),
    ...(eventId === undefined ? [] : [isOfEvent(eventId)]),
    ...(eventType === undefined ? [] : [sql<SqlBool>`event_type = ${eventType}`]),
    ...(endpointId === undefined ? [] : [sql<SqlBool>`endpoint_id = ${endpointId}`]),
    ...(status === undefined ? [] : [hasStatus(status)]),
    ...(trigger === undefined ? [] : [wasTriggeredBy(trigger)]),
    ...(filter.statusCode === undefined ? [] : [wasAnsweredWith(filter.statusCode)]),
    ...(filter.error === undefined ? [] : [failedBy(filter.error)]),
    // Ids begin with the time of their making, so that the list's own order finds the first and the last.
    ...(createdAfter === undefined
      ? []
      : [sql<SqlBool>`delivery_id >= ${lowestId('whd', createdAfter.add({ milliseconds: 1 }))}`]),
    ...(createdBefore === undefined ? [] : [sql<SqlBool>`delivery_id < ${lowestId('whd', createdBefore)}`]),
  ];
}

/** Two indexes hold an event's deliveries between them, and each is asked in its own words. */
function isOfEvent(eventId: string): Condition {
  return sql<SqlBool>`(
    (event_id = ${eventId} and trigger = 'automatic') or (event_id = ${eventId} and trigger <> 'automatic'))`;
}

function hasStatus(status: Delivery['status']): Condition {
  return status === 'succeeded'
    ? sql<SqlBool>`status = ${status}`
    : sql<SqlBool>`status = ${status} and status <> 'succeeded'`;
}

function wasTriggeredBy(trigger: Delivery['trigger']): Condition {
  return trigger === 'automatic'
    ? sql<SqlBool>`trigger = ${trigger}`
    : sql<SqlBool>`trigger = ${trigger} and trigger <> 'automatic'`;
}

function wasAnsweredWith(wanted: StatusCodeFilter): Condition {
  const firstDigit = 'code' in wanted ? Math.floor(wanted.code / 100) : wanted.firstDigit;
  // A 2xx is mostly an acknowledgment, which the index of failures does not have.
  const answered =
    firstDigit === 2
      ? sql<SqlBool>`last_status_code between 200 and 299`
      : sql<SqlBool>`coalesce(last_status_code / 100, 0) = ${firstDigit} and last_error is not null`;
  return 'code' in wanted ? sql<SqlBool>`${answered} and last_status_code = ${wanted.code}` : answered;
}

function failedBy(error: 'refused' | 'lost' | 'not_sent'): Condition {
  if (error === 'refused') {
    return sql<SqlBool>`coalesce(last_status_code / 100, 0) >= 1 and last_error is not null`;
  }
  const unanswered = sql<SqlBool>`coalesce(last_status_code / 100, 0) = 0 and last_error is not null and last_attempt_at is not null`;
  const lost = sql.lit(LOST);
  return error === 'lost'
    ? sql<SqlBool>`${unanswered} and last_error ~ ${lost}`
    : sql<SqlBool>`${unanswered} and last_error !~ ${lost}`;
}

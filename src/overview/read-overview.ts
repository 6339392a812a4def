import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { instantOfId } from '../kernel/id.ts';
import { amountToJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import { type Activity, bucketStarts, type Period, periodOf, rateOf, startOf, sumActivity } from './activity.ts';
import type { OverviewAnswer } from './api.ts';
import { selectActivity, selectWholeActivity } from './store.ts';
import { type AttentionRow, type Owners, selectAcknowledgments, selectAttention } from './store-attention.ts';

export interface OverviewContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
}

interface Asked {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly bucket?: 'hour' | 'day' | undefined;
  readonly currency?: string | undefined;
}

/** Hours of endpoints are kept for eight days; of all endpoints together no more than a day is read. */
const ACKNOWLEDGED_HOURS = { ofTenant: 192, ofAll: 24 } as const;

/** A tenant's numbers of a mode, by the tenant's time. @throws Problem validation_failed */
export async function readOverview(
  { database, clock, tenantClocks }: OverviewContext,
  { tenantId, mode }: { readonly tenantId: string; readonly mode: Mode },
  asked: Asked,
): Promise<OverviewAnswer> {
  const period = checkedPeriod(asked, (await tenantClocks.of(tenantId, mode)).now());
  const rows = selectActivity(database.query, { tenantId, mode }, period, asked.currency ?? null);
  return compose({ database, clock }, { tenantId, mode }, period, rows);
}

/** The numbers of all tenants. @throws Problem validation_failed */
export async function readWholeOverview(
  { database, clock }: OverviewContext,
  mode: Mode,
  asked: Asked,
): Promise<OverviewAnswer> {
  const period = checkedPeriod(asked, clock.now());
  const rows = selectWholeActivity(database.query, mode, period, asked.currency ?? null);
  return compose({ database, clock }, { tenantId: null, mode }, period, rows);
}

function checkedPeriod(asked: Asked, now: Temporal.Instant): Period {
  const period = periodOf(asked, now);
  if (period !== null) return period;
  const errors = [{ pointer: '/query/since', detail: 'Must be before until, by 400 days at most' }];
  throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
}

async function compose(
  { database: { query: db }, clock }: Pick<OverviewContext, 'database' | 'clock'>,
  owners: Owners,
  period: Period,
  activity: ReturnType<typeof selectActivity>,
): Promise<OverviewAnswer> {
  const now = clock.now();
  const keptHours = owners.tenantId === null ? ACKNOWLEDGED_HOURS.ofAll : ACKNOWLEDGED_HOURS.ofTenant;
  const kept = startOf(now.subtract({ hours: keptHours }), 'hour');
  const since = Temporal.Instant.compare(kept, period.since) > 0 ? kept : period.since;
  const [rows, tries, attention] = await Promise.all([
    activity,
    selectAcknowledgments(db, owners, since, period.until),
    selectAttention(db, owners, now),
  ]);
  return {
    object: 'overview',
    mode: owners.mode,
    since: period.since.toString(),
    until: period.until.toString(),
    bucket: period.bucket,
    currencies: sumActivity(rows, period).map(({ currency, total, series }) => ({
      currency,
      ...activityJson(total),
      series: series.map((one) => ({ at: one.at.toString(), ...activityJson(one.activity) })),
    })),
    acknowledgments: acknowledgmentsJson(tries, { ...period, since }),
    attention: attentionJson(attention),
  };
}

function activityJson(one: Activity) {
  return {
    created: Number(one.created),
    approved: Number(one.approved),
    declined: Number(one.declined),
    successRate: rateOf(one.approved, one.approved + one.declined),
    captures: Number(one.captures),
    captured: amountToJson(one.captured),
    refunds: Number(one.refunds),
    refunded: amountToJson(one.refunded),
    reversed: amountToJson(one.reversed),
    disputes: Number(one.disputes),
    disputed: amountToJson(one.disputed),
  };
}

function acknowledgmentsJson(
  tries: Awaited<ReturnType<typeof selectAcknowledgments>>,
  period: Period,
): OverviewAnswer['acknowledgments'] {
  const sumOf = (rows: typeof tries) => {
    const attempts = rows.reduce((sum, row) => sum + row.attempts, 0n);
    const acknowledged = rows.reduce((sum, row) => sum + row.acknowledged, 0n);
    return { attempts: Number(attempts), acknowledged: Number(acknowledged), rate: rateOf(acknowledged, attempts) };
  };
  const first = startOf(period.since, period.bucket);
  const byStart = Map.groupBy(tries, ({ hour }) => startOf(hour, period.bucket).epochMilliseconds);
  const series = bucketStarts({ ...period, since: first }).map((at) => ({
    at: at.toString(),
    ...sumOf(byStart.get(at.epochMilliseconds) ?? []),
  }));
  return { since: period.since.toString(), ...sumOf(tries), series };
}

function attentionJson(row: AttentionRow): OverviewAnswer['attention'] {
  return {
    stuckPayments: row.stuck_payments,
    stuckOperations: row.stuck_operations,
    openExceptions: row.open_exceptions,
    notificationsSetAside: row.set_aside,
    openFuses: row.open_fuses,
    openCircuits: row.open_circuits,
    unwellEndpoints: row.unwell_endpoints,
    deliveriesWaiting: row.deliveries_waiting,
    oldestWaitingSince: row.oldest_waiting_id === null ? null : instantOfId(row.oldest_waiting_id).toString(),
  };
}

import type { Clock } from '../kernel/clock.ts';
import type { MailContext } from '../mail/queue-mail.ts';
import { raiseAlarm } from '../mail/raise-alarm.ts';
import type { Queryable } from '../platform/database.ts';
import type { MetricCounter, MetricHistogram } from '../platform/metrics.ts';
import { readTenantClock } from '../test-clocks/tenant-clock.ts';
import type { AttemptOutcome, DeliveryHook } from './delivery-hooks.ts';
import { disableEndpoint } from './disable-endpoint.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { type EndpointHealth, isGivenUp, judgeHealth } from './endpoint-health.ts';
import { type AddedHealth, addHealth, deleteHoursBefore, setHealthStates } from './store-health.ts';
import { type SummedAttempts, sumAttempts } from './sum-attempts.ts';
import { tellFailedDeliveries } from './tell-failed-deliveries.ts';
import { type HealthChange, tellHealth } from './tell-health.ts';

export interface HealthContext extends MailContext {
  readonly attempts: MetricCounter;
  readonly attemptSeconds: MetricHistogram;
}

/** Beyond the longest window of the API, and the hour that has begun. */
const HOURS_KEPT = 8 * 24;
/** RFC 9110, 15.5.11: whoever says so wants no further requests. */
const GONE = 410;
/** An endpoint that gives money back for silence raises an alarm below this rate, once there is enough to go by. */
const ACKNOWLEDGED_LOW = 0.95;
const ATTEMPTS_TO_GO_BY = 20;

/**
 * Keeps what attempts say of their endpoints, and draws the conclusions: failing, well again, disabled. It writes one
 * statement for a batch, and more only where something changes or a delivery has come to nothing.
 */
export function createHealthHook(context: HealthContext): DeliveryHook {
  return {
    async recorded(tx, outcomes) {
      measure(context, outcomes);
      const sums = sumAttempts(outcomes);
      if (sums.length > 0) await keep(context, tx, sums);
      await tellFailedDeliveries(context, tx, outcomes);
    },
  };
}

/** A batch whose transaction lost a race is recorded again, and is then counted twice here: a measure, not a record. */
function measure({ attempts, attemptSeconds }: HealthContext, outcomes: readonly AttemptOutcome[]): void {
  for (const { endpoint, kind, durationMs, before } of outcomes) {
    const labels = { outcome: kind, mode: before.mode, policy: endpoint?.ackPolicy.type ?? 'none' };
    attempts.add(1, labels);
    attemptSeconds.observe(durationMs / 1_000, { outcome: kind });
  }
}

async function keep(context: HealthContext, tx: Queryable, sums: readonly SummedAttempts[]): Promise<void> {
  const byId = new Map(sums.map((sum) => [sum.endpoint.endpointId, sum]));
  const clocks = await clocksOf(context, tx, sums);
  const nowOf = (endpointId: string) => (clocks.get(endpointId) ?? context.clock).now();
  const added = await addHealth(
    tx,
    sums.map((sum) => sum.additionAt(nowOf(sum.endpoint.endpointId))),
  );
  await forgetOldHours(context, tx, added, byId);
  const changes: HealthChange[] = [];
  for (const { endpointId, health, hour } of added) {
    const sum = byId.get(endpointId);
    const clock = clocks.get(endpointId);
    if (sum === undefined || clock === undefined) continue;
    await warnOfLowRate(context, tx, sum.endpoint, hour);
    if (health === null) continue;
    const { endpoint } = sum;
    const isGone = sum.lastStatus === GONE && isGivenUp(endpoint) && health.state !== 'disabled';
    const state = isGone ? 'disabled' : judgeHealth(health, endpoint, clock.now());
    if (state === health.state) continue;
    if (state === 'disabled') await disableEndpoint(context, tx, endpoint, isGone ? 'gone' : 'failures');
    else if (state === 'failing')
      changes.push({ endpoint, health: noticed(health, clock.now()), to: { state }, clock });
  }
  if (changes.length === 0) return;
  await setHealthStates(
    tx,
    changes.map(({ health }) => health),
  );
  await tellHealth(context, tx, changes);
}

/** By endpoint. Only where something failed it matters since when, and that is told by the tenant's time. */
async function clocksOf(
  { clock }: HealthContext,
  tx: Queryable,
  sums: readonly SummedAttempts[],
): Promise<ReadonlyMap<string, Clock>> {
  const byTenant = new Map<string, Clock>();
  const byEndpoint = new Map<string, Clock>();
  for (const { endpoint, failures } of sums) {
    if (failures === 0) continue;
    const { tenantId, mode, endpointId } = endpoint;
    const tenant = `${tenantId} ${mode}`;
    const tenantClock = byTenant.get(tenant) ?? (await readTenantClock(tx, clock, tenantId, mode));
    byTenant.set(tenant, tenantClock);
    byEndpoint.set(endpointId, tenantClock);
  }
  return byEndpoint;
}

function noticed(health: EndpointHealth, now: Temporal.Instant): EndpointHealth {
  return { ...health, state: 'failing', noticedAt: now };
}

/** At the first batch of an hour, which is often enough. */
async function forgetOldHours(
  { clock }: HealthContext,
  tx: Queryable,
  added: readonly AddedHealth[],
  sums: ReadonlyMap<string, SummedAttempts>,
): Promise<void> {
  const begun = added.filter(({ endpointId, hour }) => hour.attempts === sums.get(endpointId)?.attempts);
  if (begun.length > 0) await deleteHoursBefore(tx, begun, clock.now().subtract({ hours: HOURS_KEPT }));
}

/** S1.23: what is reversed is silent for the shopper, so that a low rate must reach a person. Once a day and endpoint. */
async function warnOfLowRate(
  context: HealthContext,
  tx: Queryable,
  { tenantId, mode, productId, endpointId, ackPolicy }: WebhookEndpoint,
  hour: AddedHealth['hour'],
): Promise<void> {
  const { attempts, acknowledged } = hour;
  if (ackPolicy.type !== 'reverse_on_no_ack' || attempts < ATTEMPTS_TO_GO_BY) return;
  if (acknowledged / attempts >= ACKNOWLEDGED_LOW) return;
  await raiseAlarm(context, tx, {
    ...{ tenantId, mode, productId },
    kind: 'acknowledgement_low',
    key: `${endpointId} ${context.clock.now().toString().slice(0, 10)}`,
    facts: { endpoint: endpointId, 'attempts this hour': attempts, acknowledged },
  });
}

import { recordOwnAct } from '../audit/record-own-act.ts';
import type { Clock } from '../kernel/clock.ts';
import { cancelWaiting, postponeWaiting } from '../notifications/ack-deliveries.ts';
import { ARMING_EVENTS } from '../notifications/ack-policy.ts';
import type { Alarm, RaiseAlarm } from '../notifications/alarm.ts';
import type { AttemptOutcome } from '../notifications/delivery-hooks.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import { readTimeOf } from '../test-clocks/tenant-clock.ts';
import type { AckDeadline } from './ack-deadline.ts';
import { type AckFuse, count, newFuse } from './ack-fuse.ts';
import { decideOutcome, type OutcomeWorld, type Settled } from './decide-outcome.ts';
import { currentEpoch } from './keep-epoch.ts';
import { lockDeadlines, saveDeadlines } from './store.ts';
import { type CurrentEndpoint, selectCurrentEndpoints, selectSwitchedOff } from './store-circumstances.ts';
import { lockFuses, saveFuses } from './store-fuses.ts';

interface RecordContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly raiseAlarm: RaiseAlarm;
}

type Guarded = AttemptOutcome & { readonly before: { readonly paymentId: string } };

/**
 * Settles the deadlines that attempts were about, in the transaction that records the attempts: cancels them, lets them
 * run on, or fires them, which is then a row that the lane of its tenant works off.
 */
export async function recordOutcomes(
  context: RecordContext,
  tx: Queryable,
  outcomes: readonly AttemptOutcome[],
): Promise<void> {
  const guarded = outcomes.filter(isGuarded);
  if (guarded.length === 0) return;
  const deadlines = new Map(
    await lockDeadlines(
      tx,
      guarded.map(({ before: { tenantId, paymentId } }) => ({ tenantId, paymentId })),
    ),
  );
  if (deadlines.size === 0) return;
  const stage = await prepareStage(context, tx, [...deadlines.values()]);
  const settled: { readonly outcome: Guarded; readonly settled: Settled; readonly was: AckDeadline }[] = [];
  for (const outcome of guarded) {
    const was = deadlines.get(outcome.before.paymentId);
    if (was === undefined) continue;
    const world = await worldOf(context, tx, stage, was);
    const one = decideOutcome(was, outcome, world);
    if (one === null) continue;
    settled.push({ outcome, settled: one, was });
    deadlines.set(was.paymentId, one.deadline);
    countOutcome(stage, one, world.now);
    // Each version is a row of its own; a second outcome of the same payment builds on it.
    await saveDeadlines(tx, [one]);
  }
  await saveFuses(tx, [...stage.fuses.values()]);
  await applyToDeliveries(tx, settled);
  await wakeFiring(context, tx, settled);
  for (const alarm of alarmsOf(settled, stage)) await context.raiseAlarm(tx, alarm);
  for (const { tenantId, mode, endpointId: id } of openedIn(stage)) {
    const target = { type: 'webhook-endpoint', id };
    recordOwnAct(tx, context.clock.now(), { tenantId, mode, action: 'fuse.opened', target, class: 'money' });
  }
}

function isGuarded(outcome: AttemptOutcome): outcome is Guarded {
  const { before, endpoint } = outcome;
  // By the policy that the attempt was made under; where it has changed since, the current one decides.
  if (endpoint?.ackPolicy.type !== 'reverse_on_no_ack' || before.paymentId === null) return false;
  return ARMING_EVENTS.includes(before.eventType) && before.trigger !== 'test' && before.trigger !== 'simulation';
}

/** What outcomes are decided on, locked as far as it changes with them. */
interface Stage {
  readonly endpoints: ReadonlyMap<string, CurrentEndpoint>;
  readonly switchedOff: ReadonlySet<string>;
  readonly epoch: number;
  readonly fuses: Map<string, AckFuse>;
  readonly fusesBefore: ReadonlyMap<string, AckFuse>;
}

async function prepareStage(context: RecordContext, tx: Queryable, deadlines: readonly AckDeadline[]): Promise<Stage> {
  const now = context.clock.now();
  const endpoints = await selectCurrentEndpoints(tx, deadlines);
  const { epoch } = await currentEpoch(context, tx);
  const switchedOff = await selectSwitchedOff(
    tx,
    deadlines.map(({ tenantId }) => tenantId),
  );
  const wanted = new Map(deadlines.map((deadline) => [deadline.endpointId, newFuse(deadline, now)]));
  const fusesBefore = await lockFuses(tx, [...wanted.values()]);
  return { endpoints, switchedOff, epoch, fuses: new Map(fusesBefore), fusesBefore };
}

async function worldOf(
  { clock }: RecordContext,
  tx: Queryable,
  { endpoints, switchedOff, epoch, fuses }: Stage,
  deadline: AckDeadline,
): Promise<OutcomeWorld> {
  const { tenantId, mode, endpointId } = deadline;
  const now = await readTimeOf(tx, clock, tenantId, mode);
  const reverses = endpoints.get(endpointId)?.policy.type === 'reverse_on_no_ack';
  if (switchedOff.has(tenantId)) return { now, reverses, stopped: 'switched_off' };
  if (deadline.epoch !== epoch) return { now, reverses, stopped: 'other_epoch' };
  return { now, reverses, stopped: fuses.get(endpointId)?.state === 'closed' ? null : 'fuse_open' };
}

function countOutcome({ endpoints, fuses }: Stage, { deadline, counts }: Settled, now: Temporal.Instant): void {
  const fuse = fuses.get(deadline.endpointId);
  const policy = endpoints.get(deadline.endpointId)?.policy;
  if (counts === null || fuse === undefined || policy?.type !== 'reverse_on_no_ack') return;
  fuses.set(deadline.endpointId, count(fuse, counts === 'acknowledged', policy.fuse, now));
}

type SettledOutcome = { readonly outcome: Guarded; readonly settled: Settled };

async function applyToDeliveries(tx: Queryable, all: readonly SettledOutcome[]): Promise<void> {
  await cancelWaiting(
    tx,
    all.flatMap(({ outcome, settled }) => (settled.delivery?.kind === 'cancel' ? [outcome.before] : [])),
  );
  await postponeWaiting(
    tx,
    all.flatMap(({ outcome, settled }) =>
      settled.delivery?.kind === 'due' ? [{ ...outcome.before, dueAt: settled.delivery.at }] : [],
    ),
  );
}

async function wakeFiring({ clock }: RecordContext, tx: Queryable, all: readonly SettledOutcome[]): Promise<void> {
  const now = clock.now();
  const firing = all.filter(({ settled: { deadline, counts } }) => deadline.state === 'firing' && counts !== null);
  await addLaneWork(
    tx,
    firing.map(({ settled: { deadline } }) => ({
      ...{ kind: 'ack' as const, laneId: deadline.tenantId, tenantId: deadline.tenantId },
      dueAt: now,
    })),
  );
}

function openedIn({ fuses, fusesBefore }: Stage): readonly AckFuse[] {
  return [...fuses.values()].filter(
    (fuse) => fuse.state === 'open' && fusesBefore.get(fuse.endpointId)?.state !== 'open',
  );
}

function alarmsOf(all: readonly SettledOutcome[], stage: Stage): readonly Alarm[] {
  return [
    ...all.flatMap(({ settled }) => alarmOf(settled)),
    ...openedIn(stage).map(({ tenantId, mode, endpointId, reason }) => ({
      ...{ tenantId, mode, kind: 'ack_fuse_opened' as const },
      facts: { endpointId, reason },
    })),
  ];
}

function alarmOf({ deadline, counts }: Settled): readonly Alarm[] {
  if (counts !== 'unacknowledged') return [];
  const { tenantId, mode, paymentId, endpointId, deadlineId, cause, statusCode, reason, state } = deadline;
  const kind = state === 'firing' ? 'ack_deadline_fired' : 'ack_deadline_suppressed';
  return [{ tenantId, mode, kind, facts: { deadlineId, paymentId, endpointId, cause, statusCode, reason } }];
}

import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { type Database, type Queryable, violatedConstraint } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { wakeLanesOf } from '../platform/lanes.ts';
import type { TestClockAnswer } from './api.ts';
import { insertTestClock, selectTestClock, updateTestClock } from './store.ts';
import type { TenantClocks } from './tenant-clock.ts';
import type { TestClock } from './test-clock.ts';

export interface TestClockContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  /** Called once lanes were woken. */
  readonly wakeWorkers: () => void;
}

/** Further than anything that can fall due. */
const AHEAD_MAX = { hours: 24 * 365 * 5 } as const;

/**
 * Holds a tenant's time in test mode.
 * @throws Problem validation_failed, state_conflict (one is held already, or live mode), idempotency_key_reused
 */
export async function createTestClock(
  context: TestClockContext,
  caller: TenantCaller,
  body: { readonly name?: string | undefined; readonly now?: string | undefined },
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<TestClockAnswer>> {
  if (caller.mode === 'live') throw new Problem('state_conflict', 'Live mode has no test clocks.');
  const present = context.clock.now();
  const standsAt = body.now === undefined ? present : Temporal.Instant.from(body.now).round('millisecond');
  checkReach(context, standsAt, '/now', present);
  const held: TestClock = {
    tenantId: caller.tenantId,
    testClockId: newId('clk', context.clock),
    name: body.name ?? null,
    standsAt,
    status: 'held',
    createdAt: present,
    updatedAt: present,
  };
  return move(context, caller, 'createTestClock', idempotency, 201, async (tx) => {
    await insertTestClock(tx, held);
    return held;
  }).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'test_clocks_held_key') throw error;
    throw new Problem('state_conflict', 'A test clock is held already; release it first.');
  });
}

/** Moves a held clock forward and has everything looked at that may have come due. @throws Problem not_found, validation_failed, state_conflict, idempotency_key_reused */
export async function advanceTestClock(
  context: TestClockContext,
  caller: TenantCaller,
  request: { readonly id: string; readonly to?: string | undefined; readonly seconds?: number | undefined },
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<TestClockAnswer>> {
  return move(context, caller, 'advanceTestClock', idempotency, 200, async (tx) => {
    const before = await readTestClock(tx, caller, request.id);
    const standsAt =
      request.to === undefined
        ? before.standsAt.add({ seconds: request.seconds ?? 0 })
        : Temporal.Instant.from(request.to).round('millisecond');
    checkReach(context, standsAt, request.to === undefined ? '/seconds' : '/to', before.standsAt);
    const after = { ...before, standsAt, updatedAt: context.clock.now() };
    if (!(await updateTestClock(tx, before, after))) {
      throw new Problem('state_conflict', 'The clock was released, or is being moved by somebody else.');
    }
    return after;
  });
}

/** Lets time run again; a released clock stays released. @throws Problem not_found, idempotency_key_reused */
export async function releaseTestClock(
  context: TestClockContext,
  caller: TenantCaller,
  testClockId: string,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<TestClockAnswer>> {
  return move(context, caller, 'releaseTestClock', idempotency, 200, async (tx) => {
    const before = await readTestClock(tx, caller, testClockId);
    const after = { ...before, status: 'released', updatedAt: context.clock.now() } as const;
    return (await updateTestClock(tx, before, after)) ? after : before;
  });
}

/** A tenant's test clock; another tenant's, and any in live mode, look like one that does not exist. @throws Problem not_found */
export async function readTestClock(db: Queryable, caller: TenantCaller, testClockId: string): Promise<TestClock> {
  const found = caller.mode === 'live' ? null : await selectTestClock(db, caller.tenantId, testClockId);
  if (found === null) throw new Problem('not_found', 'There is no such test clock.');
  return found;
}

/** A test clock as other programs see it. */
export function testClockJson(one: TestClock): TestClockAnswer {
  return {
    id: one.testClockId,
    object: 'test_clock',
    name: one.name,
    now: one.standsAt.toString(),
    status: one.status,
    createdAt: one.createdAt.toString(),
    updatedAt: one.updatedAt.toString(),
  };
}

/** The change, the answer that is kept and the waking of the tenant's lanes commit together. */
async function move(
  context: TestClockContext,
  { tenantId, mode }: TenantCaller,
  route: string,
  idempotency: IdempotencyClaim | null,
  status: number,
  change: (tx: Queryable) => Promise<TestClock>,
): Promise<EndpointAnswer<TestClockAnswer>> {
  const answer = await runOnce<TestClockAnswer>(context, { tenantId, mode, route }, idempotency, async (tx) => {
    const moved = await change(tx);
    await wakeLanesOf(tx, tenantId, context.clock.now());
    return { status, body: testClockJson(moved) };
  });
  await context.tenantClocks.fresh(tenantId, mode);
  context.wakeWorkers();
  return answer;
}

function checkReach(
  { clock }: TestClockContext,
  instant: Temporal.Instant,
  pointer: string,
  earliest: Temporal.Instant,
): void {
  const isBack = Temporal.Instant.compare(instant, earliest) < 0;
  const isFar = Temporal.Instant.compare(instant, clock.now().add(AHEAD_MAX)) > 0;
  if (!isBack && !isFar) return;
  const detail = isBack ? `Must not be before ${earliest}` : 'Must be at most five years ahead';
  throw new Problem('validation_failed', 'Some fields break a rule.', { errors: [{ pointer, detail }] });
}

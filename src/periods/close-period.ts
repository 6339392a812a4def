import { runOnce } from '../idempotency/run-once.ts';
import { present } from '../kernel/assert.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import type { PeriodWithTotals } from './api.ts';
import { hasLooseEnds, type LooseEnds, type Period, whyNotClosable, whyNotReopenable } from './period.ts';
import { periodAmong, rangeOf, readPeriod, readPeriods } from './read-periods.ts';
import { insertClosing, lockPeriods, reopenClosing, selectLooseEnds } from './store.ts';

export interface PeriodContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/**
 * Closes a month: keeps what it adds up to, and has the database refuse what would be posted into it.
 * @throws Problem not_found, state_conflict, validation_failed, idempotency_key_reused
 */
export async function closePeriod(
  context: PeriodContext,
  caller: TenantCaller,
  { month, note }: { readonly month: string; readonly note: string | null },
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<PeriodWithTotals>> {
  const { clock } = context;
  return change(context, caller, { month, route: 'closePeriod' }, idempotency, async (tx, periods, period) => {
    const refusal = whyNotClosable(periods, period);
    if (refusal !== null) throw new Problem('state_conflict', refusal);
    const looseEnds = await selectLooseEnds(tx, caller, period.endsAt);
    if (note === null && hasLooseEnds(looseEnds)) throw unexplained(looseEnds);
    const { tenantId, mode, actor } = caller;
    const { startsAt, endsAt } = period;
    const closing = {
      ...{ tenantId, mode, month, startsAt, endsAt, note },
      closingId: newId('pcl', clock),
      closedBy: actor,
      closedAt: clock.now(),
      ...{ reopenedBy: null, reopenedAt: null, reopenReason: null },
    };
    await insertClosing(tx, closing, rangeOf(caller, periods, period));
  });
}

/** Opens the month that was closed last again. @throws Problem not_found, state_conflict, idempotency_key_reused */
export async function reopenPeriod(
  context: PeriodContext,
  caller: TenantCaller,
  { month, reason }: { readonly month: string; readonly reason: string },
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<PeriodWithTotals>> {
  return change(context, caller, { month, route: 'reopenPeriod' }, idempotency, async (tx, periods, period) => {
    const refusal = whyNotReopenable(periods, period);
    if (refusal !== null) throw new Problem('state_conflict', refusal);
    const closing = present(period.closing, 'the closing of a closed month');
    await reopenClosing(tx, closing, { by: caller.actor, at: context.clock.now(), reason });
  });
}

/** Decides on a month while nobody else can, and answers how it stands then. */
async function change(
  context: PeriodContext,
  caller: TenantCaller,
  { month, route }: { readonly month: string; readonly route: string },
  idempotency: IdempotencyClaim | null,
  act: (tx: Queryable, periods: readonly Period[], period: Period) => Promise<void>,
): Promise<EndpointAnswer<PeriodWithTotals>> {
  const { tenantId, mode } = caller;
  return runOnce(context, { tenantId, mode, route }, idempotency, async (tx) => {
    await lockPeriods(tx, caller);
    const periods = await readPeriods(tx, context.clock, caller);
    await act(tx, periods, periodAmong(periods, month));
    return { status: 200, body: await readPeriod(tx, context.clock, caller, month) };
  });
}

/** No conflict, which would be kept under the key: the same request with a note is the way on. */
function unexplained({ openExceptions, unreadStatements, pendingOperations }: LooseEnds): Problem {
  const what = [
    [openExceptions, 'open exceptions'],
    [unreadStatements, 'statements that are not compared'],
    [pendingOperations, 'pending operations'],
  ] as const;
  const left = what.flatMap(([count, noun]) => (count === 0 ? [] : [`${count} ${noun}`])).join(', ');
  return new Problem('validation_failed', `This would leave behind: ${left}.`, {
    errors: [{ pointer: '/note', detail: `Must say why the month is closed with ${left}` }],
  });
}

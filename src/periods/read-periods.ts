import { present } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { amountToJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import { type LedgerAccount, NORMAL_SIDE } from '../ledger/ledger-account.ts';
import type { Queryable } from '../platform/database.ts';
import { readTimeOf } from '../test-clocks/tenant-clock.ts';
import type { PeriodObject, PeriodTotal, PeriodWithTotals } from './api.ts';
import { type Period, periodsOf, whyNotClosable, whyNotReopenable } from './period.ts';
import {
  type Owner,
  type Range,
  selectClosings,
  selectFirstEntryAt,
  selectLooseEnds,
  selectTotals,
  sumRange,
  type Totals,
} from './store.ts';

/** All months of a tenant's ledger in one mode, the oldest first. */
export async function readPeriods(db: Queryable, clock: Clock, owner: Owner): Promise<readonly Period[]> {
  const [firstEntryAt, closings, now] = await Promise.all([
    selectFirstEntryAt(db, owner),
    selectClosings(db, owner),
    readPeriodTime(db, clock, owner),
  ]);
  return periodsOf(firstEntryAt, closings, now);
}

/**
 * What time it is for closing: the tenant's, but never after the machine's. A test clock that was moved ahead is released
 * some day, and what is booked after that is dated by the machine.
 */
async function readPeriodTime(db: Queryable, clock: Clock, { tenantId, mode }: Owner): Promise<Temporal.Instant> {
  const machine = clock.now();
  const tenants = await readTimeOf(db, clock, tenantId, mode);
  return Temporal.Instant.compare(tenants, machine) < 0 ? tenants : machine;
}

/** A month among those there are. @throws Problem not_found */
export function periodAmong(periods: readonly Period[], month: string): Period {
  const period = periods.find((one) => one.month === month);
  if (period === undefined) throw new Problem('not_found', 'There is no such period: nothing was booked until then.');
  return period;
}

/** The ledger's entries of a month, and the closing that says what was before them. */
export function rangeOf(owner: Owner, periods: readonly Period[], period: Period): Range {
  const closed = periods.filter(({ month, state }) => month < period.month && state === 'closed');
  const { startsAt, endsAt } = period;
  return { owner, startsAt, endsAt, before: closed.at(-1)?.closing ?? null };
}

/** A month with what it adds up to and what stands in the way of closing it. @throws Problem not_found */
export async function readPeriod(db: Queryable, clock: Clock, owner: Owner, month: string): Promise<PeriodWithTotals> {
  const periods = await readPeriods(db, clock, owner);
  const period = periodAmong(periods, month);
  const isClosed = period.state === 'closed';
  const range = rangeOf(owner, periods, period);
  const [now, kept, looseEnds] = await Promise.all([
    sumRange(db, range),
    isClosed ? selectTotals(db, present(period.closing, 'the closing of a closed month')) : null,
    selectLooseEnds(db, owner, period.endsAt),
  ]);
  return {
    ...periodJson(owner, period),
    totals: (kept ?? now).map(totalJson),
    tied: isBalanced(kept ?? now) && (kept === null || isSame(kept, now)),
    checks: {
      ...looseEnds,
      blockedBy: whyNotClosable(periods, period),
      reopenBlockedBy: whyNotReopenable(periods, period),
    },
  };
}

/** A month as other programs see it. */
export function periodJson({ mode }: Owner, { month, state, closing, ...period }: Period): PeriodObject {
  const isClosed = state === 'closed';
  return {
    id: month,
    object: 'period',
    mode,
    state,
    startsAt: period.startsAt.toString(),
    endsAt: period.endsAt.toString(),
    closableAt: period.closableAt.toString(),
    closedAt: isClosed ? (closing?.closedAt.toString() ?? null) : null,
    closedBy: isClosed ? (closing?.closedBy ?? null) : null,
    note: isClosed ? (closing?.note ?? null) : null,
    reopenedAt: closing?.reopenedAt?.toString() ?? null,
    reopenedBy: closing?.reopenedBy ?? null,
    reopenReason: closing?.reopenReason ?? null,
  };
}

function totalJson(totals: Totals): PeriodTotal {
  const { currency, provider_account_id: providerAccountId, debits, credits } = totals;
  const account = totals.account as LedgerAccount;
  const sign = NORMAL_SIDE[account] === 'debit' ? 1n : -1n;
  const opening = sign * (totals.opening_debits - totals.opening_credits);
  return {
    ...{ currency, providerAccountId, account },
    opening: amountToJson(opening),
    debits: amountToJson(debits),
    credits: amountToJson(credits),
    closing: amountToJson(opening + sign * (debits - credits)),
  };
}

function isBalanced(totals: readonly Totals[]): boolean {
  return [...Map.groupBy(totals, ({ currency }) => currency).values()].every((ofCurrency) => {
    const moved = ofCurrency.reduce((sum, { debits, credits }) => sum + debits - credits, 0n);
    const before = ofCurrency.reduce((sum, one) => sum + one.opening_debits - one.opening_credits, 0n);
    return moved === 0n && before === 0n;
  });
}

function isSame(kept: readonly Totals[], now: readonly Totals[]): boolean {
  const text = (totals: readonly Totals[]) =>
    totals
      .map((one) =>
        [
          ...[one.currency, one.provider_account_id, one.account],
          ...[one.opening_debits, one.opening_credits, one.debits, one.credits].map(String),
        ].join(' '),
      )
      .sort()
      .join('\n');
  return text(kept) === text(now);
}

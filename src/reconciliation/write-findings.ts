import { eventRows, type NewEvent } from '../events/event.ts';
import { newId } from '../kernel/id.ts';
import { type NewTransfer, transferRow } from '../ledger/transfer.ts';
import type { Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { AccountPlace, ReconciliationContext } from './context.ts';
import { changesOf, type Mismatch, type ReconciliationException } from './exception.ts';
import type { Judgment } from './judge-operation.ts';
import type { MatchState } from './line.ts';
import type { BookedOperation } from './operation.ts';
import type { Payout } from './payout.ts';
import { exceptionJson, payoutJson } from './reconciliation-json.ts';
import { putExceptions } from './store-exceptions.ts';
import {
  insertEvents,
  insertTransfers,
  putPayouts,
  putSettlements,
  updateMatches,
  withdrawSettlements,
} from './store-findings.ts';

/** What came of looking at lines and operations of an account. */
export interface Findings {
  readonly lines: readonly LineFinding[];
  /** Operations that were judged, with whether the statements confirm them. */
  readonly judged: readonly { readonly operation: BookedOperation; readonly judgment: Judgment }[];
  readonly transfers: readonly NewTransfer[];
  readonly paid: readonly Payout[];
  readonly returned: readonly Payout[];
  /** All exceptions there are of what was looked at, and the mismatches it has now. */
  readonly known: readonly ReconciliationException[];
  /** Mismatches of lines; those of operations are in their judgments. */
  readonly mismatches: readonly Mismatch[];
}

export interface LineFinding {
  readonly lineId: string;
  readonly state: MatchState;
  readonly operation: BookedOperation | null;
}

/** What is to be passed on once the transaction has committed. */
export interface Told {
  readonly outbox: readonly WholeRow<'outbox'>[];
  readonly events: readonly WholeRow<'events'>[];
  readonly opened: readonly ReconciliationException[];
}

/**
 * Writes findings with their postings, exceptions and events in the caller's transaction, which holds the account. A line
 * that is booked twice breaks ledger_transfers_posting_key, and with it everything.
 */
export async function writeFindings(
  tx: Queryable,
  place: AccountPlace,
  findings: Findings,
  { now, clock }: { readonly now: Temporal.Instant; readonly clock: TenantClock },
): Promise<Told> {
  await updateMatches(tx, place, findings.lines, now);
  await insertTransfers(
    tx,
    findings.transfers.map((transfer) => transferRow(transfer, clock)),
  );
  const settled = findings.judged.filter(({ judgment }) => judgment.isSettled).map(({ operation }) => operation);
  const others = findings.judged.filter(({ judgment }) => !judgment.isSettled).map(({ operation }) => operation.id);
  await putSettlements(tx, place, settled, now);
  await withdrawSettlements(tx, place, others, now);
  await putPayouts(tx, [...findings.paid, ...findings.returned]);
  const mismatches = [...findings.mismatches, ...findings.judged.flatMap(({ judgment }) => judgment.mismatches)];
  const changes = changesOf(findings.known, mismatches, {
    ...{ now, place },
    newId: () => newId('rx', { now: () => now }),
  });
  await putExceptions(
    tx,
    changes.map(({ exception }) => exception),
  );
  const opened = changes.filter((change) => change.opened).map(({ exception }) => exception);
  const told = [
    ...findings.paid.map((payout) => newEvent(place, 'payout.paid', payoutJson(payout), null)),
    ...opened.map((one) => newEvent(place, 'reconciliation.mismatch', exceptionJson(one), one.paymentId)),
  ].map((event) => eventRows(event, clock));
  const [events, outbox] = [told.map(({ event }) => event), told.map((one) => one.outbox)];
  await insertEvents(tx, events, outbox);
  return { events, outbox, opened };
}

function newEvent(
  { tenantId, mode }: AccountPlace,
  type: NewEvent['type'],
  object: unknown,
  paymentId: string | null,
): NewEvent {
  return { tenantId, mode, type, object, paymentId, productId: null, notificationUrl: null, dueAt: null };
}

/** Passes on what was committed: events to the relay, differences to the operators. */
export function tell({ handOver, log }: ReconciliationContext, { outbox, events, opened }: Told): void {
  handOver(outbox, events);
  for (const { tenantId, providerAccountId, exceptionId, kind, paymentId, currency, difference } of opened) {
    log.error(
      { tenantId, providerAccountId, exceptionId, kind, paymentId, currency, difference },
      'A statement differs from the books',
    );
  }
}

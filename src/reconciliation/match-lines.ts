import { newId } from '../kernel/id.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Queryable } from '../platform/database.ts';
import { newReconciledAccount, type ReconciledAccount } from './account.ts';
import { type AttemptStanding, attachLine, type Candidate, withLine } from './attach-line.ts';
import type { AccountPlace, ReconciliationContext } from './context.ts';
import type { ExceptionKind, Mismatch } from './exception.ts';
import { judgeOperation } from './judge-operation.ts';
import { costOf, type StatementLine, type UnsettledState } from './line.ts';
import { type BookedOperation, hereOf } from './operation.ts';
import { type Payout, payoutRefOf, readPayout } from './payout.ts';
import { lockReconciled } from './store-accounts.ts';
import { selectExceptionsOf } from './store-exceptions.ts';
import { selectPayoutsByRef } from './store-findings.ts';
import { selectNamedAttempts, selectNamings, selectOperations, selectUnsettledLines } from './store-matching.ts';
import { type Findings, type LineFinding, type Told, tell, writeFindings } from './write-findings.ts';

/** Lines of one transaction: some tenths of a second. */
const LINES_AT_ONCE = 500;

/** After these an attempt is no news: what a line says of it then contradicts what is known. */
const UNDER_WAY: ReadonlySet<string> = new Set(['dispatched', 'requires_action', 'pending', 'unknown', 'authorized']);

/**
 * Looks at the next lines of an account that are not settled: finds their operations, compares the sums, and writes what
 * comes of it as one transaction that holds the account. Lines that were settled before are never looked at again, so
 * running it twice, or after a crash, changes nothing. Returns the last line looked at; null where there was none.
 */
export async function matchLines(
  context: ReconciliationContext,
  place: AccountPlace,
  { state, after }: { readonly state: UnsettledState; readonly after: string },
): Promise<string | null> {
  const clock = await context.tenantClocks.of(place.tenantId, place.mode);
  const now = context.clock.now();
  const outcome = await context.database.transaction(async (tx) => {
    const account = await lockReconciled(tx, newReconciledAccount(place, now));
    const lines = await selectUnsettledLines(tx, place, state, { after, limit: LINES_AT_ONCE });
    const last = lines.at(-1);
    if (last === undefined) return null;
    const findings = await findOut(tx, account, lines, { now, present: clock.now() });
    return { last: last.lineId, told: await writeFindings(tx, place, findings, { now, clock }) };
  });
  if (outcome === null) return null;
  const { last, told }: { readonly last: string; readonly told: Told } = outcome;
  crashPoint('statement-lines-matched');
  tell(context, told);
  return last;
}

interface Times {
  /** Of the rows that are written. */
  readonly now: Temporal.Instant;
  /** By which the tenant's lines are old or not. */
  readonly present: Temporal.Instant;
}

async function findOut(
  tx: Queryable,
  account: ReconciledAccount,
  lines: readonly StatementLine[],
  times: Times,
): Promise<Findings> {
  const lineIds = lines.map(({ lineId }) => lineId);
  const namings = await selectNamings(tx, account, lineIds);
  const namedIds = [...new Set(namings.map(({ id }) => id))];
  const operations = new Map((await selectOperations(tx, account, namedIds)).map((one) => [one.id, one]));
  const attempts = new Map<string, AttemptStanding>();
  for (const { line_id: lineId, state } of await selectNamedAttempts(tx, account, lineIds)) {
    attempts.set(lineId, UNDER_WAY.has(state) ? 'under_way' : 'over');
  }
  const refs = lines.filter(({ kind }) => kind === 'payout').map(payoutRefOf);
  const payouts = new Map((await selectPayoutsByRef(tx, account, refs)).map((one) => [one.payoutRef, one]));
  const namingsByLine = Map.groupBy(namings, ({ line_id: lineId }) => lineId);
  const books = new Books(account, operations, payouts, times);
  for (const line of lines.toSorted(oldestFirst)) {
    const candidates = (namingsByLine.get(line.lineId) ?? []).flatMap(({ id, named_by: namedBy }): Candidate[] => {
      const operation = operations.get(id);
      return operation === undefined ? [] : [{ operation, namedBy }];
    });
    books.enter(line, candidates, attempts.get(line.lineId) ?? null);
  }
  const judged = books.touched;
  const known = await selectExceptionsOf(tx, account.tenantId, [...lineIds, ...judged.map(({ id }) => id)]);
  // Two ways of telling one line are judged where they meet.
  return books.close(known.filter(({ kind }) => kind !== 'conflicting_line'));
}

function oldestFirst(one: StatementLine, other: StatementLine): number {
  return (
    Temporal.Instant.compare(one.occurredAt, other.occurredAt) ||
    Number(one.kind === 'adjustment') - Number(other.kind === 'adjustment') ||
    (one.lineRef < other.lineRef ? -1 : 1)
  );
}

/** Enters lines one after the other, each on what the ones before it left. */
class Books {
  readonly #account: ReconciledAccount;
  readonly #operations: Map<string, BookedOperation>;
  readonly #payouts: Map<string, Payout>;
  readonly #times: Times;
  readonly #touched = new Set<string>();
  readonly #lines: LineFinding[] = [];
  readonly #transfers: NewTransfer[] = [];
  readonly #paid: Payout[] = [];
  readonly #returned: Payout[] = [];
  readonly #mismatches: Mismatch[] = [];

  constructor(
    account: ReconciledAccount,
    operations: Map<string, BookedOperation>,
    payouts: Map<string, Payout>,
    times: Times,
  ) {
    this.#account = account;
    this.#operations = operations;
    this.#payouts = payouts;
    this.#times = times;
  }

  get touched(): readonly BookedOperation[] {
    return [...this.#touched].flatMap((id) => this.#operations.get(id) ?? []);
  }

  enter(line: StatementLine, candidates: readonly Candidate[], attempt: AttemptStanding | null): void {
    const patience = line.occurredAt.add({ hours: 24 * this.#account.missingAfterDays });
    const isOld = Temporal.Instant.compare(patience, this.#times.present) < 0;
    const attachment = attachLine(line, { candidates, attempt, isOld });
    switch (attachment.state) {
      case 'open':
        this.#open(line, attachment.kind, attachment.operation);
        break;
      case 'deferred':
        this.#lines.push({ lineId: line.lineId, state: 'deferred', operation: attachment.operation });
        break;
      case 'matched':
        this.#match(line, attachment.operation);
        break;
      case 'booked':
        if (line.kind === 'payout') this.#bookPayout(line);
        else this.#book(line);
    }
  }

  #match(line: StatementLine, operation: BookedOperation): void {
    const next = { ...operation, isSilentPair: false, said: withLine(operation.said, line) };
    this.#operations.set(operation.id, next);
    this.#touched.add(operation.id);
    this.#lines.push({ lineId: line.lineId, state: 'matched', operation });
    this.#bookCost(line, operation.paymentId);
  }

  close(known: Findings['known']): Findings {
    const { expectedFee } = this.#account;
    const judged = this.touched.map((operation) => ({
      operation,
      judgment: judgeOperation(operation, { isDue: true, expectedFee }),
    }));
    return {
      lines: this.#lines,
      judged,
      transfers: this.#transfers,
      paid: this.#paid,
      returned: this.#returned,
      known,
      mismatches: this.#mismatches,
    };
  }

  #open(line: StatementLine, kind: ExceptionKind, operation: BookedOperation | null): void {
    this.#lines.push({ lineId: line.lineId, state: 'open', operation });
    const { gross, fee, net, currency, statementId } = line;
    this.#mismatches.push({
      kind,
      subjectNoun: 'line',
      subjectId: line.lineId,
      paymentId: operation?.paymentId ?? null,
      statementId,
      currency,
      here: operation === null ? null : hereOf(operation),
      there: { gross, fee, net, currency },
      difference: -net,
    });
  }

  #book(line: StatementLine): void {
    this.#lines.push({ lineId: line.lineId, state: 'booked', operation: null });
    this.#bookCost(line, null);
  }

  #bookPayout(line: StatementLine): void {
    const ref = payoutRefOf(line);
    const { now } = this.#times;
    const payoutId = newId('po', { now: () => now });
    const news = readPayout(line, this.#payouts.get(ref) ?? null, { now, payoutId });
    if (news.kind === 'unknown' || news.kind === 'second') {
      this.#open(line, news.kind === 'second' ? 'duplicate' : 'missing_here', null);
      return;
    }
    this.#payouts.set(ref, news.payout);
    (news.kind === 'paid' ? this.#paid : this.#returned).push(news.payout);
    const kind = news.kind === 'paid' ? 'payout' : 'payout_returned';
    this.#transfers.push({ ...transferOf(line), kind, amount: news.payout.amount, paymentId: null });
    this.#book(line);
  }

  #bookCost(line: StatementLine, paymentId: string | null): void {
    const cost = costOf(line);
    if (cost === 0n) return;
    const moved = cost > 0n ? { kind: 'fee', amount: cost } : { kind: 'fee_returned', amount: -cost };
    this.#transfers.push({ ...transferOf(line), ...(moved as Pick<NewTransfer, 'kind' | 'amount'>), paymentId });
  }
}

function transferOf({ tenantId, mode, currency, providerAccountId, lineId }: StatementLine) {
  return { tenantId, mode, currency, providerAccountId, subjectId: lineId };
}

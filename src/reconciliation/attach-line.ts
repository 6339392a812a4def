import type { ExceptionKind } from './exception.ts';
import { isSound, type StatementLine } from './line.ts';
import type { LineKind } from './line-kind.ts';
import type { BookedOperation, Said } from './operation.ts';

/** How a line names an operation: by our id of it, the provider's, or only by the attempt it is of. */
type NamedBy = 'id' | 'ref' | 'attempt';

/** An operation that a line may be about. */
export interface Candidate {
  readonly operation: BookedOperation;
  readonly namedBy: NamedBy;
}

/** Where the attempt stands that a line names; `over`: nothing more comes of it by itself. */
export type AttemptStanding = 'under_way' | 'over';

/** What a line is: part of an operation, by itself, not yet to be told, or a difference. */
export type Attachment =
  | { readonly state: 'booked' }
  | { readonly state: 'matched'; readonly operation: BookedOperation }
  | { readonly state: 'deferred'; readonly operation: BookedOperation | null }
  | { readonly state: 'open'; readonly kind: ExceptionKind; readonly operation: BookedOperation | null };

interface Around {
  readonly candidates: readonly Candidate[];
  /** null: the line names no attempt of ours. */
  readonly attempt: AttemptStanding | null;
  /** Whether the line is so old that what is still under way here should long be known. */
  readonly isOld: boolean;
}

/**
 * Finds what a line is about. A line that names an operation is about it, by our id before the provider's; one that names
 * an attempt is about the operation of the attempt that has its amount and no line yet. What is still under way here is
 * waited for. A line of a failed operation counts for it: it is the sum of all its lines that is then wrong, or right
 * once the provider takes the line back.
 */
export function attachLine(line: StatementLine, { candidates, attempt, isOld }: Around): Attachment {
  const operation = chooseOperation(line, candidates);
  if (!isSound(line)) return { state: 'open', kind: 'fee', operation };
  if (line.kind === 'fee' || line.kind === 'payout') return { state: 'booked' };
  if (operation === null) {
    if (attempt === 'under_way' && !isOld) return { state: 'deferred', operation };
    // A charge has no other operation than its attempt; a refund or dispute that only the provider knows is news to us.
    const isContradiction = attempt !== null && line.kind === 'charge';
    return { state: 'open', kind: isContradiction ? 'status' : 'missing_here', operation };
  }
  if (operation.currency !== line.currency) return { state: 'open', kind: 'currency', operation };
  if (operation.status === 'pending') {
    return isOld ? { state: 'open', kind: 'status', operation } : { state: 'deferred', operation };
  }
  return isSecond(line, operation) ? { state: 'open', kind: 'duplicate', operation } : { state: 'matched', operation };
}

/** Whether a line is an operation itself, and no correction of one. */
function isMain(kind: LineKind): boolean {
  return kind !== 'adjustment';
}

/** The sums with one line more. */
export function withLine(said: Said, line: StatementLine): Said {
  return {
    lines: said.lines + 1,
    main: said.main + (isMain(line.kind) ? 1 : 0),
    gross: said.gross + line.gross,
    fee: said.fee + line.fee,
    net: said.net + line.net,
    statementId: line.statementId,
    settledAt: line.availableAt ?? line.occurredAt,
  };
}

const ORDER: Readonly<Record<NamedBy, number>> = { id: 0, ref: 1, attempt: 2 };

function chooseOperation(line: StatementLine, candidates: readonly Candidate[]): BookedOperation | null {
  const best = Math.min(...candidates.map(({ namedBy }) => ORDER[namedBy]));
  const equals = candidates.filter(({ namedBy }) => ORDER[namedBy] === best).map(({ operation }) => operation);
  // A correction of a charge that is known only by its attempt could be of any of its operations.
  if (best === ORDER.attempt && !isMain(line.kind) && equals.length > 1) return null;
  return equals.toSorted((one, other) => misfit(one, line) - misfit(other, line))[0] ?? null;
}

/** The lower the better; equal ones stay in the order of their ids, which is that of time. */
function misfit(operation: BookedOperation, line: StatementLine): number {
  const isTaken = operation.said.main > 0 ? 4 : 0;
  const differs = operation.currency === line.currency && operation.amount === line.gross ? 0 : 2;
  return isTaken + differs + (operation.status === 'failed' ? 1 : 0);
}

/** A charge may be settled in parts; what goes beyond its amount is there twice. Disputes are judged by their sums. */
function isSecond(line: StatementLine, { amount, said }: BookedOperation): boolean {
  if ((line.kind !== 'charge' && line.kind !== 'refund') || said.main === 0) return false;
  const together = said.gross + line.gross;
  return amount > 0n ? together > amount : together < amount;
}

import type { ExceptionKind, Mismatch } from './exception.ts';
import { type BookedOperation, bookedAmount, hereOf, thereOf } from './operation.ts';

/** What the account's contract says a charge costs; `tolerance` in minor units, for the provider's way of rounding. */
export interface ExpectedFee {
  readonly basisPoints: number;
  readonly fixed: number;
  readonly tolerance: number;
}

export interface Judgment {
  /** Whether the statements confirm it to the unit. */
  readonly isSettled: boolean;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Compares an operation with the sum of its lines. `isDue`: the statements reach so far beyond it that it must be on
 * them; until then silence says nothing.
 */
export function judgeOperation(
  operation: BookedOperation,
  { isDue, expectedFee }: { readonly isDue: boolean; readonly expectedFee: ExpectedFee | null },
): Judgment {
  const { noun, status, said } = operation;
  const difference = bookedAmount(operation) - said.gross;
  if (said.lines === 0 && (!isDue || difference === 0n)) return { isSettled: false, mismatches: [] };
  if (difference !== 0n) {
    return { isSettled: false, mismatches: [mismatch(operation, kindOf(operation), difference)] };
  }
  const isSettled = status === 'succeeded';
  const isCharged = noun === 'capture' && isSettled && expectedFee !== null;
  const isFeeWrong = isCharged && !isFeeExpected(operation, expectedFee);
  return { isSettled, mismatches: isFeeWrong ? [mismatch(operation, 'fee', 0n)] : [] };
}

function kindOf({ noun, status, said }: BookedOperation): ExceptionKind {
  if (status === 'failed') return 'status';
  if (said.lines > 0) return 'amount';
  // Its capture is on the statements: the provider has settled what was reversed.
  return noun === 'reversal' ? 'status' : 'missing_there';
}

/** Rounded half up, as contracts have it; the tolerance is for those that do not. */
function isFeeExpected({ said }: BookedOperation, { basisPoints, fixed, tolerance }: ExpectedFee): boolean {
  const share = (said.gross * BigInt(basisPoints) + 5_000n) / 10_000n;
  const off = said.fee - share - BigInt(fixed);
  return (off < 0n ? -off : off) <= BigInt(tolerance);
}

function mismatch(operation: BookedOperation, kind: ExceptionKind, difference: bigint): Mismatch {
  const { noun, id, paymentId, currency, said } = operation;
  return {
    kind,
    subjectNoun: noun,
    subjectId: id,
    paymentId,
    statementId: said.statementId,
    currency,
    here: hereOf(operation),
    there: thereOf(operation),
    difference,
  };
}

import type { NewTransfer, TransferKind } from '../ledger/transfer.ts';
import type { Applied, PaymentState } from './decision.ts';
import type { Dispute } from './dispute.ts';
import type { Operation } from './operation.ts';

/**
 * What a decision moves in the ledger, found by comparing what it leaves with what was there: money is posted when a
 * capture, refund or reversal succeeds, posted back when it fails after that, and for disputes as the totals grow.
 */
export function transfersOf(before: PaymentState, after: Applied): readonly NewTransfer[] {
  const { capture, refund, reversal, dispute } = before;
  return [
    ...(after.captures ?? []).flatMap((one) => {
      const earlier = capture?.captureId === one.captureId ? capture : null;
      return moves(one, earlier, one.captureId, { done: 'capture', undone: 'capture_failed' }, one.duplicate);
    }),
    ...(after.refunds ?? []).flatMap((one) => {
      const earlier = refund?.refundId === one.refundId ? refund : null;
      return moves(one, earlier, one.refundId, { done: 'refund', undone: 'refund_failed' }, one.duplicate);
    }),
    ...(after.reversal === undefined
      ? []
      : moves(after.reversal, reversal, after.reversal.reversalId, { done: 'reversal', undone: null }, false)),
    ...(after.dispute === undefined ? [] : disputeMoves(after.dispute, dispute)),
  ];
}

function moves(
  operation: Operation,
  earlier: Operation | null,
  subjectId: string,
  kinds: { readonly done: TransferKind; readonly undone: TransferKind | null },
  duplicate: boolean,
): readonly NewTransfer[] {
  const was = earlier?.status === 'succeeded';
  const is = operation.status === 'succeeded';
  const kind = is && !was ? kinds.done : was && !is ? kinds.undone : null;
  return kind === null ? [] : [{ ...placeOf(operation), kind, subjectId, amount: operation.amount, duplicate }];
}

function disputeMoves(dispute: Dispute, earlier: Dispute | null): readonly NewTransfer[] {
  const subjectId = dispute.disputeId;
  const withdrawn = dispute.amountWithdrawn - (earlier?.amountWithdrawn ?? 0n);
  const reinstated = dispute.amountReinstated - (earlier?.amountReinstated ?? 0n);
  const moved: readonly (readonly [TransferKind, bigint, bigint])[] = [
    ['dispute_withdrawn', withdrawn, dispute.amountWithdrawn],
    ['dispute_reinstated', reinstated, dispute.amountReinstated],
  ];
  return moved.flatMap(([kind, amount, step]) =>
    amount > 0n ? [{ ...placeOf(dispute), kind, subjectId, amount, step }] : [],
  );
}

function placeOf({ tenantId, mode, currency, providerAccountId, paymentId }: Operation | Dispute) {
  return { tenantId, mode, currency, providerAccountId, paymentId };
}

import type { DisputeReport } from '../providers/provider.ts';
import {
  type Circumstances,
  type Decision,
  type DisputeHappening,
  type Happening,
  type PaymentState,
  quarantined,
  unchanged,
  unfit,
} from './decision.ts';
import { DISPUTE_TRANSITIONS, type Dispute, nextDisputeSyncAt } from './dispute.ts';

/**
 * What a provider's word about a dispute makes of it. The totals only grow and the later of two reports tells the
 * status, so that every order of arrival ends the same.
 */
export function decideDisputeReport(state: PaymentState, report: DisputeReport, world: Circumstances): Decision {
  const { payment, attempt, dispute } = state;
  if (attempt === null) return quarantined('unknown_attempt');
  const { amount, currency } = report.amount;
  if (currency !== payment.currency || amount <= 0n || amount > payment.amount) return quarantined('amount_mismatch');
  if (report.reinstated < 0n || report.reinstated > report.withdrawn)
    return quarantined('reinstated_exceeds_withdrawn');
  if (dispute === null) {
    if (attempt.state !== 'captured' && attempt.state !== 'authorized') return unfit(world, 'dispute_before_capture');
    const opened: Dispute = {
      tenantId: payment.tenantId,
      disputeId: world.newId('dp'),
      paymentId: payment.paymentId,
      attemptId: attempt.attemptId,
      providerAccountId: attempt.providerAccountId,
      mode: payment.mode,
      providerRef: report.providerRef,
      amount: report.amount.amount,
      currency: report.amount.currency,
      reason: report.reason,
      status: report.state,
      evidenceDueAt: report.evidenceDueAt ?? null,
      amountWithdrawn: report.withdrawn,
      amountReinstated: report.reinstated,
      reportedAt: report.asOf,
      syncDueAt: null,
      createdAt: world.now,
      updatedAt: world.now,
    };
    return applied(payment, opened, happeningsOf(null, opened), world);
  }
  if (dispute.attemptId !== attempt.attemptId) return quarantined('attempt_mismatch');
  const next = merged(dispute, report);
  if (next.status !== dispute.status && !DISPUTE_TRANSITIONS[dispute.status].includes(next.status)) {
    return quarantined(`dispute_${next.status}_after_${dispute.status}`);
  }
  const happenings = happeningsOf(dispute, next);
  const isNews = happenings.length > 0 || Temporal.Instant.compare(next.reportedAt, dispute.reportedAt) > 0;
  return isNews ? applied(payment, next, happenings, world) : unchanged(`already ${dispute.status}`);
}

function applied(
  payment: PaymentState['payment'],
  dispute: Dispute,
  happenings: readonly Happening[],
  { now }: Circumstances,
): Decision {
  return {
    outcome: 'applied',
    payment,
    dispute: { ...dispute, syncDueAt: nextDisputeSyncAt(dispute, now) },
    happenings,
  };
}

function merged(dispute: Dispute, report: DisputeReport): Dispute {
  const amountWithdrawn = larger(dispute.amountWithdrawn, report.withdrawn);
  const amountReinstated = larger(dispute.amountReinstated, report.reinstated);
  const totals: Dispute = { ...dispute, amountWithdrawn, amountReinstated };
  if (Temporal.Instant.compare(report.asOf, dispute.reportedAt) <= 0) return totals;
  return {
    ...totals,
    status: report.state,
    reason: report.reason,
    amount: report.amount.amount,
    evidenceDueAt: report.evidenceDueAt ?? dispute.evidenceDueAt,
    reportedAt: report.asOf,
  };
}

function happeningsOf(before: Dispute | null, dispute: Dispute): readonly Happening[] {
  const told: DisputeHappening[] = [];
  if (before === null) told.push('opened');
  if (dispute.amountWithdrawn > (before?.amountWithdrawn ?? 0n)) told.push('funds_withdrawn');
  if (dispute.amountReinstated > (before?.amountReinstated ?? 0n)) told.push('funds_reinstated');
  const verdict = dispute.status === 'won' || dispute.status === 'lost' ? dispute.status : null;
  if (dispute.status !== before?.status && verdict !== null) told.push(verdict);
  const otherChange =
    before !== null &&
    ((dispute.status !== before.status && verdict === null) ||
      dispute.amount !== before.amount ||
      dispute.evidenceDueAt?.epochMilliseconds !== before.evidenceDueAt?.epochMilliseconds);
  if (otherChange) told.push('updated');
  return told.map((happening) => ({ type: `dispute.${happening}`, dispute }));
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

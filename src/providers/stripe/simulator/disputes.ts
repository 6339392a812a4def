import { z } from 'zod';
import { type Charge, type Dispute, newStripeId } from './account.ts';
import { invalidRequest } from './api-error.ts';
import { moveBalance } from './balance.ts';
import type { Desk } from './desk.ts';
import { expand, flag, metadata } from './form.ts';

const DAY_SECONDS = 86_400;
/** Of a dispute, in the smallest unit. */
const FEE = 1_500;

export const updateDisputeParams = z.strictObject({
  evidence: z.strictObject({ uncategorized_text: z.string().max(20_000).optional() }).optional(),
  metadata: metadata.optional(),
  submit: flag.default(true),
  expand,
});

const WAITING = ['needs_response', 'warning_needs_response', 'appeal_needs_response'];

/** The payer objects. An inquiry (`warning_needs_response`) takes no money. */
export function openDispute(
  desk: Desk,
  charge: Charge,
  { status, amount = charge.amount_captured }: { readonly status: string; readonly amount?: number },
): Dispute {
  const dispute: Dispute = {
    id: newStripeId('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: desk.now,
    currency: charge.currency,
    evidence: { uncategorized_text: null },
    evidence_details: { due_by: desk.now + 7 * DAY_SECONDS, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: status.startsWith('warning'),
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status,
  };
  charge.disputed = true;
  desk.account.objects.set(dispute.id, dispute);
  desk.tell('charge.dispute.created', dispute);
  if (!status.startsWith('warning')) withdraw(desk, dispute);
  return dispute;
}

/** The bank or the payer moves it on. Won: the money comes back. */
export function moveDispute(desk: Desk, dispute: Dispute, status: string): void {
  const wasInquiry = dispute.status.startsWith('warning');
  dispute.status = status;
  const isOver = ['won', 'lost', 'warning_closed', 'prevented'].includes(status);
  desk.tell(isOver ? 'charge.dispute.closed' : 'charge.dispute.updated', dispute);
  if (wasInquiry && !status.startsWith('warning') && dispute.balance_transactions.length === 0) withdraw(desk, dispute);
  if (status === 'won') {
    const { amount, currency, id: source } = dispute;
    const movement = { type: 'adjustment', category: 'dispute_reversal', amount, fee: -FEE, currency, source };
    dispute.balance_transactions.push(moveBalance(desk, movement));
    desk.tell('charge.dispute.funds_reinstated', dispute);
  }
}

/** https://docs.stripe.com/api/disputes/update: evidence that is submitted goes to the bank, once. */
export function updateDispute(desk: Desk, dispute: Dispute, params: z.output<typeof updateDisputeParams>): Dispute {
  const details = dispute.evidence_details;
  if (!WAITING.includes(dispute.status)) {
    throw invalidRequest('dispute_not_open', 'This dispute is not open for evidence');
  }
  Object.assign(dispute.metadata, params.metadata);
  if (params.evidence?.uncategorized_text !== undefined) {
    dispute.evidence.uncategorized_text = params.evidence.uncategorized_text;
    details.has_evidence = true;
  }
  if (params.submit) {
    details.submission_count += 1;
    dispute.status = dispute.status.replace('needs_response', 'under_review');
  }
  desk.tell('charge.dispute.updated', dispute);
  return dispute;
}

function withdraw(desk: Desk, dispute: Dispute): void {
  const { amount, currency, id: source } = dispute;
  const movement = { type: 'adjustment', category: 'dispute', amount: -amount, fee: FEE, currency, source };
  dispute.balance_transactions.push(moveBalance(desk, movement));
  desk.tell('charge.dispute.funds_withdrawn', dispute);
}

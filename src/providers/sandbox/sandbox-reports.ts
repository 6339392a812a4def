import type {
  AttemptReport,
  CaptureReport,
  Decline,
  DeclineReason,
  DisputeReport,
  NextAction,
  OperationReport,
  RefundReport,
  ReversalReport,
} from '../provider.ts';
import type { Instrument } from '../provider-instrument.ts';
import type {
  WireCapture,
  WireCharge,
  WireDispute,
  WireOperation,
  WireRefund,
  WireReversal,
  WireWholeCharge,
} from './sandbox-wire.ts';

const DECLINE_REASONS: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: 'insufficient_funds',
  suspected_fraud: 'fraud',
};

/** The charge in the gateway's words, or null where its fields contradict one another. */
export function reportOf(found: WireCharge): AttemptReport | null {
  if (!addsUp(found)) return null;
  const { state, currency, amountAuthorized, amountCaptured, authorizationExpiresAt } = found;
  const afterAuthorization = amountAuthorized > 0n;
  switch (state) {
    case 'requires_action':
      if (found.action === null) return null;
      return { state, nextAction: nextActionOf(found.action), expiresAt: found.expiresAt };
    case 'authorized':
      if (amountAuthorized === 0n || authorizationExpiresAt === null) return null;
      return { state, amount: { amount: amountAuthorized, currency }, authorizationExpiresAt, ...paidWith(found) };
    case 'captured':
      return amountCaptured === 0n ? null : { state, amount: { amount: amountCaptured, currency }, ...paidWith(found) };
    case 'declined':
      return found.decline === null ? null : { state, decline: declineOf(found.decline) };
    case 'canceled':
    case 'expired':
      return afterAuthorization ? { state, afterAuthorization } : { state };
    case 'pending':
      return { state };
  }
}

function paidWith({ paidWith: told }: WireCharge): { readonly instrument?: Instrument; readonly authCode?: string } {
  if (told == null) return {};
  const { authCode, ...card } = told;
  return { instrument: { type: 'card', ...card }, authCode };
}

/** Each amount within the one before it, and none where the state allows none. */
function addsUp(found: WireCharge): boolean {
  const { state, amount, amountAuthorized, amountCaptured, amountRefunded, amountReversed } = found;
  const ordered = amountRefunded <= amountCaptured && amountCaptured <= amountAuthorized && amountAuthorized <= amount;
  if (!ordered) return false;
  if (amountReversed > 0n && (amountReversed !== amountCaptured || amountRefunded > 0n)) return false;
  if (found.authorizationExpiresAt !== null && state !== 'authorized') return false;
  if (state === 'authorized') return amountCaptured < amountAuthorized;
  return state === 'captured' || amountCaptured === 0n;
}

/** Whether everything in a charge's answer says the same: each part belongs to it, and the sums are its totals. */
export function isConsistent(found: WireWholeCharge): boolean {
  const { captures, refunds, reversals, disputes } = found;
  const operations = [...captures, ...refunds, ...reversals];
  const parts = [...operations, ...disputes];
  if (!parts.every((part) => belongsTo(part, found))) return false;
  if (new Set(parts.map(({ id }) => id)).size !== parts.length) return false;
  // Money that was taken with the authorization is in no list.
  const captured = captures.length === 0 ? found.amountCaptured : sumOf(captures, ['succeeded']);
  return (
    captured === found.amountCaptured &&
    sumOf(captures, ['pending', 'succeeded']) <= found.amountAuthorized &&
    sumOf(refunds, ['pending', 'succeeded']) === found.amountRefunded &&
    sumOf(reversals, ['pending', 'succeeded']) === found.amountReversed
  );
}

function sumOf(operations: readonly WireOperation[], states: readonly WireOperation['state'][]): bigint {
  return operations.reduce((sum, { amount, state }) => sum + (states.includes(state) ? amount : 0n), 0n);
}

/** Whether a part says it belongs to this charge, in every field that can say so, and could. */
export function belongsTo(part: WireOperation | WireDispute, its: WireCharge): boolean {
  if (part.chargeId !== its.id || part.chargeReference !== its.reference) return false;
  if (part.currency !== its.currency || part.amount === 0n || part.amount > its.amount) return false;
  return part.object !== 'dispute' || (part.reinstated <= part.withdrawn && part.withdrawn <= part.amount);
}

/** The capture in the gateway's words. */
export function captureReportOf(found: WireCapture): CaptureReport {
  return { captureId: found.reference, final: found.final, ...operationReportOf(found) };
}

/** The refund in the gateway's words. */
export function refundReportOf(found: WireRefund): RefundReport {
  return { refundId: found.reference, ...operationReportOf(found) };
}

/** The reversal in the gateway's words. */
export function reversalReportOf(found: WireReversal): ReversalReport {
  return { reversalId: found.reference, ...operationReportOf(found) };
}

/** The dispute in the gateway's words. */
export function disputeReportOf(found: WireDispute): DisputeReport {
  const { id, state, amount, currency, reason, evidenceDueAt, withdrawn, reinstated, updatedAt } = found;
  return {
    providerRef: id,
    state,
    amount: { amount, currency },
    reason,
    ...(evidenceDueAt === null ? {} : { evidenceDueAt }),
    withdrawn,
    reinstated,
    asOf: updatedAt,
  };
}

function operationReportOf(found: WireOperation): OperationReport {
  return {
    providerRef: found.id,
    amount: { amount: found.amount, currency: found.currency },
    state: found.state,
    ...(found.failureCode === null ? {} : { failureCode: found.failureCode }),
  };
}

function nextActionOf(action: NonNullable<WireCharge['action']>): NextAction {
  return action.type === 'qr' ? action : { ...action, embeddable: true };
}

function declineOf(decline: NonNullable<WireCharge['decline']>): Decline {
  return {
    reason: DECLINE_REASONS[decline.code] ?? 'other',
    providerCode: decline.code,
    message: decline.message,
  };
}

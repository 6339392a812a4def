import { z } from 'zod';
import { amountFromJson } from '../../kernel/money.ts';
import type { AttemptReport, DeclineReason, NextAction, RefundReport } from '../provider.ts';

const amount = z.int().nonnegative().transform(amountFromJson);
const instant = z.iso.datetime().transform((text) => Temporal.Instant.from(text));
const webUrl = z.url({ protocol: /^https?$/ });

const refund = z.strictObject({
  id: z.string().regex(/^rf_[0-9a-f]{32}$/),
  object: z.literal('refund'),
  chargeId: z.string(),
  chargeReference: z.string(),
  reference: z.string(),
  amount,
  currency: z.string(),
  state: z.enum(['pending', 'succeeded', 'failed']),
  failureCode: z.string().max(100).nullable(),
  createdAt: instant,
});

const charge = z.strictObject({
  id: z.string().regex(/^ch_[0-9a-f]{32}$/),
  object: z.literal('charge'),
  merchantCode: z.string(),
  reference: z.string(),
  state: z.enum(['requires_action', 'pending', 'authorized', 'captured', 'declined', 'canceled', 'expired']),
  amount,
  currency: z.string(),
  captureMethod: z.enum(['automatic', 'manual']),
  amountAuthorized: amount,
  amountCaptured: amount,
  amountRefunded: amount,
  decline: z.strictObject({ code: z.string().max(100), message: z.string().max(500) }).nullable(),
  action: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('redirect'), url: webUrl }),
      z.strictObject({ type: z.literal('qr'), payload: z.string().min(1).max(2_000) }),
    ])
    .nullable(),
  expiresAt: instant,
  createdAt: instant,
  updatedAt: instant,
});

const CHARGE_EVENTS = [
  'charge.pending',
  'charge.authorized',
  'charge.captured',
  'charge.declined',
  'charge.canceled',
  'charge.expired',
] as const;
const REFUND_EVENTS = ['refund.pending', 'refund.succeeded', 'refund.failed'] as const;

const eventEnvelope = { id: z.string().min(1).max(64), object: z.literal('event'), createdAt: instant, charge };

export const wireRefund = refund;
export const wireCharge = charge.extend({ refunds: z.array(refund) });
export const wireEvent = z.union([
  z.strictObject({ ...eventEnvelope, type: z.enum(CHARGE_EVENTS), refund: z.null() }),
  z.strictObject({ ...eventEnvelope, type: z.enum(REFUND_EVENTS), refund }),
]);
export const wireError = z.strictObject({
  error: z.strictObject({ code: z.string().max(100), message: z.string().max(500) }),
});

export type WireRefund = z.output<typeof wireRefund>;
/** A charge as notifications carry it; answers have its refunds besides. */
export type WireCharge = z.output<typeof charge>;
export type WireEvent = z.output<typeof wireEvent>;

const DECLINE_REASONS: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: 'insufficient_funds',
  suspected_fraud: 'fraud',
};

/** The charge in the gateway's words, or null where its fields contradict one another. */
export function reportOf(found: WireCharge): AttemptReport | null {
  const { state, currency, amountAuthorized, amountCaptured, amountRefunded } = found;
  const ordered = amountRefunded <= amountCaptured && amountCaptured <= amountAuthorized;
  if (!ordered || amountAuthorized > found.amount) return null;
  if (state !== 'captured' && amountCaptured > 0n) return null;
  switch (state) {
    case 'requires_action':
      if (found.action === null) return null;
      return { state, nextAction: nextActionOf(found.action), expiresAt: found.expiresAt };
    case 'authorized':
      return amountAuthorized === 0n ? null : { state, amount: { amount: amountAuthorized, currency } };
    case 'captured':
      return amountCaptured === 0n ? null : { state, amount: { amount: amountCaptured, currency } };
    case 'declined':
      return found.decline === null ? null : { state, decline: declineOf(found.decline) };
    case 'pending':
    case 'canceled':
    case 'expired':
      return { state };
  }
}

export function refundReportOf(found: WireRefund): RefundReport {
  return {
    refundId: found.reference,
    providerRef: found.id,
    amount: { amount: found.amount, currency: found.currency },
    state: found.state,
    ...(found.failureCode === null ? {} : { failureCode: found.failureCode }),
  };
}

/** Whether a refund says it belongs to this charge, in every field that can say so. */
export function belongsTo(found: WireRefund, its: WireCharge): boolean {
  return found.chargeId === its.id && found.chargeReference === its.reference && found.currency === its.currency;
}

function nextActionOf(action: NonNullable<WireCharge['action']>): NextAction {
  return action.type === 'qr' ? action : { ...action, embeddable: true };
}

function declineOf(
  decline: NonNullable<WireCharge['decline']>,
): Extract<AttemptReport, { state: 'declined' }>['decline'] {
  return {
    reason: DECLINE_REASONS[decline.code] ?? 'other',
    providerCode: decline.code,
    message: decline.message,
  };
}

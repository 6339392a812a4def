import { z } from 'zod';
import { amountFromJson } from '../../kernel/money.ts';

const amount = z.int().nonnegative().transform(amountFromJson);
const instant = z.iso.datetime().transform((text) => Temporal.Instant.from(text));
const webUrl = z.url({ protocol: /^https?$/ });

const OPERATION = {
  chargeId: z.string(),
  chargeReference: z.string(),
  reference: z.string().min(1).max(64).nullable(),
  amount,
  currency: z.string(),
  state: z.enum(['pending', 'succeeded', 'failed']),
  failureCode: z.string().max(100).nullable(),
  createdAt: instant,
};

export const wireCapture = z.strictObject({
  id: z.string().regex(/^cp_[0-9a-f]{32}$/),
  object: z.literal('capture'),
  ...OPERATION,
  final: z.boolean(),
});
export const wireRefund = z.strictObject({
  id: z.string().regex(/^rf_[0-9a-f]{32}$/),
  object: z.literal('refund'),
  ...OPERATION,
});
export const wireReversal = z.strictObject({
  id: z.string().regex(/^rv_[0-9a-f]{32}$/),
  object: z.literal('reversal'),
  ...OPERATION,
});
export const wireDispute = z.strictObject({
  id: z.string().regex(/^ds_[0-9a-f]{32}$/),
  object: z.literal('dispute'),
  chargeId: z.string(),
  chargeReference: z.string(),
  state: z.enum(['inquiry', 'opened', 'under_review', 'won', 'lost']),
  amount,
  currency: z.string(),
  reason: z.string().min(1).max(100),
  evidenceDueAt: instant.nullable(),
  withdrawn: amount,
  reinstated: amount,
  createdAt: instant,
  updatedAt: instant,
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
  amountReversed: amount,
  paidWith: z
    .strictObject({
      brand: z.string().max(40),
      bin: z.string().regex(/^\d{6}$/),
      last4: z.string().regex(/^\d{4}$/),
      accountType: z.string().max(40),
      authCode: z.string().max(12),
    })
    // Notifications that waited since before it was told have none.
    .nullish(),
  decline: z.strictObject({ code: z.string().max(100), message: z.string().max(500) }).nullable(),
  action: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('redirect'), url: webUrl }),
      z.strictObject({ type: z.literal('qr'), payload: z.string().min(1).max(2_000) }),
    ])
    .nullable(),
  expiresAt: instant,
  authorizationExpiresAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
});

/** A charge as answers have it, with everything that was done to its money. */
export const wireCharge = charge.extend({
  captures: z.array(wireCapture),
  refunds: z.array(wireRefund),
  reversals: z.array(wireReversal),
  disputes: z.array(wireDispute),
});

const ABOUT_CHARGE = {
  ...{ id: z.string().min(1).max(64), object: z.literal('event'), createdAt: instant, charge },
  ...{ capture: z.null(), refund: z.null(), reversal: z.null(), dispute: z.null() },
};
const STATES = ['pending', 'authorized', 'captured', 'declined', 'canceled', 'expired'] as const;

export const wireEvent = z.union([
  z.strictObject({ ...ABOUT_CHARGE, type: z.templateLiteral(['charge.', z.enum(STATES)]) }),
  z.strictObject({
    ...ABOUT_CHARGE,
    type: z.templateLiteral(['capture.', OPERATION.state]),
    capture: wireCapture,
  }),
  z.strictObject({ ...ABOUT_CHARGE, type: z.templateLiteral(['refund.', OPERATION.state]), refund: wireRefund }),
  z.strictObject({ ...ABOUT_CHARGE, type: z.templateLiteral(['reversal.', OPERATION.state]), reversal: wireReversal }),
  z.strictObject({
    ...ABOUT_CHARGE,
    type: z.templateLiteral(['dispute.', wireDispute.shape.state]),
    dispute: wireDispute,
  }),
]);
/** A notification of a kind that was added since. */
export const wireUnheardEvent = z.object({
  ...{ id: z.string().min(1).max(64), object: z.literal('event') },
  type: z.string().regex(/^(?!(?:charge|capture|refund|reversal|dispute)\.)[a-z_]+\.[a-z_]+$/),
});

export const wireError = z.strictObject({
  error: z.strictObject({ code: z.string().max(100), message: z.string().max(500) }),
});

export type WireCapture = z.output<typeof wireCapture>;
export type WireRefund = z.output<typeof wireRefund>;
export type WireReversal = z.output<typeof wireReversal>;
export type WireOperation = WireCapture | WireRefund | WireReversal;
export type WireDispute = z.output<typeof wireDispute>;
/** A charge as notifications carry it. */
export type WireCharge = z.output<typeof charge>;
export type WireWholeCharge = z.output<typeof wireCharge>;
export type WireEvent = z.output<typeof wireEvent>;

import type { Mode } from '../kernel/caller.ts';
import { AMOUNT_MAX } from '../kernel/money.ts';
import type { CartItem } from '../payments/payment.ts';
import type { EmvcoProfile } from './emvco-profile.ts';

/** What a shopper scans to pay a tenant: once (a bill) or any number of times (a sign on the wall). */
export interface QrCode {
  readonly tenantId: string;
  readonly qrCodeId: string;
  readonly mode: Mode;
  /** What its address ends in. */
  readonly token: string;
  /** In the sense of EMVCo: the same code for many payments, or one made for one payment. */
  readonly kind: QrCodeKind;
  readonly content: QrCodeContent;
  readonly reference: string | null;
  /** null: the shopper enters it. Where the shopper may change it, a proposal. */
  readonly amount: bigint | null;
  readonly currency: string;
  readonly amountEditable: boolean;
  readonly amountMin: bigint | null;
  readonly amountMax: bigint | null;
  readonly uses: 'single' | 'many';
  readonly usesMax: number | null;
  /** Payments that were begun. */
  readonly usesMade: number;
  readonly expiresAt: Temporal.Instant | null;
  readonly canceledAt: Temporal.Instant | null;
  readonly paymentFields: QrPaymentFields;
  readonly emvco: EmvcoProfile | null;
  readonly version: number;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** What each of its payments is made with, beside amount and reference. */
export interface QrPaymentFields {
  readonly captureMethod: 'automatic' | 'manual';
  readonly description?: string | undefined;
  readonly statementDescriptor?: string | undefined;
  readonly productId?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly notificationUrl?: string | undefined;
  readonly cartItems?: readonly CartItem[] | undefined;
  readonly terminalId?: string | undefined;
  readonly subMerchantName?: string | undefined;
  readonly mcc?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One scan that became a payment, or is becoming one. */
export interface QrCodeUse {
  readonly tenantId: string;
  readonly qrCodeId: string;
  readonly useNumber: number;
  readonly visit: string;
  readonly amount: bigint;
  readonly paymentId: string | null;
  readonly createdAt: Temporal.Instant;
}

export const QR_CODE_KINDS = ['static', 'dynamic'] as const;
export type QrCodeKind = (typeof QR_CODE_KINDS)[number];

/** `url`: our address, for any phone. `emvco`: a merchant-presented payload, for the apps of payment schemes. */
export const QR_CODE_CONTENTS = ['url', 'emvco'] as const;
export type QrCodeContent = (typeof QR_CODE_CONTENTS)[number];

export const QR_CODE_STATUSES = ['active', 'used', 'expired', 'canceled'] as const;
export type QrCodeStatus = (typeof QR_CODE_STATUSES)[number];

/** Nothing leads back: a code that was given up must not pay for something else later. */
export const QR_CODE_TRANSITIONS: Readonly<Record<QrCodeStatus, readonly QrCodeStatus[]>> = {
  active: ['used', 'expired', 'canceled'],
  used: [],
  expired: [],
  canceled: [],
};

type StatusFacts = Pick<QrCode, 'canceledAt' | 'usesMax' | 'usesMade' | 'expiresAt'>;

/**
 * Where a code stands at an instant. Worked out from what happened to it, so that nobody has to be in time to write it
 * down; a code that was used up in time stays used after its end.
 */
export function qrCodeStatus(code: StatusFacts, now: Temporal.Instant): QrCodeStatus {
  if (code.canceledAt !== null) return 'canceled';
  if (code.usesMax !== null && code.usesMade >= code.usesMax) return 'used';
  return code.expiresAt !== null && Temporal.Instant.compare(now, code.expiresAt) >= 0 ? 'expired' : 'active';
}

/** What its payments carry as `orderId`, by which they are listed. */
export function orderIdOf({ reference, qrCodeId }: Pick<QrCode, 'reference' | 'qrCodeId'>): string {
  return reference ?? qrCodeId;
}

/** The rule that an amount of a shopper or of the tenant breaks; null where it breaks none. */
export function amountRule(
  { amountMin, amountMax }: Pick<QrCode, 'amountMin' | 'amountMax'>,
  amount: bigint,
): 'below' | 'above' | null {
  if (amount < (amountMin ?? 1n)) return 'below';
  return amount > (amountMax ?? AMOUNT_MAX) ? 'above' : null;
}

import { amountToJson } from '../kernel/money.ts';
import type { EmvcoSubject } from './emvco-payload.ts';
import { emvcoPayload } from './emvco-payload.ts';
import { orderIdOf, type QrCode, qrCodeStatus } from './qr-code.ts';
import type { QrCodeAnswer } from './qr-code-shape.ts';

interface QrCodeFacts {
  /** Where the tenant's shoppers pay, without a slash at the end. */
  readonly checkoutUrl: string;
  readonly now: Temporal.Instant;
  readonly latestPaymentId: string | null;
}

/** The code as its tenant sees it. */
export function qrCodeJson(code: QrCode, { checkoutUrl, now, latestPaymentId }: QrCodeFacts): QrCodeAnswer {
  const { paymentFields: fields } = code;
  const url = qrCodeUrl(checkoutUrl, code);
  return {
    id: code.qrCodeId,
    object: 'qr_code',
    mode: code.mode,
    tenantId: code.tenantId,
    kind: code.kind,
    content: code.content,
    reference: code.reference,
    orderId: orderIdOf(code),
    status: qrCodeStatus(code, now),
    amount: amountOrNull(code.amount),
    currency: code.currency,
    amountEditable: code.amountEditable,
    amountMin: amountOrNull(code.amountMin),
    amountMax: amountOrNull(code.amountMax),
    uses: code.uses,
    usesMax: code.usesMax,
    usesMade: code.usesMade,
    latestPaymentId,
    expiresAt: code.expiresAt?.toString() ?? null,
    canceledAt: code.canceledAt?.toString() ?? null,
    description: fields.description ?? null,
    statementDescriptor: fields.statementDescriptor ?? null,
    productId: fields.productId ?? null,
    captureMethod: fields.captureMethod,
    returnUrl: fields.returnUrl ?? null,
    notificationUrl: fields.notificationUrl ?? null,
    cartItems: fields.cartItems === undefined ? null : [...fields.cartItems],
    terminalId: fields.terminalId ?? null,
    subMerchantName: fields.subMerchantName ?? null,
    mcc: fields.mcc ?? null,
    metadata: { ...fields.metadata },
    emvco: code.emvco,
    url,
    payload: qrCodePayload(checkoutUrl, code),
    imageUrl: `${url}/image.svg`,
    imagePngUrl: `${url}/image.png`,
    version: code.version,
    createdAt: code.createdAt.toString(),
    updatedAt: code.updatedAt.toString(),
  };
}

/** The text in the code. */
export function qrCodePayload(checkoutUrl: string, code: QrCode): string {
  const subject = emvcoSubject(code);
  return subject === null ? qrCodeUrl(checkoutUrl, code) : emvcoPayload(subject);
}

/** Longer ones do not fit into the payload. */
const REFERENCE_LABEL_CHARACTERS_MAX = 25;

/** What an `emvco` code says; null for one that holds our address. */
export function emvcoSubject(code: QrCode): EmvcoSubject | null {
  const { emvco: profile, kind, currency, reference, token, paymentFields } = code;
  if (profile === null) return null;
  return {
    ...{ profile, kind, currency },
    mcc: paymentFields.mcc ?? '',
    amount: code.amountEditable ? null : code.amount,
    referenceLabel: reference !== null && reference.length <= REFERENCE_LABEL_CHARACTERS_MAX ? reference : token,
    terminalId: paymentFields.terminalId ?? null,
  };
}

function qrCodeUrl(checkoutUrl: string, { token }: QrCode): string {
  return `${checkoutUrl}/q/${token}`;
}

function amountOrNull(amount: bigint | null): number | null {
  return amount === null ? null : amountToJson(amount);
}

import type { DialectEvent } from '../src/notifications/dialects/dialect.ts';

/** The events of the test vectors in docs/dialects/vectors. Every name, key and amount is made up. */

export interface VectorEvent {
  readonly name: string;
  /** When the attempt is made. */
  readonly at: string;
  readonly event: DialectEvent;
}

const TENANT_ID = 'ten_01kaj2m3n4p5q6r7s8t9v0w1x0';
const PAYMENT_ID = 'pay_01kaj2m3n4p5q6r7s8t9v0w1x3';
const ACCOUNT_ID = 'pa_01kaj2m3n4p5q6r7s8t9v0w1xa';
const HAPPENED_AT = '2026-11-21T09:30:00.123Z';
const ATTEMPTED_AT = '2026-11-21T09:30:01.045Z';

interface Fields {
  readonly [name: string]: unknown;
}

const CREATED = {
  id: PAYMENT_ID,
  object: 'payment',
  mode: 'test',
  tenantId: TENANT_ID,
  reference: 'order-1042',
  amount: 1250,
  amountCapturable: 0,
  amountCaptured: 0,
  amountRefunded: 0,
  currency: 'EUR',
  status: 'created',
  late: false,
  duplicatePayment: false,
  reversalId: null,
  captureMethod: 'automatic',
  description: 'Two cups',
  statementDescriptor: 'TEAPOT SHOP',
  orderId: '1042',
  productId: 'prd_01kaj2m3n4p5q6r7s8t9v0w1x1',
  returnUrl: 'https://shop.example/thanks',
  cancelUrl: null,
  notificationUrl: null,
  cartItems: [{ description: 'A cup', quantity: 2, value: 625 }],
  requestShipping: false,
  shippingAddress: null,
  terminalId: null,
  subMerchantName: null,
  mcc: null,
  rrn2: null,
  attemptsMax: 3,
  providerAccountId: null,
  metadata: { table: '7' },
  expiresAt: '2026-11-21T09:45:00Z',
  authorizationExpiresAt: null,
  createdAt: '2026-11-21T09:29:00Z',
  updatedAt: '2026-11-21T09:29:00Z',
  version: 1,
  latestAttempt: null,
  nextAction: null,
};

const ATTEMPT = {
  id: 'att_01kaj2m3n4p5q6r7s8t9v0w1x4',
  state: 'captured',
  provider: 'sandbox',
  providerAccountId: ACCOUNT_ID,
  providerRef: 'sbx_58301',
  chargeRef: 'ch_58301',
  failureCode: null,
  instrument: { type: 'card', brand: 'visa', bin: '424242', last4: '4242', accountType: 'credit' },
  authCode: '831000',
  createdAt: '2026-11-21T09:29:30Z',
};

const OPERATION = {
  paymentId: PAYMENT_ID,
  amount: 1250,
  currency: 'EUR',
  status: 'succeeded',
  failureCode: null,
  madeBy: 'tenant',
  createdAt: HAPPENED_AT,
  updatedAt: HAPPENED_AT,
};

const CAPTURE = {
  id: 'cap_01kaj2m3n4p5q6r7s8t9v0w1x5',
  object: 'capture',
  ...OPERATION,
  final: true,
  duplicate: false,
};
const REVERSAL = { id: 'rev_01kaj2m3n4p5q6r7s8t9v0w1x6', object: 'reversal', ...OPERATION, reason: 'Out of cups' };
const REFUND = {
  id: 're_01kaj2m3n4p5q6r7s8t9v0w1x7',
  object: 'refund',
  ...{ ...OPERATION, amount: 625 },
  ...{ reason: 'One cup came broken', reference: null, duplicate: false, settlement: null },
};
const DISPUTE = {
  id: 'dp_01kaj2m3n4p5q6r7s8t9v0w1x8',
  object: 'dispute',
  ...{ paymentId: PAYMENT_ID, amount: 1250, currency: 'EUR', status: 'opened', reason: 'Goods not received' },
  ...{ evidenceDueAt: '2026-12-05T00:00:00Z', amountWithdrawn: 1250, amountReinstated: 0 },
  ...{ createdAt: HAPPENED_AT, updatedAt: HAPPENED_AT },
};

const succeeded = (fields: Fields = {}): Fields => ({
  ...CREATED,
  ...{ status: 'succeeded', amountCaptured: fields.amount ?? 1250, latestAttempt: ATTEMPT, version: 3 },
  ...{ updatedAt: HAPPENED_AT, ...fields },
});

const declined = (failureCode: string, fields: Fields = {}): Fields => ({
  ...CREATED,
  latestAttempt: { ...ATTEMPT, state: 'declined', chargeRef: null, failureCode, instrument: null, authCode: null },
  ...{ updatedAt: HAPPENED_AT, version: 3, ...fields },
});

const NOTHING_OPTIONAL = { productId: null, statementDescriptor: null, cartItems: null, description: null };

/** `payment`: what differs in the payment as it was created, which dialects with words of their own are told as well. */
function told(
  name: string,
  type: string,
  object: unknown,
  payment: Fields | null = {},
  at = ATTEMPTED_AT,
): VectorEvent {
  const created = payment === null ? null : { ...CREATED, capture: null, reversal: null, ...payment };
  return {
    name,
    at,
    event: {
      tenantId: TENANT_ID,
      eventId: 'evt_01kaj2m3n4p5q6r7s8t9v0w1x2',
      mode: 'test',
      type,
      apiVersion: '2026-11-21',
      paymentId: payment === null ? null : PAYMENT_ID,
      notificationUrl: null,
      object,
      createdAt: Temporal.Instant.from(HAPPENED_AT),
      payment: created,
    },
  };
}

const UNICODE = { reference: 'order/1043', statementDescriptor: 'TEEHAUS & CAFÉ', description: '两杯茶 ☕ — 12,50 €' };

const YEN = { amount: 1250, currency: 'JPY', cartItems: [{ description: 'カップ', quantity: 1, value: 1250 }] };
const DINAR = { amount: 1250, currency: 'KWD', cartItems: null };
const DONG = { amount: 250_000, currency: 'VND', cartItems: null };

const SHIPPED = {
  requestShipping: true,
  shippingAddress: {
    ...{ country: 'ZA', name: 'Thandi Ngcobo', line1: '12 Long Street', line2: 'Flat 3', district: 'Gardens' },
    ...{ city: 'Kaapstad', postalCode: '8001', phone: '+27 83 000 0000' },
  },
  ...{ terminalId: 'T-7', subMerchantName: 'Corner Shop', mcc: '5411', rrn2: '000000004711' },
};

export const VND_PAID = 'the currency of Viet Nam, which has no decimals';
export const VND_DECLINED = 'payment.failed in the currency of Viet Nam';
export const VND_EXPIRED = 'payment.expired in the currency of Viet Nam';
export const VND_REFUNDED = 'refund.succeeded in the currency of Viet Nam';

const PAYOUT = {
  ...{ id: 'po_01kaj2m3n4p5q6r7s8t9v0w1x9', object: 'payout', mode: 'test', providerAccountId: ACCOUNT_ID },
  ...{ providerRef: 'po_58310', status: 'paid', amount: 123_456_789, currency: 'EUR' },
  ...{ statementId: 'st_01kaj2m3n4p5q6r7s8t9v0w1xb', paidAt: HAPPENED_AT, returnedAt: null },
  ...{ createdAt: HAPPENED_AT, updatedAt: HAPPENED_AT },
};

export const VECTOR_EVENTS: readonly VectorEvent[] = [
  told('payment.succeeded', 'payment.succeeded', succeeded(), { capture: CAPTURE }),
  told('payment.authorized', 'payment.authorized', succeeded({ status: 'authorized', amountCaptured: 0 }), {
    captureMethod: 'manual',
  }),
  told('payment.attempt_failed', 'payment.attempt_failed', declined('insufficient_funds')),
  told('payment.failed', 'payment.failed', declined('do_not_honor', { status: 'failed' })),
  told('payment.canceled', 'payment.canceled', { ...CREATED, status: 'canceled', updatedAt: HAPPENED_AT, version: 2 }),
  told('payment.expired', 'payment.expired', { ...CREATED, status: 'expired', updatedAt: HAPPENED_AT, version: 2 }),
  told(
    'payment.reversed',
    'payment.reversed',
    succeeded({ status: 'reversed', amountCaptured: 0, reversalId: REVERSAL.id, version: 4 }),
    { capture: CAPTURE, reversal: REVERSAL },
  ),
  told('reversal.succeeded, of the same reversal', 'reversal.succeeded', REVERSAL, {
    ...{ capture: CAPTURE, reversal: REVERSAL },
  }),
  told('refund.succeeded, of a part', 'refund.succeeded', REFUND, { capture: CAPTURE }),
  told('dispute.opened', 'dispute.opened', DISPUTE, { capture: CAPTURE }),
  told('dispute.won', 'dispute.won', { ...DISPUTE, status: 'won', evidenceDueAt: null }, { capture: CAPTURE }),
  told('payout.paid, which belongs to no payment', 'payout.paid', PAYOUT, null),
  told('letters beyond ASCII', 'payment.succeeded', succeeded(UNICODE), { ...UNICODE, capture: CAPTURE }),
  told('an address, and a sub-merchant', 'payment.succeeded', succeeded(SHIPPED), { ...SHIPPED, capture: CAPTURE }),
  told('refund.succeeded, of an order with an address', 'refund.succeeded', REFUND, {
    ...{ ...SHIPPED, capture: CAPTURE, latestAttempt: ATTEMPT },
  }),
  told('nothing that is optional', 'payment.succeeded', succeeded(NOTHING_OPTIONAL), {
    ...NOTHING_OPTIONAL,
    capture: CAPTURE,
  }),
  told('a currency without decimals', 'payment.succeeded', succeeded(YEN), { ...YEN, capture: CAPTURE }),
  told('a currency with three decimals', 'payment.succeeded', succeeded(DINAR), { ...DINAR, capture: CAPTURE }),
  told(VND_PAID, 'payment.succeeded', succeeded(DONG), { ...DONG, capture: CAPTURE }),
  told(VND_DECLINED, 'payment.failed', declined('do_not_honor', { ...DONG, status: 'failed' }), DONG),
  told(VND_EXPIRED, 'payment.expired', { ...CREATED, ...DONG, status: 'expired', version: 2 }, DONG),
  told(VND_REFUNDED, 'refund.succeeded', { ...REFUND, amount: 50_000, currency: 'VND' }, { ...DONG, capture: CAPTURE }),
  told(
    'the same event on a later attempt: other stamps, the same webhook-id',
    'payment.succeeded',
    succeeded(),
    { capture: CAPTURE },
    '2026-11-21T13:30:02.999Z',
  ),
];

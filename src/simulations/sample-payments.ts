import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { type IdPrefix, newId } from '../kernel/id.ts';
import type { Attempt } from '../payments/attempt.ts';
import type { Dispute } from '../payments/dispute.ts';
import type { Operation } from '../payments/operation.ts';
import type { Payment } from '../payments/payment.ts';

/** Whose samples: ids of tenant and product are real, everything else is generic. */
export interface SampleOwner {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly productId: string | null;
}

/** A life of a payment that never was: names of its parts and the instants at which it moved. */
export interface SampleLife {
  readonly owner: SampleOwner;
  readonly paymentId: string;
  readonly attemptId: string;
  readonly providerAccountId: string;
  readonly createdAt: Temporal.Instant;
  readonly now: Temporal.Instant;
  readonly newId: (prefix: IdPrefix) => string;
}

/** 12.50 EUR, the amount of every sample. */
export const SAMPLE_AMOUNT = 1250n;
const CURRENCY = 'EUR';
/** Where the sample's order goes; nobody lives there. */
export const SAMPLE_ADDRESS = {
  country: 'DE',
  name: 'Erika Mustermann',
  line1: 'Musterstraße 12',
  city: 'Berlin',
  postalCode: '10115',
  phone: '+49 30 901820',
} as const;
const PAID_WITH = {
  instrument: { type: 'card', brand: 'visa', bin: '424242', last4: '4242', accountType: 'credit' },
  authCode: '831000',
} as const;
const LIFETIME = { minutes: 15 } as const;
const PAID_AFTER = { seconds: 40 } as const;
const AUTHORIZED_FOR = { hours: 7 * 24 } as const;

/** A new life, whose ids nobody has seen: a receiver that drops what it knows must not drop the second simulation. */
export function newSampleLife(owner: SampleOwner, clock: Clock): SampleLife {
  const now = clock.now();
  const fresh = (prefix: IdPrefix) => newId(prefix, clock);
  return {
    owner,
    paymentId: fresh('pay'),
    attemptId: fresh('att'),
    providerAccountId: fresh('pa'),
    createdAt: now.subtract(PAID_AFTER),
    now,
    newId: fresh,
  };
}

/** The payment as it was made; `changes` are how far it has come. */
export function samplePayment(life: SampleLife, changes: Partial<Payment> = {}): Payment {
  const { owner, paymentId, createdAt } = life;
  return {
    ...owner,
    paymentId,
    reference: 'order-10045',
    checkoutId: null,
    returnStyle: 'plain',
    amount: SAMPLE_AMOUNT,
    currency: CURRENCY,
    captureMethod: 'automatic',
    status: 'created',
    late: false,
    version: 1,
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountCapturePending: 0n,
    amountRefunded: 0n,
    amountRefundPending: 0n,
    capturesClosed: false,
    reversalId: null,
    duplicatePayment: false,
    holdsLimits: false,
    attemptsMax: 3,
    attemptsDeclined: 0,
    openAttemptId: null,
    lastAttemptId: null,
    providerAccountId: null,
    orderId: 'order-10045',
    description: 'Two bags of coffee',
    statementDescriptor: null,
    returnUrl: 'https://shop.example/return',
    cancelUrl: 'https://shop.example/cart',
    notificationUrl: null,
    customerSealed: null,
    emailDigest: null,
    cartItems: [{ description: 'Coffee, 250 g', quantity: 2, value: 625 }],
    requestShipping: true,
    shippingAddressSealed: null,
    terminalId: null,
    subMerchantName: null,
    mcc: null,
    rrn2: null,
    metadata: { basket: '7731' },
    expiresAt: createdAt.add(LIFETIME),
    authorizationExpiresAt: null,
    dueAt: createdAt.add(LIFETIME),
    createdAt,
    updatedAt: createdAt,
    ...changes,
  };
}

/** The payment after its money was promised. */
export function authorizedPayment(life: SampleLife): Payment {
  return movedPayment(life, {
    captureMethod: 'manual',
    status: 'authorized',
    amountAuthorized: SAMPLE_AMOUNT,
    authorizationExpiresAt: life.now.add(AUTHORIZED_FOR),
  });
}

/** The payment after its money was taken. */
export function paidPayment(life: SampleLife, changes: Partial<Payment> = {}): Payment {
  const amounts = { amountAuthorized: SAMPLE_AMOUNT, amountCaptured: SAMPLE_AMOUNT };
  return movedPayment(life, { status: 'succeeded', ...amounts, ...changes });
}

/** The payment after its one attempt has come to something. */
export function movedPayment(life: SampleLife, changes: Partial<Payment>): Payment {
  return samplePayment(life, { version: 3, lastAttemptId: life.attemptId, updatedAt: life.now, ...changes });
}

/** The one try at a provider. */
export function sampleAttempt(life: SampleLife, changes: Pick<Attempt, 'state'> & Partial<Attempt>): Attempt {
  const { owner, attemptId, paymentId, providerAccountId, createdAt, now } = life;
  const hasMoney = changes.state === 'authorized' || changes.state === 'captured';
  return {
    ...{ tenantId: owner.tenantId, attemptId, paymentId, providerAccountId },
    provider: 'sandbox',
    providerRef: 'ch_sample',
    chargeRef: null,
    requestSealed: new Uint8Array(),
    completionSealed: null,
    nextAction: null,
    failureCode: null,
    failureMessage: null,
    providerExpiresAt: null,
    releaseRequestedAt: null,
    syncDueAt: null,
    syncTries: 0,
    failedOverTo: null,
    ...(hasMoney ? PAID_WITH : { instrument: null, authCode: null }),
    createdAt,
    updatedAt: now,
    ...changes,
  };
}

/** What a capture, a refund and a reversal of the whole amount have in common. */
export function sampleOperation(life: SampleLife, status: Operation['status']): Operation {
  const { owner, paymentId, attemptId, providerAccountId, now } = life;
  return {
    ...{ tenantId: owner.tenantId, mode: owner.mode, paymentId, attemptId, providerAccountId },
    amount: SAMPLE_AMOUNT,
    currency: CURRENCY,
    madeBy: 'tenant',
    status,
    dispatch: 'acknowledged',
    providerRef: 'op_sample',
    failureCode: status === 'failed' ? 'refused_by_bank' : null,
    syncDueAt: null,
    syncTries: 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** An objection of the payer to all of it. */
export function sampleDispute(
  life: SampleLife,
  {
    status,
    withdrawn,
    reinstated,
  }: Pick<Dispute, 'status'> & { readonly withdrawn: bigint; readonly reinstated: bigint },
): Dispute {
  const { owner, paymentId, attemptId, providerAccountId, now } = life;
  return {
    ...{ tenantId: owner.tenantId, mode: owner.mode, paymentId, attemptId, providerAccountId },
    disputeId: life.newId('dp'),
    providerRef: 'dp_sample',
    amount: SAMPLE_AMOUNT,
    currency: CURRENCY,
    reason: 'fraudulent',
    status,
    evidenceDueAt: status === 'opened' || status === 'inquiry' ? now.add({ hours: 7 * 24 }) : null,
    amountWithdrawn: withdrawn,
    amountReinstated: reinstated,
    reportedAt: now,
    syncDueAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

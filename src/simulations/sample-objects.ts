import type { EventType } from '../events/event.ts';
import type { Attempt } from '../payments/attempt.ts';
import {
  type CaptureObject,
  captureJson,
  type DisputeObject,
  disputeJson,
  type RefundObject,
  type ReversalObject,
  refundJson,
  reversalJson,
} from '../payments/operation-json.ts';
import type { Payment } from '../payments/payment.ts';
import { paymentObjectJson } from '../payments/payment-json.ts';
import type { PaymentObject } from '../payments/payment-shape.ts';
import {
  type ExceptionObject,
  exceptionJson,
  type PayoutObject,
  payoutJson,
} from '../reconciliation/reconciliation-json.ts';
import {
  authorizedPayment,
  movedPayment,
  paidPayment,
  SAMPLE_ADDRESS,
  SAMPLE_AMOUNT,
  type SampleLife,
  sampleAttempt,
  sampleDispute,
  sampleOperation,
  samplePayment,
} from './sample-payments.ts';

/** What an event of each noun carries. A new noun does not compile until it is here. */
interface ObjectsByNoun {
  readonly payment: PaymentObject;
  readonly capture: CaptureObject;
  readonly refund: RefundObject;
  readonly reversal: ReversalObject;
  readonly dispute: DisputeObject;
  readonly payout: PayoutObject;
  readonly reconciliation: ExceptionObject;
}

/** Events about payments and their money; those about endpoints are made of the endpoint itself. */
export type SampleType = Exclude<EventType, `endpoint.${string}`>;
type NounOf<Type extends string> = Type extends `${infer Noun}.${string}` ? Noun : never;

/**
 * One object for each event, made of generic values by the mappers that make the real ones: what a receiver sees here has
 * every field that it will meet in production, and a field that is added there is missing here as long as it compiles.
 */
const SAMPLE_OBJECTS: {
  readonly [Type in SampleType]: (life: SampleLife) => ObjectsByNoun[NounOf<Type>];
} = {
  'payment.created': createdPaymentOf,
  'payment.processing': (life) =>
    confirmedJson(
      movedPayment(life, { status: 'processing', version: 2, openAttemptId: life.attemptId }),
      sampleAttempt(life, {
        state: 'requires_action',
        nextAction: { type: 'redirect', url: 'https://bank.example/pay/7731', embeddable: false },
      }),
    ),
  'payment.attempt_failed': (life) => confirmedJson(movedPayment(life, { attemptsDeclined: 1 }), declinedAttempt(life)),
  'payment.authorized': (life) => confirmedJson(authorizedPayment(life), sampleAttempt(life, { state: 'authorized' })),
  'payment.succeeded': (life) => confirmedJson(paidPayment(life), capturedAttempt(life)),
  'payment.failed': (life) =>
    confirmedJson(movedPayment(life, { status: 'failed', attemptsDeclined: 3 }), declinedAttempt(life)),
  'payment.canceled': (life) => confirmedJson(movedPayment(life, { status: 'canceled', lastAttemptId: null }), null),
  'payment.expired': (life) => confirmedJson(movedPayment(life, { status: 'expired', lastAttemptId: null }), null),
  'payment.reversed': (life) =>
    confirmedJson(
      paidPayment(life, { status: 'reversed', version: 5, reversalId: life.newId('rev') }),
      capturedAttempt(life),
    ),
  'capture.succeeded': (life) => captureOf(life, 'succeeded'),
  'capture.failed': (life) => captureOf(life, 'failed'),
  'refund.created': (life) => refundOf(life, 'pending'),
  'refund.succeeded': (life) => refundOf(life, 'succeeded'),
  'refund.failed': (life) => refundOf(life, 'failed'),
  'reversal.succeeded': (life) => reversalOf(life, 'succeeded'),
  'reversal.failed': (life) => reversalOf(life, 'failed'),
  'dispute.opened': (life) => disputeOf(life, 'opened'),
  'dispute.updated': (life) => disputeOf(life, 'under_review'),
  'dispute.funds_withdrawn': (life) => disputeOf(life, 'opened', SAMPLE_AMOUNT),
  'dispute.funds_reinstated': (life) => disputeOf(life, 'won', SAMPLE_AMOUNT, SAMPLE_AMOUNT),
  'dispute.won': (life) => disputeOf(life, 'won', SAMPLE_AMOUNT),
  'dispute.lost': (life) => disputeOf(life, 'lost', SAMPLE_AMOUNT),
  'payout.paid': (life) =>
    payoutJson({
      ...reportedAt(life),
      payoutId: life.newId('po'),
      lineId: life.newId('sl'),
      statementId: life.newId('st'),
      payoutRef: 'payout-7731',
      status: 'paid',
      amount: SAMPLE_AMOUNT,
      currency: 'EUR',
      paidAt: life.now,
      returnedAt: null,
    }),
  'reconciliation.mismatch': (life) =>
    exceptionJson({
      ...reportedAt(life),
      exceptionId: life.newId('rx'),
      kind: 'amount',
      subjectNoun: 'capture',
      subjectId: life.newId('cap'),
      paymentId: life.paymentId,
      statementId: life.newId('st'),
      currency: 'EUR',
      here: { amount: SAMPLE_AMOUNT, currency: 'EUR', status: 'succeeded' },
      there: { gross: SAMPLE_AMOUNT - 50n, fee: 30n, net: SAMPLE_AMOUNT - 80n, currency: 'EUR' },
      difference: 50n,
      state: 'open',
      timesOpened: 1,
      resolution: null,
      note: null,
      resolvedBy: null,
      resolvedAt: null,
    }),
};

/** What an event carries, as it would in production. */
export interface SampleObject {
  readonly object: unknown;
  readonly paymentId: string | null;
  /** The payment as it was created, which dialects that name the order ask for; null where there is none. */
  readonly payment: PaymentObject | null;
}

/** The sample of an event. */
export function sampleObject(type: SampleType, life: SampleLife): SampleObject {
  const object = SAMPLE_OBJECTS[type](life);
  const hasPayment = object.object !== 'payout';
  return {
    object,
    paymentId: hasPayment ? life.paymentId : null,
    payment: hasPayment ? createdPaymentOf(life) : null,
  };
}

function createdPaymentOf(life: SampleLife): PaymentObject {
  return paymentObjectJson(samplePayment(life), null);
}

/** A payment whose shopper has given the address. */
function confirmedJson(payment: Payment, attempt: Attempt | null): PaymentObject {
  return paymentObjectJson(payment, attempt, SAMPLE_ADDRESS);
}

function declinedAttempt(life: SampleLife) {
  return sampleAttempt(life, { state: 'declined', failureCode: 'insufficient_funds' });
}

function capturedAttempt(life: SampleLife) {
  return sampleAttempt(life, { state: 'captured' });
}

function captureOf(life: SampleLife, status: 'succeeded' | 'failed'): CaptureObject {
  const capture = { ...sampleOperation(life, status), captureId: life.newId('cap'), final: true, duplicate: false };
  return captureJson(capture);
}

function refundOf(life: SampleLife, status: 'pending' | 'succeeded' | 'failed'): RefundObject {
  return refundJson({
    ...sampleOperation(life, status),
    refundId: life.newId('re'),
    reason: 'Returned',
    reference: 'return-10045',
    duplicate: false,
  });
}

function reversalOf(life: SampleLife, status: 'succeeded' | 'failed'): ReversalObject {
  return reversalJson({ ...sampleOperation(life, status), reversalId: life.newId('rev'), reason: 'Order withdrawn' });
}

function disputeOf(life: SampleLife, status: DisputeObject['status'], withdrawn = 0n, reinstated = 0n): DisputeObject {
  return disputeJson(sampleDispute(life, { status, withdrawn, reinstated }));
}

/** What payouts and exceptions of reconciliation have in common. */
function reportedAt({ owner: { tenantId, mode }, providerAccountId, now }: SampleLife) {
  return { tenantId, mode, providerAccountId, createdAt: now, updatedAt: now };
}

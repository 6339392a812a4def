import type { EventType } from './event.ts';

/** The schemas of the API that events carry one of. */
export type EventSubject =
  | 'PaymentObject'
  | 'Capture'
  | 'Refund'
  | 'Reversal'
  | 'Dispute'
  | 'Payout'
  | 'ReconciliationException'
  | 'WebhookEndpoint';

interface EventText {
  /** What happened, as one sentence for whoever reads a list of events. */
  readonly when: string;
  /** What a receiver does about it. */
  readonly advice: string;
  /** What `data.object` is. */
  readonly subject: EventSubject;
}

/** Those about endpoints are told whether or not this version makes them already. */
type ToldType = EventType | `endpoint.${'failing' | 'disabled' | 'test'}`;

/** What each type of event means; docs/events.md is made of it. A new type does not compile until it is described. */
export const EVENT_CATALOGUE: Readonly<Record<ToldType, EventText>> = {
  'payment.created': {
    when: 'A payment was created and waits to be paid, until `expiresAt`.',
    advice: 'Nothing.',
    subject: 'PaymentObject',
  },
  'payment.processing': {
    when: 'An attempt is under way: the shopper is at the bank, or the bank works on it.',
    advice: 'Wait. Deliver nothing, and start no other payment for the order.',
    subject: 'PaymentObject',
  },
  'payment.attempt_failed': {
    when: 'An attempt was declined; `latestAttempt.failureCode` says why. While tries are left, the payment is `created` again.',
    advice: 'Nothing: the shopper may try again on the same page.',
    subject: 'PaymentObject',
  },
  'payment.authorized': {
    when: 'The payer’s bank has reserved the money; nothing, or not all of it, has been captured.',
    advice: 'With `captureMethod: "manual"` capture before `authorizationExpiresAt`, or cancel.',
    subject: 'PaymentObject',
  },
  'payment.succeeded': {
    when: 'The money was captured, and no more will be. With `late: true` after the payment had expired, failed or been canceled.',
    advice: 'Compare `amountCaptured` and `currency` with the order, and deliver: once, by `reference`.',
    subject: 'PaymentObject',
  },
  'payment.failed': {
    when: 'Every try was declined, or the provider took the only capture back.',
    advice: 'Offer a new payment with the same `orderId`. If you have delivered already, the money is missing.',
    subject: 'PaymentObject',
  },
  'payment.canceled': {
    when: 'The payment was canceled before anything was captured.',
    advice: 'Close the order.',
    subject: 'PaymentObject',
  },
  'payment.expired': {
    when: 'Nobody paid in time, or the authorization lapsed.',
    advice: 'Close the order. Rarely a bank proves later that it was paid: `payment.succeeded` follows then.',
    subject: 'PaymentObject',
  },
  'payment.reversed': {
    when: 'The whole capture was undone before the provider’s cut-off: the payer is not charged.',
    advice: 'Take the order back, whatever it was. Nothing is to be refunded.',
    subject: 'PaymentObject',
  },
  'capture.succeeded': {
    when: 'A part of an authorized amount, or all of it, was captured.',
    advice: 'Send the part of the order that it pays for, where you send in parts.',
    subject: 'Capture',
  },
  'capture.failed': {
    when: 'A capture did not happen, or a bank took it back after it had succeeded.',
    advice: 'Look at the payment’s `amountCaptured`: what you have sent may be unpaid.',
    subject: 'Capture',
  },
  'refund.created': {
    when: 'A refund was asked for: by you, by somebody at the provider, or by a rule of the gateway (`madeBy`).',
    advice: 'Nothing: its amount is promised, and no longer available.',
    subject: 'Refund',
  },
  'refund.succeeded': {
    when: 'The provider gave the money back.',
    advice: 'Tell the customer, and book it by its `id`: a payment may be refunded in parts.',
    subject: 'Refund',
  },
  'refund.failed': {
    when: 'A refund did not happen, or a bank sent it back after it had succeeded; `failureCode` says why.',
    advice: 'Refund anew, or settle with the customer in another way.',
    subject: 'Refund',
  },
  'reversal.succeeded': {
    when: 'A reversal came through; `payment.reversed` comes with it.',
    advice: 'Nothing beyond what `payment.reversed` asks for.',
    subject: 'Reversal',
  },
  'reversal.failed': {
    when: 'A reversal did not come through: the payment stands as it was.',
    advice: 'Refund, if the money shall still go back.',
    subject: 'Reversal',
  },
  'dispute.opened': {
    when: 'The payer objects at the bank, or the bank asks (`status: "inquiry"`).',
    advice: 'Send evidence until `evidenceDueAt`, or refund. Who says nothing loses.',
    subject: 'Dispute',
  },
  'dispute.updated': {
    when: 'A dispute has another status that is no verdict, another amount or another due date.',
    advice: 'Look at `status` and `evidenceDueAt`.',
    subject: 'Dispute',
  },
  'dispute.funds_withdrawn': {
    when: 'The provider took the disputed money; `amountWithdrawn` is the total so far.',
    advice: 'Book it. Money moves when the provider moves it, not at the verdict.',
    subject: 'Dispute',
  },
  'dispute.funds_reinstated': {
    when: 'The provider gave disputed money back; `amountReinstated` is the total so far.',
    advice: 'Book it.',
    subject: 'Dispute',
  },
  'dispute.won': {
    when: 'The dispute was decided for you.',
    advice: 'Wait for `dispute.funds_reinstated`. A card scheme may know a further round.',
    subject: 'Dispute',
  },
  'dispute.lost': {
    when: 'The dispute was decided for the payer.',
    advice: 'Nothing: what was withdrawn stays away.',
    subject: 'Dispute',
  },
  'payout.paid': {
    when: 'A provider’s statement shows that it paid your balance out.',
    advice: 'Look for the amount at your bank.',
    subject: 'Payout',
  },
  'reconciliation.mismatch': {
    when: 'A provider’s statement and the books differ; `kind` says how.',
    advice: 'Look into it and resolve it: it is a matter for people.',
    subject: 'ReconciliationException',
  },
  'endpoint.failing': {
    when: 'One of your endpoints has not acknowledged for a while.',
    advice: 'Repair the receiver. What it missed is kept and sent again.',
    subject: 'WebhookEndpoint',
  },
  'endpoint.disabled': {
    when: 'One of your endpoints was switched off, because it failed for long or answered 410.',
    advice: 'Repair the receiver and switch the endpoint on again.',
    subject: 'WebhookEndpoint',
  },
  'endpoint.test': {
    when: 'You tested an endpoint. Nothing happened to any payment.',
    advice: 'Acknowledge it like any other.',
    subject: 'WebhookEndpoint',
  },
};

import { amountToJson, toDecimal } from '../kernel/money.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import { type Attempt, isOpen } from './attempt.ts';
import type { AnyOperation } from './dispatch-operation.ts';
import type { Dispute } from './dispute.ts';
import { explainPossible } from './explain-possible.ts';
import type { Explanation } from './explain-shape.ts';
import { isInDoubt } from './operation.ts';
import { capturableAmount, type Payment, type PaymentStatus, refundableAmount } from './payment.ts';

/** A signal as far as an explanation tells it. */
export interface SignalSummary {
  readonly id: string;
  readonly at: Temporal.Instant;
  readonly source: string;
  readonly kind: string;
  readonly outcome: string;
  readonly note: string | null;
}

/** Everything an explanation follows from. */
export interface ExplainFacts {
  readonly now: Temporal.Instant;
  readonly payment: Payment;
  readonly statusSince: Temporal.Instant;
  readonly latestAttempt: Attempt | null;
  /** The attempts that the provider still has a word to say about, the latest among them or not. */
  readonly openAttempts: readonly Attempt[];
  readonly pendingOperations: readonly AnyOperation[];
  /** Money of a second success that nobody gives back; minor units. */
  readonly duplicateKept: bigint;
  /** Disputes that wait for the merchant's evidence. */
  readonly disputesOpen: readonly Dispute[];
  readonly lastSignal: SignalSummary | null;
  readonly quarantinedSignals: number;
  /** What the account at the provider allows; null where no attempt chose one. */
  readonly account: AccountFacts | null;
  /** Where the latest attempt went, and why. */
  readonly route: Explanation['route'];
  /** Why no account can take a new attempt; null where one can. */
  readonly whyNoAccount: string | null;
}

export interface AccountFacts {
  readonly canCapture: boolean;
  readonly canRelease: boolean;
  readonly canCancel: boolean;
  readonly refund: Capabilities['refund'];
  readonly canReverse: boolean;
  /** From when on a capture can no longer be reversed; null where nothing is captured or it never can. */
  readonly reversalCutOff: Temporal.Instant | null;
}

type Wait = Omit<Explanation['waitingFor'][number], 'until'> & { readonly until: Temporal.Instant | null };

/** Why a payment is as it is, what it waits for, and what can be done: a pure function of what is known. */
export function explainPayment(facts: ExplainFacts): Explanation {
  const { payment, lastSignal } = facts;
  const { because, waits } = STATUSES[payment.status];
  return {
    paymentId: payment.paymentId,
    status: payment.status,
    because: [because(facts), ...remarks(facts)].join(' '),
    since: facts.statusSince.toString(),
    lastSignal: lastSignal && { ...lastSignal, at: lastSignal.at.toString() },
    waitingFor: [...waits(facts), ...commonWaits(facts)].map((wait) => ({
      ...wait,
      until: wait.until?.toString() ?? null,
    })),
    possible: [...explainPossible(facts)],
    doubts: [...doubts(facts)],
    route: facts.route,
    money: {
      currency: payment.currency,
      amount: amountToJson(payment.amount),
      authorized: amountToJson(payment.amountAuthorized),
      capturable: amountToJson(capturableAmount(payment)),
      captured: amountToJson(payment.amountCaptured),
      capturePending: amountToJson(payment.amountCapturePending),
      refundable: amountToJson(refundableAmount(payment)),
      refunded: amountToJson(payment.amountRefunded),
      refundPending: amountToJson(payment.amountRefundPending),
    },
  };
}

interface StatusExplanation {
  readonly because: (facts: ExplainFacts) => string;
  readonly waits: (facts: ExplainFacts) => readonly Wait[];
}

const nobody = (): readonly Wait[] => [];

const STATUSES: Readonly<Record<PaymentStatus, StatusExplanation>> = {
  created: {
    because: ({ payment, latestAttempt, now }) =>
      [whyPayable(payment, latestAttempt), ...(isOver(payment, now) ? ['Its time to pay is over.'] : [])].join(' '),
    waits: ({ payment, now }) => [
      isOver(payment, now)
        ? { who: 'clock', what: 'The payment expires.', until: payment.dueAt }
        : { who: 'shopper', what: 'The shopper pays, or the payment expires.', until: payment.expiresAt },
    ],
  },
  processing: {
    because: ({ latestAttempt }) => PROCESSING[latestAttempt?.state ?? ''] ?? 'An attempt is under way.',
    waits: ({ payment, latestAttempt }) => (latestAttempt === null ? [] : processingWaits(payment, latestAttempt)),
  },
  authorized: {
    because: ({ payment }) =>
      `The payer's bank reserved ${money(payment, payment.amountAuthorized)}, of which ` +
      `${money(payment, payment.amountCaptured)} is captured.`,
    waits: authorizedWaits,
  },
  succeeded: {
    because: ({ payment }) => `The provider captured ${money(payment, payment.amountCaptured)}, and no more will be.`,
    waits: nobody,
  },
  failed: {
    because: ({ payment }) =>
      payment.amountAuthorized > 0n
        ? 'The provider took the captured money back.'
        : `All ${payment.attemptsMax} tries were declined.`,
    waits: nobody,
  },
  canceled: {
    because: ({ latestAttempt }) =>
      latestAttempt?.state === 'canceled'
        ? 'The provider canceled the attempt or gave the authorization back; nothing was captured.'
        : 'It was canceled before any money moved.',
    waits: nobody,
  },
  expired: {
    because: ({ payment, latestAttempt }) =>
      latestAttempt?.state === 'expired' && payment.authorizationExpiresAt !== null
        ? 'The authorization lapsed at the provider before it was captured.'
        : `Nobody had paid when its time was over at ${payment.expiresAt}.`,
    waits: nobody,
  },
  reversed: {
    because: () => 'The capture was undone before the provider’s cut-off, as if it had never been.',
    waits: nobody,
  },
};

const PROCESSING: Readonly<Record<string, string>> = {
  dispatched: 'An attempt is being sent to the provider.',
  completing: 'What the shopper’s browser brought is being sent to the provider.',
  requires_action: 'An attempt waits for the shopper to act at the bank.',
  pending: 'The provider works on an attempt.',
  unknown: 'An attempt was sent, and it is not known what came of it. It is never failed and never tried anew blindly.',
};

const ENDS: Readonly<Record<string, string>> = {
  declined: 'was declined',
  refused: 'was refused by the provider',
  canceled: 'was canceled',
  expired: 'ran out of time',
};

function whyPayable(payment: Payment, latest: Attempt | null): string {
  if (latest === null) return 'It was created, and nobody has tried to pay yet.';
  if (latest.state === 'not_sent') return 'The last attempt never reached the provider, so it counts as no try.';
  const code = latest.failureCode === null ? '' : ` (${latest.failureCode})`;
  const left = payment.attemptsMax - payment.attemptsDeclined;
  return `The last attempt ${ENDS[latest.state] ?? 'ended'}${code}; ${left} of ${payment.attemptsMax} tries are left.`;
}

function processingWaits(payment: Payment, attempt: Attempt): readonly Wait[] {
  const asked: Wait = { who: 'clock', what: 'The gateway asks the provider.', until: attempt.syncDueAt };
  switch (attempt.state) {
    case 'requires_action':
      return [
        {
          who: 'shopper',
          what: 'The shopper finishes what the bank asks for.',
          until: attempt.providerExpiresAt ?? payment.expiresAt,
        },
        asked,
      ];
    case 'dispatched':
    case 'completing':
      return [{ who: 'provider', what: 'The provider answers the request.', until: attempt.syncDueAt }];
    default:
      return [{ who: 'provider', what: 'The provider says what came of the attempt.', until: null }, asked];
  }
}

function authorizedWaits({ payment, latestAttempt }: ExplainFacts): readonly Wait[] {
  const until = payment.authorizationExpiresAt;
  if (latestAttempt?.releaseRequestedAt != null) {
    return [{ who: 'provider', what: 'The provider gives the authorization back.', until: latestAttempt.syncDueAt }];
  }
  // Captures under way are among the operations; until they end there is nothing for the tenant to do.
  if (capturableAmount(payment) === 0n) return [];
  return [{ who: 'tenant', what: 'The tenant captures or cancels; what is not captured in time lapses.', until }];
}

/** What may be waited for in any status. */
function commonWaits(facts: ExplainFacts): readonly Wait[] {
  const { payment, pendingOperations, disputesOpen, quarantinedSignals, duplicateKept } = facts;
  return [
    ...pendingOperations.map((operation): Wait => {
      const noun = subjectOf(operation).object;
      const sum = `${toDecimal(operation)} ${operation.currency}`;
      return operation.dispatch === 'acknowledged'
        ? { who: 'provider', what: `The provider finishes a ${noun} of ${sum}.`, until: operation.syncDueAt }
        : { who: 'clock', what: `The gateway repeats a ${noun} of ${sum} in doubt.`, until: operation.syncDueAt };
    }),
    ...disputesOpen.map(
      (dispute): Wait => ({
        who: 'tenant',
        what: `The tenant sends evidence for dispute ${dispute.disputeId}, or accepts it.`,
        until: dispute.evidenceDueAt,
      }),
    ),
    ...(duplicateKept > 0n
      ? [
          {
            who: 'tenant',
            what: `The tenant decides about ${money(payment, duplicateKept)} that was paid a second time and kept.`,
            until: null,
          } as const,
        ]
      : []),
    ...(quarantinedSignals > 0
      ? [
          {
            who: 'operator',
            what: `A person looks at ${quarantinedSignals} message(s) of the provider that contradict what is known.`,
            until: null,
          } as const,
        ]
      : []),
  ];
}

/** What is true beside the status. */
function remarks({ payment, pendingOperations, quarantinedSignals }: ExplainFacts): readonly string[] {
  const remark = (isSo: boolean, sentence: string): readonly string[] => (isSo ? [sentence] : []);
  const isReversing = payment.reversalId !== null && payment.status !== 'reversed';
  return [
    ...remark(payment.late, 'The proof came after the payment had failed, expired or been canceled.'),
    ...remark(payment.duplicatePayment, 'It was paid a second time; that money is not part of its amounts.'),
    ...remark(payment.amountCapturePending > 0n, `${money(payment, payment.amountCapturePending)} is being captured.`),
    ...remark(payment.status === 'authorized' && payment.capturesClosed, 'Nothing more of it can be captured.'),
    ...remark(payment.amountRefunded > 0n, `${money(payment, payment.amountRefunded)} of it was refunded.`),
    ...remark(payment.amountRefundPending > 0n, `${money(payment, payment.amountRefundPending)} is being refunded.`),
    ...remark(isReversing, 'It is being reversed.'),
    ...remark(
      pendingOperations.some(({ dispatch }) => dispatch === 'unknown'),
      'What came of an operation on its money is not known.',
    ),
    ...remark(quarantinedSignals > 0, 'Something the provider said contradicts what is known, and was not applied.'),
  ];
}

function doubts({ openAttempts, pendingOperations, now }: ExplainFacts): Explanation['doubts'] {
  const isDue = (at: Temporal.Instant | null): boolean => at !== null && Temporal.Instant.compare(at, now) <= 0;
  const attempts = openAttempts.filter(
    ({ state, syncDueAt, releaseRequestedAt, syncTries }) =>
      state === 'unknown' ||
      ((state === 'dispatched' || state === 'completing') && isDue(syncDueAt)) ||
      (releaseRequestedAt !== null && syncTries > 0),
  );
  const operations = pendingOperations.filter((operation) => isInDoubt(operation, now));
  return [
    ...attempts.map((attempt) => ({
      about: { object: 'attempt', id: attempt.attemptId } as const,
      since: (isOpen(attempt) ? attempt.updatedAt : (attempt.releaseRequestedAt ?? attempt.updatedAt)).toString(),
      nextQuestionAt: attempt.syncDueAt?.toString() ?? null,
      tries: attempt.syncTries,
    })),
    ...operations.map((operation) => ({
      about: subjectOf(operation),
      since: operation.updatedAt.toString(),
      nextQuestionAt: operation.syncDueAt?.toString() ?? null,
      tries: operation.syncTries,
    })),
  ];
}

function subjectOf(operation: AnyOperation): Explanation['doubts'][number]['about'] {
  if ('captureId' in operation) return { object: 'capture', id: operation.captureId };
  if ('refundId' in operation) return { object: 'refund', id: operation.refundId };
  return { object: 'reversal', id: operation.reversalId };
}

function isOver(payment: Payment, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, payment.expiresAt) >= 0;
}

function money({ currency }: Payment, amount: bigint): string {
  return `${toDecimal({ amount, currency })} ${currency}`;
}

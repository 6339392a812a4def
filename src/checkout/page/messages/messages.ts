import { counted, type MessagesOf, text, valued } from './message-kinds.ts';

/**
 * Everything the page says to a shopper, and what each sentence takes. Short, calm, and exact about money: "charged" is
 * used only where the server knows. Values go in as text; the page escapes the result. The words stand beside this file,
 * one JSON file for each language: docs/translating.md.
 */
export const MESSAGE_KINDS = {
  amountToPay: text,
  amountPaid: text,
  amount: text,
  reference: text,
  details: text,
  payBy: valued('time'),
  timeLeft: text,
  minutesLeft: counted,
  timeIsUp: text,

  chooseTitle: text,
  confirmTitle: text,
  pay: valued('amount'),
  cancel: text,
  oneMoment: text,
  offline: text,
  checkAgain: text,
  tryAgain: text,
  notCharged: text,
  backTo: valued('shop'),
  leavingSoon: valued('shop'),

  declinedTitle: text,
  declinedNext: text,
  declined: {
    insufficientFunds: text,
    expiredCard: text,
    incorrectCvc: text,
    authenticationFailed: text,
    limitExceeded: text,
    /** Also for suspected fraud and stolen cards: the bank tells its customer, the page does not tell a thief. */
    general: text,
  },

  redirectTitle: text,
  redirectText: text,
  redirectAction: text,

  qrTitle: text,
  qrText: text,
  qrAlt: text,
  qrWaiting: text,
  openApp: text,
  copyCode: text,
  copied: text,

  /** Around the provider's card fields. */
  card: {
    title: text,
    text,
    number: text,
    expiry: text,
    code: text,
    firstName: text,
    lastName: text,
    check: text,
    failed: text,
    needsScript: text,
  },

  waitingTitle: text,
  waitingText: text,
  unknownTitle: text,
  unknownText: text,
  unavailableTitle: text,
  unavailableText: text,

  succeededTitle: text,
  succeededText: text,
  failedTitle: text,
  canceledTitle: text,
  expiredTitle: text,
  expiredText: text,
  reversedTitle: text,
  reversedText: text,

  missingTitle: text,
  missingText: text,

  testMode: text,
  poweredBy: text,
  help: text,
  legal: text,
  terms: text,
  privacy: text,
  imprint: text,
  language: text,
} as const;

/** The words of one language, ready for use. */
export type Messages = MessagesOf<typeof MESSAGE_KINDS>;

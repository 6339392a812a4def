import { counted, type MessagesOf, ranged, text, valued } from './message-kinds.ts';

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
  triesLeft: valued('count'),
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
  /** Where the next step may not stand in a frame. */
  ownWindowText: text,
  ownWindowAction: text,
  ownWindowCode: text,

  qrTitle: text,
  qrText: text,
  qrAlt: text,
  qrWaiting: text,
  openApp: text,
  copyCode: text,
  copied: text,
  savePicture: text,

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

  /** Where the order goes. */
  address: {
    title: text,
    text,
    country: text,
    update: text,
    optional: valued('label'),
    save: text,
    check: text,
    deliverTo: text,
    change: text,
    fields: {
      name: text,
      organization: text,
      line1: text,
      line2: text,
      district: text,
      city: text,
      region: text,
      postalCode: text,
      phone: text,
    },
    rules: {
      required: text,
      too_long: text,
      characters: text,
      country: text,
      postal_code: valued('example'),
      phone: text,
      card_number: text,
    },
  },

  /** Before a scanned code has become a payment. */
  scanned: {
    amountTitle: text,
    amountLabel: valued('currency'),
    confirmTitle: text,
    between: ranged,
    atLeast: valued('least'),
    atMost: valued('most'),
    notAnAmount: valued('example'),
    next: text,
    usedTitle: text,
    expiredTitle: text,
    canceledTitle: text,
    askShop: valued('shop'),
  },

  waitingTitle: text,
  waitingText: text,
  unknownTitle: text,
  unknownText: text,
  unavailableTitle: text,
  unavailableText: text,

  succeededTitle: text,
  succeededText: text,
  paidBeforeTitle: text,
  paidBeforeText: text,
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

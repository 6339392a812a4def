/**
 * Everything the page says to a shopper. Short, calm, and exact about money: "charged" is used only where the server
 * knows. Values go in as text; the page escapes the result.
 */
export interface Messages {
  readonly amountToPay: string;
  readonly amountPaid: string;
  readonly amount: string;
  readonly reference: string;
  readonly details: string;
  readonly payBy: (time: string) => string;
  readonly timeLeft: string;
  readonly fiveMinutesLeft: string;
  readonly oneMinuteLeft: string;
  readonly timeIsUp: string;

  readonly chooseTitle: string;
  readonly confirmTitle: string;
  readonly pay: (amount: string) => string;
  readonly cancel: string;
  readonly oneMoment: string;
  readonly offline: string;
  readonly checkAgain: string;
  readonly tryAgain: string;
  readonly notCharged: string;
  readonly backTo: (shop: string) => string;
  readonly leavingSoon: (shop: string) => string;

  readonly declinedTitle: string;
  readonly declinedNext: string;
  readonly declined: {
    readonly insufficientFunds: string;
    readonly expiredCard: string;
    readonly incorrectCvc: string;
    readonly authenticationFailed: string;
    readonly limitExceeded: string;
    /** Also for suspected fraud and stolen cards: the bank tells its customer, the page does not tell a thief. */
    readonly general: string;
  };

  readonly redirectTitle: string;
  readonly redirectText: string;
  readonly redirectAction: string;

  readonly qrTitle: string;
  readonly qrText: string;
  readonly qrAlt: string;
  readonly qrWaiting: string;
  readonly openApp: string;
  readonly copyCode: string;
  readonly copied: string;

  /** Around the provider's card fields. */
  readonly card: {
    readonly title: string;
    readonly text: string;
    readonly number: string;
    readonly expiry: string;
    readonly code: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly check: string;
    readonly failed: string;
    readonly needsScript: string;
  };

  readonly waitingTitle: string;
  readonly waitingText: string;
  readonly unknownTitle: string;
  readonly unknownText: string;
  readonly unavailableTitle: string;
  readonly unavailableText: string;

  readonly succeededTitle: string;
  readonly succeededText: string;
  readonly failedTitle: string;
  readonly canceledTitle: string;
  readonly expiredTitle: string;
  readonly expiredText: string;
  readonly reversedTitle: string;
  readonly reversedText: string;

  readonly missingTitle: string;
  readonly missingText: string;

  readonly testMode: string;
  readonly poweredBy: string;
  readonly help: string;
  readonly legal: string;
}

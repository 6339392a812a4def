import type { Messages } from './messages.ts';

export const EN: Messages = {
  amountToPay: 'Amount to pay',
  amountPaid: 'Amount paid',
  amount: 'Amount',
  reference: 'Reference',
  details: 'Order details',
  payBy: (time) => `Pay by ${time}`,
  timeLeft: 'Time left',
  fiveMinutesLeft: '5 minutes left to pay.',
  oneMinuteLeft: '1 minute left to pay.',
  timeIsUp: 'Time is up. We are checking your payment.',

  chooseTitle: 'How would you like to pay?',
  confirmTitle: 'Confirm your payment',
  pay: (amount) => `Pay ${amount}`,
  cancel: 'Cancel and go back',
  oneMoment: 'One moment…',
  offline: 'No connection. Do not pay again yet: we will check.',
  checkAgain: 'Check again',
  tryAgain: 'Try again',
  notCharged: 'You have not been charged.',
  backTo: (shop) => `Back to ${shop}`,
  leavingSoon: (shop) => `You will be taken back to ${shop} in a few seconds.`,

  declinedTitle: 'Payment declined',
  declinedNext: 'Try again or choose another way to pay.',
  declined: {
    insufficientFunds: 'There is not enough money in this account.',
    expiredCard: 'This card has expired.',
    incorrectCvc: 'The card’s security code is not correct.',
    authenticationFailed: 'Your bank could not confirm that it was you.',
    limitExceeded: 'This payment is above the limit set with your bank.',
    general: 'Your bank did not accept this payment.',
  },

  redirectTitle: 'Continue with your bank',
  redirectText: 'We are taking you to a secure page to approve this payment. You will come back here afterwards.',
  redirectAction: 'Continue',

  qrTitle: 'Scan to pay',
  qrText: 'Open your banking app, scan the code and approve the payment.',
  qrAlt: 'QR code for this payment',
  qrWaiting: 'Waiting for your payment…',
  openApp: 'Open in the app',
  copyCode: 'Copy payment code',
  copied: 'Copied',

  card: {
    title: 'Pay by card',
    text: 'Your card goes straight to the payment provider. The shop never sees it.',
    number: 'Card number',
    expiry: 'Expiry date',
    code: 'Security code',
    firstName: 'First name',
    lastName: 'Last name',
    check: 'Please check the marked fields.',
    failed: 'The card fields are not available right now. You have not been charged. Please try again in a moment.',
    needsScript: 'Paying by card needs JavaScript. Switch it on in your browser, or go back to the shop.',
  },

  waitingTitle: 'Your bank is confirming',
  waitingText: 'You can close this page; the shop will be told.',
  unknownTitle: 'We are asking the bank',
  unknownText:
    'We do not know yet whether your payment went through. Do not pay again: this page will show the result.',
  unavailableTitle: 'Payment is not available right now',
  unavailableText: 'The payment service does not answer. You have not been charged. Please try again in a moment.',

  succeededTitle: 'Payment successful',
  succeededText: 'Thank you. Your payment has been received.',
  failedTitle: 'Payment failed',
  canceledTitle: 'Payment canceled',
  expiredTitle: 'Time is up',
  expiredText: 'This payment has expired. Nothing was charged.',
  reversedTitle: 'Payment reversed',
  reversedText: 'This payment was undone. Nothing was charged.',

  missingTitle: 'This payment link does not work',
  missingText:
    'It may have expired or been replaced by a newer one. Go back to the shop to see your order. If you have already paid, do not pay again before you have asked the shop.',

  testMode: 'Test mode: no real money',
  poweredBy: 'Payments by Tollgate',
  help: 'Help',
  legal: 'Legal',
};

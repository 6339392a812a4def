import type { CaseDescription } from '../../provider-certification.ts';
import { createPayment, createWithOtherAmount, repeatCreation, sendSeparator } from './creation-cases.ts';
import type { Findings } from './findings.ts';
import {
  judgeStamps,
  refuseForgedNotifications,
  repeatNotification,
  verifyNotifications,
} from './notification-cases.ts';
import { openPage } from './page-case.ts';
import { abandon, cancelByShopper, findStuckOrder, payHappily } from './payment-cases.ts';
import { queryUnknownOrder, sendUnsigned, sendWronglySigned, skewClock, tamperWithAnswer } from './proof-cases.ts';
import { refundPart, refundTooMuch, refundWhole, repeatRefund } from './refund-cases.ts';
import type { Stage } from './stage.ts';
import { compareAmounts, measureAnswers, verifyAnswers } from './whole-run-cases.ts';

/** A case and what is done for it. */
export interface PartnerCase extends CaseDescription {
  readonly work: (stage: Stage, found: Findings) => Promise<void>;
}

const LIVE = { liveSafe: true } as const;
const SANDBOX = { liveSafe: false } as const;

/** The acceptance cases of partner gateways, in the order in which they are run: those over the whole run come last. */
export const PARTNER_CASES: readonly PartnerCase[] = [
  {
    ...{
      id: 'create-payment',
      requirements: ['S0.3', 'S0.4', 'S0.28', 'S0.31'],
      needs: [],
      ...SANDBOX,
      work: createPayment,
    },
    title: 'A payment is created',
    does: 'Sends a signed creation.',
    expects: 'A signed answer with exactly one of redirectUrl and qrPayload, a providerRef, and until when it is open.',
  },
  {
    ...{ id: 'hosted-page', requirements: ['S0.20', 'S0.27'], needs: ['create-payment'], ...SANDBOX, work: openPage },
    title: 'The shopper’s page opens',
    does: 'Opens the page of the created payment as a browser would ask for it.',
    expects: 'A page that sets its viewport and, where the profile says so, may stand in a frame.',
  },
  {
    ...{ id: 'create-repeated', requirements: ['S0.17'], needs: [], ...SANDBOX, work: repeatCreation },
    title: 'The same creation again makes nothing new',
    does: 'Sends one creation twice, as a gateway does that lost the first answer.',
    expects: 'The same payment, or the word that it exists.',
  },
  {
    ...{ id: 'create-other-amount', requirements: ['S0.17'], needs: [], ...SANDBOX, work: createWithOtherAmount },
    title: 'Another amount under an orderId is refused',
    does: 'Sends a creation with the orderId of another one and one unit more.',
    expects: 'A refusal: an orderId stands for one amount.',
  },
  {
    ...{ id: 'unknown-order', requirements: ['S0.12'], needs: [], ...LIVE, work: queryUnknownOrder },
    title: 'An order that nobody made is not found',
    does: 'Asks about an orderId that cannot exist.',
    expects: 'The answer that there is none, by which a lost creation may be sent again.',
  },
  {
    ...{ id: 'unsigned-request', requirements: ['S0.5'], needs: ['create-payment'], ...LIVE, work: sendUnsigned },
    title: 'Unsigned requests are refused',
    does: 'Sends a creation, a question and a refund without signatures; in live mode only a question.',
    expects: 'A refusal of each, before the partner looks for the order.',
  },
  {
    ...{ id: 'wrong-signature', requirements: ['S0.5'], needs: ['create-payment'], ...LIVE, work: sendWronglySigned },
    title: 'Wrongly signed requests are refused',
    does: 'Sends the same with one character of the signature changed, and with another order under a right signature.',
    expects: 'A refusal of each, before the partner looks for the order.',
  },
  {
    ...{ id: 'separator-in-value', requirements: ['S0.31'], needs: [], ...SANDBOX, work: sendSeparator },
    title: 'Separators inside values are refused',
    does: 'Sends creations whose description holds the separator or a line break, signed over the joined values.',
    expects: 'A refusal: such a text belongs to more than one message.',
  },
  {
    ...{ id: 'clock-skew', requirements: ['S0.33', 'S0.34'], needs: ['create-payment'], ...LIVE, work: skewClock },
    title: 'Old requests are refused, a clock that is a little off does no harm',
    does: 'Asks with stamps four and ten minutes ago and ahead.',
    expects: 'Answers within the five minutes, refusals beyond them.',
  },
  {
    ...{
      id: 'tampered-answer',
      requirements: ['S0.31'],
      needs: ['create-payment'],
      ...SANDBOX,
      work: tamperWithAnswer,
    },
    title: 'A changed answer is not believed',
    does: 'Changes each signed member of a true answer in turn, and cuts it, before the gateway reads it.',
    expects: 'The signature covers every member, so that none of the copies is believed.',
  },
  {
    ...{ id: 'happy-path', requirements: ['S0.8', 'S0.12'], needs: [], ...SANDBOX, work: payHappily },
    title: 'Happy path: a shopper pays',
    does: 'Has a payment approved on the partner’s page.',
    expects: 'A notification that it was paid, with the providerRef of the creation and the time.',
  },
  {
    ...{ id: 'stuck-order', requirements: ['S0.12'], needs: [], ...SANDBOX, work: findStuckOrder },
    title: 'Stuck order: asking finds what no notification told',
    does: 'Has a payment approved while its notifications are turned away, and asks for it.',
    expects: 'The answer that it was paid, without anybody’s help.',
  },
  {
    ...{
      id: 'ipn-repeated',
      requirements: ['S0.35', 'S0.36'],
      needs: ['happy-path', 'stuck-order'],
      ...SANDBOX,
      work: repeatNotification,
    },
    title: 'Notifications are repeated until acknowledged, and count once',
    does: 'Waits for the notification that was turned away, and delivers a copy of one that was taken.',
    expects: 'The repeat says the same under a new stamp; the copy is acknowledged and is a duplicate.',
  },
  {
    ...{ id: 'cancel', requirements: ['S0.25'], needs: [], ...SANDBOX, work: cancelByShopper },
    title: 'A shopper cancels',
    does: 'Has a payment canceled on the partner’s page.',
    expects: 'A notification that it was canceled.',
  },
  {
    ...{ id: 'abandon', requirements: ['S0.28', 'S0.30'], needs: [], ...SANDBOX, work: abandon },
    title: 'An abandoned payment expires by itself',
    does: 'Creates a payment with a short life and leaves it alone.',
    expects: 'A notification that it expired, not before its time.',
  },
  {
    ...{
      id: 'ipn-signature',
      requirements: ['S0.8', 'S0.31'],
      needs: ['happy-path'],
      ...SANDBOX,
      work: verifyNotifications,
    },
    title: 'Notifications are signed as agreed',
    does: 'Verifies every notification of the run with the key of the account.',
    expects: 'The signature over the agreed values in the agreed order, written as agreed.',
  },
  {
    ...{ id: 'ipn-forged', requirements: ['S0.8'], needs: ['happy-path'], ...SANDBOX, work: refuseForgedNotifications },
    title: 'Forged notifications are refused',
    does: 'Delivers copies of a true notification with another amount, another signature and none.',
    expects: 'A refusal of each at our own address.',
  },
  {
    ...{ id: 'ipn-timestamp', requirements: ['S0.33', 'S0.34'], needs: ['happy-path'], ...SANDBOX, work: judgeStamps },
    title: 'Notifications are stamped when they are sent',
    does: 'Compares each stamp with the time of arrival, and delivers a copy that is stamped too long ago.',
    expects: 'Every stamp within the tolerance, and the stale copy refused at our own address.',
  },
  {
    ...{ id: 'refund-partial', requirements: ['S0.2', 'S0.35'], needs: ['happy-path'], ...SANDBOX, work: refundPart },
    title: 'A part of a payment is given back',
    does: 'Refunds two fifths of the paid order.',
    expects: 'The refund succeeds, and a notification names it by its refundId.',
  },
  {
    ...{ id: 'refund-repeated', requirements: ['S0.17'], needs: ['refund-partial'], ...SANDBOX, work: repeatRefund },
    title: 'A repeated refund is made once',
    does: 'Sends the same refund again, the same refundId with another amount, and then a refund of the rest.',
    expects: 'The repeat changes nothing, the other amount is refused, and the whole rest can still be given back.',
  },
  {
    ...{ id: 'refund-full', requirements: ['S0.2'], needs: ['stuck-order'], ...SANDBOX, work: refundWhole },
    title: 'A whole payment is given back',
    does: 'Refunds the stuck order at once.',
    expects: 'The refund succeeds, and a notification names it by its refundId.',
  },
  {
    ...{ id: 'refund-too-much', requirements: ['S0.15'], needs: ['refund-full'], ...SANDBOX, work: refundTooMuch },
    title: 'More than was paid is never given back',
    does: 'Asks for one unit more than is left.',
    expects: 'A refusal.',
  },
  {
    ...{ id: 'answer-signatures', requirements: ['S0.31', 'S0.32'], needs: [], ...LIVE, work: verifyAnswers },
    title: 'All answers are signed as agreed',
    does: 'Verifies every answer of the run, refusals included, with the key of the account.',
    expects: 'The signature over the agreed values in the agreed order, written as agreed.',
  },
  {
    ...{ id: 'amounts', requirements: ['S0.12'], needs: [], ...SANDBOX, work: compareAmounts },
    title: 'Amounts are exact',
    does: 'Compares every amount of the run with what was asked, in the bytes as they came.',
    expects: 'The same amount and currency everywhere, written as agreed, without fractions.',
  },
  {
    ...{ id: 'response-times', requirements: ['S0.19'], needs: [], ...LIVE, work: measureAnswers },
    title: 'The partner answers in time',
    does: 'Measures every answer of the run.',
    expects: 'None that comes too late, and 95 of 100 within half of what the gateway waits.',
  },
];

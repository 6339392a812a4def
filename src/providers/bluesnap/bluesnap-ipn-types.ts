/**
 * What a notification's `transactionType` tells of a single payment.
 * `asks`: it names no refund of ours, so that the transaction is asked for. `nothing`: acknowledged, nothing to apply.
 * https://support.bluesnap.com/docs/ipns-name-reference
 */
export type IpnMeaning =
  | 'authorized'
  | 'captured'
  | 'pending'
  | 'declined'
  | 'declined_as_fraud'
  | 'asks_about_refund'
  | 'dispute'
  | 'nothing';

const MEANINGS: Readonly<Record<string, IpnMeaning>> = {
  AUTH_ONLY: 'authorized',
  AUTH_ONLY_SINGLE_CHARGE: 'authorized',
  CHARGE: 'captured',
  CHARGE_PENDING: 'pending',
  UNDER_REVIEW: 'pending',
  UNDER_VENDOR_REVIEW: 'pending',
  CC_CHARGE_FAILED: 'declined',
  DECLINE: 'declined_as_fraud',
  FRAUD_DECLINE: 'declined_as_fraud',
  REFUND: 'asks_about_refund',
  PENDING_REFUND: 'asks_about_refund',
  CANCELLATION_REFUND: 'asks_about_refund',
  RDR: 'asks_about_refund',
  CHARGEBACK: 'dispute',
  CHARGEBACK_STATUS_CHANGED: 'dispute',
  ACCOUNT_UPDATER: 'nothing',
  ACH_NOTIFICATION_OF_CHANGE: 'nothing',
  CANCELLATION: 'nothing',
  CANCEL_ON_RENEWAL: 'nothing',
  CC_STATUS_CHANGED: 'nothing',
  CHARGEBACK_FILE_UPLOADED: 'nothing',
  CONTRACT_CHANGE: 'nothing',
  FAILED_PAYOUT_TRANSFER: 'nothing',
  MERCHANT_PARTNER_ONBOARDED: 'nothing',
  MERCHANT_PARTNER_STATUS: 'nothing',
  OFFLINE_ORDER: 'nothing',
  PAYMENT_UPDATED: 'nothing',
  PAYMENT_UPDATE_FAILURE: 'nothing',
  PAYMENT_UPDATED_FAILURE: 'nothing',
  PAYOUT: 'nothing',
  RECURRING: 'nothing',
  SUBSCRIPTION_CHARGE_FAILURE: 'nothing',
  SUBSCRIPTION_REMINDER: 'nothing',
  VENDOR_REPORT_AVAILABLE: 'nothing',
  VENDOR_STATUS_CHANGED: 'nothing',
};

/** The meaning of a type; one that was added since means nothing to us. */
export function meaningOf(transactionType: string): IpnMeaning {
  return MEANINGS[transactionType] ?? 'nothing';
}

import { createHash, createHmac } from 'node:crypto';
import type { Account } from './account.ts';
import { writeGrouped } from './decimals.ts';

/** Something that BlueSnap tells the merchant. The amount is signed as the shopper's debt moves. */
export interface IpnNews {
  readonly type: string;
  /** The transaction's number. */
  readonly id: string;
  readonly merchantTransactionId: string | null;
  readonly amount: bigint;
  readonly currency: string;
  /** The number of a refund or chargeback. */
  readonly reversal?: string;
  readonly reason?: string;
  readonly status?: string;
}

export interface SignedIpn {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The contract that API transactions are booked under. */
const CONTRACT_ID = '2147483647';

/** The form of a notification; the same for every time it is sent. */
export function ipnBody({ dataProtectionKey }: Account, news: IpnNews, at: number): string {
  const { type, id, merchantTransactionId, amount, currency, reversal, reason, status } = news;
  const invoice = writeGrouped(amount, currency);
  const form = new URLSearchParams({
    transactionType: type,
    testMode: 'N',
    referenceNumber: id,
    ...(merchantTransactionId === null ? {} : { merchantTransactionId }),
    accountId: '19610966',
    contractId: CONTRACT_ID,
    contractName: 'API transactions',
    firstName: 'Jürgen & Søn',
    lastName: 'O’Neill-Ångström',
    invoiceChargeAmount: invoice,
    invoiceChargeCurrency: currency,
    invoiceAmountUSD: invoice,
    transactionDate: dateText(at),
    paymentMethod: 'CC',
    creditCardType: 'VISA',
    creditCardLastFourDigits: '9299',
    ...(reversal === undefined ? {} : { reversalRefNum: reversal }),
    ...(reason === undefined ? {} : { [type === 'CC_CHARGE_FAILED' ? 'declineReason' : 'reversalReason']: reason }),
    ...(status === undefined ? {} : { cbStatus: status }),
  });
  if (dataProtectionKey !== null) {
    form.set('authKey', createHash('md5').update(`${id}${CONTRACT_ID}${dataProtectionKey}`).digest('hex'));
  }
  return form.toString();
}

/** A body with its headers for one attempt; signed where the account has a key. */
export function signIpn({ ipnKey }: Account, body: string, now: number, isForged: boolean): SignedIpn {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
  if (ipnKey === null) return { headers, body };
  const stamp = Temporal.Instant.fromEpochMilliseconds(now)
    .toString({ fractionalSecondDigits: 3 })
    .replace('T', ' ')
    .replace('Z', '');
  const signature = createHmac('sha256', isForged ? `not ${ipnKey}` : ipnKey)
    .update(stamp + body)
    .digest('hex');
  return { headers: { ...headers, 'bls-signature': signature, 'bls-ipn-timestamp': stamp }, body };
}

/** Whether an answer is what the account waits for: an empty 200, or the receipt. */
export function isAcknowledged({ requireReceipt, dataProtectionKey }: Account, status: number, body: string): boolean {
  if (status !== 200) return false;
  if (!requireReceipt || dataProtectionKey === null) return true;
  return body === createHash('md5').update(`OK${dataProtectionKey}`).digest('hex');
}

/** `07/04/2026 03:05 PM` */
function dateText(at: number): string {
  const { year, month, day, hour, minute } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC');
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(month)}/${two(day)}/${year} ${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(minute)} ${hour < 12 ? 'AM' : 'PM'}`;
}

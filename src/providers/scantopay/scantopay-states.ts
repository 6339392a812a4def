import type { DeclineReason } from '../provider.ts';

export type PaymentMeaning =
  | { readonly of: 'payment'; readonly state: 'captured' | 'canceled' | 'expired' }
  /** Documented among the successes, although only SUCCESS is said to be one: never booked without asking. */
  | { readonly of: 'payment'; readonly state: 'perhaps_captured' }
  | { readonly of: 'payment'; readonly state: 'declined'; readonly reason: DeclineReason | null };

/** What a transaction's state says, in the gateway's words. */
export type Meaning = PaymentMeaning | { readonly of: 'reversal' | 'refund'; readonly state: 'succeeded' | 'failed' };

const DECLINED: Meaning = { of: 'payment', state: 'declined', reason: null };
const PERHAPS: Meaning = { of: 'payment', state: 'perhaps_captured' };

/**
 * Ended states; every other one is on its way or unknown to us. Notifications use the short names, queries the long ones.
 * Sources: https://developer.scantopay.io/docs/transaction-states, https://developer.scantopay.io/docs/status-responses
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['SUCCESS', { of: 'payment', state: 'captured' }],
  ['END_3DS_PURCHASE', PERHAPS],
  ['CODE_NOTIFY_SUCCESS', PERHAPS],
  ['CODE_NOTIFY_SUCCESS_NOACK', PERHAPS],
  ['CODE_EXTERNAL_SUCCESS', PERHAPS],
  ['CLIENT_CANCEL', { of: 'payment', state: 'canceled' }],
  ['END_CLIENT_CANCEL', { of: 'payment', state: 'canceled' }],
  ['END_CLIENT_TIMEOUT', { of: 'payment', state: 'expired' }],
  ['END_TIME_OUT_IN_QUEUE', { of: 'payment', state: 'expired' }],
  ['BANK_REJECTED', DECLINED],
  ['END_BANK_NON_00', DECLINED],
  ['END_BANK_ERROR', DECLINED],
  ['END_BANK_EXPIRED', DECLINED],
  ['END_BANK_OFFLINE', DECLINED],
  ['END_SYSTEM_ERROR', DECLINED],
  ['END_SYSTEM_FAULT', DECLINED],
  ['END_INVALID_AMOUNT', DECLINED],
  ['END_VALIDATION_FAILED', DECLINED],
  ['END_MASTERPASS_ERROR', DECLINED],
  ['END_BRE_REJECTED', { of: 'payment', state: 'declined', reason: 'authentication_failed' }],
  ['END_LIMIT_FAILED', { of: 'payment', state: 'declined', reason: 'limit_exceeded' }],
  ['REVERSED', { of: 'reversal', state: 'succeeded' }],
  ['END_REVERSED', { of: 'reversal', state: 'succeeded' }],
  ['END_REVERSAL_FAILED', { of: 'reversal', state: 'failed' }],
  ['REFUNDED', { of: 'refund', state: 'succeeded' }],
  ['END_REFUNDED', { of: 'refund', state: 'succeeded' }],
  ['END_REFUND_FAILED', { of: 'refund', state: 'failed' }],
]);

/** What an ended state means; null for one that is on its way, or new. */
export function meaningOf(status: string): Meaning | null {
  return MEANINGS.get(status) ?? null;
}

/** ISO 8583 response codes, which the provider passes on from the bank as `bankResponse`. */
const REASONS: ReadonlyMap<string, DeclineReason> = new Map<string, DeclineReason>([
  ...(['01', '02', '05', '12', '57', '62'] as const).map((code) => [code, 'do_not_honor'] as const),
  ...(['04', '07', '35', '36', '37', '41', '43'] as const).map((code) => [code, 'lost_or_stolen'] as const),
  ...(['34', '59', '63'] as const).map((code) => [code, 'fraud'] as const),
  ...(['38', '55', '75', '86', '1A'] as const).map((code) => [code, 'authentication_failed'] as const),
  ...(['33', '54'] as const).map((code) => [code, 'expired_card'] as const),
  ...(['61', '65'] as const).map((code) => [code, 'limit_exceeded'] as const),
  ...(['82', 'N7'] as const).map((code) => [code, 'incorrect_cvc'] as const),
  ['51', 'insufficient_funds'],
]);

/** The bank's own code at the head of its response, such as `51` of `51` or `51: Insufficient funds`. */
export function bankCodeOf(bankResponse: string | null | undefined): string | null {
  return /^([0-9A-Z]{2})(?![0-9A-Za-z])/.exec(bankResponse ?? '')?.[1] ?? null;
}

/** Why the bank said no, as far as its code tells. */
export function declineReasonOf(bankCode: string | null): DeclineReason {
  return REASONS.get(bankCode ?? '') ?? 'other';
}

/**
 * Refusals by HTTP status, each said to mean that the request was not processed. 513 is the provider's answer to wrong
 * credentials on money going back.
 * Sources: https://developer.scantopay.io/docs/errors,
 * https://developer.scantopay.io/docs/refunds-and-reversals-business-rules
 */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [401, 'invalid_credentials'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [406, 'not_acceptable'],
  [431, 'code_not_found'],
  [432, 'invalid_amount'],
  [513, 'invalid_credentials'],
]);

const REFUSAL_WORDS: readonly { readonly words: RegExp; readonly code: string }[] = [
  { words: /already (?:been )?refunded/i, code: 'already_refunded' },
  { words: /already (?:been )?reversed/i, code: 'already_reversed' },
  { words: /in progress/i, code: 'in_progress' },
  { words: /\bexceeds\b/i, code: 'amount_exceeded' },
  { words: /duplicate|already (?:used|exists|in use)|not unique|must be unique/i, code: 'duplicate_reference' },
  { words: /invalid[ _]card/i, code: 'invalid_card' },
  { words: /security[ _]violation/i, code: 'invalid_credentials' },
];

/** The code of a refusal, where the status or the provider's words give one; null where the status refuses nothing. */
export function refusalCodeOf(status: number, text: string): string | null {
  const known = REFUSALS.get(status);
  if (known !== undefined) return known;
  if (status < 400 || status >= 500) return null;
  if (status === 409) return 'duplicate_reference';
  // Only names that are known beforehand: whatever else stands in an answer may be what we sent.
  return REFUSAL_WORDS.find(({ words }) => words.test(text))?.code ?? `http_${status}`;
}

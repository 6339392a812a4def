/** What a decision about a charge comes to. */
export type Outcome = 'approve' | 'authorize' | 'decline_insufficient_funds' | 'decline_fraud' | 'decline_no_answer';

/** How a request's answer comes; anything but `whole` befalls the first request only. */
export type Delivery = 'whole' | 'never' | 'bad_gateway' | 'not_executed';

/** How the notifications of a charge misbehave. */
export type NotificationFault =
  | 'none'
  | 'duplicate'
  | 'reordered'
  | 'delayed'
  | 'bad_signature'
  | 'stale_timestamp'
  | 'dropped'
  | 'before_answer';

export interface Scenario {
  /** What happens while the create request is being served. */
  readonly opening: Outcome | 'bank_page' | 'bank_page_qr' | 'pending' | 'approve_in_two_steps';
  /** What happens by itself afterwards. */
  readonly later?: { readonly outcome: Outcome; readonly when: 'soon' | 'after_decline' | 'after_expiry' };
  readonly expires: boolean;
  /** Milliseconds from an authorization to its end. */
  readonly authorizationMs: number;
  readonly answer: Delivery;
  readonly fault: NotificationFault;
  /** The dispute that follows the capture, and how it ends once the bank has looked at it. */
  readonly dispute?: { readonly opensAs: 'opened' | 'inquiry'; readonly verdict: 'won' | 'lost' };
}

/** Milliseconds; short enough to wait for, long enough to see the state before. */
export const DELAY_MS = {
  soon: 2_000,
  afterDecline: 3_000,
  afterExpiry: 5_000,
  bankLater: 5_000,
  operation: 2_000,
  notification: 3_000,
  shortAuthorization: 5_000,
  dispute: 2_000,
  evidence: 60_000,
  review: 2_000,
  inquiry: 4_000,
};

const SEVEN_DAYS_MS = 7 * 24 * 60 * 60 * 1_000;

const PLAIN = { expires: true, authorizationMs: SEVEN_DAYS_MS, answer: 'whole', fault: 'none' } as const;
const APPROVED = { ...PLAIN, opening: 'approve' } as const;
const PENDING = { ...PLAIN, opening: 'pending' } as const;

/** Every method token of the sandbox; the README says what each is for. */
const SCENARIOS = {
  tok_approve: APPROVED,
  tok_authorize_only: { ...PLAIN, opening: 'authorize' },
  tok_decline_insufficient_funds: { ...PLAIN, opening: 'decline_insufficient_funds' },
  tok_decline_fraud: { ...PLAIN, opening: 'decline_fraud' },
  tok_redirect: { ...PLAIN, opening: 'bank_page' },
  tok_qr: { ...PLAIN, opening: 'bank_page_qr' },
  tok_pending_then_approve: { ...PENDING, later: { outcome: 'approve', when: 'soon' } },
  tok_pending_then_decline: { ...PENDING, later: { outcome: 'decline_insufficient_funds', when: 'soon' } },
  tok_pending_forever: { ...PENDING, expires: false },
  tok_late_approve: { ...PENDING, later: { outcome: 'approve', when: 'after_expiry' } },
  tok_charge_then_timeout: { ...APPROVED, answer: 'never' },
  tok_charge_then_502: { ...APPROVED, answer: 'bad_gateway' },
  tok_refuse_connection: { ...APPROVED, answer: 'not_executed' },
  tok_ipn_before_answer: { ...APPROVED, fault: 'before_answer' },
  tok_duplicate_ipn: { ...APPROVED, fault: 'duplicate' },
  tok_reordered_ipn: { ...PLAIN, opening: 'approve_in_two_steps', fault: 'reordered' },
  tok_delayed_ipn: { ...APPROVED, fault: 'delayed' },
  tok_bad_signature_ipn: { ...APPROVED, fault: 'bad_signature' },
  tok_stale_ipn: { ...APPROVED, fault: 'stale_timestamp' },
  tok_no_ipn: { ...APPROVED, fault: 'dropped' },
  // Late authorization, as in https://razorpay.com/docs/payments/payments/late-authorisation/
  tok_decline_then_approve: {
    ...PLAIN,
    opening: 'decline_no_answer',
    later: { outcome: 'approve', when: 'after_decline' },
  },
  tok_authorization_lapses: { ...PLAIN, opening: 'authorize', authorizationMs: DELAY_MS.shortAuthorization },
  tok_dispute_won: { ...APPROVED, dispute: { opensAs: 'opened', verdict: 'won' } },
  tok_dispute_lost: { ...APPROVED, dispute: { opensAs: 'opened', verdict: 'lost' } },
  tok_dispute_inquiry: { ...APPROVED, dispute: { opensAs: 'inquiry', verdict: 'won' } },
} as const satisfies Readonly<Record<string, Scenario>>;

export type Token = keyof typeof SCENARIOS;

export const TOKENS = Object.keys(SCENARIOS) as readonly Token[];

/** What is to happen to a charge that was opened with this token. */
export function scenarioOf(token: Token): Scenario {
  return SCENARIOS[token];
}

const TOKEN_BY_LAST_DIGITS: Readonly<Record<string, Token>> = {
  '01': 'tok_decline_insufficient_funds',
  '02': 'tok_decline_fraud',
  '03': 'tok_pending_then_approve',
  '04': 'tok_pending_then_decline',
  '05': 'tok_pending_forever',
};

/** The token of a charge that named none: by the amount's last two digits, else the bank page. */
export function tokenOfAmount(amount: bigint): Token {
  return TOKEN_BY_LAST_DIGITS[lastDigits(amount)] ?? 'tok_redirect';
}

/** How a capture, refund or reversal goes: its first state, what becomes of it 2 s later, and how it is answered. */
export interface Ending {
  readonly state: 'pending' | 'succeeded';
  readonly later: 'succeeded' | 'failed' | null;
  readonly answer: Delivery;
}

const DONE: Ending = { state: 'succeeded', later: null, answer: 'whole' };

const ENDING_BY_LAST_DIGITS: Readonly<Record<string, Ending>> = {
  '03': { ...DONE, state: 'pending', later: 'succeeded' },
  '04': { ...DONE, state: 'pending', later: 'failed' },
  // A success that is taken back, as https://docs.adyen.com/online-payments/capture/failure-reasons describes for captures.
  '06': { ...DONE, later: 'failed' },
  '07': { ...DONE, answer: 'never' },
  '08': { ...DONE, answer: 'bad_gateway' },
  '09': { ...DONE, answer: 'not_executed' },
};

/** The ending of an operation on a charge's money, by the last two digits of the operation's amount. */
export function endingOfAmount(amount: bigint): Ending {
  return ENDING_BY_LAST_DIGITS[lastDigits(amount)] ?? DONE;
}

function lastDigits(amount: bigint): string {
  return (amount % 100n).toString().padStart(2, '0');
}

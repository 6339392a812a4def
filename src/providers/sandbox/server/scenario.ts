/** What a decision about a charge comes to. */
export type Outcome = 'approve' | 'authorize' | 'decline_insufficient_funds' | 'decline_fraud';

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
  readonly later?: { readonly outcome: Outcome; readonly when: 'soon' | 'after_expiry' };
  readonly expires: boolean;
  readonly answer: 'whole' | 'never' | 'bad_gateway' | 'not_executed';
  readonly fault: NotificationFault;
}

const PLAIN = { expires: true, answer: 'whole', fault: 'none' } as const;
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
} as const satisfies Readonly<Record<string, Scenario>>;

export type Token = keyof typeof SCENARIOS;

export const TOKENS = Object.keys(SCENARIOS) as readonly Token[];

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

/** How a refund ends, by its amount's last two digits; null: at once, with success. */
export function refundPlanOfAmount(amount: bigint): 'succeeded' | 'failed' | null {
  if (lastDigits(amount) === '03') return 'succeeded';
  return lastDigits(amount) === '04' ? 'failed' : null;
}

function lastDigits(amount: bigint): string {
  return (amount % 100n).toString().padStart(2, '0');
}

/** Milliseconds; short enough to wait for, long enough to see the state before. */
export const DELAY_MS = { soon: 2_000, afterExpiry: 5_000, bankLater: 5_000, refund: 2_000, notification: 3_000 };

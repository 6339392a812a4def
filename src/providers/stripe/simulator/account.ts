/**
 * What one account has: the objects as they go over the wire. Amounts are JSON integers of Stripe's units here, since
 * this is the other side of the wire, and nothing is computed from them but sums.
 */
import { randomBytes } from 'node:crypto';
import { missing } from './api-error.ts';

export type Metadata = Record<string, string>;

export interface Failure {
  type: 'card_error';
  code: string;
  decline_code?: string;
  message: string;
  doc_url: string;
}

export interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  canceled_at: number | null;
  cancellation_reason: string | null;
  capture_method: 'automatic' | 'automatic_async' | 'manual';
  client_secret: string;
  created: number;
  currency: string;
  description: string | null;
  last_payment_error: Failure | null;
  latest_charge: string | null;
  livemode: false;
  metadata: Metadata;
  next_action: { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } } | null;
  payment_method: string | null;
  statement_descriptor_suffix: string | null;
  status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'canceled'
    | 'succeeded';
}

export interface Session {
  id: string;
  object: 'checkout.session';
  amount_total: number;
  cancel_url: string | null;
  client_reference_id: string | null;
  created: number;
  currency: string;
  expires_at: number;
  livemode: false;
  metadata: Metadata;
  mode: 'payment';
  payment_intent: string | null;
  payment_status: 'paid' | 'unpaid';
  status: 'open' | 'complete' | 'expired';
  success_url: string;
  url: string | null;
}

export interface Charge {
  id: string;
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  balance_transaction: string | null;
  captured: boolean;
  created: number;
  currency: string;
  disputed: boolean;
  failure_code: string | null;
  livemode: false;
  metadata: Metadata;
  paid: boolean;
  payment_intent: string;
  payment_method_details: { type: 'card'; card: { brand: 'visa'; last4: '4242'; capture_before?: number } };
  refunded: boolean;
  status: 'succeeded' | 'failed' | 'pending';
}

export interface Refund {
  id: string;
  object: 'refund';
  amount: number;
  balance_transaction: string | null;
  charge: string;
  created: number;
  currency: string;
  failure_reason?: string;
  metadata: Metadata;
  payment_intent: string;
  reason: string | null;
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
}

export interface Dispute {
  id: string;
  object: 'dispute';
  amount: number;
  balance_transactions: Transaction[];
  charge: string;
  created: number;
  currency: string;
  evidence: { uncategorized_text: string | null };
  evidence_details: { due_by: number | null; has_evidence: boolean; past_due: boolean; submission_count: number };
  is_charge_refundable: boolean;
  livemode: false;
  metadata: Metadata;
  payment_intent: string;
  reason: string;
  status: string;
}

export interface Transaction {
  id: string;
  object: 'balance_transaction';
  amount: number;
  available_on: number;
  created: number;
  currency: string;
  fee: number;
  net: number;
  reporting_category: string;
  source: string;
  status: 'available' | 'pending';
  type: string;
}

export interface Payout {
  id: string;
  object: 'payout';
  amount: number;
  currency: string;
  livemode: false;
  status: 'paid';
}

export type StripeObject = Intent | Session | Charge | Refund | Dispute | Transaction | Payout;

/** The answer that a key was first given. */
export interface KeptAnswer {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
  readonly keptAt: number;
}

/** A receiver of events. `url: null`: nobody listens, and what would be sent is only kept for looking at. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string | null;
  readonly secret: string;
  readonly types: readonly string[];
}

/** Everything of one secret key, oldest first. */
export interface Account {
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly objects: Map<string, StripeObject>;
  readonly keptAnswers: Map<string, KeptAnswer>;
  readonly endpoints: WebhookEndpoint[];
}

/** An account without anything in it. */
export function newAccount(secretKey: string): Account {
  const publishableKey = secretKey.replace(/^[sr]k_/, 'pk_');
  return { secretKey, publishableKey, objects: new Map(), keptAnswers: new Map(), endpoints: [] };
}

/** An id such as Stripe makes them: `pi_` and 24 characters. */
export function newStripeId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

type Noun = StripeObject['object'];

/** The account's object of that kind. @throws ApiError resource_missing */
export function find<N extends Noun>(account: Account, noun: N, id: string): Extract<StripeObject, { object: N }> {
  const found = account.objects.get(id);
  if (found?.object !== noun) throw missing(noun, id);
  return found as Extract<StripeObject, { object: N }>;
}

/** All of a kind, newest first, as Stripe lists them. */
export function all<N extends Noun>(account: Account, noun: N): Extract<StripeObject, { object: N }>[] {
  return [...account.objects.values()]
    .filter((each): each is Extract<StripeObject, { object: N }> => each.object === noun)
    .reverse();
}

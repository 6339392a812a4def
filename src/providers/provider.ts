/**
 * The contract between the gateway and a payment provider. A provider translates; it decides nothing:
 * it sees this file and the outbound HTTP client, never a slice, the database or another provider.
 *
 * Two rules run through every type here. Doubt is a value: whoever calls must handle `unknown` and `not_sent`.
 * And nothing defaults to yes: a capability that is absent is a method that does not exist.
 */
import type { z } from 'zod';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Money } from '../kernel/money.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import type { Capabilities } from './provider-capabilities.ts';
import type { CardFields } from './provider-card-fields.ts';
import type { Certification } from './provider-certification.ts';
import type { EvidenceAnswer, EvidenceInput } from './provider-evidence.ts';
import type { Instrument } from './provider-instrument.ts';
import type { ModeFault } from './provider-mode-faults.ts';
import type { SettlementAnswer, SettlementQuery } from './provider-settlement.ts';
import type { RawWebhook, WebhookDescription, WebhookOutcome } from './provider-webhook.ts';

/** What an adapter may touch during one call. `credentials` are already unsealed and parsed by the adapter's schema. */
export interface ProviderCall<Credentials> {
  readonly mode: Mode;
  readonly credentials: Credentials;
  /** The credentials before a rotation; still accepted when notifications are verified. */
  readonly previousCredentials?: Credentials;
  readonly http: OutboundHttp;
  readonly clock: Clock;
}

/** The request certainly never reached the provider (refused, unresolved, untrusted): nothing happened there. */
export interface NotSent {
  readonly kind: 'not_sent';
  readonly reason: string;
}

/** Sent, but the outcome is not known (time-out, reset, 5xx, unreadable answer). Ask, or repeat with the same key. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** The provider read the request and refused it as wrong; nothing happened there and repeating is useless. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
}

/** Why a payer's bank said no; the provider's own code beside our word for it. */
export interface Decline {
  readonly reason: DeclineReason;
  readonly providerCode?: string;
  /** The provider's sentence, free of personal data. */
  readonly message?: string;
}

export type DeclineReason =
  | 'insufficient_funds'
  | 'expired_card'
  | 'incorrect_cvc'
  | 'lost_or_stolen'
  | 'fraud'
  | 'authentication_failed'
  | 'do_not_honor'
  | 'limit_exceeded'
  | 'other';

/** What the shopper does next. `embeddable: false`: the provider forbids frames, so only top frame, QR or deep link. */
export type NextAction =
  | { readonly type: 'redirect'; readonly url: string; readonly embeddable: boolean }
  | { readonly type: 'qr'; readonly payload: string; readonly imageUrl?: string; readonly deepLink?: string }
  | { readonly type: 'client'; readonly clientSecret: string; readonly publishableKey?: string }
  | { readonly type: 'deep_link'; readonly url: string };

/**
 * Where an attempt stands at the provider. Amounts are totals, so that repeated and reordered reports agree.
 * `authorized`: the amount is reserved; captures may have drawn on it. `captured`: nothing more can be captured, and the
 * amount is all that was. `canceled` and `expired` also end an authorization that was not captured.
 */
export type AttemptReport =
  | { readonly state: 'requires_action'; readonly nextAction: NextAction; readonly expiresAt?: Temporal.Instant }
  | { readonly state: 'pending' }
  | ({
      readonly state: 'authorized';
      readonly amount: Money;
      readonly authorizationExpiresAt?: Temporal.Instant;
    } & Charged)
  | ({ readonly state: 'captured'; readonly amount: Money } & Charged)
  | { readonly state: 'declined'; readonly decline: Decline }
  /** `afterAuthorization`: it had been authorized, so more ends with it than a try. */
  | { readonly state: 'canceled'; readonly afterAuthorization?: boolean }
  | { readonly state: 'expired'; readonly afterAuthorization?: boolean };

interface Charged {
  /**
   * The provider's own name for the money, where it is another than `providerRef` and exists only now. Stored with the
   * attempt and given back with every later call about it. One attempt has one: another is a contradiction.
   */
  readonly chargeRef?: string;
  /** What it was paid with, masked. */
  readonly instrument?: Instrument;
  /** What the payer's bank said yes by. */
  readonly authCode?: string;
}

export interface CreateInput {
  /** Our attempt id; the provider's idempotency key and its reference for us. [a-z0-9_]{30}. Never made anew on a retry. */
  readonly attemptId: string;
  readonly amount: Money;
  readonly captureMethod: 'automatic' | 'manual';
  /** The provider-specific choice of the shopper or tenant; validated by the adapter's `method` schema. */
  readonly method: unknown;
  /** Where the shopper's browser comes back to. Carries no authority. */
  readonly returnUrl: string;
  /** Where the provider sends its signed notifications. */
  readonly notificationUrl: string;
  readonly expiresAt: Temporal.Instant;
  readonly description?: string;
  readonly statementDescriptor?: string;
  readonly locale?: string;
  readonly terminalId?: string;
  readonly subMerchantName?: string;
  readonly mcc?: string;
  readonly rrn2?: string;
}

export type CreateAnswer =
  | { readonly kind: 'answered'; readonly providerRef: string; readonly report: AttemptReport }
  | Refused
  | NotSent
  | Unknown;

/** Names an attempt to its provider; `providerRef` is missing while the create call's answer was lost. */
export interface AttemptRef {
  readonly attemptId: string;
  readonly providerRef?: string;
  /** As a report told it. */
  readonly chargeRef?: string;
}

/** A read changes nothing, so `not_sent` and `unknown` are the same to the caller. The lists are whole. */
export type RetrieveAnswer =
  | {
      readonly kind: 'answered';
      readonly providerRef: string;
      readonly report: AttemptReport;
      readonly captures: readonly CaptureReport[];
      readonly refunds: readonly RefundReport[];
      readonly reversals: readonly ReversalReport[];
      readonly disputes: readonly DisputeReport[];
    }
  | { readonly kind: 'not_found' }
  | Unknown;

/** Where one operation on an attempt's money stands at the provider. */
export interface OperationReport {
  /** The provider's own name for the operation; unique within the account. */
  readonly providerRef: string;
  readonly amount: Money;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly failureCode?: string;
}

export interface CaptureReport extends OperationReport {
  /** Our capture id, given with the request; null for one made at the provider's own console. */
  readonly captureId: string | null;
  /** Whether it releases the rest of the authorization. */
  readonly final: boolean;
}

export interface RefundReport extends OperationReport {
  /** Our refund id, given with the refund request; null for a refund made at the provider's own console. */
  readonly refundId: string | null;
  /** The provider keeps no ids of ours: one without may be ours all the same, while its own answer is not back yet. */
  readonly mayBeOurs?: true;
}

export interface ReversalReport extends OperationReport {
  /** Our reversal id, given with the request; null for one made at the provider's own console. */
  readonly reversalId: string | null;
}

/** A payer's objection and its money so far. The totals only grow, so that reordered reports agree. */
export interface DisputeReport {
  readonly providerRef: string;
  readonly state: DisputeReportState;
  /** What is disputed. */
  readonly amount: Money;
  /** The scheme's or provider's word for why, free of personal data. */
  readonly reason: string;
  readonly evidenceDueAt?: Temporal.Instant;
  /** Taken from the merchant so far, and given back so far; minor units of the amount's currency. */
  readonly withdrawn: bigint;
  readonly reinstated: bigint;
  /** The provider's time of this state: of two reports the later one tells it. */
  readonly asOf: Temporal.Instant;
}

export type DisputeReportState = 'inquiry' | 'opened' | 'under_review' | 'won' | 'lost' | 'expired';

export interface RefundInput extends AttemptRef {
  /** Our refund id: idempotency key and reference. */
  readonly refundId: string;
  readonly amount: Money;
  readonly reason?: string;
  readonly notificationUrl: string;
}

export type RefundAnswer = { readonly kind: 'answered'; readonly refund: RefundReport } | Refused | NotSent | Unknown;

export interface CaptureInput extends AttemptRef {
  /** Our capture id: idempotency key and reference. */
  readonly captureId: string;
  readonly amount: Money;
  /** Releases what stays uncaptured. */
  readonly final: boolean;
  readonly notificationUrl: string;
}

export type CaptureAnswer =
  | { readonly kind: 'answered'; readonly capture: CaptureReport }
  | Refused
  | NotSent
  | Unknown;

export interface ReversalInput extends AttemptRef {
  /** Our reversal id: idempotency key and reference. */
  readonly reversalId: string;
  /** All that was captured. */
  readonly amount: Money;
  readonly notificationUrl: string;
}

export type ReversalAnswer =
  | { readonly kind: 'answered'; readonly reversal: ReversalReport }
  | Refused
  | NotSent
  | Unknown;

export interface CompleteInput extends AttemptRef {
  /** What the attempt was made with; its id is the idempotency key here too. */
  readonly created: CreateInput;
  /**
   * What the browser brought back: what the provider's fields gave it, or the query it came home with. Untrusted: it
   * names, it never decides.
   */
  readonly clientData: Readonly<Record<string, string>>;
}

/** Whether credentials work. `refused`: the provider does not know them. */
export type CredentialsAnswer = { readonly kind: 'accepted' } | Refused | NotSent | Unknown;

export interface PaymentProvider<Credentials = unknown> {
  /** Stable, lower case; part of `/hooks/{provider}/…` and of stored accounts. */
  readonly id: string;
  readonly displayName: string;
  readonly capabilities: Capabilities;
  /** What an account with these credentials can do less; pure. Left out: every account can do all of it. */
  limits?(credentials: Credentials): Partial<Capabilities>;
  /** Parses stored credentials and draws the panel's form. Secrets are marked with `.meta({ secret: true })`. */
  readonly credentials: z.ZodType<Credentials>;
  /** What keeps credentials of that shape from working in a mode; left out where no field depends on it. */
  modeFaults?(credentials: Credentials, mode: Mode): readonly ModeFault[];
  /** Parses the `method` of a confirm request; its input side is public. */
  readonly method: z.ZodType;
  /** How the hosted page carries out a `client` next action; without it the page cannot. */
  readonly cardFields?: CardFields<Credentials>;

  /** Starts an attempt. Repeating with the same attemptId and content returns the same attempt, never a second one. */
  create(call: ProviderCall<Credentials>, input: CreateInput): Promise<CreateAnswer>;
  /**
   * The second step, where the shopper's consent must be turned into a charge by us. Safe to repeat: one attempt is
   * charged once, whatever comes under its id, also at the same time and with other data.
   */
  complete?(call: ProviderCall<Credentials>, input: CompleteInput): Promise<CreateAnswer>;
  /** Asks where an attempt stands; the same authority as a notification. */
  retrieve(call: ProviderCall<Credentials>, attempt: AttemptRef): Promise<RetrieveAnswer>;
  /** Ends an attempt that is neither authorized nor captured. */
  cancel?(call: ProviderCall<Credentials>, attempt: AttemptRef): Promise<CreateAnswer>;
  /** Takes authorized money, all or part of it. */
  capture?(call: ProviderCall<Credentials>, input: CaptureInput): Promise<CaptureAnswer>;
  /** Gives back what is authorized and not captured. The report says what is left: `captured`, or `canceled`. */
  release?(call: ProviderCall<Credentials>, attempt: AttemptRef): Promise<CreateAnswer>;
  refund?(call: ProviderCall<Credentials>, input: RefundInput): Promise<RefundAnswer>;
  reverse?(call: ProviderCall<Credentials>, input: ReversalInput): Promise<ReversalAnswer>;
  submitEvidence?(call: ProviderCall<Credentials>, input: EvidenceInput): Promise<EvidenceAnswer>;
  /** A page of what was settled; reading changes nothing. */
  listSettlement?(call: ProviderCall<Credentials>, query: SettlementQuery): Promise<SettlementAnswer>;
  /** Tries the credentials with a request that moves nothing. */
  checkCredentials(call: ProviderCall<Credentials>): Promise<CredentialsAnswer>;
  /** Verifies and reads a notification. Throws for nothing a sender can cause; never looks into an unverified body. */
  parseWebhook(call: ProviderCall<Credentials>, request: RawWebhook): Promise<WebhookOutcome>;
  /** Shows how `parseWebhook` checks a notification. Asks nobody; its `expected` signatures are for the keys' owner alone. */
  describeWebhook?(call: ProviderCall<Credentials>, request: RawWebhook): WebhookDescription;
  /** The acceptance cases of a provider that is integrated by contract, where it has a side that may be wrong. */
  readonly certification?: Certification<Credentials>;
}

/** The inbound half of the contract in provider.ts: what a provider tells by itself. */
import type { AttemptReport, CaptureReport, DisputeReport, RefundReport, ReversalReport } from './provider.ts';

/** The bytes of an inbound notification as they came; header names lower-case, repeated headers kept. */
export interface RawWebhook {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
  readonly receivedAt: Temporal.Instant;
}

/** The attempt a notification is about, by our name, the provider's, or both; where both are given they must agree. */
export type EventSubject =
  | { readonly attemptId: string; readonly providerRef?: string }
  | { readonly attemptId?: never; readonly providerRef: string };

/** One thing a provider told us, in our words. */
export interface ProviderEvent {
  /** Equal for every copy of the same fact, and different for every other (scoped to the provider account). */
  readonly dedupeKey: string;
  /** SHA-256 hex over the fact's content without stamps, so that the same key with other content is noticed. */
  readonly contentHash: string;
  readonly attempt: EventSubject;
  readonly occurredAt: Temporal.Instant;
  /** false: only a hint; the gateway asks (`retrieve`) before anything moves. */
  readonly authoritative: boolean;
  readonly fact:
    | { readonly about: 'attempt'; readonly report: AttemptReport }
    | { readonly about: 'capture'; readonly capture: CaptureReport }
    | { readonly about: 'refund'; readonly refund: RefundReport }
    | { readonly about: 'reversal'; readonly reversal: ReversalReport }
    | { readonly about: 'dispute'; readonly dispute: DisputeReport };
}

export interface WebhookReply {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
}

export type WebhookRejection = 'bad_signature' | 'stale_timestamp' | 'malformed' | 'wrong_source' | 'not_configured';

/**
 * The outcome of reading a notification. The gateway stores it first and then sends exactly one of the replies.
 * `nonce`: the message's own number, verified with it; the gateway takes none twice with different content in an account,
 * and sends `rejected` (a bare 401 where there is none) to whoever tries.
 * `refused`, where a provider has it: sent instead of `accepted` when the money is not wanted (the payment has ended, the
 * amount differs), by which the provider gives it back.
 * `about`: what a truly signed message that cannot be taken any more is about. It moves nothing; the gateway asks.
 */
export type WebhookOutcome =
  | {
      readonly kind: 'events';
      readonly events: readonly ProviderEvent[];
      readonly nonce?: string;
      readonly replies: {
        readonly accepted: WebhookReply;
        readonly duplicate: WebhookReply;
        readonly refused?: WebhookReply;
        readonly rejected?: WebhookReply;
      };
    }
  | { readonly kind: 'probe'; readonly reply: WebhookReply }
  | {
      readonly kind: 'rejected';
      readonly reason: WebhookRejection;
      readonly reply: WebhookReply;
      readonly about?: EventSubject;
    };

/** Everything there is to see about a notification's check, for a person who looks for a fault. Never holds a key. */
export interface WebhookDescription {
  /** The algorithm, how the signature is written, and what it is made over, in words. */
  readonly scheme: string;
  /** What the notification says, in the order in which it is signed; what no signature covers comes last. */
  readonly members: readonly DescribedMember[];
  /** What is signed, exactly; null where it cannot be told. A secret that is appended to it is left out. */
  readonly signedText: string | null;
  /** What stands between the signed values; empty where nothing does. */
  readonly separator: string;
  readonly received: string | null;
  /** The newest key first. */
  readonly keys: readonly KeyFinding[];
  /** Why there is no text to sign. */
  readonly because?: string;
  /** The signed time of sending; null where such notifications have none. */
  readonly stamp: {
    readonly sent: string | null;
    readonly at: Temporal.Instant | null;
    readonly toleranceSeconds: number;
  } | null;
}

export interface DescribedMember {
  readonly name: string;
  readonly value: string;
  /** Our word for it, where it has one. */
  readonly means: string | null;
  readonly signed: boolean;
}

/** What one of an account's keys makes of a signature. `expected`: null where only the other side can make it. */
export interface KeyFinding {
  readonly key: 'current' | 'previous';
  readonly verdict: 'valid' | 'invalid' | 'missing' | 'ambiguous' | 'no_key';
  readonly expected: string | null;
}

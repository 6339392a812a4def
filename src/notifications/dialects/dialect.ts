import type { Clock } from '../../kernel/clock.ts';
import type { DialectId, PartnerProfileId } from '../endpoint.ts';
import type { SecretPurpose } from '../store.ts';
import type { StoredEvent } from '../store-deliveries.ts';

/** An event as a dialect is told it. */
export interface DialectEvent extends StoredEvent {
  /**
   * The payment it belongs to, as it was when it was created, with its last capture (`capture`) and its reversal
   * (`reversal`) where there are such; null unless the dialect needs it and there is one.
   */
  readonly payment: unknown;
}

/** What a dialect needs to know of whom it speaks to. */
export interface DialectEndpoint {
  /** What the receiver knows the sender by, in dialects that name one. */
  readonly merchantCode: string | null;
  /** Set where the receiver is the partner that made the payment. */
  readonly partnerKeyId: string | null;
  /** How a partner's messages look and are signed; `bluecom` unless said otherwise. */
  readonly profile?: PartnerProfileId | null;
}

/**
 * `secret`: shared with the receiver, as it was shown. `ed25519`: our own half of a pair, as Standard Webhooks spells it.
 * `data_protection`: BlueSnap's. `notification`: what is said is encrypted with it. `rsa`: our own half of a pair, PEM.
 */
export type DialectKey = { readonly keyId: string } & (
  | { readonly kind: 'secret' | 'ed25519' | 'data_protection' | 'notification'; readonly text: string }
  | { readonly kind: 'rsa'; readonly privateKey: string }
);

export interface EncodedMessage {
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes that are signed; a string stands for its UTF-8. */
  readonly body: string | Uint8Array;
}

export interface DialectResponse {
  readonly status: number;
  readonly body: Uint8Array;
}

/** Which secrets an endpoint has. `required`: one of each always, the first of them is the endpoint's `secret`. */
export interface DialectSecrets {
  readonly required: readonly SecretPurpose[];
  readonly optional: readonly SecretPurpose[];
}

/**
 * How notifications look on the wire, and what acknowledges one. A dialect knows nothing of lanes, addresses or
 * storage. A new one is a file beside this one, a line in find-dialect.ts, an id in endpoint.ts and a page with test
 * vectors in docs/dialects.
 */
export interface Dialect {
  readonly id: DialectId;
  /** Whether it has a word for events of this type. Where it has none, nothing is sent. */
  speaks(eventType: string): boolean;
  /** Whether `encode` wants the event's payment. */
  readonly needsPayment: boolean;
  /**
   * One attempt, stamped by the clock and signed anew. `keys` are those that are valid now, the newest first: two during
   * a rotation, never none. Null where the dialect has no word for this very event.
   */
  encode(
    event: DialectEvent,
    endpoint: DialectEndpoint,
    keys: readonly DialectKey[],
    clock: Clock,
  ): EncodedMessage | null;
  acknowledged(response: DialectResponse, keys: readonly DialectKey[]): boolean;
  /** Seconds before each resend, for endpoints that have no schedule of their own. */
  readonly defaultSchedule: readonly number[];
  readonly secrets: DialectSecrets;
  /** A secret for who gives none. @throws AssertionFailed for a purpose that the dialect has not */
  newSecret(purpose: SecretPurpose): string;
  /** The rule that a given secret breaks, in words and without the secret; null: none. */
  brokenRule(secret: string, purpose: SecretPurpose): string | null;
}

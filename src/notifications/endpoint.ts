import type { Mode } from '../kernel/caller.ts';
import { type AckPolicy, RETRY } from './ack-policy.ts';

/** How a notification looks on the wire; each is described in docs/dialects. */
export const DIALECT_IDS = [
  'standard',
  'bluesnap',
  'bluesnap-receipt',
  'encrypted',
  'encrypted-legacy',
  'partner',
] as const;
export type DialectId = (typeof DIALECT_IDS)[number];

/** Signing profiles of the dialect `partner`; each is described in docs/dialects/partner.md. */
export const PARTNER_PROFILE_IDS = ['bluecom', 'neopay'] as const;
export type PartnerProfileId = (typeof PARTNER_PROFILE_IDS)[number];

/** Where a tenant wants to be told. */
export interface WebhookEndpoint {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly mode: Mode;
  readonly url: string;
  /** Names of event types, or `*` for all of them. */
  readonly eventTypes: readonly string[];
  readonly dialect: DialectId;
  /** What the receiver knows the sender by; set for the dialect `partner` alone. */
  readonly merchantCode: string | null;
  /** Only what happens to payments of this product; null: of all. */
  readonly productId: string | null;
  /** Beside the main endpoint, with event types of its own. */
  readonly additional: boolean;
  readonly ackPolicy: AckPolicy;
  /** Seconds before each resend; null: as the dialect has it. */
  readonly schedule: readonly number[] | null;
  /** Requests per second; null: no limit but what the receiver bears. */
  readonly rateLimit: number | null;
  /** Whether a payment's events are sent one after the other, in their order. */
  readonly ordered: boolean;
  /** Seconds of failure without a success, after which we stop trying; null: never. */
  readonly disableAfterSeconds: number | null;
  /** When a test of the endpoint as it is configured now was acknowledged. */
  readonly testPassedAt: Temporal.Instant | null;
  /** `disabled`: by us, because it failed for long or said that it is gone. */
  readonly status: 'active' | 'paused' | 'disabled' | 'deleted';
  readonly description: string | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** Of an endpoint of which nothing is asked but its address. */
export const PLAIN_SETTINGS = {
  productId: null,
  additional: false,
  ackPolicy: RETRY,
  schedule: null,
  rateLimit: null,
  ordered: false,
  disableAfterSeconds: 432_000,
  testPassedAt: null,
} as const satisfies Partial<WebhookEndpoint>;

export function wants(endpoint: WebhookEndpoint, eventType: string): boolean {
  return endpoint.eventTypes.some((wanted) => wanted === '*' || wanted === eventType);
}

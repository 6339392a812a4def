import type { Mode } from '../kernel/caller.ts';

/** How a notification looks on the wire; each is described in docs/dialects. */
export const DIALECT_IDS = ['standard', 'partner'] as const;
export type DialectId = (typeof DIALECT_IDS)[number];

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
  readonly status: 'active' | 'paused' | 'deleted';
  readonly description: string | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export function wants(endpoint: WebhookEndpoint, eventType: string): boolean {
  return endpoint.eventTypes.some((wanted) => wanted === '*' || wanted === eventType);
}

import type { Mode } from '../kernel/caller.ts';

/** Where a tenant wants to be told. */
export interface WebhookEndpoint {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly mode: Mode;
  readonly url: string;
  /** Names of event types, or `*` for all of them. */
  readonly eventTypes: readonly string[];
  readonly dialect: 'standard';
  readonly status: 'active' | 'paused' | 'deleted';
  readonly description: string | null;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export function wants(endpoint: WebhookEndpoint, eventType: string): boolean {
  return endpoint.eventTypes.some((wanted) => wanted === '*' || wanted === eventType);
}

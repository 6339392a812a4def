import type { BoundEndpoint } from '../platform/http/bind-endpoint.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { EndpointContext } from './change-endpoint.ts';
import { deliveryRoutes } from './routes-deliveries.ts';
import { endpointRoutes } from './routes-endpoints.ts';
import { eventRoutes } from './routes-events.ts';
import { healthRoutes } from './routes-health.ts';

export interface NotificationContext extends EndpointContext {
  readonly wakeDelivery: () => void;
  readonly tenantClocks: TenantClocks;
}

/** The endpoints that configure and show notifications. */
export function notificationRoutes(context: NotificationContext): readonly BoundEndpoint[] {
  return [...endpointRoutes(context), ...deliveryRoutes(context), ...eventRoutes(context), ...healthRoutes(context)];
}

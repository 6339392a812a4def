import type { BoundEndpoint } from '../platform/http/bind-endpoint.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { EndpointContext } from './change-endpoint.ts';
import type { ResendGuard } from './resend-guard.ts';
import { deliveryRoutes } from './routes-deliveries.ts';
import { endpointRoutes } from './routes-endpoints.ts';
import { eventRoutes } from './routes-events.ts';
import { replayRoutes } from './routes-replays.ts';

export interface NotificationContext extends EndpointContext {
  readonly wakeDelivery: () => void;
  readonly wakeReplay: () => void;
  readonly tenantClocks: TenantClocks;
  readonly resendGuard: ResendGuard;
}

/** The endpoints that configure and show notifications. */
export function notificationRoutes(context: NotificationContext): readonly BoundEndpoint[] {
  return [...endpointRoutes(context), ...deliveryRoutes(context), ...eventRoutes(context), ...replayRoutes(context)];
}

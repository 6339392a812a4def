import type { BoundEndpoint } from '../platform/http/bind-endpoint.ts';
import type { KeptSince } from './event-expired.ts';
import type { ResendGuard } from './resend-guard.ts';
import { deliveryRoutes } from './routes-deliveries.ts';
import { endpointRoutes } from './routes-endpoints.ts';
import { eventRoutes } from './routes-events.ts';
import { healthRoutes } from './routes-health.ts';
import { replayRoutes } from './routes-replays.ts';
import { type SettingsRoutesContext, settingsRoutes } from './routes-settings.ts';

export interface NotificationContext extends SettingsRoutesContext {
  readonly wakeReplay: () => void;
  readonly resendGuard: ResendGuard;
  readonly keptSince: KeptSince;
}

/** The endpoints that configure and show notifications. */
export function notificationRoutes(context: NotificationContext): readonly BoundEndpoint[] {
  return [
    ...endpointRoutes(context),
    ...settingsRoutes(context),
    ...deliveryRoutes(context),
    ...eventRoutes(context),
    ...healthRoutes(context),
    ...replayRoutes(context),
  ];
}

import { accessRoutes } from '../access/routes.ts';
import { notificationRoutes } from '../notifications/routes.ts';
import { paymentRoutes } from '../payments/routes.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import { refundRoutes } from '../refunds/routes.ts';
import { tenantRoutes } from '../tenants/routes.ts';
import type { Gateway } from './gateway.ts';

/** Serves the tenants' and the operator's API. */
export function serveApi(server: HttpServer, gateway: Gateway): void {
  const { payments, notifications, tenants, tokens, clock } = gateway;
  server.bind([
    ...accessRoutes({ database: payments.database, tokens, clock }),
    ...paymentRoutes(payments),
    ...refundRoutes(payments),
    ...notificationRoutes(notifications),
    ...tenantRoutes(tenants),
  ]);
}

import { apiKeyRoutes } from '../access/api-key-routes.ts';
import { roleRoutes } from '../access/role-routes.ts';
import { accessRoutes } from '../access/routes.ts';
import { acknowledgmentRoutes } from '../acknowledgments/routes.ts';
import { auditRoutes } from '../audit/routes.ts';
import { blueboxRoutes } from '../bluebox/routes.ts';
import { captureRoutes } from '../captures/routes.ts';
import { changeRoutes } from '../changes/routes.ts';
import { previewRoutes } from '../checkout/preview-page.ts';
import { checkoutConfigurationRoutes } from '../checkout-configurations/routes.ts';
import { disputeRoutes } from '../disputes/routes.ts';
import { domainRoutes } from '../domains/routes.ts';
import { inboundRoutes } from '../inbound/routes.ts';
import { invoiceRoutes } from '../invoices/routes.ts';
import { keyRoutes } from '../keys/routes.ts';
import { ledgerRoutes } from '../ledger/routes.ts';
import { limitRoutes } from '../limits/routes.ts';
import { createReadLogo } from '../logos/read-logo.ts';
import { logoRoutes } from '../logos/routes.ts';
import { mailRoutes } from '../mail/routes.ts';
import { notificationRoutes } from '../notifications/routes.ts';
import { listenerRoutes } from '../notifications/routes-listeners.ts';
import { overviewRoutes } from '../overview/routes.ts';
import { partnerKeyRoutes } from '../partners/routes.ts';
import { paymentRoutes } from '../payments/routes.ts';
import { periodRoutes } from '../periods/routes.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import { productRoutes } from '../products/routes.ts';
import { providerAccountRoutes } from '../provider-accounts/routes.ts';
import { qrCodeRoutes } from '../qr-codes/routes.ts';
import { reconciliationRoutes } from '../reconciliation/routes.ts';
import { refundRoutes } from '../refunds/routes.ts';
import { requestLogRoutes } from '../request-log/routes.ts';
import { reversalRoutes } from '../reversals/routes.ts';
import { searchRoutes } from '../search/routes.ts';
import { simulationRoutes } from '../simulations/routes.ts';
import { systemRoutes } from '../system/routes.ts';
import { tenantRoutes } from '../tenants/routes.ts';
import { testClockRoutes } from '../test-clocks/routes.ts';
import { timelineRoutes } from '../timeline/routes.ts';
import { withApprovals } from './approvals.ts';
import type { Gateway } from './gateway.ts';

/** Serves the tenants' and the operator's API. */
export function serveApi(server: HttpServer, gateway: Gateway): void {
  const { payments, notifications, tenants, domains, testClocks, tokens, clock } = gateway;
  const endpoints = [
    ...accessRoutes({ database: payments.database, tokens, clock, guesses: gateway.rateLimits.credentials }),
    ...apiKeyRoutes(payments),
    ...roleRoutes(payments),
    ...paymentRoutes(payments),
    ...timelineRoutes(payments.database),
    ...blueboxRoutes(payments),
    ...qrCodeRoutes(payments),
    ...captureRoutes(payments),
    ...refundRoutes(payments),
    ...reversalRoutes(payments),
    ...disputeRoutes(payments),
    ...inboundRoutes(payments),
    ...keyRoutes(gateway.keys),
    ...ledgerRoutes(payments.database),
    ...periodRoutes(payments),
    ...reconciliationRoutes({ ...payments, log: gateway.log, wakeReconcile: () => gateway.wakeup.notify('reconcile') }),
    ...notificationRoutes(notifications),
    ...productRoutes(payments),
    ...checkoutConfigurationRoutes(payments),
    ...invoiceRoutes(payments),
    ...limitRoutes(payments),
    ...mailRoutes(gateway.mail),
    ...acknowledgmentRoutes(payments),
    ...listenerRoutes({ ...notifications, closing: server.closing }),
    ...simulationRoutes({ ...notifications, http: gateway.deliveryHttp }),
    ...providerAccountRoutes(payments),
    ...partnerKeyRoutes(payments),
    ...searchRoutes(payments),
    ...overviewRoutes(payments),
    ...requestLogRoutes(payments),
    ...systemRoutes(gateway.system),
    ...changeRoutes({ ...notifications, log: gateway.log, closing: server.closing }),
    ...domainRoutes(domains),
    ...testClockRoutes(testClocks),
    ...tenantRoutes(tenants),
    ...auditRoutes(payments),
    ...logoRoutes(tenants),
    ...previewRoutes({ ...tenants, readLogo: createReadLogo(payments.database) }),
  ];
  server.bind(withApprovals(gateway, endpoints));
}

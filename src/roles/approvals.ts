import { userRoutes } from '../access/routes-people.ts';
import { acknowledgmentRoutes } from '../acknowledgments/routes.ts';
import { type ApprovalContext, underFourEyes } from '../approvals/ask-approval.ts';
import { approvalRoutes } from '../approvals/routes.ts';
import type { RunContext } from '../approvals/run-approved.ts';
import { keyRoutes } from '../keys/routes.ts';
import { notificationRoutes } from '../notifications/routes.ts';
import type { BoundEndpoint } from '../platform/http/bind-endpoint.ts';
import { providerAccountRoutes } from '../provider-accounts/routes.ts';
import { refundRoutes } from '../refunds/routes.ts';
import { tenantRoutes } from '../tenants/routes.ts';
import type { Gateway } from './gateway.ts';

/** The API's endpoints, with those under four eyes waiting for a second person, and those of approvals themselves. */
export function withApprovals(gateway: Gateway, endpoints: readonly BoundEndpoint[]): readonly BoundEndpoint[] {
  return [...underFourEyes(asking(gateway), endpoints), ...approvalRoutes(approvalRunner(gateway))];
}

/** The endpoints of people, some of which wait for a second person as well. */
export function withSecondPerson(gateway: Gateway, endpoints: readonly BoundEndpoint[]): readonly BoundEndpoint[] {
  return underFourEyes(asking(gateway), endpoints);
}

function asking({ payments, config }: Gateway): ApprovalContext {
  return {
    ...payments,
    operatorFourEyes: config.operatorFourEyes,
    tellApprovers: (tx, { tenantId, mode, approvalId, act, requestedBy, expiresAt }) =>
      payments.raiseAlarm(tx, {
        ...{ tenantId, mode, kind: 'approval_requested' },
        facts: { approval: approvalId, act, requestedBy, expiresAt: expiresAt.toString() },
      }),
  };
}

/** What approved requests are run with; the worker finishes those that a crash left. */
export function approvalRunner(gateway: Gateway): RunContext {
  const { payments, notifications, tenants, log } = gateway;
  const acts = [
    ...refundRoutes(payments),
    ...providerAccountRoutes(payments),
    ...notificationRoutes(notifications),
    ...tenantRoutes(tenants),
    ...acknowledgmentRoutes(payments),
    ...keyRoutes(gateway.keys),
    ...userRoutes(gateway.people),
  ].filter(({ endpoint }) => endpoint.fourEyes === true);
  return { ...payments, log, acts };
}

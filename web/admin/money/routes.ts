import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { useApprovalTexts } from '../approvals/use-approval-texts.ts';
import { bookRoutes } from '../books/routes.ts';
import { DISPUTE_FILTERS } from '../disputes/disputes-search.ts';
import { useDisputeTexts } from '../disputes/use-dispute-texts.ts';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { withTexts } from '../texts/area-texts.ts';
import { DEADLINE_FILTERS, OPERATION_FILTERS } from './operation-kinds.ts';
import { useMoneyTexts } from './use-money-texts.ts';

const captures = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/captures',
  validateSearch: listSearch(OPERATION_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./captures-screen.tsx'), useMoneyTexts),
    'CapturesScreen',
  ),
});

const capture = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/captures/$captureId',
  component: lazyRouteComponent(
    withTexts(() => import('./operation-screen.tsx'), useMoneyTexts),
    'CaptureScreen',
  ),
});

const refunds = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/refunds',
  validateSearch: listSearch(OPERATION_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./refunds-screen.tsx'), useMoneyTexts),
    'RefundsScreen',
  ),
});

const refund = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/refunds/$refundId',
  component: lazyRouteComponent(
    withTexts(() => import('./operation-screen.tsx'), useMoneyTexts),
    'RefundScreen',
  ),
});

const reversals = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/reversals',
  validateSearch: listSearch(OPERATION_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./reversals-screen.tsx'), useMoneyTexts),
    'ReversalsScreen',
  ),
});

const reversal = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/reversals/$reversalId',
  component: lazyRouteComponent(
    withTexts(() => import('./operation-screen.tsx'), useMoneyTexts),
    'ReversalScreen',
  ),
});

const deadlines = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/ack-deadlines',
  validateSearch: listSearch(DEADLINE_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./deadlines-screen.tsx'), useMoneyTexts),
    'DeadlinesScreen',
  ),
});

const deadline = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/ack-deadlines/$deadlineId',
  component: lazyRouteComponent(
    withTexts(() => import('./deadline-screen.tsx'), useMoneyTexts),
    'DeadlineScreen',
  ),
});

const disputes = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/disputes',
  validateSearch: listSearch(DISPUTE_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('../disputes/disputes-screen.tsx'), useDisputeTexts),
    'DisputesScreen',
  ),
});

const dispute = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/disputes/$disputeId',
  component: lazyRouteComponent(
    withTexts(() => import('../disputes/dispute-screen.tsx'), useDisputeTexts),
    'DisputeScreen',
  ),
});

const approvals = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/approvals',
  validateSearch: listSearch(['state']),
  component: lazyRouteComponent(
    withTexts(() => import('../approvals/approvals-screen.tsx'), useApprovalTexts),
    'ApprovalsScreen',
  ),
});

const approval = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/approvals/$approvalId',
  component: lazyRouteComponent(
    withTexts(() => import('../approvals/approval-screen.tsx'), useApprovalTexts),
    'ApprovalScreen',
  ),
});

const ackSwitch = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/ack-reversals',
  component: lazyRouteComponent(
    withTexts(() => import('./ack-switch-screen.tsx'), useMoneyTexts),
    'AckSwitchScreen',
  ),
});

/** Screens of a tenant. */
export const moneyRoutes = [
  captures,
  capture,
  refunds,
  refund,
  reversals,
  reversal,
  deadlines,
  deadline,
  disputes,
  dispute,
  approvals,
  approval,
  ...bookRoutes,
] as const;

/** Screens of the whole installation. */
export const operatorMoneyRoutes = [ackSwitch] as const;

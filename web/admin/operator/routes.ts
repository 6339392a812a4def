import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { withTexts } from '../texts/area-texts.ts';
import { useOperatorTexts } from './use-operator-texts.ts';

const approvals = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/approvals',
  validateSearch: listSearch(['state']),
  component: lazyRouteComponent(
    withTexts(() => import('./approvals-screen.tsx'), useOperatorTexts),
    'OperatorApprovalsScreen',
  ),
});

export const operatorApprovalRoutes = [approvals] as const;

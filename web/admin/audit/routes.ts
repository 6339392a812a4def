import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { withTexts } from '../texts/area-texts.ts';
import { AUDIT_FILTERS, OPERATOR_AUDIT_FILTERS } from './audit-search.ts';
import { useAuditTexts } from './use-audit-texts.ts';

const audit = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/audit',
  validateSearch: listSearch(AUDIT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./audit-screen.tsx'), useAuditTexts),
    'AuditScreen',
  ),
});

const operatorAudit = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/audit',
  validateSearch: listSearch(OPERATOR_AUDIT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./operator-audit-screen.tsx'), useAuditTexts),
    'OperatorAuditScreen',
  ),
});

export const auditRoutes = [audit] as const;
export const operatorAuditRoutes = [operatorAudit] as const;

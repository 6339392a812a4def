import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { apiKeyRoutes, operatorKeyRoutes } from '../api-keys/routes.ts';
import { auditRoutes, operatorAuditRoutes } from '../audit/routes.ts';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { encryptionRoutes } from '../keys/routes.ts';
import { listSearch } from '../list/list-search.ts';
import { operatorApprovalRoutes } from '../operator/routes.ts';
import { operatorRoleRoutes, roleRoutes } from '../roles/routes.ts';
import { systemRoutes } from '../system/routes.ts';
import { childTenantRoutes, tenantRoutes } from '../tenants/routes.ts';
import { withTexts } from '../texts/area-texts.ts';
import { usePeopleTexts } from './use-people-texts.ts';

const screens = withTexts(() => import('./people-screens.tsx'), usePeopleTexts);

const people = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/people',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(screens, 'PeopleScreen'),
});

const operatorPeople = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/people',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(screens, 'OperatorPeopleScreen'),
});

/** Who may do what, and what was done: screens of a tenant. */
export const peopleRoutes = [...apiKeyRoutes, people, ...roleRoutes, ...childTenantRoutes, ...auditRoutes] as const;

/** The same of the whole installation. */
export const operatorPeopleRoutes = [
  ...tenantRoutes,
  ...operatorKeyRoutes,
  operatorPeople,
  ...operatorRoleRoutes,
  ...operatorAuditRoutes,
  ...encryptionRoutes,
  ...operatorApprovalRoutes,
  ...systemRoutes,
] as const;

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { withTexts } from '../texts/area-texts.ts';
import { TENANT_FILTERS } from './tenants-search.ts';
import { useTenantTexts } from './use-tenant-texts.ts';

const tenants = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/tenants',
  validateSearch: listSearch(TENANT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./tenants-screen.tsx'), useTenantTexts),
    'TenantsScreen',
  ),
});

const tenant = createRoute({
  getParentRoute: () => operatorPlace,
  // Not `$tenantId`, which says at the place of a tenant whose data are shown.
  path: '/tenants/$id',
  component: lazyRouteComponent(
    withTexts(() => import('./tenant-screen.tsx'), useTenantTexts),
    'TenantScreen',
  ),
});

const children = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/child-tenants',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(
    withTexts(() => import('./children-screen.tsx'), useTenantTexts),
    'ChildrenScreen',
  ),
});

export const childTenantRoutes = [children] as const;
export const tenantRoutes = [tenants, tenant] as const;

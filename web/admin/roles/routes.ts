import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { withTexts } from '../texts/area-texts.ts';
import { useRoleTexts } from './use-role-texts.ts';

const roles = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/roles',
  component: lazyRouteComponent(
    withTexts(() => import('./roles-screen.tsx'), useRoleTexts),
    'RolesScreen',
  ),
});

const operatorRoles = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/roles',
  component: lazyRouteComponent(
    withTexts(() => import('./operator-roles-screen.tsx'), useRoleTexts),
    'OperatorRolesScreen',
  ),
});

export const roleRoutes = [roles] as const;
export const operatorRoleRoutes = [operatorRoles] as const;

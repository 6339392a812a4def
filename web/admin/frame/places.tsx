import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { Broken, NotFound } from './broken.tsx';
import { OperatorFrame, TenantFrame } from './frame.tsx';

/** The parents of all screens: an area hangs its own below one of the places. */
export const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

/** Everything behind the sign-in. Whoever is not signed in comes back to where they wanted to go. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: '/sign-in', search: { to: location.publicHref } });
    return { session };
  },
});

/** Screens about one tenant in one mode. */
export const tenantPlace = createRoute({
  getParentRoute: () => inside,
  path: '/$tenantId/$mode',
  component: TenantFrame,
});

/** Screens about the whole installation, for those who run it. */
export const operatorPlace = createRoute({
  getParentRoute: () => inside,
  path: '/operator',
  component: OperatorFrame,
});

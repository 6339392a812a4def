import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../frame/places.tsx';
import { withTexts } from '../texts/area-texts.ts';
import { useEntryTexts } from './use-entry-texts.ts';

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { to?: string } => (typeof search.to === 'string' ? { to: search.to } : {}),
  component: lazyRouteComponent(
    withTexts(() => import('./sign-in-screen.tsx'), useEntryTexts),
    'SignInScreen',
  ),
});

const oidcReturn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/oidc',
  validateSearch: (search): { code?: string; state?: string; iss?: string } =>
    Object.fromEntries(
      ['code', 'state', 'iss'].flatMap((name) => {
        const value = search[name];
        // Numbers were texts before the address was read.
        return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
      }),
    ),
  component: lazyRouteComponent(
    withTexts(() => import('./oidc-return-screen.tsx'), useEntryTexts),
    'OidcReturnScreen',
  ),
});

const linkScreen = lazyRouteComponent(
  withTexts(() => import('./link-screen.tsx'), useEntryTexts),
  'LinkScreen',
);
const setUp = createRoute({ getParentRoute: () => root, path: '/setup', component: linkScreen });
const invitation = createRoute({ getParentRoute: () => root, path: '/invitation', component: linkScreen });

/** What people see before they are in. */
export const entryRoutes = [signIn, oidcReturn, setUp, invitation] as const;

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { useEntryTexts } from '../entry/use-entry-texts.ts';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { withTexts } from '../texts/area-texts.ts';
import { useAccountTexts } from './use-account-texts.ts';

const component = lazyRouteComponent(
  withTexts(() => import('./account-screen.tsx'), useAccountTexts, useEntryTexts),
  'AccountScreen',
);

// At both places, so that whoever looks after their account stays where they are.
const account = createRoute({ getParentRoute: () => tenantPlace, path: '/account', component });
const operatorAccount = createRoute({ getParentRoute: () => operatorPlace, path: '/account', component });

export const accountRoutes = [account] as const;
export const operatorAccountRoutes = [operatorAccount] as const;

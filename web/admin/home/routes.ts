import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { usePaymentTexts } from '../payments/use-payment-texts.ts';
import { withTexts } from '../texts/area-texts.ts';
import { homeSearch } from './home-search.ts';
import { useHomeTexts } from './use-home-texts.ts';

const home = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/',
  validateSearch: homeSearch,
  component: lazyRouteComponent(
    withTexts(() => import('./home-screen.tsx'), useHomeTexts, usePaymentTexts),
    'HomeScreen',
  ),
});

const operatorHome = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/',
  validateSearch: homeSearch,
  component: lazyRouteComponent(
    withTexts(() => import('./operator-home-screen.tsx'), useHomeTexts),
    'OperatorHomeScreen',
  ),
});

export const homeRoutes = [home] as const;
export const operatorHomeRoutes = [operatorHome] as const;

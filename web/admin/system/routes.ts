import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace } from '../frame/places.tsx';
import { withTexts } from '../texts/area-texts.ts';
import { useSystemTexts } from './use-system-texts.ts';

const system = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/system',
  component: lazyRouteComponent(
    withTexts(() => import('./system-screen.tsx'), useSystemTexts),
    'SystemScreen',
  ),
});

export const systemRoutes = [system] as const;

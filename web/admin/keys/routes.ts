import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace } from '../frame/places.tsx';
import { withTexts } from '../texts/area-texts.ts';
import { useEncryptionTexts } from './use-encryption-texts.ts';

const encryption = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/encryption-keys',
  component: lazyRouteComponent(
    withTexts(() => import('./encryption-screen.tsx'), useEncryptionTexts),
    'EncryptionScreen',
  ),
});

export const encryptionRoutes = [encryption] as const;

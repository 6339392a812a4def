import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { operatorPlace, tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { withTexts } from '../texts/area-texts.ts';
import { useApiKeyTexts } from './use-api-key-texts.ts';

const screens = withTexts(() => import('./key-screens.tsx'), useApiKeyTexts);

const apiKeys = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/api-keys',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(screens, 'ApiKeysScreen'),
});

const apiKey = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/api-keys/$keyId',
  component: lazyRouteComponent(screens, 'ApiKeyScreen'),
});

const operatorKeys = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/keys',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(screens, 'OperatorKeysScreen'),
});

const operatorKey = createRoute({
  getParentRoute: () => operatorPlace,
  path: '/keys/$keyId',
  component: lazyRouteComponent(screens, 'OperatorKeyScreen'),
});

export const apiKeyRoutes = [apiKeys, apiKey] as const;
export const operatorKeyRoutes = [operatorKeys, operatorKey] as const;

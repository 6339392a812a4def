import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { accountRoutes, operatorAccountRoutes } from './account/routes.ts';
import { BASE } from './base.ts';
import { entryRoutes } from './entry/routes.ts';
import { Broken } from './frame/broken.tsx';
import { lastPlace } from './frame/last-place.ts';
import { NoTenant } from './frame/no-tenant.tsx';
import { inside, operatorPlace, root, tenantPlace } from './frame/places.tsx';
import { homeRoutes, operatorHomeRoutes } from './home/routes.ts';
import { moneyRoutes, operatorMoneyRoutes } from './money/routes.ts';
import { notifyRoutes, operatorNotifyRoutes } from './notify/routes.ts';
import { paymentRoutes } from './payments/routes.ts';
import { operatorPeopleRoutes, peopleRoutes } from './people/routes.ts';
import { operatorSetupRoutes, setupRoutes } from './setup/routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

const start = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: NoTenant,
  beforeLoad: ({ context: { session } }) => {
    const place = lastPlace(session);
    if (place === 'operator') throw redirect({ to: '/operator' });
    if (place !== null) throw redirect({ to: '/$tenantId/$mode', params: place });
  },
});

const tenantScreens = [
  ...homeRoutes,
  ...paymentRoutes,
  ...moneyRoutes,
  ...webhookRoutes,
  ...notifyRoutes,
  ...setupRoutes,
  ...peopleRoutes,
  ...accountRoutes,
] as const;

const operatorScreens = [
  ...operatorHomeRoutes,
  ...operatorMoneyRoutes,
  ...operatorNotifyRoutes,
  ...operatorSetupRoutes,
  ...operatorPeopleRoutes,
  ...operatorAccountRoutes,
] as const;

const tree = root.addChildren([
  ...entryRoutes,
  inside.addChildren([start, tenantPlace.addChildren(tenantScreens), operatorPlace.addChildren(operatorScreens)]),
]);

/** The addresses of the panel, and the screens behind them; each screen is loaded when it is first opened. */
export function createPanelRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: BASE,
    context: { client },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: Broken,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPanelRouter>;
  }
}

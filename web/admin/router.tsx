import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { sessionQuery } from './api/session.ts';
import { BASE } from './base.ts';
import { Broken, NotFound } from './frame/broken.tsx';
import { Frame } from './frame/frame.tsx';
import { lastPlace } from './frame/last-place.ts';
import { NoTenant } from './frame/no-tenant.tsx';
import { listSearch } from './list/list-search.ts';
import { PAYMENT_FILTERS } from './payments/payments-search.ts';
import { DELIVERY_FILTERS } from './webhooks/deliveries-search.ts';

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

/** Everything behind the sign-in. Whoever is not signed in comes back to where they wanted to go. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: '/sign-in', search: { to: location.publicHref } });
    return { session };
  },
});

const start = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: NoTenant,
  beforeLoad: ({ context }) => {
    const place = lastPlace(context.session);
    if (place !== null) throw redirect({ to: '/$tenantId/$mode', params: place });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { to?: string } => (typeof search.to === 'string' ? { to: search.to } : {}),
  component: lazyRouteComponent(() => import('./entry/sign-in-screen.tsx'), 'SignInScreen'),
});

const linkScreen = lazyRouteComponent(() => import('./entry/link-screen.tsx'), 'LinkScreen');
const setUp = createRoute({ getParentRoute: () => root, path: '/setup', component: linkScreen });
const invitation = createRoute({ getParentRoute: () => root, path: '/invitation', component: linkScreen });

const tenant = createRoute({
  getParentRoute: () => inside,
  path: '/$tenantId/$mode',
  component: Frame,
});

const home = createRoute({
  getParentRoute: () => tenant,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home-screen.tsx'), 'HomeScreen'),
});

const payments = createRoute({
  getParentRoute: () => tenant,
  path: '/payments',
  validateSearch: listSearch(PAYMENT_FILTERS),
  component: lazyRouteComponent(() => import('./payments/payments-screen.tsx'), 'PaymentsScreen'),
});

const payment = createRoute({
  getParentRoute: () => tenant,
  path: '/payments/$paymentId',
  component: lazyRouteComponent(() => import('./payments/payment-screen.tsx'), 'PaymentScreen'),
});

const webhooks = createRoute({
  getParentRoute: () => tenant,
  path: '/webhooks',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(() => import('./webhooks/endpoints-screen.tsx'), 'EndpointsScreen'),
});

const webhook = createRoute({
  getParentRoute: () => tenant,
  path: '/webhooks/$endpointId',
  component: lazyRouteComponent(() => import('./webhooks/endpoint-screen.tsx'), 'EndpointScreen'),
});

const deliveries = createRoute({
  getParentRoute: () => tenant,
  path: '/deliveries',
  validateSearch: listSearch(DELIVERY_FILTERS),
  component: lazyRouteComponent(() => import('./webhooks/deliveries-screen.tsx'), 'DeliveriesScreen'),
});

const delivery = createRoute({
  getParentRoute: () => tenant,
  path: '/deliveries/$deliveryId',
  component: lazyRouteComponent(() => import('./webhooks/delivery-screen.tsx'), 'DeliveryScreen'),
});

const screens = [home, payments, payment, webhooks, webhook, deliveries, delivery] as const;
const tree = root.addChildren([signIn, setUp, invitation, inside.addChildren([start, tenant.addChildren(screens)])]);

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

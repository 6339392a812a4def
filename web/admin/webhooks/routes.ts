import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { usePaymentTexts } from '../payments/use-payment-texts.ts';
import { withTexts } from '../texts/area-texts.ts';
import { DELIVERY_FILTERS } from './deliveries-search.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

const webhooks = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/webhooks',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(
    withTexts(() => import('./endpoints-screen.tsx'), useWebhookTexts),
    'EndpointsScreen',
  ),
});

const webhook = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/webhooks/$endpointId',
  component: lazyRouteComponent(
    withTexts(() => import('./endpoint-screen.tsx'), useWebhookTexts, usePaymentTexts),
    'EndpointScreen',
  ),
});

const deliveries = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/deliveries',
  validateSearch: listSearch(DELIVERY_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./deliveries-screen.tsx'), useWebhookTexts),
    'DeliveriesScreen',
  ),
});

const delivery = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/deliveries/$deliveryId',
  component: lazyRouteComponent(
    withTexts(() => import('./delivery-screen.tsx'), useWebhookTexts, usePaymentTexts),
    'DeliveryScreen',
  ),
});

export const webhookRoutes = [webhooks, webhook, deliveries, delivery] as const;

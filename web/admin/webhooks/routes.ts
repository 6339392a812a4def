import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { useToolTexts } from '../notifications/use-tool-texts.ts';
import { usePaymentTexts } from '../payments/use-payment-texts.ts';
import { withTexts } from '../texts/area-texts.ts';
import { DELIVERY_FILTERS } from './deliveries-search.ts';
import { useEditorTexts } from './use-editor-texts.ts';
import { useSignatureTexts } from './use-signature-texts.ts';
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
    withTexts(() => import('./endpoint-screen.tsx'), useWebhookTexts, usePaymentTexts, useEditorTexts, useToolTexts),
    'EndpointScreen',
  ),
});

const editWebhook = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/webhooks/$endpointId/edit',
  component: lazyRouteComponent(
    withTexts(() => import('./edit-endpoint-screen.tsx'), useWebhookTexts, useEditorTexts, useToolTexts),
    'EditEndpointScreen',
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
    withTexts(() => import('./delivery-screen.tsx'), useWebhookTexts, usePaymentTexts, useSignatureTexts),
    'DeliveryScreen',
  ),
});

export const webhookRoutes = [webhooks, webhook, editWebhook, deliveries, delivery] as const;

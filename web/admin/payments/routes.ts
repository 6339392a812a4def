import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { withTexts } from '../texts/area-texts.ts';
import { useWebhookTexts } from '../webhooks/use-webhook-texts.ts';
import { PAYMENT_FILTERS } from './payments-search.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

const payments = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/payments',
  validateSearch: listSearch(PAYMENT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./payments-screen.tsx'), usePaymentTexts),
    'PaymentsScreen',
  ),
});

const payment = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/payments/$paymentId',
  component: lazyRouteComponent(
    withTexts(() => import('./payment-screen.tsx'), usePaymentTexts, useWebhookTexts),
    'PaymentScreen',
  ),
});

export const paymentRoutes = [payments, payment] as const;

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { useBrandingTexts } from '../branding/use-branding-texts.ts';
import { CHECKOUT_FILTERS } from '../checkouts/checkouts-search.ts';
import { useCheckoutTexts } from '../checkouts/use-checkout-texts.ts';
import { useDomainTexts } from '../domains/use-domain-texts.ts';
import { tenantPlace } from '../frame/places.tsx';
import { useLimitTexts } from '../limits/use-limit-texts.ts';
import { listSearch } from '../list/list-search.ts';
import { useProviderTexts } from '../providers/use-provider-texts.ts';
import { QR_CODE_FILTERS } from '../qr-codes/qr-codes-search.ts';
import { useQrCodeTexts } from '../qr-codes/use-qr-code-texts.ts';
import { useRoutingTexts } from '../routing/use-routing-texts.ts';
import { useSettingTexts } from '../settings/use-setting-texts.ts';
import { withTexts } from '../texts/area-texts.ts';

const accounts = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/provider-accounts',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(
    withTexts(() => import('../providers/accounts-screen.tsx'), useProviderTexts),
    'AccountsScreen',
  ),
});

const account = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/provider-accounts/$accountId',
  component: lazyRouteComponent(
    withTexts(() => import('../providers/account-screen.tsx'), useProviderTexts),
    'AccountScreen',
  ),
});

const routing = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/routing',
  component: lazyRouteComponent(
    withTexts(() => import('../routing/routing-screen.tsx'), useRoutingTexts, useProviderTexts),
    'RoutingScreen',
  ),
});

const checkouts = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/checkouts',
  validateSearch: listSearch(CHECKOUT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('../checkouts/checkouts-screen.tsx'), useCheckoutTexts),
    'CheckoutsScreen',
  ),
});

const checkout = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/checkouts/$checkoutId',
  component: lazyRouteComponent(
    withTexts(() => import('../checkouts/checkout-screen.tsx'), useCheckoutTexts),
    'CheckoutScreen',
  ),
});

const qrCodes = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/qr-codes',
  validateSearch: listSearch(QR_CODE_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('../qr-codes/qr-codes-screen.tsx'), useQrCodeTexts),
    'QrCodesScreen',
  ),
});

const qrCode = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/qr-codes/$qrCodeId',
  component: lazyRouteComponent(
    withTexts(() => import('../qr-codes/qr-code-screen.tsx'), useQrCodeTexts),
    'QrCodeScreen',
  ),
});

const qrSheet = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/qr-codes/$qrCodeId/sheet',
  component: lazyRouteComponent(
    withTexts(() => import('../qr-codes/qr-sheet-screen.tsx'), useQrCodeTexts),
    'QrSheetScreen',
  ),
});

const branding = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/branding',
  component: lazyRouteComponent(
    withTexts(() => import('../branding/branding-screen.tsx'), useBrandingTexts),
    'BrandingScreen',
  ),
});

const domains = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/domains',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(
    withTexts(() => import('../domains/domains-screen.tsx'), useDomainTexts),
    'DomainsScreen',
  ),
});

const domain = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/domains/$domainId',
  component: lazyRouteComponent(
    withTexts(() => import('../domains/domain-screen.tsx'), useDomainTexts),
    'DomainScreen',
  ),
});

const limits = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/limits',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(
    withTexts(() => import('../limits/limits-screen.tsx'), useLimitTexts),
    'LimitsScreen',
  ),
});

const limit = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/limits/$basketId',
  component: lazyRouteComponent(
    withTexts(() => import('../limits/limit-screen.tsx'), useLimitTexts),
    'LimitScreen',
  ),
});

const settings = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/settings',
  component: lazyRouteComponent(
    withTexts(() => import('../settings/settings-screen.tsx'), useSettingTexts),
    'SettingsScreen',
  ),
});

/** Screens of a tenant. */
export const setupRoutes = [
  ...([accounts, account, routing, checkouts, checkout] as const),
  ...([qrCodes, qrCode, qrSheet, branding, domains, domain] as const),
  ...([limits, limit, settings] as const),
] as const;

/** Screens of the whole installation. */
export const operatorSetupRoutes = [] as const;

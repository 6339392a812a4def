import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { EVENT_FILTERS } from '../events/events-search.ts';
import { useEventTexts } from '../events/use-event-texts.ts';
import { tenantPlace } from '../frame/places.tsx';
import { INBOUND_FILTERS } from '../inbound/inbound-search.ts';
import { useInboundTexts } from '../inbound/use-inbound-texts.ts';
import { listSearch } from '../list/list-search.ts';
import { DEAD_LETTER_FILTERS } from '../notifications/dead-letters-search.ts';
import { useSettingsTexts } from '../notifications/use-settings-texts.ts';
import { useToolTexts } from '../notifications/use-tool-texts.ts';
import { REQUEST_FILTERS } from '../requests/requests-search.ts';
import { useRequestTexts } from '../requests/use-request-texts.ts';
import { withTexts } from '../texts/area-texts.ts';
import { useEditorTexts } from '../webhooks/use-editor-texts.ts';
import { useWebhookTexts } from '../webhooks/use-webhook-texts.ts';

const events = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/events',
  validateSearch: listSearch(EVENT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('../events/events-screen.tsx'), useEventTexts),
    'EventsScreen',
  ),
});

const event = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/events/$eventId',
  component: lazyRouteComponent(
    withTexts(() => import('../events/event-screen.tsx'), useEventTexts, useWebhookTexts),
    'EventScreen',
  ),
});

const inbound = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/inbound',
  validateSearch: listSearch(INBOUND_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('../inbound/inbound-screen.tsx'), useInboundTexts),
    'InboundScreen',
  ),
});

const inboundEvent = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/inbound/$inboundId',
  component: lazyRouteComponent(
    withTexts(() => import('../inbound/inbound-event-screen.tsx'), useInboundTexts),
    'InboundEventScreen',
  ),
});

const requests = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/requests',
  validateSearch: listSearch(REQUEST_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('../requests/requests-screen.tsx'), useRequestTexts),
    'RequestsScreen',
  ),
});

const simulator = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/simulator',
  validateSearch: listSearch(['endpointId']),
  component: lazyRouteComponent(
    withTexts(() => import('../notifications/simulator-screen.tsx'), useToolTexts),
    'SimulatorScreen',
  ),
});

const deadLetters = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/dead-letters',
  validateSearch: listSearch(DEAD_LETTER_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('../notifications/dead-letters-screen.tsx'), useToolTexts, useWebhookTexts),
    'DeadLettersScreen',
  ),
});

const replays = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/replays',
  validateSearch: listSearch([]),
  component: lazyRouteComponent(
    withTexts(() => import('../notifications/replays-screen.tsx'), useToolTexts),
    'ReplaysScreen',
  ),
});

const beginReplay = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/replays/new',
  validateSearch: listSearch(['endpointId', 'status']),
  component: lazyRouteComponent(
    withTexts(() => import('../notifications/begin-replay-screen.tsx'), useToolTexts),
    'BeginReplayScreen',
  ),
});

const replay = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/replays/$replayId',
  component: lazyRouteComponent(
    withTexts(() => import('../notifications/replay-screen.tsx'), useToolTexts),
    'ReplayScreen',
  ),
});

const settings = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/notifications',
  validateSearch: listSearch(['productId']),
  component: lazyRouteComponent(
    withTexts(
      () => import('../notifications/settings-screen.tsx'),
      useSettingsTexts,
      useWebhookTexts,
      useEditorTexts,
      useToolTexts,
    ),
    'SettingsScreen',
  ),
});

const effective = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/notifications/effective',
  validateSearch: listSearch(['endpointId', 'paymentId']),
  component: lazyRouteComponent(
    withTexts(() => import('../notifications/effective-screen.tsx'), useSettingsTexts),
    'EffectiveScreen',
  ),
});

/** Screens of a tenant. */
export const notifyRoutes = [
  settings,
  effective,
  events,
  event,
  inbound,
  inboundEvent,
  requests,
  simulator,
  deadLetters,
  replays,
  beginReplay,
  replay,
] as const;

/** Screens of the whole installation. */
export const operatorNotifyRoutes = [] as const;

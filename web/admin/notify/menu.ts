import type { MenuEntry } from '../frame/menu-entry.ts';

export const NOTIFY_MENU: readonly MenuEntry[] = [
  {
    to: '/$tenantId/$mode/notifications',
    icon: 'check',
    permission: 'notification-settings:read',
    label: { en: 'Notification settings', de: 'Benachrichtigungen' },
    group: 'notifications',
  },
  {
    to: '/$tenantId/$mode/events',
    icon: 'clock',
    permission: 'event:read',
    label: { en: 'Events', de: 'Ereignisse' },
    group: 'notifications',
  },
  {
    to: '/$tenantId/$mode/dead-letters',
    icon: 'warning',
    permission: 'webhook:read',
    label: { en: 'Dead letters', de: 'Aufgegebene Zustellungen' },
    group: 'notifications',
  },
  {
    to: '/$tenantId/$mode/replays',
    icon: 'refresh',
    permission: 'webhook:read',
    label: { en: 'Replays', de: 'Nachholen' },
    group: 'notifications',
  },
  {
    to: '/$tenantId/$mode/simulator',
    icon: 'question',
    permission: 'webhook:read',
    label: { en: 'Simulator', de: 'Simulator' },
    group: 'notifications',
  },
  {
    to: '/$tenantId/$mode/inbound',
    icon: 'download',
    permission: 'inbound_event:read',
    label: { en: 'Provider notifications', de: 'Meldungen der Anbieter' },
    group: 'notifications',
  },
  {
    to: '/$tenantId/$mode/requests',
    icon: 'menu',
    permission: 'request-log:read',
    label: { en: 'API requests', de: 'API-Anfragen' },
    group: 'record',
  },
];

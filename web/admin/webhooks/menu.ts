import type { MenuEntry } from '../frame/menu-entry.ts';

export const WEBHOOKS_MENU: readonly MenuEntry[] = [
  {
    to: '/$tenantId/$mode/webhooks',
    icon: 'signal',
    permission: 'webhook:read',
    label: { en: 'Webhooks', de: 'Webhooks' },
    group: 'notifications',
  },
  {
    to: '/$tenantId/$mode/deliveries',
    icon: 'send',
    permission: 'webhook:read',
    label: { en: 'Deliveries', de: 'Zustellungen' },
    group: 'notifications',
  },
];

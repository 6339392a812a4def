import type { MenuEntry } from '../frame/menu-entry.ts';

export const PAYMENTS_MENU: readonly MenuEntry[] = [
  {
    to: '/$tenantId/$mode/payments',
    icon: 'card',
    permission: 'payment:read',
    label: { en: 'Payments', de: 'Zahlungen' },
    group: 'money',
  },
];

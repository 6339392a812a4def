import type { MenuEntry } from '../frame/menu-entry.ts';

export const HOME_MENU: readonly MenuEntry[] = [
  {
    to: '/$tenantId/$mode',
    icon: 'home',
    permission: 'payment:read',
    label: { en: 'Home', de: 'Übersicht' },
    group: null,
  },
  { to: '/operator', icon: 'home', permission: 'overview:read', label: { en: 'Home', de: 'Übersicht' }, group: null },
];

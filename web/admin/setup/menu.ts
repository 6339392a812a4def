import type { MenuEntry } from '../frame/menu-entry.ts';

export const SETUP_MENU: readonly MenuEntry[] = [
  {
    to: '/$tenantId/$mode/provider-accounts',
    icon: 'card',
    permission: 'provider-account:read',
    label: { en: 'Provider accounts', de: 'Anbieterkonten' },
    group: 'setup',
  },
  {
    to: '/$tenantId/$mode/routing',
    icon: 'right',
    permission: 'provider-account:read',
    label: { en: 'Routing', de: 'Routing' },
    group: 'setup',
  },
  {
    to: '/$tenantId/$mode/checkouts',
    icon: 'copy',
    permission: 'checkout:read',
    label: { en: 'Checkouts', de: 'Checkouts' },
    group: 'setup',
  },
  {
    to: '/$tenantId/$mode/qr-codes',
    icon: 'search',
    permission: 'qr-code:read',
    label: { en: 'QR codes', de: 'QR-Codes' },
    group: 'setup',
  },
  {
    to: '/$tenantId/$mode/branding',
    icon: 'sun',
    permission: 'settings:read',
    label: { en: 'Branding', de: 'Gestaltung' },
    group: 'setup',
  },
  {
    to: '/$tenantId/$mode/domains',
    icon: 'external',
    permission: 'domain:read',
    label: { en: 'Domains', de: 'Domains' },
    group: 'setup',
  },
  {
    to: '/$tenantId/$mode/limits',
    icon: 'lock',
    permission: 'limit-basket:read',
    label: { en: 'Limits', de: 'Limits' },
    group: 'setup',
  },
  {
    to: '/$tenantId/$mode/settings',
    icon: 'menu',
    permission: 'settings:read',
    label: { en: 'Settings', de: 'Einstellungen' },
    group: 'setup',
  },
];

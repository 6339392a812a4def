import { HOME_MENU } from '../home/menu.ts';
import { MONEY_MENU } from '../money/menu.ts';
import { NOTIFY_MENU } from '../notify/menu.ts';
import { PAYMENTS_MENU } from '../payments/menu.ts';
import { PEOPLE_MENU } from '../people/menu.ts';
import { SETUP_MENU } from '../setup/menu.ts';
import { WEBHOOKS_MENU } from '../webhooks/menu.ts';
import type { MenuEntry } from './menu-entry.ts';

/** Where the menu leads, area by area; within a group in this order. */
const MENU: readonly MenuEntry[] = [
  ...HOME_MENU,
  ...PAYMENTS_MENU,
  ...MONEY_MENU,
  ...WEBHOOKS_MENU,
  ...NOTIFY_MENU,
  ...SETUP_MENU,
  ...PEOPLE_MENU,
];

export const TENANT_MENU = MENU.filter(({ to }) => to.startsWith('/$tenantId'));
export const OPERATOR_MENU = MENU.filter(({ to }) => to.startsWith('/operator'));

import type { MenuEntry } from '../frame/menu-entry.ts';

export const MONEY_MENU: readonly MenuEntry[] = [];

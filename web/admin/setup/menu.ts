import type { MenuEntry } from '../frame/menu-entry.ts';

export const SETUP_MENU: readonly MenuEntry[] = [];

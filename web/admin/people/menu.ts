import type { MenuEntry } from '../frame/menu-entry.ts';

export const PEOPLE_MENU: readonly MenuEntry[] = [];

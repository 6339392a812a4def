import type { MenuEntry } from '../frame/menu-entry.ts';

export const NOTIFY_MENU: readonly MenuEntry[] = [];

import { OPERATOR_MENU, TENANT_MENU } from './menu.ts';
import type { MenuEntry } from './menu-entry.ts';
import { useAnywhere } from './use-place.ts';

/** The screens of this place that somebody may see. */
export function useMenu(): readonly MenuEntry[] {
  const { place, may } = useAnywhere();
  return (place === null ? OPERATOR_MENU : TENANT_MENU).filter(({ permission }) => may(permission));
}

import type { LinkProps } from '@tanstack/react-router';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { Language } from '../texts/use-texts.tsx';

type Address = NonNullable<LinkProps['to']>;

/** Of a screen that needs nothing more than its place. */
export type MenuAddress = Exclude<
  Extract<Address, `/$tenantId/$mode${string}` | `/operator${string}`>,
  `/$tenantId/$mode/${string}$${string}` | `/operator/${string}$${string}`
>;

/** In the order of the menu; null stands above all. */
export const MENU_GROUPS = [null, 'money', 'books', 'notifications', 'setup', 'access', 'record'] as const;
export type MenuGroup = (typeof MENU_GROUPS)[number];

/** A screen that the menu and the search lead to. `to` says whether it is a tenant's or the installation's. */
export interface MenuEntry {
  readonly to: MenuAddress;
  readonly icon: IconName;
  /** Without it the screen could only say no, so that it is not offered. */
  readonly permission: Permission;
  /** Here and not in a catalogue: the menu needs all of them before any of the screens is loaded. */
  readonly label: Readonly<Record<Language, string>>;
  readonly group: MenuGroup;
}

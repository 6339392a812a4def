import type { Permission } from '../../../src/kernel/endpoint.ts';
import type { IconName } from '../../ui/icon.tsx';

interface Destination {
  readonly to: `/$tenantId/$mode${'' | '/payments' | '/webhooks' | '/deliveries'}`;
  readonly name: 'home' | 'payments' | 'webhooks' | 'deliveries';
  readonly icon: IconName;
  /** Without it the screen could only say no. */
  readonly permission: Permission;
}

/** Where the menu leads, from top to bottom. */
export const DESTINATIONS: readonly Destination[] = [
  { to: '/$tenantId/$mode', name: 'home', icon: 'home', permission: 'payment:read' },
  { to: '/$tenantId/$mode/payments', name: 'payments', icon: 'card', permission: 'payment:read' },
  { to: '/$tenantId/$mode/webhooks', name: 'webhooks', icon: 'signal', permission: 'webhook:read' },
  { to: '/$tenantId/$mode/deliveries', name: 'deliveries', icon: 'send', permission: 'webhook:read' },
];

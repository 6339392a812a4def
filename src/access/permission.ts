import type { Permission } from '../kernel/endpoint.ts';

/** What somebody who works for a tenant is there for. Tenants have roles of their own besides. */
export const TENANT_ROLES = ['admin', 'developer', 'finance', 'support', 'viewer'] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

/** What somebody who runs the installation is there for. */
export const OPERATOR_ROLES = ['owner', 'admin', 'support', 'auditor'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

interface PermissionFacts<Role> {
  /** What it allows, as a sentence that follows "May". */
  readonly allows: string;
  /** Who has it beside the one role that has all. */
  readonly roles: readonly Role[];
  /** No key has it, by whatever name: only somebody who has signed in. */
  readonly person?: true;
}

const ALL = ['developer', 'finance', 'support', 'viewer'] as const;

/** Everything that can be allowed in a tenant; its admins may do all of it. */
export const TENANT_PERMISSIONS = {
  'payment:create': { allows: 'create payments', roles: ['developer'] },
  'payment:read': { allows: 'see payments, their timeline and why they are as they are', roles: ALL },
  'payment:update': {
    allows: 'confirm and cancel payments, open their page anew, ask the provider about them',
    roles: ['developer', 'finance', 'support'],
  },
  'capture:create': { allows: 'capture authorized payments', roles: ['developer', 'finance'] },
  'capture:read': { allows: 'see captures', roles: ALL },
  'refund:create': { allows: 'refund payments', roles: ['developer', 'finance', 'support'] },
  'refund:read': { allows: 'see refunds', roles: ALL },
  'reversal:create': {
    allows: 'reverse payments, and decide about those that nobody acknowledged',
    roles: ['developer', 'finance'],
  },
  'reversal:read': { allows: 'see reversals', roles: ALL },
  'dispute:read': { allows: 'see disputes and their evidence', roles: ALL },
  'dispute:update': { allows: 'send evidence in disputes', roles: ['finance', 'support'] },
  'inbound_event:read': {
    allows: 'see what providers told us, as it came',
    roles: ['developer', 'finance', 'support'],
  },
  'inbound_event:execute': { allows: 'settle or repeat what providers told us', roles: ['developer', 'finance'] },
  'ledger:read': { allows: 'see balances and the ledger', roles: ['developer', 'finance', 'viewer'] },
  'reconciliation:read': {
    allows: 'see reconciliation, its exceptions and its reports',
    roles: ['developer', 'finance', 'viewer'],
  },
  'reconciliation:update': { allows: 'resolve exceptions and set up reconciliation', roles: ['finance'] },
  'statement:create': { allows: "upload providers' statements", roles: ['finance'] },
  'statement:read': { allows: "see providers' statements", roles: ['developer', 'finance', 'viewer'] },
  'period:read': {
    allows: 'see the months of the ledger and what they add up to',
    roles: ['developer', 'finance', 'viewer'],
  },
  'period:update': { allows: 'close months of the ledger and open the last one again', roles: ['finance'] },
  'payout:read': { allows: 'see payouts', roles: ['developer', 'finance', 'viewer'] },
  'checkout:create': { allows: 'store checkouts', roles: ['developer'] },
  'checkout:read': { allows: 'see stored checkouts', roles: ALL },
  'checkout:update': { allows: 'change stored checkouts', roles: ['developer'] },
  'qr-code:create': { allows: 'make QR codes', roles: ['developer'] },
  'qr-code:read': { allows: 'see QR codes', roles: ALL },
  'qr-code:update': { allows: 'change and cancel QR codes', roles: ['developer'] },
  'qr-code:execute': { allows: 'scan QR codes in test mode', roles: ['developer'] },
  'domain:create': { allows: 'claim domains', roles: ['developer'] },
  'domain:read': { allows: 'see domains', roles: ['developer', 'viewer'] },
  'domain:execute': { allows: "have a domain's proof looked for", roles: ['developer'] },
  'domain:delete': { allows: 'give domains up', roles: ['developer'] },
  'webhook:create': { allows: 'add webhook endpoints', roles: ['developer'] },
  'webhook:read': { allows: 'see webhook endpoints, their deliveries and their health', roles: ALL },
  'webhook:update': { allows: 'change webhook endpoints and their secrets', roles: ['developer'] },
  'webhook:delete': { allows: 'delete webhook endpoints', roles: ['developer'] },
  'webhook:execute': { allows: 'test, simulate, resend and replay notifications', roles: ['developer'] },
  'event:read': { allows: 'see events, and listen to them', roles: ALL },
  'notification-settings:read': { allows: 'see the settings of notifications', roles: ALL },
  'notification-settings:update': { allows: 'change the settings of notifications', roles: ['developer'] },
  'notification-settings:pause': { allows: 'hold all notifications and let them go', roles: [] },
  'product:create': { allows: 'add products', roles: ['developer'] },
  'product:read': { allows: 'see products', roles: ALL },
  'product:update': { allows: 'change products', roles: ['developer'] },
  'invoice:create': { allows: 'draft invoices', roles: ['developer', 'finance'] },
  'invoice:read': { allows: 'see invoices and credit notes', roles: ALL },
  'invoice:update': { allows: 'change drafts of invoices', roles: ['developer', 'finance'] },
  'invoice:delete': { allows: 'delete drafts of invoices', roles: ['developer', 'finance'] },
  'invoice:execute': { allows: 'issue invoices and credit notes', roles: ['finance'] },
  'invoicing-settings:read': { allows: 'see who sells, and how invoices are numbered', roles: ALL },
  'invoicing-settings:update': { allows: 'say who sells, and how invoices are numbered', roles: ['finance'] },
  'limit-basket:create': { allows: 'set limits on what is sold to whom', roles: ['finance'] },
  'limit-basket:read': { allows: 'see limits and what is taken of them', roles: ALL },
  'limit-basket:update': { allows: 'change limits', roles: ['finance'] },
  'limit-basket:delete': { allows: 'take limits away', roles: ['finance'] },
  'provider-account:create': { allows: 'add provider accounts', roles: ['developer'] },
  'provider-account:read': { allows: 'see provider accounts, without their credentials', roles: ALL },
  'provider-account:update': { allows: 'change provider accounts and their credentials', roles: ['developer'] },
  'provider-account:execute': { allows: 'try out provider accounts', roles: ['developer'] },
  'partner-key:create': { allows: 'make partner keys', roles: ['developer'] },
  'partner-key:read': { allows: 'see partner keys, without their secrets', roles: ['developer'] },
  'partner-key:update': { allows: 'rotate and revoke partner keys', roles: ['developer'] },
  'audit:read': { allows: 'see and export who did what', roles: ['viewer'] },
  'request-log:read': { allows: 'see which requests were made, without their bodies', roles: ['developer', 'viewer'] },
  'settings:read': { allows: "see the tenant's settings", roles: ALL },
  'settings:update': { allows: "change the tenant's settings and logo", roles: ['developer'] },
  'api-key:create': { allows: 'make API keys that may do no more than themselves', roles: ['developer'] },
  'api-key:read': { allows: 'see API keys, without their texts', roles: ['developer'] },
  'api-key:update': { allows: 'change and rotate API keys that may do no more than themselves', roles: ['developer'] },
  'api-key:delete': { allows: 'revoke API keys', roles: ['developer'] },
  'role:read': { allows: 'see roles and what they allow', roles: ['developer'] },
  'role:create': { allows: 'make roles that may do no more than themselves', roles: [] },
  'role:update': { allows: 'change roles that may do no more than themselves', roles: [] },
  'role:delete': { allows: 'delete roles that nobody has', roles: [] },
  'child-tenant:create': { allows: 'create tenants of their own, where the operator lets them', roles: [] },
  'child-tenant:read': { allows: 'see tenants of their own', roles: ['developer', 'viewer'] },
  'app-secret:update': { allows: "rotate the tenant's app secret", roles: [] },
  'approval:read': {
    allows: 'see what waits for a second person',
    roles: ['developer', 'finance', 'support', 'viewer'],
  },
  'approval:update': {
    allows: 'approve and reject what others asked for and they may do themselves',
    roles: ['finance'],
    person: true,
  },
  'approval-rule:update': { allows: 'say what needs a second person', roles: [] },
  'test-clock:create': { allows: 'make test clocks', roles: ['developer'] },
  'test-clock:read': { allows: 'see test clocks', roles: ['developer'] },
  'test-clock:update': { allows: 'move and release test clocks', roles: ['developer'] },
  'user:create': { allows: 'invite people to the tenant', roles: [] },
  'user:read': { allows: 'see the people of the tenant', roles: ['developer', 'finance', 'support', 'viewer'] },
  'user:update': { allows: 'change the roles of people of the tenant, and suspend them', roles: [] },
} as const satisfies Readonly<Record<Permission, PermissionFacts<TenantRole>>>;
export type TenantPermission = keyof typeof TENANT_PERMISSIONS;

/** Everything that can be allowed to those who run the installation; its owners may do all of it. */
export const OPERATOR_PERMISSIONS = {
  'tenant:create': { allows: 'create tenants', roles: ['admin'] },
  'tenant:read': { allows: 'see tenants', roles: ['admin', 'support', 'auditor'] },
  'tenant:update': {
    allows: 'suspend tenants, let them work again, and let them have tenants of their own',
    roles: ['admin'],
  },
  'operator-key:create': { allows: 'make keys of the operator that may do no more than themselves', roles: [] },
  'operator-key:read': { allows: 'see the keys of the operator, without their texts', roles: ['admin', 'auditor'] },
  'operator-key:update': {
    allows: 'change and rotate keys of the operator that may do no more than themselves',
    roles: [],
  },
  'operator-key:delete': { allows: 'revoke keys of the operator', roles: ['admin'] },
  'tenant-notifications:read': {
    allows: "see the settings of a tenant's notifications",
    roles: ['admin', 'support', 'auditor'],
  },
  'tenant-notifications:update': {
    allows: "change the settings of a tenant's notifications, the pause included",
    roles: ['admin', 'support'],
  },
  'payment-doubt:read': {
    allows: "see what is in doubt about a tenant's payments",
    roles: ['admin', 'support', 'auditor'],
  },
  'payment-doubt:execute': { allows: "ask providers about a tenant's payments", roles: ['admin', 'support'] },
  'provider-circuit:execute': {
    allows: "close the circuit of a tenant's provider account",
    roles: ['admin', 'support'],
  },
  'ack-reversal:read': {
    allows: 'see whether unacknowledged payments are reversed',
    roles: ['admin', 'support', 'auditor'],
  },
  'ack-reversal:update': { allows: 'switch the reversal of unacknowledged payments off and on', roles: ['admin'] },
  'ack-reversal:execute': { allows: 'say that the database was restored', roles: ['admin'] },
  'audit-record:read': { allows: 'see and export who did what', roles: ['admin', 'auditor'] },
  'tenant:delete': { allows: 'remove suspended tenants, destroying their keys for ever', roles: [] },
  'encryption-key:read': { allows: 'see which encryption keys there are', roles: ['admin', 'auditor'] },
  'encryption-key:execute': { allows: 'rotate encryption keys', roles: [] },
  'overview:read': { allows: 'see how payments of all tenants go', roles: ['admin', 'support', 'auditor'] },
  'system:read': { allows: 'see how the installation is', roles: ['admin', 'support', 'auditor'] },
  'search:read': { allows: 'find what belongs to any tenant', roles: ['admin', 'support'] },
  'mail:read': { allows: 'see mails to tenants', roles: ['admin', 'support', 'auditor'] },
  'operator-approval:read': {
    allows: 'see what waits for a second one of those who run the installation',
    roles: ['admin', 'support', 'auditor'],
  },
  'operator-approval:update': {
    allows: 'approve and reject what others of them asked for and they may do themselves',
    roles: ['admin'],
    person: true,
  },
  'operator-user:create': { allows: 'invite people to run the installation', roles: [], person: true },
  'operator-user:read': { allows: 'see who runs the installation', roles: ['admin', 'support', 'auditor'] },
  'operator-user:update': {
    allows: 'change the roles of those who run the installation, and suspend them',
    roles: [],
    person: true,
  },
} as const satisfies Readonly<Record<Permission, PermissionFacts<OperatorRole>>>;
export type OperatorPermission = keyof typeof OPERATOR_PERMISSIONS;

/** The list as pairs, with the type that all of them have. */
export function tenantPermissions(): readonly (readonly [TenantPermission, PermissionFacts<TenantRole>])[] {
  return Object.entries(TENANT_PERMISSIONS) as [TenantPermission, PermissionFacts<TenantRole>][];
}

/** The list as pairs, with the type that all of them have. */
export function operatorPermissions(): readonly (readonly [OperatorPermission, PermissionFacts<OperatorRole>])[] {
  return Object.entries(OPERATOR_PERMISSIONS) as [OperatorPermission, PermissionFacts<OperatorRole>][];
}

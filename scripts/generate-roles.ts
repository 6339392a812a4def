import { OPERATOR_ROLES, operatorPermissions, TENANT_ROLES, tenantPermissions } from '../src/access/permission.ts';
import { OPERATOR_ROLE_RIGHTS, ROLE_IN_TENANTS, TENANT_ROLE_RIGHTS } from '../src/access/role.ts';
import { BY_NAME_ONLY } from '../src/kernel/caller.ts';
import type { Endpoint, Permission } from '../src/kernel/endpoint.ts';

/** docs/reference/roles.md: every permission, and for every route who of the built-in roles may call it. */
export function renderRolesMarkdown(endpoints: readonly Endpoint[]): string {
  const sorted = endpoints.toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  const inTenant = sorted.flatMap((endpoint) =>
    endpoint.access.by === 'tenant' ? [{ endpoint, permission: endpoint.access.scope }] : [],
  );
  const ofOperator = sorted.flatMap((endpoint) =>
    endpoint.access.by === 'operator' ? [{ endpoint, permission: endpoint.access.permission }] : [],
  );
  return [
    '# Who may do what',
    '',
    'Every permission, every route that needs one, and which of the built-in roles may call it. Written by `npm run gen`; the guide is [roles.md](../roles.md).',
    '',
    '## Permissions in a tenant',
    '',
    ...permissionTable(tenantPermissions()),
    '## Routes of a tenant',
    '',
    ...routeTable(TENANT_ROLES, inTenant, (role) => TENANT_ROLE_RIGHTS[role]),
    '## Permissions of those who run the installation',
    '',
    ...permissionTable(operatorPermissions()),
    '## Routes of the operator',
    '',
    ...routeTable(OPERATOR_ROLES, ofOperator, (role) => OPERATOR_ROLE_RIGHTS[role]),
    '## In tenants',
    '',
    'Those who run the installation may enter any tenant, and have there the rights of one of its roles:',
    '',
    '| role | in a tenant |',
    '| --- | --- |',
    ...OPERATOR_ROLES.map((role) => `| ${role} | ${ROLE_IN_TENANTS[role]} |`),
    '',
  ].join('\n');
}

function permissionTable(
  permissions: readonly (readonly [Permission, { readonly allows: string; readonly person?: true }])[],
): readonly string[] {
  const keysHaveIt = (permission: Permission, person: boolean) => {
    if (person) return 'never';
    return BY_NAME_ONLY.has(permission) ? 'by name' : 'yes';
  };
  return [
    '| permission | allows to | keys may have it |',
    '| --- | --- | --- |',
    ...permissions.map(
      ([permission, { allows, person = false }]) =>
        `| \`${permission}\` | ${allows} | ${keysHaveIt(permission, person)} |`,
    ),
    '',
  ];
}

function routeTable<Role extends string>(
  roles: readonly Role[],
  routes: readonly { readonly endpoint: Endpoint; readonly permission: Permission }[],
  rightsOf: (role: Role) => readonly Permission[],
): readonly string[] {
  return [
    `| route | permission | second factor | ${roles.join(' | ')} |`,
    `| --- | --- | --- | ${roles.map(() => ':-:').join(' | ')} |`,
    ...routes.map(({ endpoint, permission }) => {
      const cells = roles.map((role) => (rightsOf(role).includes(permission) ? '✓' : ''));
      const { method, path, stepUp } = endpoint;
      return `| \`${method} ${path}\` | \`${permission}\` | ${stepUp === true ? 'asked for' : ''} | ${cells.join(' | ')} |`;
    }),
    '',
  ];
}

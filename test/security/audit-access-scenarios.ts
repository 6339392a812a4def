import type { Act, ActScenario, ActStage } from './audit-scenarios.ts';

let names = 0;
const freshName = () => `Name ${names++}`;

const keyOf = async ({ shop }: ActStage): Promise<string> =>
  (await shop.send('POST', '/api-keys', { body: { name: freshName(), scopes: ['payment:read'] } })).body.id;
const operatorKeyOf = async ({ operator }: ActStage): Promise<string> =>
  (await operator.send('POST', '/operator/keys', { body: { name: freshName(), permissions: ['tenant:read'] } })).body
    .id;
const roleOf = async ({ shop }: ActStage): Promise<string> =>
  (await shop.send('POST', '/roles', { body: { name: freshName(), permissions: ['payment:read'] } })).body.id;

const on =
  (noun: string, of: (stage: ActStage) => Promise<string>, verb = '', body?: object): ActScenario =>
  async (stage): Promise<Act> => ({
    path: `/${noun}/${await of(stage)}${verb}`,
    ...(body === undefined ? {} : { body }),
  });
const OVERLAP = { overlapSeconds: 60 };

/** By endpoint of keys, roles and tenants, how it succeeds. */
export const ACCESS_ACTS: Readonly<Record<string, ActScenario>> = {
  createApiKey: async () => ({ path: '/api-keys' }),
  updateApiKey: on('api-keys', keyOf, '', { name: 'Another name' }),
  rotateApiKey: on('api-keys', keyOf, '/rotate', OVERLAP),
  revokeApiKey: on('api-keys', keyOf),
  createOperatorKey: async () => ({ path: '/operator/keys' }),
  verifyAuditChain: async () => ({ path: '/operator/audit-verifications', changes: false }),
  updateOperatorKey: on('operator/keys', operatorKeyOf, '', { name: 'Another name' }),
  rotateOperatorKey: on('operator/keys', operatorKeyOf, '/rotate', OVERLAP),
  revokeOperatorKey: on('operator/keys', operatorKeyOf),
  createRole: async () => ({ path: '/roles', body: { name: freshName(), permissions: ['payment:read'] } }),
  updateRole: on('roles', roleOf, '', { name: 'Night shift' }),
  deleteRole: on('roles', roleOf),
  updateTenant: async ({ tollgate }) => ({
    path: `/operator/tenants/${(await tollgate.createTenant()).tenant.tenantId}`,
  }),
  async createChildTenant({ tollgate: { database, tenant } }) {
    await database.run('update tenants set may_have_children = true where tenant_id = $1', [tenant.tenant.tenantId]);
    return { path: '/child-tenants' };
  },
  rotateAppSecret: async () => ({ path: '/app-secret/rotate' }),
  async removeTenant({ tollgate }) {
    const { tenantId, appName } = (await tollgate.createTenant()).tenant;
    return { path: `/operator/tenants/${tenantId}/remove`, body: { appName } };
  },
  rotateKeys: async ({ tollgate }) => ({
    path: '/operator/encryption-keys/rotate',
    body: { what: 'data', tenantId: (await tollgate.createTenant()).tenant.tenantId },
  }),
};

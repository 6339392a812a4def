import { newId } from '../../src/kernel/id.ts';
import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import { askForApproval } from '../support/approval-desk.ts';
import type { Merchant } from '../support/merchant.ts';
import { giveRole } from '../support/role-holder.ts';
import type { Scenario, Stage } from './refusal-stage.ts';

const NARROW = { name: 'Narrow', scopes: ['payment:read'] };
const MONITORING = { name: 'Monitoring', permissions: ['tenant:read'] };
const READS = { permissions: ['payment:read'] };

/** Acts on a key that is revoked already. */
async function ofRevoked(
  by: Merchant,
  { path, body }: { readonly path: string; readonly body: object },
  act: (path: string) => Promise<Answer>,
): Promise<Answer> {
  const { id } = (await by.send('POST', path, { body })).body;
  await by.send('DELETE', `${path}/${id}`);
  return act(`${path}/${id}`);
}

/** As many keys as there may be, made at once, and gone again after the act. */
async function withFullShelf({ tollgate }: Stage, table: string, act: () => Promise<Answer>): Promise<Answer> {
  const { database, tenant } = tollgate;
  const own = table === 'api_keys' ? `tenant_id = '${tenant.tenant.tenantId}' and mode = 'test'` : 'true';
  await database.run(
    `insert into ${table}
     select (json_populate_record(k, json_build_object('key_id', 'full_' || n, 'name', 'Full'))).*
     from ${table} k, generate_series(1, 100) n
     where key_id = (select min(key_id) from ${table} where revoked_at is null and ${own})`,
  );
  try {
    return await act();
  } finally {
    await database.run(`delete from ${table} where name = 'Full'`);
  }
}

/** Decides about something that was rejected before. */
async function ofRejected({ tollgate }: Stage, verb: 'approve' | 'reject'): Promise<Answer> {
  const { approver, approvalId } = await askForApproval(tollgate);
  await approver.send('POST', `/approvals/${approvalId}/reject`, { body: {} });
  return approver.send('POST', `/approvals/${approvalId}/${verb}`, { body: {} });
}

/** Decides about something of the installation's that was rejected before. */
async function ofRejectedByOperator({ tollgate, owner }: Stage, verb: 'approve' | 'reject'): Promise<Answer> {
  const id = newId('apr', tollgate.tollgate.gateway.clock);
  await tollgate.database.run(
    `insert into approvals (tenant_id, approval_id, mode, act, permission, state, request_sealed, requested_by,
       requested_for, requested_at, expires_at, decided_by, decided_at, ended_at)
     values ('system', $1, 'live', 'rotateKeys', 'encryption-key:execute', 'rejected', '', 'user:a', 'user:a', now(),
       now() + interval '1 day', 'user:a', now(), now())`,
    [id],
  );
  try {
    return await owner.browser.send('POST', `/operator/approvals/${id}/${verb}`, { body: {} });
  } finally {
    await tollgate.database.run('delete from approvals where approval_id = $1', [id]);
  }
}

/** A second role under a name that is taken. */
async function withNameTaken(
  { admin }: Stage,
  name: string,
  act: (roleId: string) => Promise<Answer>,
): Promise<Answer> {
  await admin.send('POST', '/roles', { body: { name, ...READS } });
  const other = await admin.send('POST', '/roles', { body: { name: `${name} again`, ...READS } });
  return act(other.body.id);
}

const OWN = { path: '/api-keys', body: NARROW };
const OPERATORS = { path: '/operator/keys', body: MONITORING };

/** How each refusal comes about that the endpoints of keys, roles and tenants declare. */
export const ACCESS_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createApiKey: {
    state_conflict: (stage) =>
      withFullShelf(stage, 'api_keys', () => stage.shop.send('POST', '/api-keys', { body: NARROW })),
  },
  updateApiKey: {
    state_conflict: ({ shop }) => ofRevoked(shop, OWN, (path) => shop.send('PATCH', path, { body: { name: 'Late' } })),
  },
  rotateApiKey: {
    state_conflict: ({ shop }) => ofRevoked(shop, OWN, (path) => shop.send('POST', `${path}/rotate`, { body: {} })),
  },
  createOperatorKey: {
    state_conflict: (stage) =>
      withFullShelf(stage, 'operator_keys', () => stage.operator.send('POST', '/operator/keys', { body: MONITORING })),
  },
  updateOperatorKey: {
    state_conflict: ({ operator }) =>
      ofRevoked(operator, OPERATORS, (path) => operator.send('PATCH', path, { body: { name: 'Late' } })),
  },
  rotateOperatorKey: {
    state_conflict: ({ operator }) =>
      ofRevoked(operator, OPERATORS, (path) => operator.send('POST', `${path}/rotate`, { body: {} })),
  },
  createRole: {
    state_conflict: (stage) =>
      withNameTaken(stage, 'Night', () => stage.admin.send('POST', '/roles', { body: { name: 'Night', ...READS } })),
  },
  updateRole: {
    state_conflict: (stage) =>
      withNameTaken(stage, 'Day', (id) => stage.admin.send('PATCH', `/roles/${id}`, { body: { name: 'Day' } })),
  },
  deleteRole: {
    async state_conflict({ admin, tollgate: { database, tenant } }) {
      const { id } = (await admin.send('POST', '/roles', { body: { name: 'Held', ...READS } })).body;
      await giveRole(database, tenant.tenant.tenantId, id);
      return admin.send('DELETE', `/roles/${id}`);
    },
  },
  approveOperatorRequest: { state_conflict: (stage) => ofRejectedByOperator(stage, 'approve') },
  rejectOperatorRequest: { state_conflict: (stage) => ofRejectedByOperator(stage, 'reject') },
  approveRequest: { state_conflict: (stage) => ofRejected(stage, 'approve') },
  rejectRequest: { state_conflict: (stage) => ofRejected(stage, 'reject') },
  createChildTenant: {
    async app_name_taken({ shop, tollgate: { database, tenant } }) {
      const { tenantId, appName } = tenant.tenant;
      await database.run('update tenants set may_have_children = true where tenant_id = $1', [tenantId]);
      return shop.send('POST', '/child-tenants', { body: { name: 'Twin', appName, currency: 'EUR' } });
    },
  },
};

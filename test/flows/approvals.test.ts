import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve as approveAs, reject as rejectAs } from '../../src/approvals/decide-approval.ts';
import { finishOnce } from '../../src/approvals/jobs.ts';
import type { RunContext } from '../../src/approvals/run-approved.ts';
import type { TenantCaller } from '../../src/kernel/caller.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import { approvalRunner } from '../../src/roles/approvals.ts';
import { tenantUnderFourEyes } from '../support/approval-desk.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import type { Merchant } from '../support/merchant.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
/** The verbs as a request of the caller's tenant runs them. */
const approve = (context: RunContext, caller: TenantCaller, input: Parameters<typeof approveAs>[2]) =>
  forTenants([caller.tenantId], () => approveAs(context, caller, input));
const reject = (context: RunContext, caller: TenantCaller, input: Parameters<typeof rejectAs>[2]) =>
  forTenants([caller.tenantId], () => rejectAs(context, caller, input));

let tollgate: Installation;
let runner: RunContext;
let shop: Merchant;
let tenantId: string;

beforeAll(async () => {
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api,checkout,hooks' } });
  runner = approvalRunner(tollgate.tollgate.gateway);
});
beforeEach(async () => {
  const under = await tenantUnderFourEyes(tollgate);
  [shop, tenantId] = [under.approver, under.tenantId];
});
afterAll(() => tollgate.close());

function personOf(userId: string, scopes: TenantCaller['scopes'] = ['*:*', 'approval:update']): TenantCaller {
  const person = { userId, sessionId: 'ses_1', secondFactorAt: clock.now() };
  return { by: 'tenant', tenantId, mode: 'test', scopes, actor: `user:${userId}`, person };
}

const read = async (id: string) => (await shop.send('GET', `/approvals/${id}`)).body;
const refunded = async (id: string) => (await shop.send('GET', `/payments/${id}`)).body.amountRefunded;

let keys = 0;
async function askRefund(amount = 1250): Promise<{ readonly paymentId: string; readonly approvalId: string }> {
  const { id } = await shop.pay();
  const asked = await shop.refund(id, { amount, reason: 'broken' }, `ask-${keys++}`);
  expect(asked, asked.text).toMatchObject({ status: 202, body: { object: 'approval_requested' } });
  return { paymentId: id, approvalId: asked.body.approvalId };
}

describe('a refund above the threshold', () => {
  test('waits, is approved by another person, and is then done', async () => {
    const { paymentId, approvalId } = await askRefund();
    expect(await refunded(paymentId)).toBe(0);
    expect(await read(approvalId)).toMatchObject({
      ...{ state: 'requested', act: 'createRefund', permission: 'refund:create', decidedBy: null },
      details: { paymentId, amount: 1250, currency: 'EUR', reason: 'broken' },
      expiresAt: clock.now().add({ hours: 24 }).toString(),
    });
    const { approval, result } = await approve(runner, personOf('usr_b'), { approvalId, note: 'Agreed' });
    expect(approval).toMatchObject({ state: 'done', decidedBy: 'user:usr_b', note: 'Agreed', answerStatus: 201 });
    expect(result).toMatchObject({ object: 'refund', amount: 1250, id: approval.subjectId });
    expect(await refunded(paymentId)).toBe(1250);
  });

  test('is what all refunds of the payment come to: many small ones are a large one', async () => {
    const { id } = await shop.pay();
    expect((await shop.refund(id, { amount: 600, reason: 'a' }, `small-${id}`)).status).toBe(201);
    expect((await shop.refund(id, { amount: 400, reason: 'b' }, `fits-${id}`)).status).toBe(201);
    expect((await shop.refund(id, { amount: 1, reason: 'c' }, `more-${id}`)).status).toBe(202);
    expect(await refunded(id)).toBe(1000);
  });

  test('asked for twice with one Idempotency-Key is one approval, and without any is refused', async () => {
    const { id } = await shop.pay();
    const ask = () => shop.refund(id, { reason: 'broken' }, `twice-${id}`);
    const [first, again] = [await ask(), await ask()];
    expect([again.status, again.text]).toEqual([202, first.text]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await shop.refund(id, { reason: 'broken' })).body.code).toBe('idempotency_required');
    expect((await shop.send('GET', '/approvals')).body.data).toHaveLength(1);
  });

  test('that two people approve at once is done once, and the second is told so', async () => {
    const { paymentId, approvalId } = await askRefund();
    const both = ['usr_b', 'usr_c'].map((who) => approve(runner, personOf(who), { approvalId, note: null }));
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'state_conflict' } });
    expect(await refunded(paymentId)).toBe(1250);
  });

  test('that a crash left between the decision and the act is done once, however often it is run', async () => {
    const { paymentId, approvalId } = await askRefund();
    await tollgate.database.run(
      `update approvals set state = 'approved', decided_by = 'user:usr_b', decided_at = $2 where approval_id = $1`,
      [approvalId, clock.now().toString()],
    );
    await finishOnce(runner);
    expect(await refunded(paymentId)).toBe(0);
    clock.advance({ seconds: 61 });
    await Promise.all([finishOnce(runner), finishOnce(runner)]);
    await tollgate.database.run(
      `update approvals set state = 'approved', ended_at = null, answer_status = null where approval_id = $1`,
      [approvalId],
    );
    await finishOnce(runner);
    expect(await read(approvalId)).toMatchObject({ state: 'done', answerStatus: 201 });
    const [row] = await tollgate.database.run('select count(*)::int as n from refunds where payment_id = $1', [
      paymentId,
    ]);
    expect(row).toEqual({ n: 1 });
  });

  test('that is not possible any more fails with the reason', async () => {
    const { paymentId, approvalId } = await askRefund();
    await tollgate.database.run(`update tenants set settings = settings || '{"fourEyes":"off"}' where tenant_id = $1`, [
      tenantId,
    ]);
    expect((await shop.refund(paymentId, { reason: 'first' }, `first-${paymentId}`)).status).toBe(201);
    const { approval, result } = await approve(runner, personOf('usr_b'), { approvalId, note: null });
    expect([approval.state, approval.problemCode, result]).toEqual(['failed', 'amount_not_available', null]);
    expect(await refunded(paymentId)).toBe(1250);
  });
});

describe('what was approved is done with the rights that whoever asked has by then', () => {
  const asker = async () =>
    (
      await tollgate.database.run<{ requested_by: string }>('select requested_by from approvals where tenant_id = $1', [
        tenantId,
      ])
    )[0]?.requested_by.slice('key:'.length);

  test.for([
    ['was revoked', 'revoked_at = created_at'],
    ['has ended', 'expires_at = created_at'],
    ['may refund no more', `scopes = '{payment:read}'`],
  ])('not for a key that %s', async ([, change]) => {
    const { paymentId, approvalId } = await askRefund();
    const keyId = await asker();
    const [kept] = await tollgate.database.run(
      'select revoked_at, expires_at, scopes from api_keys where key_id = $1',
      [keyId],
    );
    await tollgate.database.run(`update api_keys set ${change} where key_id = $1`, [keyId]);
    const { approval, result } = await approve(runner, personOf('usr_b'), { approvalId, note: null });
    expect([approval.state, approval.problemCode, result]).toEqual(['failed', 'forbidden', null]);
    await tollgate.database.run('update api_keys set revoked_at = $2, expires_at = $3, scopes = $4 where key_id = $1', [
      keyId,
      kept?.revoked_at,
      kept?.expires_at,
      kept?.scopes,
    ]);
    expect(await refunded(paymentId)).toBe(0);
  });

  test.for([
    ['a person who is suspended', `update users set status = 'suspended' where user_id = 'usr_asker'`, 'failed'],
    ['a person who is a viewer now', `update memberships set role = 'viewer' where user_id = 'usr_asker'`, 'failed'],
    ['a person whose role is what it was', 'select 1', 'done'],
  ] as const)('%s: %s', async ([, change, state]) => {
    const { approvalId } = await askRefund();
    await plantPerson('usr_asker', 'admin');
    await tollgate.database.run(
      `update approvals set requested_by = 'user:usr_asker', requested_for = 'user:usr_asker' where approval_id = $1`,
      [approvalId],
    );
    await tollgate.database.run(change);
    expect((await approve(runner, personOf('usr_b'), { approvalId, note: null })).approval.state).toBe(state);
    await tollgate.database.run(`delete from memberships where user_id = 'usr_asker'`);
    await tollgate.database.run(`delete from users where user_id = 'usr_asker'`);
  });

  test('the record has the act as an entry of its own beside the asking, by whoever asked', async () => {
    const { paymentId, approvalId } = await askRefund();
    const { approval } = await approve(runner, personOf('usr_b'), { approvalId, note: null });
    const keyId = await asker();
    const done = (await shop.send('GET', `/audit-entries?targetId=${paymentId}&action=createRefund`)).body.data;
    expect(done).toMatchObject([
      { actor: `key:${keyId}`, outcome: 'done', made: approval.subjectId, approvalId, approvedBy: 'user:usr_b' },
      { actor: `key:${keyId}`, made: approvalId, approvalId: null },
    ]);
  });
});

/** Somebody with a role in the tenant, without any way in. */
async function plantPerson(userId: string, role: string, place = tenantId): Promise<void> {
  await tollgate.database.run(
    `insert into users (user_id, email_digest, email_sealed, name_sealed, status, created_at, updated_at)
     values ($1, convert_to($1, 'UTF8'), '', '', 'active', now(), now())`,
    [userId],
  );
  await tollgate.database.run(`insert into memberships values ($2, $1, $3, 'active', now(), now())`, [
    userId,
    place,
    role,
  ]);
}

describe('nobody approves', () => {
  const code = (code: string) => ({ code });
  test('of what they asked for, nor of what a key asked for that they made, or that such a key made', async () => {
    const { paymentId, approvalId } = await askRefund();
    await tollgate.database.run(`update approvals set requested_for = 'user:usr_a' where approval_id = $1`, [
      approvalId,
    ]);
    await expect(approve(runner, personOf('usr_a'), { approvalId, note: null })).rejects.toMatchObject(
      code('forbidden'),
    );
    await tollgate.database.run(`update api_keys set created_by = 'user:usr_a' where tenant_id = $1`, [tenantId]);
    const viaKey = await askRefund();
    await expect(approve(runner, personOf('usr_a'), { ...viaKey, note: null })).rejects.toMatchObject(
      code('forbidden'),
    );
    expect([await refunded(paymentId), await refunded(viaKey.paymentId)]).toEqual([0, 0]);
    await expect(
      tollgate.database.run(
        `update approvals set state = 'approved', decided_by = requested_for, decided_at = requested_at where approval_id = $1`,
        [approvalId],
      ),
    ).rejects.toThrow('approvals_other_check');
  });

  test('as a program, without the right to do it, in another tenant, or after a day', async () => {
    const { paymentId, approvalId } = await askRefund();
    expect((await shop.send('POST', `/approvals/${approvalId}/approve`, { body: {} })).body.code).toBe('forbidden');
    const input = { approvalId, note: null };
    const lesser = personOf('usr_b', ['payment:read', 'approval:update']);
    await expect(approve(runner, lesser, input)).rejects.toMatchObject(code('forbidden'));
    const stranger = { ...personOf('usr_b'), tenantId: 'ten_00000000000000000000000000' };
    await expect(approve(runner, stranger, input)).rejects.toMatchObject(code('not_found'));
    await expect(approve(runner, { ...personOf('usr_b'), mode: 'live' }, input)).rejects.toMatchObject(
      code('not_found'),
    );
    clock.advance({ hours: 24 });
    expect((await read(approvalId)).state).toBe('expired');
    await expect(approve(runner, personOf('usr_b'), input)).rejects.toMatchObject(code('state_conflict'));
    expect(await refunded(paymentId)).toBe(0);
  });

  test('of what was rejected', async () => {
    const { paymentId, approvalId } = await askRefund();
    expect(await reject(runner, personOf('usr_b'), { approvalId, note: 'No' })).toMatchObject({ state: 'rejected' });
    await expect(approve(runner, personOf('usr_c'), { approvalId, note: null })).rejects.toMatchObject(
      code('state_conflict'),
    );
    expect(await refunded(paymentId)).toBe(0);
  });
});

describe('what else waits', () => {
  test('is shown without its secrets, and kept sealed', async () => {
    const account = (await shop.send('GET', '/provider-accounts')).body.data[0].id;
    const body = { credentials: { merchantId: 'm', apiKey: 'CANARY-of-credentials' } };
    const asked = await shop.send('POST', `/provider-accounts/${account}/rotate`, { body });
    expect(asked.status, asked.text).toBe(202);
    const list = await shop.send('GET', '/approvals?state=requested');
    expect(list.body.data[0].details).toMatchObject({ providerAccountId: account });
    expect(list.text).not.toContain('CANARY');
    const rows = await tollgate.database.run<{ line: string }>(
      `select encode(request_sealed, 'escape') as line from approvals where tenant_id = $1`,
      [tenantId],
    );
    expect(JSON.stringify(rows)).not.toContain('CANARY-of-credentials');
  });

  test('a rotated app secret is shown to the one who approves, and opens the door', async () => {
    const asked = await shop.send('POST', '/app-secret/rotate', { body: {} });
    const { result } = await approve(runner, personOf('usr_b'), { approvalId: asked.body.approvalId, note: null });
    const { appName, appSecret } = result as { readonly appName: string; readonly appSecret: string };
    expect((await shop.send('POST', '/tenants/login', { body: { appName, appSecret } })).status).toBe(200);
  });

  test('is the switch itself: whoever may move it still needs a second person, others may not', async () => {
    const off = await shop.send('PATCH', '/settings', { body: { fourEyes: 'off' } });
    expect(off.status).toBe(202);
    expect((await shop.send('GET', '/settings')).body.fourEyes).toBe('all');
    const { result } = await approve(runner, personOf('usr_b', ['settings:update', 'approval:update']), {
      approvalId: off.body.approvalId,
      note: null,
    });
    expect(result).toMatchObject({ fourEyes: 'off' });
    expect((await shop.send('PATCH', '/settings', { body: { defaultMcc: '5411' } })).status).toBe(200);
  });
});

test('without the setting nothing waits, and no wildcard turns it on', async () => {
  const plain = await tollgate.createTenant();
  const { merchantOf } = await import('../support/merchant.ts');
  const key = merchantOf(tollgate.apiUrl, plain.apiKeys.test);
  const { id } = await key.pay();
  expect((await key.refund(id, { reason: 'broken' }, `plain-${id}`)).status).toBe(201);
  const refused = await key.send('PATCH', '/settings', { body: { refundApprovalAbove: { EUR: 1 } } });
  expect(refused.body).toMatchObject({ code: 'forbidden', errors: [{ pointer: '/refundApprovalAbove' }] });
});

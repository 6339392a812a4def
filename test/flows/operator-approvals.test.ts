import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { forInstallation } from '../../src/platform/tenant-scope.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { acceptAs, type PanelPerson, setUpOwner, tokenOf } from '../support/panel-person.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
let tollgate: Installation;
let owner: PanelPerson;
let second: PanelPerson;

beforeAll(async () => {
  const environment = { TOLLGATE_ROLES: 'api,admin', TOLLGATE_OPERATOR_FOUR_EYES: 'people' };
  tollgate = await startInstallation({ clock, environment });
  owner = await setUpOwner(tollgate);
  second = await secondOwner();
});
afterAll(() => tollgate.close());

const asOwner = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) =>
  owner.browser.send(method, `/operator${path}`, body === undefined ? {} : { body });
const approve = (by: PanelPerson, id: string) =>
  by.browser.send('POST', `/operator/approvals/${id}/approve`, { body: { note: 'As agreed' } });

/** While there is one owner alone, the other can only come by the command line. */
async function secondOwner(): Promise<PanelPerson> {
  const { inviteUser } = await import('../../src/access/invite-user.ts');
  const command = { tenantId: 'system', actor: 'command-line:root', permissions: null };
  const { people } = tollgate.tollgate.gateway;
  const invited = { email: 'two@ops.example', role: 'owner' };
  const invitation = await forInstallation('people', () => inviteUser(people, command, invited));
  return acceptAs(tollgate, tokenOf(invitation.url), { email: 'two@ops.example', name: 'Second Owner' });
}

test.for([
  ['rotated keys', 'POST', '/encryption-keys/rotate', { what: 'data', tenantId: 'system' }],
  ['a kill switch that lets money go back again', 'PATCH', '/ack-reversals', { enabled: true, reason: 'Well again' }],
  ['an invitation of one more owner', 'POST', '/invitations', { email: 'three@ops.example', role: 'owner' }],
] as const)('%s wait for a second one of those who run the installation', async ([, method, path, body]) => {
  const asked = await asOwner(method, path, body);
  expect([asked.status, asked.body.object], asked.text).toEqual([202, 'approval_requested']);
  const id = asked.body.approvalId as string;
  expect((await approve(owner, id)).body.code).toBe('forbidden');
  const waiting = (await asOwner('GET', '/approvals?state=requested')).body.data;
  expect(waiting).toMatchObject([{ id, requestedBy: `user:${owner.userId}`, state: 'requested' }]);
  const approved = await approve(second, id);
  expect(approved.body, approved.text).toMatchObject({ state: 'done', decidedBy: `user:${second.userId}` });
  expect(approved.body.result).toBeTruthy();
  expect((await approve(second, id)).body.code).toBe('state_conflict');
});

test('what stops something waits for nobody, nor does what a key asks for where people alone need a second one', async () => {
  expect((await asOwner('PATCH', '/ack-reversals', { enabled: false, reason: 'Cut off' })).status).toBe(200);
  const suspend = await asOwner('PATCH', `/users/${second.userId}`, { status: 'suspended' });
  expect(suspend.body, suspend.text).toMatchObject({ status: 'suspended' });
  const body = { what: 'data', tenantId: 'system' };
  expect(
    (await merchantOf(tollgate.apiUrl, tollgate.operatorKey).send('POST', '/operator/encryption-keys/rotate', { body }))
      .status,
  ).toBe(200);
});

test('whoever asked must still be allowed to when it is done', async () => {
  await tollgate.database.run(`update memberships set status = 'active' where user_id = $1`, [second.userId]);
  await tollgate.database.run(`update users set status = 'active' where user_id = $1`, [second.userId]);
  clock.advance({ minutes: 1 });
  await second.signIn();
  const asked = await asOwner('POST', '/encryption-keys/rotate', { what: 'data', tenantId: 'system' });
  await tollgate.database.run(`update memberships set role = 'auditor' where user_id = $1`, [owner.userId]);
  const approved = await approve(second, asked.body.approvalId);
  expect(approved.body, approved.text).toMatchObject({ state: 'failed', problemCode: 'forbidden', result: null });
});

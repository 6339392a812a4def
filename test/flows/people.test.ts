import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { BY_NAME_ONLY } from '../../src/kernel/caller.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { type IdentityProvider, OIDC_CLIENT, startIdentityProvider } from '../support/identity-provider.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { PanelBrowser } from '../support/panel-browser.ts';
import { acceptAs, PASSWORD, type PanelPerson, setUpOwner, tokenOf } from '../support/panel-person.ts';
import { VirtualAuthenticator } from '../support/virtual-authenticator.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
let tollgate: Installation;
let owner: PanelPerson;
let tenantId: string;
let provider: IdentityProvider;
let count = 0;

beforeAll(async () => {
  provider = await startIdentityProvider();
  tollgate = await startInstallation({
    clock,
    environment: { TOLLGATE_ROLES: 'api,admin', TOLLGATE_OIDC_ISSUER: provider.issuer, ...OIDC_CLIENT },
  });
  owner = await setUpOwner(tollgate);
  ({ tenantId } = tollgate.tenant.tenant);
});
afterAll(async () => {
  await tollgate.close();
  await provider.close();
});
beforeEach(async () => {
  clock.advance({ minutes: 20 });
  await owner.signIn();
});

const newBrowser = () => new PanelBrowser(tollgate.apiUrl);
const newDevice = () => new VirtualAuthenticator(tollgate.tollgate.gateway.people.panel.origin);
const inTenant = {
  get headers() {
    return { 'x-tollgate-tenant': tenantId };
  },
};

function inviteBy(
  browser: PanelBrowser,
  place: 'tenant' | 'operator',
  role: string,
  email = `person${count++}@shop.example`,
) {
  const path = place === 'tenant' ? '/invitations' : '/operator/invitations';
  return browser.send('POST', path, { body: { email, role }, ...(place === 'tenant' ? inTenant : {}) });
}

/** Somebody new with a role. */
async function personWith(place: 'tenant' | 'operator', role: string): Promise<PanelPerson> {
  const { body, text } = await inviteBy(owner.browser, place, role);
  expect(body.url, text).toMatch(/\/admin\/invitation#invite_/);
  return acceptAs(tollgate, tokenOf(body.url), { email: body.email, name: `The ${role}` });
}

test('a page to sign in at is told which ways in there are, and somebody changes their own name', async () => {
  const { status, body } = await newBrowser().send('GET', '/session/ways-in');
  expect([status, body]).toEqual([200, { passkeys: true, oidc: true }]);
  expect((await owner.browser.send('PATCH', '/me', { body: { name: 'Olive Other' } })).status).toBe(204);
  expect((await owner.browser.send('GET', '/session')).body.user.name).toBe('Olive Other');
  expect((await owner.browser.send('PATCH', '/me', { body: { name: '' } })).status).toBe(422);
  expect((await newBrowser().send('PATCH', '/me', { body: { name: 'Nobody' } })).status).toBe(401);
});

describe('a passkey', () => {
  test('is added by somebody who has signed in, signs in alone, and proves a second factor', async () => {
    const device = newDevice();
    const offer = await owner.browser.send('POST', '/me/passkeys/options');
    expect(offer.body).toMatchObject({
      rp: { id: 'localhost' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const body = { label: 'Laptop', passkey: device.create(offer.body) };
    expect((await owner.browser.send('POST', '/me/passkeys', { body })).status).toBe(204);
    expect((await owner.browser.send('POST', '/me/passkeys', { body })).body.code).toBe('proof_refused');

    const browser = newBrowser();
    const asked = await browser.send('POST', '/session/passkey/options');
    expect(asked.body).not.toHaveProperty('allowCredentials.0');
    const signed = { body: { passkey: device.get(asked.body) } };
    expect((await browser.send('POST', '/session/passkey', signed)).body).toEqual({ step: 'done' });
    expect((await newBrowser().send('POST', '/session/passkey', signed)).status).toBe(401);
    expect((await browser.send('GET', '/session')).body.user.id).toBe(owner.userId);

    clock.advance({ minutes: 11 });
    expect((await browser.send('POST', '/me/recovery-codes')).body.code).toBe('step_up_required');
    const again = await browser.send('POST', '/session/step-up/options');
    const proof = { body: { passkey: device.get(again.body) } };
    expect((await newBrowser().send('POST', '/session/passkey', proof)).status).toBe(401);
    expect((await browser.send('POST', '/session/step-up', proof)).status).toBe(200);
    expect((await browser.send('POST', '/me/recovery-codes')).status).toBe(201);
  });

  test.for([
    ['of another site', { origin: 'https://evil.example' }],
    ['for another name', { rpId: 'evil.example' }],
    ['to another challenge', { challenge: 'A'.repeat(43) }],
    ['that did not ask who its person is', { unverified: true }],
  ] as const)('%s does not sign in', async ([, flaws]) => {
    const device = newDevice();
    const offer = await owner.browser.send('POST', '/me/passkeys/options');
    await owner.browser.send('POST', '/me/passkeys', { body: { label: 'Key', passkey: device.create(offer.body) } });
    const browser = newBrowser();
    const asked = await browser.send('POST', '/session/passkey/options');
    const answer = await browser.send('POST', '/session/passkey', { body: { passkey: device.get(asked.body, flaws) } });
    expect(answer.status).toBe(401);
    const fresh = await browser.send('POST', '/session/passkey/options');
    expect((await browser.send('POST', '/session/passkey', { body: { passkey: device.get(fresh.body) } })).status).toBe(
      200,
    );
  });

  test('makes an account of an invitation at once, and an answer after ten minutes is too late', async () => {
    const { body } = await inviteBy(owner.browser, 'tenant', 'viewer');
    const device = newDevice();
    const newcomer = { token: tokenOf(body.url), name: 'Pat Passkey' };
    const accept = async (lateBy: number) => {
      const browser = newBrowser();
      const offer = await browser.send('POST', '/session/link/passkey-options', { body: newcomer });
      const made = { ...newcomer, label: 'Phone', passkey: device.create(offer.body) };
      clock.advance({ minutes: lateBy });
      return { browser, answer: await browser.send('POST', '/session/link/accept', { body: made }) };
    };
    expect((await accept(10)).answer.body.code).toBe('proof_refused');
    const { browser, answer } = await accept(1);
    expect(answer.body, answer.text).toEqual({ step: 'done' });
    expect((await browser.send('GET', '/session')).body.memberships).toMatchObject([{ tenantId, role: 'viewer' }]);
    const [only] = (await browser.send('GET', '/me/passkeys')).body.data;
    expect((await browser.send('DELETE', `/me/passkeys/${only.id}`)).body.code).toBe('state_conflict');
  });
});

describe('an invitation', () => {
  test('is good once, and tells whom it is for', async () => {
    const { body } = await inviteBy(owner.browser, 'tenant', 'support');
    const token = tokenOf(body.url);
    const look = () => newBrowser().send('POST', '/session/link', { body: { token } });
    expect((await look()).body).toMatchObject({
      kind: 'invitation',
      email: body.email,
      role: 'support',
      hasAccount: false,
    });
    await acceptAs(tollgate, token, { email: body.email, name: 'Sam Support' });
    expect((await look()).status).toBe(404);
  });

  test('counts no more once it is withdrawn, or a week old', async () => {
    const [one, other] = [
      await inviteBy(owner.browser, 'tenant', 'viewer'),
      await inviteBy(owner.browser, 'tenant', 'viewer'),
    ];
    expect((await owner.browser.send('DELETE', `/invitations/${one.body.id}`, inTenant)).status).toBe(204);
    const look = (url: string) => newBrowser().send('POST', '/session/link', { body: { token: tokenOf(url) } });
    expect([(await look(one.body.url)).status, (await look(other.body.url)).status]).toEqual([404, 200]);
    clock.advance({ hours: 24 * 7 });
    expect((await look(other.body.url)).status).toBe(404);
  });

  test('makes somebody who has an account a member of one more tenant, and nobody else', async () => {
    const person = await personWith('tenant', 'finance');
    const other = await tollgate.createTenant();
    const headers = { 'x-tollgate-tenant': other.tenant.tenantId };
    const invite = { body: { email: person.email, role: 'viewer' }, headers };
    const { body } = await owner.browser.send('POST', '/invitations', invite);
    const join = { body: { token: tokenOf(body.url) } };
    expect((await owner.browser.send('POST', '/session/link/join', join)).status).toBe(403);
    expect((await person.browser.send('POST', '/session/link/join', join)).status).toBe(204);
    const roles = (await person.browser.send('GET', '/session')).body.memberships as {
      tenantId: string;
      role: string;
    }[];
    expect(Object.fromEntries(roles.map(({ tenantId: id, role }) => [id, role]))).toEqual({
      [tenantId]: 'finance',
      [other.tenant.tenantId]: 'viewer',
    });
    expect((await person.browser.send('GET', '/payments', { headers })).status).toBe(200);
  });
});

describe('nobody gets more rights than they were given', () => {
  test("a tenant's person may do there what their role may, elsewhere nothing, and nothing of the operator's", async () => {
    const viewer = await personWith('tenant', 'viewer');
    const other = await tollgate.createTenant();
    expect((await viewer.browser.send('GET', '/payments', inTenant)).status).toBe(200);
    const create = { body: { reference: 'not-mine', amount: 1 }, ...inTenant };
    expect((await viewer.browser.send('POST', '/payments', create)).status).toBe(403);
    const elsewhere = { headers: { 'x-tollgate-tenant': other.tenant.tenantId } };
    expect((await viewer.browser.send('GET', '/payments', elsewhere)).status).toBe(404);
    expect((await viewer.browser.send('GET', '/operator/tenants')).status).toBe(403);
    expect((await inviteBy(viewer.browser, 'tenant', 'viewer')).status).toBe(403);
    expect((await inviteBy(viewer.browser, 'operator', 'auditor')).status).toBe(403);
  });

  test('not by changing oneself, by a field that does not belong there, or by an invitation to oneself', async () => {
    const admin = await personWith('operator', 'admin');
    const self = { body: { role: 'owner' } };
    expect((await admin.browser.send('PATCH', `/operator/users/${admin.userId}`, self)).status).toBe(403);
    expect((await owner.browser.send('PATCH', `/operator/users/${owner.userId}`, self)).status).toBe(403);
    expect((await inviteBy(admin.browser, 'operator', 'owner', admin.email)).status).toBe(403);
    const smuggled = { body: { email: 'x@shop.example', role: 'auditor', permissions: ['*'], tenantId: 'system' } };
    expect((await owner.browser.send('POST', '/operator/invitations', smuggled)).status).toBe(422);
    const unknown = { body: { role: 'root' } };
    expect((await owner.browser.send('PATCH', `/operator/users/${admin.userId}`, unknown)).status).toBe(422);
  });

  test('a key that may invite gives no role that may do more than the key', async () => {
    const { payments } = tollgate.tollgate.gateway;
    const scopes = ['user:create', 'user:update', 'payment:read'] as const;
    const key = await createApiKey(payments.database.query, clock, { tenantId, mode: 'test', name: 'HR', scopes });
    const tool = merchantOf(tollgate.apiUrl, key);
    const invite = { body: { email: 'tool@shop.example', role: 'admin' } };
    expect((await tool.send('POST', '/invitations', invite)).status).toBe(403);
    const admin = await personWith('tenant', 'admin');
    const demote = { body: { status: 'suspended' } };
    expect((await tool.send('PATCH', `/users/${admin.userId}`, demote)).status).toBe(403);
  });

  test('a changed role and a suspension count at the next request, and old invitations do not undo them', async () => {
    const admin = await personWith('tenant', 'admin');
    const offered = (await inviteBy(admin.browser, 'tenant', 'admin')).body;
    const change = (body: object) => owner.browser.send('PATCH', `/users/${admin.userId}`, { body, ...inTenant });
    expect((await change({ role: 'viewer' })).body).toMatchObject({ id: admin.userId, role: 'viewer' });
    expect((await inviteBy(admin.browser, 'tenant', 'viewer')).status).toBe(403);
    const look = await newBrowser().send('POST', '/session/link', { body: { token: tokenOf(offered.url) } });
    expect(look.status).toBe(404);
    expect((await change({ status: 'suspended' })).status).toBe(200);
    expect((await admin.browser.send('GET', '/payments', inTenant)).status).toBe(404);
    expect((await change({ status: 'active' })).status).toBe(200);
    expect((await admin.browser.send('GET', '/payments', inTenant)).status).toBe(200);
  });

  test('two owners who demote each other leave one', async () => {
    const second = await personWith('operator', 'owner');
    const demote = (by: PanelPerson, whom: PanelPerson) =>
      by.browser.send('PATCH', `/operator/users/${whom.userId}`, { body: { role: 'auditor' } });
    const answers = await Promise.all([demote(owner, second), demote(second, owner)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const still = answers[0]?.status === 200 ? owner : second;
    const gone = still === owner ? second : owner;
    await still.browser.send('PATCH', `/operator/users/${gone.userId}`, { body: { role: 'owner' } });
  });

  test('two admins of a tenant who demote each other leave one, and a program cannot take the last one away', async () => {
    const { tenant } = await tollgate.createTenant();
    const headers = { 'x-tollgate-tenant': tenant.tenantId };
    const admins: PanelPerson[] = [];
    for (const name of ['first', 'second']) {
      const invite = { body: { email: `${name}@twins.example`, role: 'admin' }, headers };
      const { body } = await owner.browser.send('POST', '/invitations', invite);
      admins.push(await acceptAs(tollgate, tokenOf(body.url), { email: body.email, name }));
    }
    const [first, second] = admins;
    if (first === undefined || second === undefined) throw new Error('There are two');
    const demote = (by: PanelPerson, whom: PanelPerson) =>
      by.browser.send('PATCH', `/users/${whom.userId}`, { body: { role: 'viewer' }, headers });
    const answers = await Promise.all([demote(first, second), demote(second, first)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const last = answers[0]?.status === 200 ? first : second;
    const { payments } = tollgate.tollgate.gateway;
    const scopes = ['*', ...BY_NAME_ONLY] as const;
    const key = await createApiKey(payments.database.query, clock, { ...tenant, mode: 'test', name: 'All', scopes });
    const program = merchantOf(tollgate.apiUrl, key);
    for (const body of [{ role: 'viewer' }, { status: 'suspended' }]) {
      expect((await program.send('PATCH', `/users/${last.userId}`, { body })).body.code).toBe('state_conflict');
    }
    const suspended = await owner.browser.send('PATCH', `/users/${last.userId}`, {
      body: { status: 'suspended' },
      headers,
    });
    expect(suspended.body).toMatchObject({ role: 'admin', status: 'suspended' });
  });

  test('who is suspended from the installation is out at once, and cannot come back', async () => {
    const auditor = await personWith('operator', 'auditor');
    const body = { status: 'suspended' };
    expect((await owner.browser.send('PATCH', `/operator/users/${auditor.userId}`, { body })).status).toBe(200);
    expect((await auditor.browser.send('GET', '/session')).status).toBe(401);
    const signIn = { body: { email: auditor.email, password: PASSWORD } };
    expect((await newBrowser().send('POST', '/session', signIn)).status).toBe(401);
  });
});

describe('signing in at an identity provider', () => {
  const begin = async (browser: PanelBrowser) =>
    provider.signIn((await browser.send('POST', '/session/oidc')).body.url as string);
  const comeBack = (browser: PanelBrowser, body: object) => browser.send('POST', '/session/oidc/return', { body });

  test('is for those who were invited at an address that it has verified, and they come again by who they are there', async () => {
    const { body } = await inviteBy(owner.browser, 'tenant', 'finance', 'ola@shop.example');
    const browser = newBrowser();
    provider.claims = { sub: 'ola-1', email: body.email, email_verified: false, name: 'Ola' };
    expect((await comeBack(browser, await begin(browser))).status).toBe(403);
    provider.claims = { sub: 'nobody-1', email: 'nobody@shop.example', email_verified: true };
    expect((await comeBack(browser, await begin(browser))).status).toBe(403);
    provider.claims = { sub: 'ola-1', email: body.email.toUpperCase(), email_verified: true, name: 'Ola' };
    const first = await comeBack(browser, await begin(browser));
    expect(first.body, first.text).toEqual({ step: 'done' });
    expect((await browser.send('GET', '/session')).body).toMatchObject({
      user: { name: 'Ola' },
      memberships: [{ tenantId, role: 'finance' }],
      secondFactorUntil: null,
    });
    provider.claims = { sub: 'ola-1', email: 'renamed@shop.example', email_verified: false };
    const again = newBrowser();
    expect((await comeBack(again, await begin(again))).body).toEqual({ step: 'done' });
  });

  test('what comes back counts once, in the browser that went, with the nonce that was sent, and within ten minutes', async () => {
    provider.claims = { sub: 'owner-1', email: owner.email, email_verified: true };
    const [here, there] = [newBrowser(), newBrowser()];
    const returned = await begin(here);
    await begin(there);
    expect((await comeBack(there, returned)).status).toBe(401);
    expect((await comeBack(newBrowser(), returned)).status).toBe(401);
    expect((await comeBack(here, { ...returned, code: 'another' })).status).toBe(401);
    expect((await comeBack(here, returned)).status).toBe(401);
    provider.claims = { ...provider.claims, nonce: 'another' };
    expect((await comeBack(here, await begin(here))).status).toBe(401);
    provider.claims = { sub: 'owner-1', email: owner.email, email_verified: true };
    const late = await begin(here);
    clock.advance({ minutes: 10 });
    expect((await comeBack(here, late)).status).toBe(401);
    expect((await comeBack(here, await begin(here))).body).toEqual({ step: 'done' });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSetupLink } from '../../src/access/setup-link.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { PanelBrowser } from '../support/panel-browser.ts';
import { PASSWORD, type PanelPerson, setUpOwner, tokenOf } from '../support/panel-person.ts';
import { parallel } from '../support/parallel.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
const environment = {
  TOLLGATE_ROLES: 'api,admin',
  TOLLGATE_TRUST_PROXY: 'loopback',
  TOLLGATE_RATE_LIMIT_BAD_SIGN_INS: '30/600',
};
let tollgate: Installation;
let owner: PanelPerson;
let addresses = 0;

beforeAll(async () => {
  tollgate = await startInstallation({ clock, environment });
  owner = await setUpOwner(tollgate, fromElsewhere());
});
afterAll(() => tollgate.close());
// Codes are good once, and the next one comes with the next half minute; whoever was locked out is not any more.
beforeEach(() => clock.advance({ hours: 2 }));

/** As a proxy passes on what came by TLS from an address that nobody had before. */
function fromElsewhere(): Readonly<Record<string, string>> {
  addresses += 1;
  return { 'x-forwarded-proto': 'https', 'x-forwarded-for': `198.51.100.${addresses}` };
}

const newBrowser = () => new PanelBrowser(tollgate.apiUrl, fromElsewhere());
const givePassword = (browser: PanelBrowser, password: string, email = owner.email) =>
  browser.send('POST', '/session', { body: { email, password } });
const nextCode = () => {
  clock.advance({ seconds: 30 });
  return owner.code();
};
const SESSION = '__Host-tollgate';

describe('signing in by password', () => {
  test('takes a second factor, and ends with a session that may do what its person may', async () => {
    const browser = await owner.signIn(newBrowser());
    const { body } = await browser.send('GET', '/session');
    expect(body).toMatchObject({ user: { email: owner.email, name: 'Olive Owner' }, operatorRole: 'owner' });
    const { tenantId } = tollgate.tenant.tenant;
    expect(body.memberships).toEqual([expect.objectContaining({ tenantId, role: 'admin' })]);
    expect(body.waysIn).toEqual({ hasPassword: true, hasTotp: true, passkeys: 0, oidc: false, recoveryCodesLeft: 10 });
    expect(body.secondFactorUntil).toBe(clock.now().add({ minutes: 10 }).toString());
  });

  test('a password alone opens nothing', async () => {
    const browser = newBrowser();
    expect((await givePassword(browser, PASSWORD)).body).toEqual({ step: 'totp' });
    for (const path of ['/session', '/me/passkeys', '/operator/tenants', '/me/sessions']) {
      expect((await browser.send('GET', path)).status, path).toBe(401);
    }
    expect((await browser.send('POST', '/me/totp')).status).toBe(401);
  });

  test('a code is good once, also for two who send it at the same time', async () => {
    const browsers = [newBrowser(), newBrowser(), newBrowser()];
    for (const browser of browsers) await givePassword(browser, PASSWORD);
    const code = owner.code();
    const answers = await Promise.all(
      browsers.map((browser) => browser.send('POST', '/session/totp', { body: { code } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  test('a recovery code stands in for the app, once', async () => {
    const [code = ''] = owner.recoveryCodes;
    const give = async (typed: string) => {
      const browser = newBrowser();
      await givePassword(browser, PASSWORD);
      return browser.send('POST', '/session/recovery-code', { body: { code: typed } });
    };
    expect((await give(code.toUpperCase().replaceAll('-', ' '))).body).toEqual({ step: 'done' });
    expect((await give(code)).status).toBe(401);
  });

  test('the session after the second factor is another one, and the one before is worth nothing (fixation)', async () => {
    const browser = newBrowser();
    await givePassword(browser, PASSWORD);
    const before = browser.cookies.get(SESSION) ?? '';
    await browser.send('POST', '/session/totp', { body: { code: owner.code() } });
    expect(browser.cookies.get(SESSION)).not.toBe(before);
    const attacker = newBrowser();
    attacker.cookies.set(SESSION, before);
    expect((await attacker.send('GET', '/session')).status).toBe(401);
    expect((await attacker.send('POST', '/session/totp', { body: { code: nextCode() } })).status).toBe(401);
  });

  test('a session that the browser had before ends with the next one', async () => {
    const browser = await owner.signIn(newBrowser());
    const before = browser.cookies.get(SESSION) ?? '';
    clock.advance({ seconds: 30 });
    await owner.signIn(browser);
    const other = newBrowser();
    other.cookies.set(SESSION, before);
    expect((await other.send('GET', '/session')).status).toBe(401);
  });

  test('unknown, wrong and locked are one answer', async () => {
    const wrong = await givePassword(newBrowser(), 'not the password');
    const unknown = await givePassword(newBrowser(), PASSWORD, 'nobody@shop.example');
    for (let tries = 1; tries < 10; tries += 1) await givePassword(newBrowser(), 'not the password');
    const locked = await givePassword(newBrowser(), PASSWORD);
    const plain = ({ status, body }: typeof wrong) => ({ status, ...body, correlationId: '' });
    expect(wrong.status).toBe(401);
    expect(plain(unknown)).toEqual(plain(wrong));
    expect(plain(locked)).toEqual(plain(wrong));
    expect([wrong, unknown, locked].map(({ headers }) => headers['set-cookie'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('guessing', () => {
  test('after ten tries an account is locked for thirty minutes, wherever they came from', async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      expect((await givePassword(newBrowser(), `wrong ${tries}`)).status).toBe(401);
    }
    expect((await givePassword(newBrowser(), PASSWORD)).status).toBe(401);
    clock.advance({ minutes: 29, seconds: 59 });
    expect((await givePassword(newBrowser(), PASSWORD)).status).toBe(401);
    clock.advance({ seconds: 1 });
    expect((await givePassword(newBrowser(), PASSWORD)).body).toEqual({ step: 'totp' });
  });

  test('forty guesses at once are no more than ten', async () => {
    const guesses = await parallel(40, (index) =>
      givePassword(newBrowser(), index === 39 ? PASSWORD : `wrong ${index}`),
    );
    const [row] = await tollgate.database.run<{ tries: number }>(
      'select max(tries) as tries from sign_in_tries where locked_until is not null',
    );
    expect(guesses.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(row?.tries).toBe(10);
  });

  test('wrong codes lock the account as wrong passwords do, and the right password does not start the count anew', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      const browser = newBrowser();
      await givePassword(browser, PASSWORD);
      for (const code of ['000000', '000001']) {
        const answer = await browser.send('POST', '/session/totp', { body: { code } });
        expect(answer.status).toBe(401);
      }
    }
    expect((await givePassword(newBrowser(), PASSWORD)).status).toBe(401);
  });

  test('who tries one password at many people is stopped by where they come from', async () => {
    const sprayer = newBrowser();
    const statuses: number[] = [];
    for (let index = 0; index < 32; index += 1) {
      statuses.push((await givePassword(sprayer, 'Summer2026!!', `person${index}@shop.example`)).status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
    expect(statuses.slice(30)).toEqual([429, 429]);
    expect((await givePassword(newBrowser(), PASSWORD)).status).toBe(200);
  });
});

describe('a session', () => {
  test('ends after fifteen minutes without a request, and not before', async () => {
    const browser = await owner.signIn(newBrowser());
    clock.advance({ minutes: 14 });
    expect((await browser.send('GET', '/session')).status).toBe(200);
    clock.advance({ minutes: 14, seconds: 59 });
    expect((await browser.send('GET', '/session')).status).toBe(200);
    clock.advance({ minutes: 15 });
    expect((await browser.send('GET', '/session')).status).toBe(401);
  });

  test('ends after twelve hours, whatever is done with it', async () => {
    const browser = await owner.signIn(newBrowser());
    for (let step = 0; step < 71; step += 1) {
      clock.advance({ minutes: 10 });
      if (step % 10 === 0 || step > 68) expect((await browser.send('GET', '/session')).status).toBe(200);
      else
        await tollgate.database.run('update sessions set last_seen_at = $1 where ended_at is null', [
          clock.now().toString(),
        ]);
    }
    clock.advance({ minutes: 10 });
    expect((await browser.send('GET', '/session')).status).toBe(401);
  });

  test('can be seen and ended from another one, and all of them at once', async () => {
    const [first, second, third] = [newBrowser(), newBrowser(), newBrowser()];
    for (const browser of [first, second, third]) {
      await owner.signIn(browser);
      clock.advance({ seconds: 30 });
    }
    const { data } = (await first.send('GET', '/me/sessions')).body;
    expect(data.map(({ current }: { current: boolean }) => current)).toEqual([false, false, true]);
    expect(data[0]).toMatchObject({ method: 'password', userAgent: 'Test browser' });
    expect((await first.send('DELETE', `/me/sessions/${data[1].id}`)).status).toBe(204);
    expect((await second.send('GET', '/session')).status).toBe(401);
    expect((await third.send('GET', '/session')).status).toBe(200);
    const everywhere = await first.send('DELETE', '/me/sessions');
    expect([everywhere.status, first.cookies.size]).toEqual([204, 0]);
    expect((await third.send('GET', '/session')).status).toBe(401);
  });

  test('its cookie is for this host, unreadable to scripts, and never sent from other sites', async () => {
    const answer = await givePassword(newBrowser(), PASSWORD);
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-tollgate=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    const local = await givePassword(new PanelBrowser(tollgate.apiUrl), PASSWORD);
    expect(local.headers['set-cookie']).toMatch(/^tollgate-loopback=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  test('is worth nothing as a key, and a key nothing as a cookie', async () => {
    const browser = await owner.signIn(newBrowser());
    const secret = browser.cookies.get(SESSION) ?? '';
    const asKey = await call(`${tollgate.apiUrl}/api/v1/operator/tenants`, { key: secret });
    expect(asKey.status).toBe(401);
    const asCookie = newBrowser();
    asCookie.cookies.set(SESSION, tollgate.operatorKey);
    expect((await asCookie.send('GET', '/operator/tenants')).status).toBe(401);
    expect((await asCookie.send('GET', '/session')).status).toBe(401);
  });

  test('is kept as a hash alone, and nothing of its person in the clear', async () => {
    const browser = await owner.signIn(newBrowser());
    const rows = await tollgate.database.run<{ row: string }>(
      `select to_jsonb(sessions)::text as row from sessions union all select to_jsonb(users)::text from users`,
    );
    const kept = rows.map(({ row }) => row).join('\n');
    expect(kept).not.toContain(browser.cookies.get(SESSION));
    expect(kept).not.toContain(owner.email);
    expect(kept).not.toContain('Olive Owner');
    expect(tollgate.logLines.join('\n')).not.toContain(browser.cookies.get(SESSION));
  });
});

describe('a request that another site has its visitor send is refused', () => {
  const origin = () => tollgate.tollgate.gateway.people.panel.origin;
  const from = [
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }, 403],
    ['the address line', { 'sec-fetch-site': 'none' }, 403],
    ['the panel', { 'sec-fetch-site': 'same-origin' }, 204],
  ] as const;

  test.for(from)('from %s', async ([, headers, status]) => {
    const browser = await owner.signIn(newBrowser());
    expect((await browser.send('DELETE', '/session', { headers })).status).toBe(status);
  });

  test('from older browsers, which tell their origin alone', async () => {
    const browser = await owner.signIn(newBrowser());
    const cookie = `${SESSION}=${browser.cookies.get(SESSION)}`;
    const end = (headers: Readonly<Record<string, string>>) =>
      call(`${tollgate.apiUrl}/api/v1/session`, {
        method: 'DELETE',
        headers: { ...fromElsewhere(), cookie, ...headers },
      });
    expect((await end({})).status).toBe(403);
    expect((await end({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await end({ origin: 'null' })).status).toBe(403);
    expect((await end({ origin: origin() })).status).toBe(204);
  });

  test('also before anybody has signed in, so that nobody is signed in as somebody else', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const body = { email: owner.email, password: PASSWORD };
    expect((await newBrowser().send('POST', '/session', { body, headers })).status).toBe(403);
  });

  test('also where it only reads, and where it would act for a tenant', async () => {
    const browser = await owner.signIn(newBrowser());
    const headers = { 'sec-fetch-site': 'cross-site', 'x-tollgate-tenant': tollgate.tenant.tenant.tenantId };
    expect((await browser.send('GET', '/payments', { headers })).status).toBe(403);
    expect((await browser.send('GET', '/session', { headers })).status).toBe(403);
  });

  test('a form is refused whatever it says of itself', async () => {
    const browser = await owner.signIn(newBrowser());
    const headers = { 'content-type': 'text/plain' };
    const answer = await browser.send('POST', '/me/password', { rawBody: '{"newPassword":"x"}', headers });
    expect(answer.status).toBe(415);
  });
});

describe('acting for a tenant', () => {
  test('is in test mode unless said otherwise, and leaves the person as the actor', async () => {
    const browser = await owner.signIn(newBrowser());
    const headers = { 'x-tollgate-tenant': tollgate.tenant.tenant.tenantId };
    const body = { reference: 'by-a-person', amount: 1250 };
    const created = await browser.send('POST', '/payments', { body, headers });
    expect(created.body, created.text).toMatchObject({ mode: 'test', tenantId: tollgate.tenant.tenant.tenantId });
    const live = { headers: { ...headers, 'x-tollgate-mode': 'live' } };
    expect((await browser.send('GET', `/payments/${created.body.id}`, live)).status).toBe(404);
    expect((await browser.send('GET', `/payments/${created.body.id}`, { headers })).status).toBe(200);
    expect(tollgate.logLines.some((line) => line.includes(`"actor":"user:${owner.userId}"`))).toBe(true);
  });

  test('needs a tenant that there is, and a mode that there is', async () => {
    const browser = await owner.signIn(newBrowser());
    const get = async (headers: Readonly<Record<string, string>>) =>
      (await browser.send('GET', '/payments', { headers })).status;
    expect(await get({})).toBe(400);
    expect(await get({ 'x-tollgate-tenant': 'ten_00000000000000000000000000' })).toBe(404);
    expect(await get({ 'x-tollgate-tenant': tollgate.tenant.tenant.tenantId, 'x-tollgate-mode': 'both' })).toBe(400);
  });
});

describe('proving the second factor once more', () => {
  test('opens dangerous acts for ten minutes', async () => {
    const browser = await owner.signIn(newBrowser());
    const renew = async () => (await browser.send('POST', '/me/recovery-codes')).body;
    clock.advance({ minutes: 9, seconds: 59 });
    expect((await renew()).recoveryCodes).toHaveLength(10);
    clock.advance({ seconds: 1 });
    expect(await renew()).toMatchObject({ status: 403, code: 'step_up_required' });
    const wrong = await browser.send('POST', '/session/step-up', { body: { code: '000000' } });
    expect(wrong.body).toMatchObject({ status: 403, code: 'proof_refused' });
    const right = await browser.send('POST', '/session/step-up', { body: { code: owner.code() } });
    expect(right.body).toEqual({ secondFactorUntil: clock.now().add({ minutes: 10 }).toString() });
    expect((await renew()).recoveryCodes).toHaveLength(10);
  });

  test('another password signs out everywhere else', async () => {
    const [here, there] = [await owner.signIn(newBrowser()), newBrowser()];
    clock.advance({ seconds: 30 });
    await owner.signIn(there);
    const change = (currentPassword: string, newPassword: string) =>
      here.send('POST', '/me/password', { body: { currentPassword, newPassword } });
    expect((await change('not the password', 'a quite different one')).body.code).toBe('proof_refused');
    expect((await change(PASSWORD, 'short')).body).toMatchObject({ errors: [{ pointer: '/newPassword' }] });
    expect((await change(PASSWORD, `x ${owner.email} x`)).status).toBe(422);
    expect((await change(PASSWORD, 'a quite different one')).status).toBe(204);
    expect([(await here.send('GET', '/session')).status, (await there.send('GET', '/session')).status]).toEqual([
      200, 401,
    ]);
    expect((await givePassword(newBrowser(), PASSWORD)).status).toBe(401);
    expect((await change('a quite different one', PASSWORD)).status).toBe(204);
  });

  test('the last way in stays', async () => {
    const browser = await owner.signIn(newBrowser());
    expect((await browser.send('DELETE', '/me/totp')).body.code).toBe('state_conflict');
    expect((await givePassword(newBrowser(), PASSWORD)).body).toEqual({ step: 'totp' });
  });
});

describe('the set-up link', () => {
  test('is not made where there is an owner, and the one that was used is used up', async () => {
    const { payments, people } = tollgate.tollgate.gateway;
    expect(await createSetupLink(payments.database.query, clock, people.panel)).toBeNull();
    const [row] = await tollgate.database.run<{ count: string }>(
      'select count(*) from setup_links where used_at is not null',
    );
    expect(row?.count).toBe('1');
  });

  test('is good for half an hour, and of two that were printed one is used', async () => {
    const fresh = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api,admin' } });
    try {
      const { payments, people } = fresh.tollgate.gateway;
      const link = async () => tokenOf((await createSetupLink(payments.database.query, clock, people.panel)) ?? '');
      const tokens = [await link(), await link(), await link()];
      const old = await link();
      const accept = (token: string, email: string) =>
        new PanelBrowser(fresh.apiUrl).send('POST', '/session/link/accept', {
          body: { token, email, name: 'Somebody', password: PASSWORD },
        });
      const answers = await Promise.all(tokens.map((token, index) => accept(token, `first${index}@shop.example`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
      clock.advance({ minutes: 30 });
      expect((await accept(old, 'late@shop.example')).status).toBe(404);
      const [row] = await fresh.database.run<{ count: string }>(
        `select count(*) from memberships where tenant_id = 'system' and role = 'owner'`,
      );
      expect(row?.count).toBe('1');
    } finally {
      await fresh.close();
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { BY_NAME_ONLY, type Mode } from '../../src/kernel/caller.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { Endpoint } from '../../src/kernel/endpoint.ts';
import { ENDPOINTS } from '../../src/roles/declarations.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { book, draft, SETTINGS } from '../support/invoice-desk.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { acceptAs, tokenOf } from '../support/panel-person.ts';
import { plantDeadline } from '../support/planted-deadline.ts';
import { plantEarlierMonth } from '../support/planted-month.ts';
import { changesNothing, fingerprintTables, untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let tollgate: Installation;
let sink: WebhookSink;
let owner: Merchant;
/** The owner in the other mode. */
let ownerLive: Merchant;
let stranger: Merchant;
/** The id of one object of the owner's, by the noun in the path. */
let owned: Readonly<Record<string, string>>;
let checkoutToken: string;

/** Live credentials need HTTPS; the proxy that says so is trusted here. */
const SECURE = { 'x-forwarded-proto': 'https' };

beforeAll(async () => {
  sink = await startWebhookSink();
  tollgate = await startInstallation({ environment: { TOLLGATE_TRUST_PROXY: 'loopback' } });
  owner = as(await allOf(tollgate.tenant.tenant.tenantId, 'test'));
  ownerLive = as(await allOf(tollgate.tenant.tenant.tenantId, 'live'));
  stranger = as(await bareTenant());
  const endpoint = await owner.send('POST', '/webhook-endpoints', { body: { url: `${sink.url}/hook` } });
  const open = await owner.create();
  checkoutToken = open.body.checkoutToken;
  const paid = await owner.pay();
  const refund = await owner.refund(paid.id, { amount: 100, reason: 'broken', reference: 'refund-1' });
  const delivery = await until(async () => (await owner.send('GET', '/deliveries?status=succeeded')).body.data[0]);
  const held = (await owner.create({ captureMethod: 'manual' })).body;
  await owner.confirm(held.id, 'tok_no_ipn');
  const capture = await owner.send('POST', `/payments/${held.id}/capture`, { body: {} });
  const reversal = await owner.send('POST', `/payments/${held.id}/reversals`, { body: {} });
  const testClock = await owner.send('POST', '/test-clocks', { body: {} });
  await owner.send('POST', `/test-clocks/${testClock.body.id}/release`);
  const accounts = await owner.send('GET', '/provider-accounts');
  const reconciled = await uploadStatement(accounts.body.data[0].id);
  const basket = { itemTypes: ['AIRTIME'], per: 'merchant', dailyMax: 100 };
  const domain = await owner.send('POST', '/domains', { body: { domain: 'pay.owner.example' } });
  // Nobody shall look for its record while it is watched that nothing is written.
  await tollgate.database.run(`update lanes set next_due_at = null where kind = 'domain'`);
  await tollgate.createTenant({ parentTenantId: tollgate.tenant.tenant.tenantId });
  owned = {
    tenants: tollgate.tenant.tenant.tenantId,
    'provider-accounts': accounts.body.data[0].id,
    domains: domain.body.id,
    'limit-baskets': (await owner.send('POST', '/limit-baskets', { body: basket })).body.id,
    invoices: await invoiceOf(owner),
    'partner-keys': (await owner.send('POST', '/partner-keys', { body: {} })).body.id,
    'test-clocks': testClock.body.id,
    'api-keys': (await owner.send('POST', '/api-keys', { body: { name: 'Till', scopes: ['payment:read'] } })).body.id,
    keys: (await tollgate.database.run<{ key_id: string }>('select key_id from operator_keys'))[0]?.key_id ?? '',
    approvals: await waitingApproval(),
    roles: (await owner.send('POST', '/roles', { body: { name: 'Night', permissions: ['payment:read'] } })).body.id,
    ...reconciled,
    captures: capture.body.id,
    reversals: reversal.body.id,
    periods: await plantEarlierMonth(tollgate.database, tollgate.tenant.tenant.tenantId),
    payments: open.body.id,
    transactions: open.body.id,
    refunds: refund.body.id,
    checkouts: (await owner.send('POST', '/checkouts', { body: { name: 'Tickets', amount: 1250 } })).body.id,
    'qr-codes': (await owner.send('POST', '/qr-codes', { body: { amount: 1250 } })).body.id,
    products: (await owner.send('POST', '/products', { body: { name: 'Tickets' } })).body.id,
    'webhook-endpoints': endpoint.body.id,
    'ack-deadlines': await plantDeadline(tollgate.database, {
      tenantId: tollgate.tenant.tenant.tenantId,
      paymentId: paid.id,
      endpointId: endpoint.body.id,
      state: 'suppressed',
    }),
    deliveries: delivery.id,
    disputes: await closedDispute(),
    // The bank has told of the dispute.
    'inbound-events': (await owner.send('GET', '/inbound-events')).body.data[0].id,
    events: delivery.eventId,
    replays: await endedReplay(endpoint.body.id),
    listeners: (await owner.send('POST', '/listeners', { body: {} })).body.id,
    ...(await peopleOf(owner)),
  };
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});

/** A replay of a time in which nothing happened. */
async function endedReplay(endpointId: string): Promise<string> {
  const daysAgo = (days: number) =>
    tollgate.tollgate.gateway.clock
      .now()
      .subtract({ hours: 24 * days })
      .toString();
  const body = { since: daysAgo(90), until: daysAgo(89) };
  const replay = await owner.send('POST', `/webhook-endpoints/${endpointId}/replay`, { body });
  await until(async () => (await owner.send('GET', `/replays/${replay.body.id}`)).body.state === 'done');
  return replay.body.id;
}

/** A draft; whose it is not may do nothing with it. */
async function invoiceOf(merchant: Merchant): Promise<string> {
  await merchant.send('PUT', '/invoicing-settings', { body: SETTINGS });
  return (await draft(merchant, { lines: [book(1000)] })).body.id;
}

/** Something that waits for a second person; the owner asks for none afterwards. */
async function waitingApproval(): Promise<string> {
  await owner.send('PATCH', '/settings', { body: { fourEyes: 'all' } });
  const asked = await owner.send('POST', '/app-secret/rotate', { body: {} });
  await tollgate.database.run(`update tenants set settings = settings || '{"fourEyes":"off"}' where tenant_id = $1`, [
    tollgate.tenant.tenant.tenantId,
  ]);
  return asked.body.approvalId;
}

/** The key of a tenant without anything at all, not even the account at the sandbox that every tenant comes with. */
async function bareTenant(): Promise<string> {
  const { tenant } = await tollgate.createTenant();
  await tollgate.database.run('delete from provider_accounts where tenant_id = $1', [tenant.tenantId]);
  return allOf(tenant.tenantId, 'test');
}

/** A key that has what keys are given by name alone as well: what it is refused, it is refused for what it asks about. */
function allOf(tenantId: string, mode: Mode): Promise<string> {
  const { query } = tollgate.tollgate.gateway.payments.database;
  return createApiKey(query, systemClock, { tenantId, mode, name: 'All', scopes: ['*', ...BY_NAME_ONLY] });
}

/** A member, and an invitation that waits. */
async function peopleOf(tenant: Merchant): Promise<Readonly<Record<string, string>>> {
  const invite = (email: string) => tenant.send('POST', '/invitations', { body: { email, role: 'viewer' } });
  const person = { email: 'viewer@owner.example', name: 'Vera Viewer' };
  const { userId } = await acceptAs(tollgate, tokenOf((await invite(person.email)).body.url), person);
  return { users: userId, invitations: (await invite('other@owner.example')).body.id };
}

/** A statement with a payout and a charge of nobody, compared and proven. */
async function uploadStatement(providerAccountId: string): Promise<Readonly<Record<string, string>>> {
  const csv = [
    'line_ref,kind,occurred_at,currency,gross,payout_ref',
    'T-1,charge,2026-01-01,EUR,1000,',
    'T-2,payout,2026-01-02,EUR,-500,po-1',
  ].join('\n');
  const { body } = await owner.send('POST', '/statements', { body: { source: 'upload', providerAccountId, csv } });
  await until(async () => (await owner.send('GET', `/statements/${body.id}`)).body.status === 'reconciled');
  const first = async (path: string) => (await owner.send('GET', path)).body.data[0].id as string;
  return {
    statements: body.id,
    payouts: await first('/payouts'),
    'reconciliation-exceptions': await first('/reconciliation-exceptions'),
  };
}

/** A dispute that was answered and lost, so that nothing more comes of it by itself. */
async function closedDispute(): Promise<string> {
  const { body } = await owner.create();
  await owner.confirm(body.id, 'tok_dispute_lost');
  const find = async () => (await owner.send('GET', `/disputes?paymentId=${body.id}`)).body.data[0];
  const { id } = await until(find);
  await owner.send('POST', `/disputes/${id}/evidence`, { body: { text: 'It was delivered.' } });
  await until(async () => (await find()).status === 'lost');
  return id;
}

function as(key: string, headers: Readonly<Record<string, string>> = {}): Merchant {
  return merchantOf(tollgate.apiUrl, key, { ...SECURE, ...headers });
}

function pathOf({ path }: Endpoint, id: string): string {
  return path.replace('/api/v1', '').replace(/\{(?:id|token)\}/, id);
}

/** The owner's object that the endpoint's address may name. */
function ownedBy({ id, path }: Endpoint): string {
  const noun = /\/([a-z-]+)\/\{id\}/.exec(path)?.[1] ?? '';
  const found = owned[noun];
  if (found === undefined) throw new Error(`${id}: tell this test how to make one of ${noun}`);
  return found;
}

/** An id of the same kind that nobody has. */
function missing(id: string): string {
  return `${id.slice(0, id.indexOf('_'))}_00000000000000000000000000`;
}

const BODIES: Readonly<Record<string, unknown>> = {
  createRefund: { reason: 'broken', reference: 'refund-2' },
  updateUser: { role: 'viewer' },
  refundBlueboxTransaction: { reference: 'refund-3' },
};

function ask(merchant: Merchant, endpoint: Endpoint, id: string): Promise<Answer> {
  const body = BODIES[endpoint.id] ?? endpoint.example;
  return merchant.send(endpoint.method, pathOf(endpoint, id), endpoint.body === undefined ? {} : { body });
}

function expectNoneOf(theirs: Answer, mine: Answer): void {
  const ids = ({ body }: Answer): string[] => body.data.map(({ id }: { readonly id: string }) => id);
  expect(ids(theirs).filter((id) => ids(mine).includes(id))).toEqual([]);
}

/** States for the tests of a block together that none of them writes anything: each look reads every table. */
function expectNothingWritten(): void {
  let before: Readonly<Record<string, string>>;
  beforeAll(async () => {
    await untilQuiet(tollgate.database);
    before = await fingerprintTables(tollgate.database);
  });
  afterAll(async () => {
    expect(await fingerprintTables(tollgate.database), 'a refused request wrote something').toEqual(before);
  });
}

function withoutCorrelationId({ status, body }: Answer) {
  return { status, body: { ...body, correlationId: null } };
}

const ofTenants = ENDPOINTS.filter(({ access }) => access.by === 'tenant');
/** What is the tenant's in both modes. */
const MODELESS = new Set([
  ...['getRole', 'updateRole', 'deleteRole', 'listRoles', 'listChildTenants'],
  ...['listUsers', 'updateUser', 'listInvitations', 'withdrawInvitation'],
]);
/** Nobody gets in without one of their own. */
const NEVER_EMPTY = new Set(['listApiKeys']);
const byId = ofTenants.filter(({ path }) => path.includes('{id}'));
const lists = ofTenants.filter(({ id, path }) => id.startsWith('list') && !path.includes('{id}'));

test('there are endpoints of every kind to try', () => {
  expect([byId.length, lists.length]).toEqual([expect.toSatisfy((n) => n >= 13), expect.toSatisfy((n) => n >= 4)]);
});

describe("another tenant's id looks like one that does not exist, and nothing moves", () => {
  test.for(byId)('$id', async (endpoint) => {
    const id = ownedBy(endpoint);
    await untilQuiet(tollgate.database);
    const [foreign, unknown] = await changesNothing(tollgate.database, async () => [
      await ask(stranger, endpoint, id),
      await ask(stranger, endpoint, missing(id)),
    ]);
    expect(foreign?.status, foreign?.text).toBe(404);
    expect(foreign && withoutCorrelationId(foreign)).toEqual(unknown && withoutCorrelationId(unknown));
    expect(foreign?.text).not.toContain(id);
  });

  test.for(lists)('$id shows none of them', async (endpoint) => {
    const mine = await ask(owner, endpoint, '');
    expect(mine.body.data).not.toEqual([]);
    const theirs = await ask(stranger, endpoint, '');
    if (NEVER_EMPTY.has(endpoint.id)) return expectNoneOf(theirs, mine);
    expect(theirs.body).toEqual({ data: [], hasMore: false, nextCursor: null });
  });

  test('not by a filter or a cursor either', async () => {
    const { payments, 'webhook-endpoints': endpointId } = owned;
    for (const path of [
      `/deliveries?paymentId=${payments}`,
      `/deliveries?endpointId=${endpointId}`,
      `/events?paymentId=${payments}`,
      '/payments?cursor=pay_7zzzzzzzzzzzzzzzzzzzzzzzzz',
      '/payments?status=created',
    ]) {
      expect((await owner.send('GET', path)).body.data, path).not.toEqual([]);
      expect((await stranger.send('GET', path)).body.data, path).toEqual([]);
    }
  });
});

describe("the same tenant's id in the other mode looks like one that does not exist", () => {
  test.for(byId.filter(({ id }) => !MODELESS.has(id)))('$id', async (endpoint) => {
    const live = ownerLive;
    const id = ownedBy(endpoint);
    await untilQuiet(tollgate.database);
    const [other, unknown] = await changesNothing(tollgate.database, async () => [
      await ask(live, endpoint, id),
      await ask(live, endpoint, missing(id)),
    ]);
    expect(other?.status, other?.text).toBe(404);
    expect(other && withoutCorrelationId(other)).toEqual(unknown && withoutCorrelationId(unknown));
  });

  test.for(lists.filter(({ id }) => !MODELESS.has(id)))('$id shows none of them', async (endpoint) => {
    const live = await ask(ownerLive, endpoint, '');
    if (NEVER_EMPTY.has(endpoint.id)) return expectNoneOf(live, await ask(owner, endpoint, ''));
    expect(live.body.data).toEqual([]);
  });
});

describe('who runs the installation and who sells through it do not stand in for each other', () => {
  const operators = ENDPOINTS.filter(({ access }) => access.by === 'operator');
  expectNothingWritten();

  test.for(ofTenants)("the operator's key does not open $id", async (endpoint) => {
    const operator = as(tollgate.operatorKey, { 'x-tollgate-tenant': tollgate.tenant.tenant.tenantId });
    const id = endpoint.path.includes('{id}') ? ownedBy(endpoint) : '';
    expect(await ask(operator, endpoint, id)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test.for(operators)("a tenant's credentials do not open $id", async (endpoint) => {
    const { appName } = tollgate.tenant.tenant;
    const login = { body: { appName, appSecret: tollgate.tenant.appSecret } };
    const { accessToken } = (await owner.send('POST', '/tenants/login', login)).body;
    for (const key of [tollgate.tenant.apiKeys.test, tollgate.tenant.apiKeys.live, accessToken]) {
      expect(await ask(as(key), endpoint, '')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
  });
});

describe('a checkout token opens no other door', () => {
  const guarded = ENDPOINTS.filter(({ access }) => access.by === 'tenant' || access.by === 'operator');
  expectNothingWritten();

  test.for(guarded)('not $id', async (endpoint) => {
    const id = endpoint.path.includes('{id}') ? ownedBy(endpoint) : '';
    const answer = await ask(as(checkoutToken), endpoint, id);
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });
});

describe('a checkout token opens its own payment', () => {
  test('it shows its own payment, and tells nothing of customer or credentials', async () => {
    const { status, body } = await as('nobody').send('GET', `/checkout-sessions/${checkoutToken}`);
    expect(status).toBe(200);
    expect(body.paymentId).toBe(owned.payments);
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['customer']));
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['tenantId']));
  });

  test('no id, no cut and no changed token stands in for one', async () => {
    const guesses = [
      owned.payments ?? '',
      checkoutToken.slice(0, -1),
      `${checkoutToken}A`,
      checkoutToken.toLowerCase(),
      `${checkoutToken.slice(0, -1)}${checkoutToken.endsWith('A') ? 'B' : 'A'}`,
      encodeURIComponent(`${checkoutToken}%`),
      "'%20or%20'1'='1",
    ];
    for (const guess of guesses) {
      for (const verb of ['', '/confirm', '/cancel']) {
        const method = verb === '' ? 'GET' : 'POST';
        const answer = await changesNothing(tollgate.database, () =>
          as('nobody').send(method, `/checkout-sessions/${guess}${verb}`),
        );
        expect(answer, guess).toMatchObject({ status: 404, body: { code: 'not_found' } });
      }
    }
  });

  test('a fresh token ends the ones before it at once', async () => {
    const { body } = await owner.create();
    const fresh = await owner.send('POST', `/payments/${body.id}/checkout-token`);
    expect((await owner.send('GET', `/checkout-sessions/${body.checkoutToken}`)).status).toBe(404);
    expect((await owner.send('GET', `/checkout-sessions/${fresh.body.checkoutToken}`)).status).toBe(200);
  });
});

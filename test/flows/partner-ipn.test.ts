import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  putQuestion,
  selectDueQuestions,
  selectNextQuestionAt,
  updateAsked,
  updateQuestion,
} from '../../src/inbound/store-questions.ts';
import { present } from '../../src/kernel/assert.ts';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import { createProviderAccount } from '../../src/provider-accounts/create-provider-account.ts';
import { signedBody } from '../../src/providers/partner/bluecom-messages-fixture.ts';
import {
  type PartnerSimulator,
  startPartnerSimulator,
} from '../../src/providers/partner/simulator/start-partner-simulator.ts';
import type { PaymentProvider } from '../../src/providers/provider.ts';
import type { RegisteredProvider } from '../../src/providers/registry.ts';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { parallel } from '../support/parallel.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';

const CODES = ['SHOP_1', 'SHOP_2'] as const;
type Code = (typeof CODES)[number];
const KEYS: Readonly<Record<Code, string>> = { SHOP_1: 'the first shop’s secret', SHOP_2: 'the other shop’s secret' };

let clock: ManualClock;
let tollgate: Installation;
let partner: PartnerSimulator;
let shops: Readonly<Record<Code, Shop>>;
/** For references and nonces, of which none is used twice. */
let serial = 0;

interface Shop {
  readonly tenantId: string;
  readonly send: ReturnType<typeof merchantOf>['send'];
  readonly accountId: string;
}

interface Begun {
  readonly id: string;
  readonly attemptId: string;
  readonly providerRef: string;
  readonly version: number;
}

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  const merchants = CODES.map((code) => ({ wire: 'bluecom' as const, merchantCode: code, secretKeys: [KEYS[code]] }));
  partner = await startPartnerSimulator({ host: '127.0.0.1', port: 0, clock, merchants });
  // What arrives is up to each test.
  partner.notify('dropped');
  shops = { SHOP_1: await openShop('SHOP_1'), SHOP_2: await openShop('SHOP_2') };
});
afterAll(async () => {
  await tollgate.close();
  await partner.close();
});
beforeEach(() => {
  // Evidence of one test is told from another's by its time.
  clock.advance({ seconds: 1 });
});

async function openShop(code: Code): Promise<Shop> {
  const { tenant, apiKeys } = await tollgate.createTenant();
  const { tenantId } = tenant;
  const { database, sealer } = tollgate.tollgate.gateway.payments;
  const account: Parameters<typeof createProviderAccount>[1] = {
    ...{ tenantId, mode: 'test', provider: 'partner', name: 'Partner', priority: 9, reversalCutOff: null },
    credentials: { profile: 'bluecom', merchantCode: code, secretKey: KEYS[code], apiUrl: partner.url },
  };
  const { providerAccountId } = await forTenants([tenantId], () =>
    createProviderAccount({ db: database.query, sealer, clock }, account),
  );
  const { send } = merchantOf(tollgate.apiUrl, apiKeys.test);
  return { tenantId, accountId: providerAccountId, send };
}

/** A payment that waits for its shopper on the partner's page. */
async function begin(code: Code = 'SHOP_1', fields: object = {}): Promise<Begun> {
  const { send, accountId } = shops[code];
  const reference = `order-${serial++}`;
  const created = await send('POST', '/payments', {
    body: { reference, amount: 1250, providerAccountId: accountId, ...fields },
  });
  expect(created.status, created.text).toBe(201);
  const { id } = created.body;
  const confirmed = await send('POST', `/payments/${id}/confirm`, { body: { method: { type: 'partner' } } });
  expect(confirmed.body.status, confirmed.text).toBe('processing');
  const attemptId = String(confirmed.body.latestAttempt.id);
  return { id, attemptId, providerRef: String(partner.find(attemptId)?.providerRef), version: confirmed.body.version };
}

function ipn({ attemptId, providerRef }: Begun, changes: object = {}, code: Code = 'SHOP_1'): string {
  const now = clock.now().toString();
  const members = {
    ...{ merchantCode: code, orderId: attemptId, providerRef, eventType: 'PAYMENT', status: 'SUCCESS' },
    ...{ amount: 1250, currency: 'EUR', paidAt: now, timestamp: now, nonce: `n-${serial++}`, ...changes },
  };
  return signedBody('ipn', members, KEYS[code]);
}

const deliver = (rawBody: string): Promise<Answer> => call(`${tollgate.apiUrl}/api/payment/ipn`, { rawBody });

async function read(begun: Begun, code: Code = 'SHOP_1') {
  return (await shops[code].send('GET', `/payments/${begun.id}`)).body;
}

async function verdicts(since: Temporal.Instant, code: Code = 'SHOP_1'): Promise<readonly string[]> {
  const query = `createdAfter=${since.subtract({ milliseconds: 1 })}&limit=100`;
  const { body } = await shops[code].send('GET', `/inbound-events?${query}`);
  return body.data.map(({ verdict }: { verdict: string }) => verdict).sort();
}

/** How often the partner was asked about an attempt. */
async function questions({ attemptId }: Begun): Promise<number> {
  await tollgate.tollgate.gateway.payments.callRecorder.settled();
  const rows = await tollgate.database.run(
    `select 1 from provider_calls where attempt_id = $1 and operation = 'retrieve'`,
    [attemptId],
  );
  return rows.length;
}

const PAID = { status: 'succeeded', amountCaptured: 1250 };
const UNMOVED = { status: 'processing', amountCaptured: 0 };

function untilPaid(begun: Begun) {
  return until(async () => (await read(begun)).status === 'succeeded');
}

describe('at the address that all partner gateways share', () => {
  test('fifty identical notifications at once are each answered 200 and have one effect', async () => {
    const begun = await begin();
    const since = clock.now();
    const body = ipn(begun);
    const answers = await parallel(50, () => deliver(body));
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(Array(50).fill('200 '));
    await untilPaid(begun);
    await untilQuiet(tollgate.database);
    expect(await read(begun)).toMatchObject(PAID);
    expect(await verdicts(since)).toEqual(['accepted', ...Array(49).fill('duplicate')]);
    const captures = await tollgate.database.run('select 1 from captures where payment_id = $1', [begun.id]);
    const transfers = await tollgate.database.run('select 1 from ledger_transfers where payment_id = $1', [begun.id]);
    expect([captures.length, transfers.length]).toEqual([1, 1]);
  });

  test('an order of another tenant, signed with one’s own key, is refused and nothing moves', async () => {
    const victim = await begin('SHOP_2');
    const since = clock.now();
    for (const merchantCode of CODES) {
      expect((await deliver(ipn(victim, { merchantCode }))).status).toBe(401);
    }
    await untilQuiet(tollgate.database);
    expect(await read(victim, 'SHOP_2')).toMatchObject(UNMOVED);
    // It is evidence of the one whose order it names, and nobody else's.
    expect(await verdicts(since, 'SHOP_2')).toEqual(['bad_signature', 'bad_signature']);
    expect(await verdicts(since, 'SHOP_1')).toEqual([]);
  });

  test('names of tenants and accounts in the body choose nothing', async () => {
    const victim = await begin('SHOP_2');
    const own = JSON.parse(ipn(victim));
    const { tenantId, accountId } = shops.SHOP_1;
    const named = { ...own, tenantId, providerAccountId: accountId, tenant_id: tenantId };
    expect((await deliver(JSON.stringify(named))).status).toBe(401);
    await untilQuiet(tollgate.database);
    expect(await read(victim, 'SHOP_2')).toMatchObject(UNMOVED);
  });

  test('an order that nobody has, or that is another provider’s, is refused like a wrong signature, and only counted', async () => {
    const begun = await begin();
    const forged = await deliver(ipn(begun, { merchantCode: 'SHOP_1' }, 'SHOP_2'));
    const { send } = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
    const sandbox = await send('POST', '/payments', { body: { reference: `order-${serial++}`, amount: 1250 } });
    const method = { type: 'sandbox', token: 'tok_no_ipn' };
    const confirmed = await send('POST', `/payments/${sandbox.body.id}/confirm`, { body: { method } });
    await untilQuiet(tollgate.database);
    const bodies = [
      ipn({ ...begun, attemptId: `att_${'0'.repeat(26)}` }),
      ipn({ ...begun, attemptId: confirmed.body.latestAttempt.id }),
      ipn({ ...begun, attemptId: `${begun.attemptId}' or true --` }),
      '{"orderId":{"$ne":null}}',
      'no JSON',
      '[]',
      'null',
    ];
    const [before, keptBefore] = [await countedUnknown(), await kept()];
    for (const body of bodies) {
      const answer = await deliver(body);
      expect([answer.status, answer.text]).toEqual([forged.status, forged.text]);
    }
    expect((await countedUnknown()) - before).toBe(bodies.length);
    expect(await kept()).toEqual(keptBefore);
  });

  /** What notifications leave behind. */
  const kept = () =>
    tollgate.database.run(`
      select (select count(*) from inbound_events) as events, (select count(*) from provider_facts) as facts,
        (select count(*) from inbound_nonces) as nonces, (select count(*) from provider_questions) as questions`);

  async function countedUnknown(): Promise<number> {
    const text = await tollgate.tollgate.gateway.metrics.render();
    return Number(/^tollgate_partner_ipns_unknown_total (\d+)$/m.exec(text)?.[1] ?? 0);
  }
});

describe('a stale notification that is truly signed', () => {
  test('is refused and kept, and the partner is asked; at most once a minute', async () => {
    const begun = await begin();
    await partner.approve(begun.attemptId);
    const since = clock.now();
    const stale = ipn(begun, { timestamp: clock.now().subtract({ seconds: 301 }).toString() });
    expect((await deliver(stale)).status).toBe(401);
    expect(await verdicts(since)).toEqual(['stale_timestamp']);
    await untilPaid(begun);
    await untilQuiet(tollgate.database);
    const asked = await questions(begun);
    expect(asked).toBe(1);
    await parallel(5, () => deliver(stale));
    await untilQuiet(tollgate.database);
    expect(await questions(begun)).toBe(1);
    clock.advance({ seconds: 61 });
    await until(async () => (await questions(begun)) === 2);
    await untilQuiet(tollgate.database);
    expect(await questions(begun)).toBe(2);
    expect(await read(begun)).toMatchObject(PAID);
  });

  test('does not make anybody ask where its signature is wrong', async () => {
    const begun = await begin();
    const stale = ipn(begun, { timestamp: clock.now().subtract({ seconds: 301 }).toString() }, 'SHOP_2');
    expect((await deliver(stale)).status).toBe(401);
    await untilQuiet(tollgate.database);
    expect(await questions(begun)).toBe(0);
  });
});

test('a reason to ask that comes while the partner is being asked is not taken for answered', () =>
  forTenants([shops.SHOP_1.tenantId], async () => {
    const { attemptId } = await begin();
    const db = tollgate.tollgate.gateway.payments.database.query;
    const account = { tenantId: shops.SHOP_1.tenantId, providerAccountId: shops.SHOP_1.accountId };
    const due = async () => {
      const [question] = await selectDueQuestions(db, account, clock.now(), 1);
      return present(question, 'the question');
    };
    await putQuestion(db, account, attemptId, clock.now());
    const first = await due();
    await updateAsked(db, first, clock.now());
    await putQuestion(db, account, attemptId, clock.now());
    await updateQuestion(db, first, null);
    const again = clock.now().add({ minutes: 1 });
    expect(await selectNextQuestionAt(db, account)).toEqual(again);
    clock.set(again);
    const second = await due();
    await updateAsked(db, second, clock.now());
    await updateQuestion(db, second, null);
    expect(await selectNextQuestionAt(db, account)).toBeNull();
  }));

test('a notification with other content than an earlier one is set aside, and the partner is asked', async () => {
  const begun = await begin();
  await partner.approve(begun.attemptId);
  const since = clock.now();
  expect((await deliver(ipn(begun))).status).toBe(200);
  await untilPaid(begun);
  expect(await questions(begun)).toBe(0);
  expect((await deliver(ipn(begun, { amount: 1 }))).status).toBe(200);
  await until(async () => (await questions(begun)) === 1);
  await untilQuiet(tollgate.database);
  expect(await verdicts(since)).toEqual(['accepted', 'conflicting_duplicate']);
  expect(await read(begun)).toMatchObject(PAID);
});

describe('a nonce', () => {
  test('that comes again with other content is refused, and nothing moves', async () => {
    const [paid, other] = [await begin(), await begin()];
    const since = clock.now();
    const first = ipn(paid, { nonce: 'the-same' });
    expect((await deliver(first)).status).toBe(200);
    expect((await deliver(ipn(other, { nonce: 'the-same' }))).status).toBe(401);
    expect((await deliver(first)).status).toBe(200);
    await untilPaid(paid);
    await untilQuiet(tollgate.database);
    expect(await verdicts(since)).toEqual(['accepted', 'duplicate', 'nonce_reused']);
    expect(await read(other)).toMatchObject(UNMOVED);
    // The fact itself was not used up by the message that was refused.
    expect((await deliver(ipn(other))).status).toBe(200);
    await untilPaid(other);
  });

  test('that two messages bring at the same instant belongs to one of them', async () => {
    const both = [await begin(), await begin()];
    const since = clock.now();
    const bodies = both.map((begun) => ipn(begun, { nonce: 'at-once' }));
    const statuses = (await Promise.all(bodies.map(deliver))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401]);
    expect(await verdicts(since)).toEqual(['accepted', 'nonce_reused']);
  });

  test('is another account’s own matter', async () => {
    const [one, other] = [await begin('SHOP_1'), await begin('SHOP_2')];
    expect((await deliver(ipn(one, { nonce: 'common' }))).status).toBe(200);
    expect((await deliver(ipn(other, { nonce: 'common' }, 'SHOP_2'))).status).toBe(200);
  });

  test('is forgotten after a day', async () => {
    const rows = () => tollgate.database.run(`select 1 from inbound_nonces where nonce = 'of-today'`);
    await deliver(ipn(await begin(), { nonce: 'of-today' }));
    await untilQuiet(tollgate.database);
    expect(await rows()).toHaveLength(1);
    clock.advance({ hours: 25 });
    await deliver(ipn(await begin()));
    await until(async () => (await rows()).length === 0);
  });
});

describe('where the provider gives money back that it is told nobody wants', () => {
  const REFUSED = { status: 200, body: 'refused' };
  let whole: RegisteredProvider | undefined;

  /** The partner's adapter, for a partner that could be told so. */
  function canRefuse({ provider, ...registered }: RegisteredProvider): RegisteredProvider {
    const refusing: PaymentProvider = {
      ...provider,
      async parseWebhook(parsing, request) {
        const outcome = await provider.parseWebhook(parsing, request);
        return outcome.kind === 'events' ? { ...outcome, replies: { ...outcome.replies, refused: REFUSED } } : outcome;
      },
    };
    return { ...registered, provider: refusing };
  }

  beforeAll(() => {
    const registry = tollgate.tollgate.gateway.payments.registry as Map<string, RegisteredProvider>;
    whole = registry.get('partner');
    if (whole !== undefined) registry.set('partner', canRefuse(whole));
  });
  afterAll(() => {
    const registry = tollgate.tollgate.gateway.payments.registry as Map<string, RegisteredProvider>;
    if (whole !== undefined) registry.set('partner', whole);
  });

  test.each([
    ['amount', { amount: 1249 }],
    ['currency', { currency: 'USD' }],
  ])('another %s is refused, every copy alike, and applied nowhere', async (_, changes) => {
    const begun = await begin();
    const since = clock.now();
    const body = ipn(begun, changes);
    const answers = await parallel(5, () => deliver(body));
    expect(answers.map(({ text }) => text)).toEqual(Array(5).fill('refused'));
    await untilQuiet(tollgate.database);
    expect(await verdicts(since)).toEqual([...Array(4).fill('duplicate'), 'refused_unwanted']);
    expect(await read(begun)).toMatchObject(UNMOVED);
    expect(await questions(begun)).toBe(0);
  });

  test('money for a payment that has ended is refused, and the provider is asked a minute later', async () => {
    const begun = await begin('SHOP_1', { attemptsMax: 1 });
    expect((await deliver(ipn(begun, { status: 'FAILED' }))).status).toBe(200);
    await until(async () => (await read(begun)).status === 'failed');
    const since = clock.now();
    // The same name with another outcome would contradict the first; a partner that tries again gives a new one.
    const answer = await deliver(ipn(begun, { providerRef: `${begun.providerRef}-late` }));
    await untilQuiet(tollgate.database);
    expect([answer.text, (await verdicts(since)).at(-1)]).toEqual(['refused', 'refused_unwanted']);
    expect(await questions(begun)).toBe(0);
    // Nobody else asks about an attempt that has ended.
    clock.advance({ seconds: 61 });
    await until(async () => (await questions(begun)) === 1);
    await untilQuiet(tollgate.database);
    expect(await read(begun)).toMatchObject({ status: 'failed', amountCaptured: 0 });
  });

  test('money that is wanted is accepted', async () => {
    const begun = await begin();
    expect((await deliver(ipn(begun))).text).toBe('');
    await untilPaid(begun);
  });
});

describe('a browser that comes back from a partner', () => {
  const result = (query: string) => call(`${tollgate.apiUrl}/api/payment/result${query}`);

  test('is led on to the shop, whatever it brings, and settles nothing', async () => {
    const begun = await begin('SHOP_1', { returnUrl: 'https://shop.example/back' });
    const answer = await result(`?orderId=${begun.attemptId}&status=SUCCESS`);
    expect(answer.status).toBe(302);
    const { location } = answer.headers;
    expect(location).toBe(`${tollgate.apiUrl}/return/${shops.SHOP_1.tenantId}/${begun.attemptId}`);
    expect([await questions(begun), (await read(begun)).version]).toEqual([0, begun.version]);
    const page = await call(String(location));
    expect([page.status, page.headers.location]).toEqual([
      303,
      expect.stringMatching(/^https:\/\/shop\.example\/back\?/),
    ]);
    expect(await read(begun)).toMatchObject(UNMOVED);
  });

  test.each([
    [''],
    ['?orderId='],
    ['?orderId=att_00000000000000000000000000'],
    ['?orderId=a&orderId=b'],
    ['?orderId=%00'],
  ])('with %j finds a plain page', async (query) => {
    const { status, headers, text } = await result(query);
    expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(text).toContain('leads to no payment');
  });
});

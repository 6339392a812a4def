import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { CLOSED, FIRST_WAIT_S, PROBE_LEASE } from '../../src/routing/circuit.ts';
import { createCircuitKeeper } from '../../src/routing/keep-circuits.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { layMerchantLine, type MerchantLine } from '../support/merchant-line.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { changesNothing, untilQuiet } from '../support/table-fingerprint.ts';

let clock: ManualClock;
let line: MerchantLine;
let installation: Installation;

beforeAll(async () => {
  clock = stoppedClock();
  line = await layMerchantLine();
  installation = await startInstallation({ clock, environment: { TOLLGATE_SANDBOX_URL: line.url } });
  line.target = installation.sandbox.url;
});
afterAll(async () => {
  await installation.close();
  await line.close();
});

interface Shop extends PaymentWatch {
  readonly tenantId: string;
  /** Ids and merchant codes of the accounts, in the order they were asked for. */
  readonly ids: readonly string[];
  readonly codes: readonly string[];
  /** Settles what was noted of circuits, and reads them from the API. */
  circuit(index: number): Promise<Answer['body']>;
}

/** A tenant of its own with accounts at the sandbox; the one every tenant begins with is disabled. */
async function openShop(...accounts: readonly object[]): Promise<Shop> {
  const tenant = await installation.createTenant();
  const watch = watchPayments({ ...installation, tenant });
  const { merchant } = watch;
  const first = (await merchant.send('GET', '/provider-accounts')).body.data[0].id;
  await merchant.send('POST', `/provider-accounts/${first}/disable`);
  const ids: string[] = [];
  const codes: string[] = [];
  for (const account of accounts) {
    const credentials = {
      merchantCode: `m_${randomBytes(8).toString('hex')}`,
      secretKey: randomBytes(20).toString('hex'),
    };
    // What is made next is younger.
    clock.advance({ milliseconds: 1 });
    const answer = await merchant.send('POST', '/provider-accounts', {
      body: { provider: 'sandbox', credentials, ...account },
    });
    expect(answer.status, answer.text).toBe(201);
    ids.push(answer.body.id);
    codes.push(credentials.merchantCode);
  }
  return {
    ...watch,
    tenantId: tenant.tenant.tenantId,
    ids,
    codes,
    async circuit(index) {
      await installation.tollgate.gateway.payments.circuits.settled();
      return (await merchant.send('GET', `/provider-accounts/${ids[index]}`)).body.circuit;
    },
  };
}

const FIRST = { name: 'First', priority: 1 };
const SECOND = { name: 'Second', priority: 2 };
const THIRD = { name: 'Third', priority: 3 };

const accountOf = (payment: Answer['body']) => payment.latestAttempt.providerAccountId;

describe('the rules of accounts', () => {
  test('send each payment where it is taken, and the dry run says the same beforehand', async () => {
    const shop = await openShop(
      { ...FIRST, routing: { currencies: ['EUR', 'USD'], amounts: { EUR: { max: 1_000 } } } },
      { ...SECOND, routing: { currencies: ['EUR'], amounts: { EUR: { min: 1_001, max: 5_000 } } } },
      { ...THIRD, routing: { methods: ['sandbox'] } },
    );
    for (const [currency, amount, index] of [
      ['EUR', 1_000, 0],
      ['EUR', 1_001, 1],
      ['EUR', 5_000, 1],
      ['EUR', 5_001, 2],
      ['USD', 5_001, 0],
      ['ZAR', 1, 2],
    ] as const) {
      const method = { type: 'sandbox', token: 'tok_no_ipn' };
      const asked = await shop.merchant.send('POST', '/provider-accounts/route', {
        body: { amount, currency, method },
      });
      expect([currency, amount, asked.body.chosen]).toEqual([currency, amount, shop.ids[index]]);
      const { id } = await shop.create({ amount, currency });
      const paid = await shop.confirm(id, 'tok_no_ipn');
      expect([paid.status, accountOf(paid)]).toEqual(['succeeded', shop.ids[index]]);
    }
  });

  test('leave a payment payable that no account takes, and tell the tenant why but not the shopper', async () => {
    const shop = await openShop({ ...FIRST, routing: { amounts: { EUR: { max: 1_000 } } } });
    const { id, checkoutToken } = await shop.create();
    const answer = await shop.merchant.confirm(id, 'tok_no_ipn');
    expect([answer.status, answer.body.code]).toEqual([422, 'no_provider_account']);
    expect(answer.body.detail).toBe(
      `No provider account can take this payment. First (${shop.ids[0]}): Its rules take at most 10.00 EUR.`,
    );
    const browser = merchantOf(installation.apiUrl, '');
    const refused = await browser.send('POST', `/checkout-sessions/${checkoutToken}/confirm`, { body: {} });
    expect([refused.status, refused.body.detail]).toEqual([422, 'There is no active provider account for test mode.']);
    expect(await shop.read(id)).toMatchObject({ status: 'created', latestAttempt: null });
    const explained = await shop.merchant.send('GET', `/payments/${id}/explain`);
    expect(explained.body.possible[0]).toMatchObject({ action: 'confirm', allowed: false, why: answer.body.detail });
  });

  test('are told where another account does not even know the method, and the method alone where none does', async () => {
    const keys = { merchantCode: 'shop', secretKey: randomBytes(32).toString('hex'), apiUrl: 'http://127.0.0.1:9' };
    const partner = { provider: 'partner', priority: 9, credentials: { profile: 'bluecom', ...keys } };
    const shop = await openShop({ ...FIRST, routing: { amounts: { EUR: { max: 1_000 } } } }, partner);
    const { id } = await shop.create();
    const tooLarge = await shop.merchant.confirm(id, 'tok_no_ipn');
    expect([tooLarge.status, tooLarge.body.code]).toEqual([422, 'no_provider_account']);
    expect(tooLarge.body.detail).toContain('Its rules take at most 10.00 EUR.');
    const body = { method: { type: 'sandbox', token: 'tok_of_nobody' } };
    const unknown = await shop.merchant.send('POST', `/payments/${id}/confirm`, { body });
    expect([unknown.status, unknown.body.code]).toEqual([422, 'validation_failed']);
    expect(unknown.body.errors[0].pointer).toBe('/method/token');
  });

  test('hold for a payment that names its account: it is refused when it is made', async () => {
    const shop = await openShop({ ...FIRST, routing: { amounts: { EUR: { max: 1_000 } } } }, SECOND);
    const refused = await shop.merchant.create({ amount: 1_001, providerAccountId: shop.ids[0] });
    expect([refused.status, refused.body.code]).toEqual([422, 'no_provider_account']);
    const { id } = await shop.create({ amount: 1_000, providerAccountId: shop.ids[1] });
    expect(accountOf(await shop.confirm(id, 'tok_no_ipn'))).toBe(shop.ids[1]);
  });

  test('split payments of equal priority, each as its id draws, again and again', async () => {
    const shop = await openShop({ ...FIRST, routing: { weight: 60 } }, { ...FIRST, routing: { weight: 40 } });
    const seen = new Set<string>();
    for (let i = 0; i < 12; i++) {
      clock.advance({ milliseconds: 1 });
      const { id } = await shop.create();
      const asked = await shop.merchant.send('POST', '/provider-accounts/route', {
        body: { amount: 1, paymentId: id },
      });
      await shop.confirm(id, 'tok_decline_fraud');
      expect(accountOf(await shop.confirm(id, 'tok_decline_fraud'))).toBe(asked.body.chosen);
      const accounts = await installation.database.run<{ id: string }>(
        'select distinct provider_account_id as id from attempts where payment_id = $1',
        [id],
      );
      expect(accounts).toEqual([{ id: asked.body.chosen }]);
      seen.add(asked.body.chosen);
    }
    expect([...seen].sort()).toEqual([...shop.ids].sort());
  });

  test('change member by member, and go only where null is given', async () => {
    const shop = await openShop({ ...FIRST, routing: { currencies: ['EUR'], amounts: { EUR: { max: 5 } } } });
    const patch = (routing: object) =>
      shop.merchant.send('PATCH', `/provider-accounts/${shop.ids[0]}`, { body: { routing } });
    expect((await patch({ weight: 3 })).body.routing).toEqual({
      ...{ weight: 3, currencies: ['EUR'], amounts: { EUR: { max: 5 } }, methods: null },
    });
    const cleared = { weight: null, currencies: null, amounts: null, methods: ['none', 'sandbox'] };
    expect((await patch({ ...cleared })).body.routing).toEqual(cleared);
  });

  test.for<[string, object, string]>([
    ['a share of nothing', { weight: 0 }, '/routing/weight'],
    ['no currency at all', { currencies: [] }, '/routing/currencies'],
    ['a currency twice', { currencies: ['EUR', 'EUR'] }, '/routing/currencies'],
    ['a currency that is none', { currencies: ['EURO'] }, '/routing/currencies/0'],
    ['an amount of a currency that is none', { amounts: { euro: { min: 1 } } }, '/routing/amounts/euro'],
    ['an amount without a limit', { amounts: { EUR: {} } }, '/routing/amounts/EUR'],
    ['a most below the least', { amounts: { EUR: { min: 2, max: 1 } } }, '/routing/amounts/EUR/max'],
    ['a limit with a fraction', { amounts: { EUR: { min: 1.5 } } }, '/routing/amounts/EUR/min'],
    [
      'a limit of a currency it does not take',
      { currencies: ['EUR'], amounts: { USD: { min: 1 } } },
      '/routing/amounts/USD',
    ],
    ['a method of another provider', { methods: ['stripe'] }, '/routing/methods/0'],
    ['a rule that is none', { countries: ['DE'] }, '/routing/countries'],
  ])('%s is refused by its field', async ([, routing, pointer]) => {
    const { merchant, ids } = await openShop(FIRST);
    await untilQuiet(installation.database);
    const answer = await changesNothing(installation.database, () =>
      merchant.send('PATCH', `/provider-accounts/${ids[0]}`, { body: { routing } }),
    );
    expect([answer.status, answer.body.errors?.[0]?.pointer], answer.text).toEqual([422, pointer]);
  });
});

describe('a dry run', () => {
  test('names the account and every reason for and against the others, and writes nothing', async () => {
    const shop = await openShop(FIRST, { ...FIRST, name: 'Twin' }, { ...SECOND, routing: { currencies: ['USD'] } });
    await untilQuiet(installation.database);
    const answer = await changesNothing(installation.database, () =>
      shop.merchant.send('POST', '/provider-accounts/route', { body: { amount: 100 } }),
    );
    const { candidates, refused, ...rest } = answer.body;
    expect(rest).toEqual({ object: 'route', chosen: shop.ids[0] });
    const told = (list: Answer['body']) =>
      list.map(({ name, reasons }: Answer['body']) => [name, ...reasons.map(({ code }: { code: string }) => code)]);
    expect(told(candidates)).toEqual([
      ['First', 'oldest'],
      ['Twin', 'younger'],
    ]);
    expect(told(refused)).toEqual([
      ['Sandbox', 'disabled'],
      ['Second', 'currency_not_taken'],
    ]);
    expect(refused[1].reasons[0].why).toBe('Its rules leave EUR out.');
  });

  test('tells a method that no provider takes, one that is left open, and none at all apart', async () => {
    const shop = await openShop({ ...FIRST, routing: { methods: ['sandbox'] } });
    const ask = async (fields: object) => {
      const { body } = await shop.merchant.send('POST', '/provider-accounts/route', { body: { amount: 1, ...fields } });
      return [body.chosen, body.refused.at(-1).reasons.map(({ code }: { code: string }) => code)];
    };
    const none = ['disabled'];
    expect(await ask({})).toEqual([shop.ids[0], none]);
    expect(await ask({ method: null })).toEqual([null, ['method_not_taken']]);
    expect(await ask({ method: { type: 'wallet' } })).toEqual([null, ['method_not_accepted', 'method_not_taken']]);
    expect(await ask({ captureMethod: 'manual', providerAccountId: 'pa_of_nobody' })).toEqual([
      null,
      ['other_account_named'],
    ]);
  });
});

describe('a confirmation that an account certainly did nothing about', () => {
  beforeEach(() => {
    line.faults.clear();
    line.asked.length = 0;
  });

  test.for(['not_executed', 'refused'] as const)('%s: goes on to the next account, and costs no try', async (fault) => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', fault);
    const { id } = await shop.create({ attemptsMax: 1 });
    const paid = await shop.confirm(id, 'tok_no_ipn');
    expect(paid).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
    expect(accountOf(paid)).toBe(shop.ids[1]);
    expect(line.asked.filter((code) => shop.codes.includes(code))).toEqual([
      shop.codes[0],
      shop.codes[1],
      shop.codes[1],
    ]);
    const attempts = await installation.database.run(
      `select state, failed_over_to from attempts where payment_id = $1 order by failed_over_to is null`,
      [id],
    );
    expect(attempts).toEqual([
      { state: fault === 'refused' ? 'refused' : 'not_sent', failed_over_to: paid.latestAttempt.id },
      { state: 'captured', failed_over_to: null },
    ]);
    // Nobody is told of a failure that no shopper has seen.
    expect(await shop.eventTypes(id)).toEqual([
      'capture.succeeded',
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
  });

  test('tells in its timeline and its explanation where it went and why', async () => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', 'refused');
    const { id } = await shop.create();
    const paid = await shop.confirm(id, 'tok_no_ipn');
    const timeline = await shop.merchant.send('GET', `/payments/${id}/timeline?limit=100`);
    const said = timeline.body.data
      .filter(({ kind }: Answer['body']) => kind === 'attempt_started' || kind === 'attempt_failed_over')
      .map(({ summary }: Answer['body']) => summary);
    const [first, second] = shop.ids;
    expect(said.sort()).toEqual([
      `The provider, in its answer, turned the account away (bad signature), so that another one took over: it went to ${second} (only account), and not to ${first} (tried already).`,
      `The tenant started an attempt: it went to ${first} (lowest priority), and not to ${second} (later priority).`,
    ]);
    const explained = await shop.merchant.send('GET', `/payments/${id}/explain`);
    expect(explained.body.route).toEqual({
      attemptId: paid.latestAttempt.id,
      providerAccountId: second,
      code: 'only_account',
      isProbe: false,
      passedOver: [{ providerAccountId: first, codes: ['tried_already'] }],
      failedOverFrom: [
        {
          attemptId: expect.stringMatching(/^att_/),
          providerAccountId: first,
          state: 'refused',
          code: 'bad_signature',
        },
      ],
    });
  });

  test('S2.6 ends as it would at one account where all of them turn it away: payable, with its tries', async () => {
    const shop = await openShop(FIRST, SECOND, THIRD, { ...THIRD, priority: 4 });
    const { id } = await shop.create({ attemptsMax: 1 });
    const refused = await shop.confirm(id, 'tok_refuse_connection');
    expect(refused).toMatchObject({
      status: 'created',
      latestAttempt: { state: 'not_sent', providerAccountId: shop.ids[2] },
    });
    // Two changes of the account and no third, however many are left.
    expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['not_sent', 'not_sent', 'not_sent']);
    expect(await shop.eventTypes(id)).toEqual(['payment.attempt_failed', 'payment.created', 'payment.processing']);
  });

  test.for([
    ['a no of the bank', 'tok_decline_insufficient_funds', undefined, 'created'],
    ['an answer in doubt', 'tok_no_ipn', 'fails', 'succeeded'],
    ['a refusal that may be about the payment', 'tok_no_ipn', 'rejected', 'created'],
  ] as const)('%s stays with its account', async ([, token, fault, status]) => {
    const shop = await openShop(FIRST, SECOND);
    // Opens the account at the sandbox, so that what follows is one request.
    await shop.merchant.pay();
    line.asked.length = 0;
    if (fault !== undefined) line.faults.set(shop.codes[0] ?? '', fault);
    const { id } = await shop.create();
    await shop.confirm(id, token);
    const ended = await shop.untilLike(id, { status });
    expect(accountOf(ended)).toBe(shop.ids[0]);
    expect((await shop.attempts(id)).length).toBe(1);
    expect(line.asked).not.toContain(shop.codes[1]);
  });

  test('of another provider, that cannot be reached or has another currency, goes on to the sandbox', async () => {
    // A port of this machine on which nobody listens.
    const partner = { provider: 'partner', priority: 1 };
    const keys = { merchantCode: 'shop', secretKey: randomBytes(32).toString('hex'), apiUrl: 'http://127.0.0.1:9' };
    const shop = await openShop({ ...partner, credentials: { profile: 'neopay', ...keys } }, SECOND);
    for (const [currency, state, failures, method] of [
      ['EUR', 'refused', 0, undefined],
      ['VND', 'not_sent', 1, undefined],
      // No candidate, since its schema does not take the method: nothing is even tried there.
      ['VND', null, 1, { type: 'sandbox', token: 'tok_no_ipn' }],
    ] as const) {
      const { id } = await shop.create({ currency });
      const answer = await shop.merchant.send('POST', `/payments/${id}/confirm`, { body: { method } });
      expect([answer.status, accountOf(answer.body)], answer.text).toEqual([200, shop.ids[1]]);
      const states = (await shop.attempts(id)).map((attempt) => attempt.state);
      expect(states.includes(state ?? 'not_sent')).toBe(state !== null);
      expect(await shop.circuit(0)).toMatchObject({ state: 'closed', failures });
    }
  });

  test('stays with the account that the payment names', async () => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    const { id } = await shop.create({ providerAccountId: shop.ids[0] });
    expect(await shop.confirm(id, 'tok_no_ipn')).toMatchObject({
      status: 'created',
      latestAttempt: { state: 'not_sent' },
    });
    expect(line.asked).not.toContain(shop.codes[1]);
  });

  test('gives one answer to its Idempotency-Key, byte for byte', async () => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    for (const token of ['tok_no_ipn', 'tok_redirect']) {
      const { id } = await shop.create();
      const confirm = () => shop.merchant.confirm(id, token, { idempotencyKey: `once-${token}` });
      const [first, second] = [await confirm(), await confirm()];
      expect([first.status, accountOf(first.body)]).toEqual([200, shop.ids[1]]);
      expect(second.text).toBe(first.text);
      expect(second.headers['idempotency-replayed']).toBe('true');
      expect((await shop.attempts(id)).length).toBe(2);
    }
  });

  test.for(['nothing', 'fails'] as const)(
    'stays with the account once somebody else has sent the attempt again, of which came: %s',
    async (fault) => {
      const shop = await openShop(FIRST, SECOND);
      const [broken = ''] = shop.codes;
      // Opens the account at the sandbox, so that each question is one request.
      await shop.merchant.send('POST', `/provider-accounts/${shop.ids[0]}/test`);
      const { id } = await shop.create();
      // While the first request is on its way the tenant asks, and the attempt is sent once more.
      line.beforeCharge = async (code) => {
        if (code !== broken) return;
        line.beforeCharge = async () => {};
        if (fault !== 'nothing') line.faults.set(broken, fault);
        // Nobody asks by and by: what is in doubt stays so until the first request has its answer.
        line.beforeNews = async () => {
          line.beforeNews = () => turnedAway.promise;
        };
        await shop.merchant.send('POST', `/payments/${id}/sync`);
        line.faults.set(broken, 'not_executed');
      };
      const turnedAway = Promise.withResolvers<void>();
      await shop.confirm(id, 'tok_no_ipn');
      turnedAway.resolve();
      line.beforeNews = async () => {};
      const paid = await shop.untilLike(id, { status: 'succeeded' });
      expect(accountOf(paid)).toBe(shop.ids[0]);
      expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['captured']);
      expect(line.asked).not.toContain(shop.codes[1]);
    },
  );

  test('leaves nothing to send again to whoever asked about the first account meanwhile', async () => {
    const shop = await openShop(FIRST, SECOND);
    const [broken = '', working = ''] = shop.codes;
    await shop.merchant.send('POST', `/provider-accounts/${shop.ids[0]}/test`);
    const { id } = await shop.create();
    const [heard, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let syncing: Promise<Answer> | null = null;
    line.beforeNews = async () => {
      line.beforeNews = async () => {};
      heard.resolve();
      await told.promise;
    };
    line.beforeCharge = async (code) => {
      if (code === broken) {
        // The bank says that it knows of nothing, and is turned away from then on.
        syncing = shop.merchant.send('POST', `/payments/${id}/sync`);
        await heard.promise;
        line.faults.set(broken, 'not_executed');
      }
      // That word arrives when the second account has the payment.
      if (code === working) {
        line.faults.clear();
        told.resolve();
        await syncing;
      }
    };
    const paid = await shop.confirm(id, 'tok_no_ipn');
    line.beforeCharge = async () => {};
    expect([paid.status, accountOf(paid)]).toEqual(['succeeded', shop.ids[1]]);
    expect(line.asked.filter((code) => code === broken)).toEqual([broken]);
    expect((await shop.attempts(id)).map(({ state }) => state).sort()).toEqual(['captured', 'not_sent']);
  });
});

describe('the circuit of an account', () => {
  beforeEach(() => {
    line.faults.clear();
    line.asked.length = 0;
  });

  const pay = async (shop: Shop): Promise<Answer['body']> => shop.confirm((await shop.create()).id, 'tok_no_ipn');

  test('opens after five failures in a row, sends payments elsewhere, and closes after one probe', async () => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    for (let i = 1; i <= 4; i++) {
      expect(accountOf(await pay(shop))).toBe(shop.ids[1]);
      expect(await shop.circuit(0)).toMatchObject({ state: 'closed', failures: i, since: null, retryAt: null });
    }
    await pay(shop);
    const retryAt = clock.now().add({ seconds: FIRST_WAIT_S });
    const open = { state: 'open', failures: 5, since: clock.now().toString(), retryAt: retryAt.toString() };
    expect(await shop.circuit(0)).toEqual(open);
    line.asked.length = 0;
    expect(accountOf(await pay(shop))).toBe(shop.ids[1]);
    expect(line.asked).not.toContain(shop.codes[0]);
    const asked = await shop.merchant.send('POST', '/provider-accounts/route', { body: { amount: 1 } });
    expect(asked.body.refused.at(-1)).toMatchObject({ circuit: 'open', reasons: [{ code: 'circuit_open' }] });

    clock.set(retryAt);
    expect(await shop.circuit(0)).toMatchObject({ state: 'half_open' });
    line.faults.clear();
    let during: Answer['body'];
    line.beforeCharge = async (code) => {
      if (code !== shop.codes[0]) return;
      line.beforeCharge = async () => {};
      // While one payment is the probe, all others go elsewhere.
      during = await pay(shop);
    };
    expect(accountOf(await pay(shop))).toBe(shop.ids[0]);
    expect(accountOf(during)).toBe(shop.ids[1]);
    expect(await shop.circuit(0)).toEqual({ state: 'closed', failures: 0, since: retryAt.toString(), retryAt: null });
    expect(accountOf(await pay(shop))).toBe(shop.ids[0]);
  });

  test('waits longer after a probe that fails, and the payment that probed is paid at the next account', async () => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    for (let i = 0; i < 5; i++) await pay(shop);
    const { retryAt } = await shop.circuit(0);
    clock.set(retryAt);
    line.asked.length = 0;
    // Of all that come at this moment one is the probe.
    const paid = await Promise.all(Array.from({ length: 8 }, () => pay(shop)));
    expect(new Set(paid.map(accountOf))).toEqual(new Set([shop.ids[1]]));
    expect(line.asked.filter((code) => code === shop.codes[0]).length).toBe(1);
    expect(await shop.circuit(0)).toMatchObject({
      ...{ state: 'open', failures: 6 },
      retryAt: clock
        .now()
        .add({ seconds: 2 * FIRST_WAIT_S })
        .toString(),
    });
  });

  test('takes answers in doubt for failures, and no refusal or decline that is about a payment', async () => {
    const shop = await openShop(FIRST);
    for (let i = 0; i < 6; i++) await shop.confirm((await shop.create()).id, 'tok_decline_fraud');
    expect(await shop.circuit(0)).toMatchObject({ state: 'closed', failures: 0 });
    for (let i = 0; i < 5; i++) await shop.confirm((await shop.create()).id, 'tok_charge_then_502');
    expect(await shop.circuit(0)).toMatchObject({ state: 'open', failures: 5 });
  });

  test('of the only account is no outage: it is tried all the same', async () => {
    const shop = await openShop(FIRST);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    for (let i = 0; i < 5; i++) await pay(shop);
    line.faults.clear();
    expect(await pay(shop)).toMatchObject({ status: 'succeeded' });
    expect(await shop.circuit(0)).toMatchObject({ state: 'closed', failures: 0 });
  });

  test('is closed by a person, once for a key', async () => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', 'refused');
    for (let i = 0; i < 5; i++) await pay(shop);
    expect(await shop.circuit(0)).toMatchObject({ state: 'open' });
    line.faults.clear();
    const reset = () =>
      shop.merchant.send('POST', `/provider-accounts/${shop.ids[0]}/reset-circuit`, { idempotencyKey: 'r' });
    const [first, again] = [await reset(), await reset()];
    expect(first.body.circuit).toEqual({ state: 'closed', failures: 0, since: clock.now().toString(), retryAt: null });
    expect(again.text).toBe(first.text);
    expect(accountOf(await pay(shop))).toBe(shop.ids[0]);
  });

  test('is closed by the operator, who names the tenant', async () => {
    const shop = await openShop(FIRST, SECOND);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    for (let i = 0; i < 5; i++) await pay(shop);
    await shop.circuit(0);
    const operator = merchantOf(installation.apiUrl, installation.operatorKey);
    const reset = (tenantId: string) =>
      operator.send('POST', `/operator/provider-accounts/${shop.ids[0]}/reset-circuit?tenantId=${tenantId}`);
    expect((await reset('ten_of_nobody')).status).toBe(404);
    expect(await shop.circuit(0)).toMatchObject({ state: 'open' });
    const closed = { state: 'closed', failures: 0, since: clock.now().toString(), retryAt: null };
    expect((await reset(shop.tenantId)).body).toEqual({ providerAccountId: shop.ids[0], circuit: closed });
    expect(await shop.circuit(0)).toEqual(closed);
  });

  test('is shared by all processes: what each has seen counts together', async () => {
    const shop = await openShop(FIRST);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    for (let i = 0; i < 3; i++) await pay(shop);
    const { database, clock: time } = installation.tollgate.gateway.payments;
    const { log } = installation.tollgate.gateway;
    const other = createCircuitKeeper({ database, clock: time, log, changes: { add: () => {} } });
    const owner = { tenantId: shop.tenantId, providerAccountId: shop.ids[0] ?? '' };
    const failure = { isGood: false, startedAt: clock.now() };
    for (let i = 0; i < 2; i++) other.record(owner, CLOSED, failure);
    await other.settled();
    expect(await shop.circuit(0)).toMatchObject({ state: 'open', failures: 5 });
    clock.advance({ seconds: FIRST_WAIT_S });
    expect([await other.claimProbe(owner), await other.claimProbe(owner)]).toEqual([true, false]);
    // A probe whose process died holds up the next one for a minute.
    expect(await shop.circuit(0)).toMatchObject({ state: 'open' });
    clock.advance(PROBE_LEASE);
    line.faults.clear();
    expect(await pay(shop)).toMatchObject({ status: 'succeeded' });
    expect(await shop.circuit(0)).toMatchObject({ state: 'closed', failures: 0 });
  });

  test('is not written while all goes well, and counts whole what comes at once', async () => {
    const shop = await openShop(FIRST);
    await pay(shop);
    await installation.tollgate.gateway.payments.circuits.settled();
    const rows = () =>
      installation.database.run('select failures from provider_account_circuits where tenant_id = $1', [shop.tenantId]);
    expect(await rows()).toEqual([]);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    await Promise.all(Array.from({ length: 12 }, () => pay(shop)));
    await shop.circuit(0);
    expect(await rows()).toEqual([{ failures: 12 }]);
  });

  test('is counted where operators look', async () => {
    const shop = await openShop(FIRST);
    line.faults.set(shop.codes[0] ?? '', 'not_executed');
    for (let i = 0; i < 5; i++) await pay(shop);
    await shop.circuit(0);
    const metrics = await until(async () => {
      const text = await installation.tollgate.gateway.metrics.render();
      return /tollgate_provider_circuits_open [1-9]/.test(text) && text;
    });
    expect(metrics).toMatch(/tollgate_provider_circuit_changes_total\{to="open"\} [1-9]/);
  });
});

test('accounts of another tenant and of the other mode are nobody’s business', async () => {
  const [mine, other] = [await openShop(FIRST), await openShop(FIRST)];
  const body = { amount: 1, providerAccountId: other.ids[0] };
  const asked = await mine.merchant.send('POST', '/provider-accounts/route', { body });
  expect(asked.body.chosen).toBe(null);
  expect(asked.text).not.toContain(`"providerAccountId":"${other.ids[0]}"`);
  const reset = (merchant: Merchant) => merchant.send('POST', `/provider-accounts/${other.ids[0]}/reset-circuit`);
  expect((await reset(mine.merchant)).status).toBe(404);
  expect((await reset(other.merchant)).status).toBe(200);
});

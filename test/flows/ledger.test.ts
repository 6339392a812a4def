import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { runTollgate } from '../support/tollgate-process.ts';

let tollgate: Installation;
let shop: Merchant;
let stranger: Merchant;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
});
afterAll(() => tollgate.close());

/** A tenant of its own, with one payment of 50.00 EUR that was paid and of which 12.00 were refunded. */
async function sold() {
  const tenant = await tollgate.createTenant();
  const merchant = merchantOf(tollgate.apiUrl, tenant.apiKeys.test);
  const { id } = await merchant.pay({ amount: 5000 });
  const refund = await merchant.refund(id, { amount: 1200, reason: 'Sent back' }, 'refund-1');
  expect(refund.body, refund.text).toMatchObject({ status: 'succeeded' });
  return { tenant, merchant, paymentId: id as string, refundId: refund.body.id as string };
}

describe('balances', () => {
  test('show each account on its normal side, and debits equal credits', async () => {
    const { merchant } = await sold();
    const { status, body, text } = await merchant.send('GET', '/balances');
    expect(status, text).toBe(200);
    const providerAccountId = body.data[0].providerAccountId;
    const at = { currency: 'EUR', providerAccountId };
    expect(body).toEqual({
      data: [
        { ...at, account: 'provider_receivable', debits: 5000, credits: 1200, balance: 3800 },
        { ...at, account: 'refunds', debits: 1200, credits: 0, balance: 1200 },
        { ...at, account: 'sales', debits: 0, credits: 5000, balance: 5000 },
      ],
      totals: [{ currency: 'EUR', debits: 6200, credits: 6200 }],
    });
    expect((await merchant.send('GET', `/balances?providerAccountId=${providerAccountId}`)).body).toEqual(body);
    for (const filter of ['currency=USD', 'providerAccountId=pa_of_nobody']) {
      expect((await merchant.send('GET', `/balances?${filter}`)).body).toEqual({ data: [], totals: [] });
    }
  });

  test('of another tenant are not shown, also not by the provider account', async () => {
    const { merchant } = await sold();
    const { body } = await merchant.send('GET', '/balances');
    const foreign = `/balances?providerAccountId=${body.data[0].providerAccountId}`;
    for (const path of ['/balances', foreign]) {
      expect((await stranger.send('GET', path)).body).toEqual({ data: [], totals: [] });
    }
  });

  test('beyond the integers JSON carries safely are an error, never a rounded number', async () => {
    const { tenant, merchant } = await sold();
    const { tenantId } = tenant.tenant;
    const setRefunded = (debits: bigint) =>
      tollgate.database.run(
        `begin; set local session_replication_role = replica;
         update ledger_balances set debits = ${debits} where tenant_id = '${tenantId}' and account = 'refunds';
         commit`,
      );
    await setRefunded(2n ** 53n);
    const { status, body } = await merchant.send('GET', '/balances');
    expect([status, body.code]).toEqual([500, 'internal_error']);
    await setRefunded(1200n);
  });
});

describe('ledger entries', () => {
  test('are what moved the money, newest first, and each names what is behind it', async () => {
    const { merchant, paymentId, refundId } = await sold();
    const { body } = await merchant.send('GET', '/ledger-entries');
    expect(body).toMatchObject({ hasMore: false, nextCursor: null });
    const of = { id: expect.stringMatching(/^tr_/), object: 'ledger_entry', currency: 'EUR', paymentId };
    const stamps = { providerAccountId: expect.stringMatching(/^pa_/), createdAt: expect.stringMatching(/Z$/) };
    expect(body.data).toEqual([
      {
        ...of,
        ...stamps,
        kind: 'refund',
        amount: 1200,
        debitAccount: 'refunds',
        creditAccount: 'provider_receivable',
        subjectId: refundId,
      },
      {
        ...of,
        ...stamps,
        kind: 'capture',
        amount: 5000,
        debitAccount: 'provider_receivable',
        creditAccount: 'sales',
        subjectId: expect.stringMatching(/^cap_/),
      },
    ]);
  });

  test('come in pages without a gap or a repeat', async () => {
    const { merchant } = await sold();
    const all = (await merchant.send('GET', '/ledger-entries')).body.data;
    const first = (await merchant.send('GET', '/ledger-entries?limit=1')).body;
    expect(first).toEqual({ data: [all[0]], hasMore: true, nextCursor: all[0].id });
    const second = (await merchant.send('GET', `/ledger-entries?limit=1&cursor=${first.nextCursor}`)).body;
    expect(second).toEqual({ data: [all[1]], hasMore: false, nextCursor: null });
  });

  test('are narrowed by every filter', async () => {
    const { merchant, paymentId } = await sold();
    const other = await merchant.pay({ amount: 700 });
    const kinds = async (filter: string) => {
      const { status, body, text } = await merchant.send('GET', `/ledger-entries?${filter}`);
      expect(status, text).toBe(200);
      return body.data.map(({ kind, amount }: { kind: string; amount: number }) => `${kind} ${amount}`);
    };
    const [newest, , oldest] = (await merchant.send('GET', '/ledger-entries')).body.data;
    expect(await kinds('limit=100')).toEqual(['capture 700', 'refund 1200', 'capture 5000']);
    expect(await kinds(`paymentId=${paymentId}`)).toEqual(['refund 1200', 'capture 5000']);
    expect(await kinds(`paymentId=${other.id}`)).toEqual(['capture 700']);
    expect(await kinds('kind=refund')).toEqual(['refund 1200']);
    expect(await kinds('account=sales')).toEqual(['capture 700', 'capture 5000']);
    expect(await kinds('account=provider_receivable')).toHaveLength(3);
    expect(await kinds('account=fees')).toEqual([]);
    expect(await kinds('currency=EUR')).toHaveLength(3);
    expect(await kinds('currency=USD')).toEqual([]);
    expect(await kinds(`providerAccountId=${newest.providerAccountId}`)).toHaveLength(3);
    expect(await kinds('providerAccountId=pa_of_nobody')).toEqual([]);
    expect(await kinds(`createdAfter=${oldest.createdAt}`)).not.toContain('capture 5000');
    expect(await kinds(`createdBefore=${oldest.createdAt}`)).toEqual([]);
    expect(await kinds(`createdBefore=${newest.createdAt}`)).toContain('capture 5000');
  });

  test('of another tenant are not shown, also not by a payment or a cursor', async () => {
    const { paymentId } = await sold();
    for (const filter of [`paymentId=${paymentId}`, 'cursor=tr_7zzzzzzzzzzzzzzzzzzzzzzzzz', 'kind=capture']) {
      expect((await stranger.send('GET', `/ledger-entries?${filter}`)).body.data, filter).toEqual([]);
    }
  });

  test.each(['kind=gift', 'account=cash', 'currency=eur', 'createdAfter=yesterday', 'amount=5'])(
    'a filter that breaks a rule is refused: %s',
    async (filter) => {
      const { status, body } = await shop.send('GET', `/ledger-entries?${filter}`);
      expect([status, body.code]).toEqual([422, 'validation_failed']);
    },
  );
});

test('the ledger is read with its scope only, and written by nobody', async () => {
  for (const path of ['/api/v1/balances', '/api/v1/ledger-entries']) {
    const status = async (scope: 'ledger:read' | 'payment:read') => {
      const { tenantId } = tollgate.tenant.tenant;
      const { query } = tollgate.tollgate.gateway.payments.database;
      const key = await createApiKey(query, systemClock, { tenantId, mode: 'test', name: scope, scopes: [scope] });
      return (await call(`${tollgate.apiUrl}${path}`, { key })).status;
    };
    expect([await status('ledger:read'), await status('payment:read')]).toEqual([200, 403]);
    expect((await call(`${tollgate.apiUrl}${path}`)).status).toBe(401);
    const posted = await call(`${tollgate.apiUrl}${path}`, { key: tollgate.tenant.apiKeys.test, body: {} });
    expect([posted.status, posted.body.code]).toEqual([405, 'method_not_allowed']);
  }
});

describe('ledger verify', () => {
  const verify = (...args: readonly string[]) =>
    runTollgate(['ledger', 'verify', ...args], {
      DATABASE_URL: tollgate.database.url,
      TOLLGATE_MASTER_KEY: newMasterKeyText(),
    });

  test('finds nothing after payments and refunds through the API, and exits with 0', async () => {
    await sold();
    await untilQuiet(tollgate.database);
    const database = openDatabase({ url: tollgate.database.url, connectionsMax: 1, applicationName: 'test' });
    const { differences, transfers } = await verifyLedger(database.query);
    await database.close();
    expect([differences, transfers > 0]).toEqual([[], true]);
    const told = await verify();
    expect([told.code, told.stdout], told.stderr).toEqual([0, expect.stringMatching(/everything agrees\.\n$/)]);
  });

  test('names what differs, exits with 1, and keeps to the tenant it was given', async () => {
    const [good, bad] = [await sold(), await sold()];
    await tollgate.database.run(
      `begin; set local session_replication_role = replica;
       delete from ledger_transfers where subject_id = '${bad.refundId}'; commit`,
    );
    const told = await verify('--tenant', bad.tenant.tenant.tenantId);
    expect(told.code, told.stderr).toBe(1);
    expect(told.stdout).toContain(`paymentId=${bad.paymentId} subjectId=${bad.refundId} kind=refund`);
    const json = await verify('--json', '--tenant', bad.tenant.tenant.appName);
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      expect.objectContaining({ tenants: 1, transfers: 1, differencesFound: 3 }),
    ]);
    expect((await verify('--tenant', good.tenant.tenant.tenantId)).code).toBe(0);
    expect((await verify('--tenant', 'ten_nobody')).code).toBe(1);
  });
});

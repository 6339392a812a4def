import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../kernel/clock.ts';
import { lowestId } from '../kernel/id.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import type { LedgerAccount } from './ledger-account.ts';
import { fresh, paymentRow, post, tamper, transferOf } from './ledger-fixture.ts';
import { readBalances } from './read-balances.ts';
import { selectEntries } from './store.ts';
import { type NewTransfer, TRANSFER_KINDS, type TransferKind, transferRow } from './transfer.ts';

/** `tr_`, then 48 bits of milliseconds in ten characters. */
const TIME_END = 13;

let rows: TestDatabase;
let database: Database;

beforeAll(async () => {
  rows = await createTestDatabase();
  database = openDatabase({ url: rows.url, connectionsMax: 4, applicationName: 'test' });
});
afterAll(async () => {
  await database.close();
  await rows.drop();
});

const transfer = (tenantId: string, kind: TransferKind, fields: Partial<NewTransfer> = {}) =>
  transferOf(paymentRow(tenantId), kind, {
    providerAccountId: 'pa_1',
    subjectId: fresh('cap'),
    amount: 100n,
    ...fields,
  });

async function balancesOf(tenantId: string, mode: 'live' | 'test' = 'test') {
  const { data } = await readBalances(database.query, { tenantId, mode }, {});
  return Object.fromEntries(data.map(({ account, balance }) => [account, balance]));
}

test('every account is positive on the side that its first kind of entry moves it to', async () => {
  const tenantId = fresh('ten');
  const increases: Readonly<Record<Exclude<LedgerAccount, 'provider_receivable'>, Partial<NewTransfer>>> = {
    sales: { kind: 'capture', amount: 1n },
    refunds: { kind: 'refund', amount: 2n },
    fees: { kind: 'fee', amount: 3n },
    disputed_funds: { kind: 'dispute_withdrawn', amount: 4n },
    bank_clearing: { kind: 'payout', amount: 5n },
    reserve: { kind: 'reserve_held', amount: 6n },
    suspense: { kind: 'capture', duplicate: true, amount: 1_000n },
  };
  await post(
    database,
    Object.values(increases).map((fields) => transfer(tenantId, 'capture', fields)),
  );
  expect(await balancesOf(tenantId)).toEqual({
    provider_receivable: 1_001 - 20,
    sales: 1,
    refunds: 2,
    fees: 3,
    disputed_funds: 4,
    bank_clearing: 5,
    reserve: 6,
    suspense: 1_000,
  });
});

test('a provider that took more than it received is owed: a negative receivable', async () => {
  const tenantId = fresh('ten');
  await post(database, [transfer(tenantId, 'capture'), transfer(tenantId, 'dispute_withdrawn', { amount: 250n })]);
  expect(await balancesOf(tenantId)).toMatchObject({ provider_receivable: -150 });
});

test('an entry is in one mode, and the other shows neither it nor its balances', async () => {
  const tenantId = fresh('ten');
  await post(database, [transfer(tenantId, 'capture'), transfer(tenantId, 'fee', { mode: 'live', amount: 7n })]);
  expect(await balancesOf(tenantId, 'test')).toEqual({ provider_receivable: 100, sales: 100 });
  expect(await balancesOf(tenantId, 'live')).toEqual({ provider_receivable: -7, fees: 7 });
  for (const [mode, kind] of [['test', 'capture'] as const, ['live', 'fee'] as const]) {
    const entries = await selectEntries(database.query, { tenantId, mode }, {}, { limit: 10 });
    expect(entries.map((entry) => entry.kind)).toEqual([kind]);
  }
});

test('a sum beyond the integers JSON carries safely is refused, the largest of them is not', async () => {
  const tenantId = fresh('ten');
  await post(database, [transfer(tenantId, 'capture')]);
  const set = (sum: bigint) =>
    tamper(rows, `update ledger_balances set credits = ${sum} where tenant_id = '${tenantId}' and account = 'sales'`);
  await set(2n ** 53n - 1n);
  expect(await balancesOf(tenantId)).toMatchObject({ sales: Number.MAX_SAFE_INTEGER });
  await set(2n ** 53n);
  await expect(balancesOf(tenantId)).rejects.toThrow(RangeError);
});

test('the totals of a currency are refused as well where only they are too large', async () => {
  const tenantId = fresh('ten');
  await post(database, [transfer(tenantId, 'capture'), transfer(tenantId, 'capture', { providerAccountId: 'pa_2' })]);
  await tamper(rows, `update ledger_balances set credits = ${2n ** 52n} where tenant_id = '${tenantId}'`);
  await expect(balancesOf(tenantId)).rejects.toThrow(RangeError);
});

test('an entry’s id begins with the time of its row, also where the clock moves meanwhile', () => {
  const clock = new ManualClock();
  const ticking = {
    now() {
      clock.advance({ milliseconds: 1 });
      return clock.now();
    },
  };
  for (const kind of Object.keys(TRANSFER_KINDS) as TransferKind[]) {
    const row = transferRow(transfer('ten_1', kind), ticking);
    expect(row.transfer_id.slice(0, TIME_END)).toBe(lowestId('tr', row.created_at).slice(0, TIME_END));
  }
});

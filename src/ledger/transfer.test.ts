import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase, sqlState, violatedConstraint } from '../platform/database.ts';
import { fresh, post } from './ledger-fixture.ts';
import { type NewTransfer, TRANSFER_KINDS, type TransferKind } from './transfer.ts';

/** Twice as many as there are stripes, so that connections share them. */
const CONNECTIONS = 16;

let rows: TestDatabase;
let database: Database;

beforeAll(async () => {
  rows = await createTestDatabase();
  database = openDatabase({ url: rows.url, connectionsMax: CONNECTIONS, applicationName: 'test' });
});
afterAll(async () => {
  await database.close();
  await rows.drop();
});

const transfer = (tenantId: string, fields: Partial<NewTransfer> = {}): NewTransfer => ({
  tenantId,
  mode: 'test',
  currency: 'EUR',
  providerAccountId: 'pa_1',
  kind: 'capture',
  amount: 1_000n,
  paymentId: 'pay_1',
  subjectId: fresh('cap'),
  ...fields,
});

const anyTransfer = fc.record({
  mode: fc.constantFrom('test' as const, 'live' as const),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  providerAccountId: fc.constantFrom('pa_1', 'pa_2'),
  kind: fc.constantFrom(...(Object.keys(TRANSFER_KINDS) as TransferKind[])),
  amount: fc.bigInt({ min: 1n, max: 999_999_999_999n }),
  duplicate: fc.boolean(),
});
const anyStatements = fc.array(fc.array(anyTransfer, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 });

/** The sums of each account, by name; what the database keeps, and what its transfers say. */
async function sums(tenantId: string): Promise<{ readonly kept: unknown; readonly folded: unknown }> {
  const fields = 'mode, currency, provider_account_id, account';
  const kept = await rows.run(
    `select ${fields}, sum(debits)::text as debits, sum(credits)::text as credits
     from ledger_balances where tenant_id = $1 group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
    [tenantId],
  );
  const transfers = await rows.run<Record<string, string>>('select * from ledger_transfers where tenant_id = $1', [
    tenantId,
  ]);
  const folded = new Map<string, { debits: bigint; credits: bigint }>();
  for (const { mode, currency, provider_account_id, debit_account, credit_account, amount } of transfers) {
    for (const [account, side] of [[debit_account, 'debits'] as const, [credit_account, 'credits'] as const]) {
      const key = JSON.stringify({ mode, currency, provider_account_id, account });
      const sum = folded.get(key) ?? { debits: 0n, credits: 0n };
      folded.set(key, { ...sum, [side]: sum[side] + BigInt(amount ?? 0) });
    }
  }
  const list = [...folded].map(([key, { debits, credits }]) => ({
    ...JSON.parse(key),
    debits: `${debits}`,
    credits: `${credits}`,
  }));
  const byKey = (row: unknown) => JSON.stringify(row);
  return { kept: kept.map(byKey).sort(), folded: list.map(byKey).sort() };
}

describe('balances are what the transfers add up to', () => {
  test('after any sequence of statements', async () => {
    await fc.assert(
      fc.asyncProperty(anyStatements, async (statements) => {
        const tenantId = fresh('ten');
        for (const batch of statements)
          await post(
            database,
            batch.map((fields) => transfer(tenantId, fields)),
          );
        const { kept, folded } = await sums(tenantId);
        expect(kept).toEqual(folded);
        expect(folded).not.toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test('after any statements that parallel connections wrote', async () => {
    await fc.assert(
      fc.asyncProperty(anyStatements, async (statements) => {
        const tenantId = fresh('ten');
        await Promise.all(
          statements.map((batch) =>
            post(
              database,
              batch.map((fields) => transfer(tenantId, fields)),
            ),
          ),
        );
        const { kept, folded } = await sums(tenantId);
        expect(kept).toEqual(folded);
      }),
      { numRuns: 20 },
    );
  });

  test('after statements that name the same accounts in opposite orders, and none of them deadlocks', async () => {
    const tenants = Array.from({ length: 6 }, () => fresh('ten'));
    const places = tenants.flatMap((tenantId) =>
      Object.keys(TRANSFER_KINDS).map((kind) => [tenantId, kind as TransferKind] as const),
    );
    const statement = (turn: number) => {
      const list = places.map(([tenantId, kind]) => transfer(tenantId, { kind }));
      return post(database, turn % 2 === 0 ? list : list.reverse());
    };
    await Promise.all(Array.from({ length: CONNECTIONS * 15 }, (_, turn) => statement(turn)));
    for (const tenantId of tenants) {
      const { kept, folded } = await sums(tenantId);
      expect(kept).toEqual(folded);
    }
  });

  test('and a statement that fails leaves them as they were', async () => {
    const tenantId = fresh('ten');
    const first = transfer(tenantId);
    await post(database, [first]);
    const before = await sums(tenantId);
    const failed = await post(database, [transfer(tenantId), first]).catch(violatedConstraint);
    expect(failed).toBe('ledger_transfers_posting_key');
    expect(await sums(tenantId)).toEqual(before);
  });
});

describe('a transfer is never changed, also not by the owner of the database', () => {
  test.each([
    ['update', "update ledger_transfers set amount = amount + 1 where tenant_id = 'nobody'"],
    ['delete', "delete from ledger_transfers where tenant_id = 'nobody'"],
    ['truncate', 'truncate ledger_transfers'],
  ])('%s is refused', async (verb, statement) => {
    const refused = await rows.run(statement).catch((error: unknown) => error);
    expect(sqlState(refused)).toBe('42501');
    expect(refused).toHaveProperty('message', `ledger_transfers is append-only: ${verb} refused`);
  });

  test.each(['captures', 'refunds', 'reversals'])('%s are neither deleted nor truncated', async (table) => {
    for (const statement of [`delete from ${table}`, `truncate ${table}`]) {
      expect(sqlState(await rows.run(statement).catch((error: unknown) => error)), statement).toBe('42501');
    }
  });
});

describe('what would not balance cannot be written', () => {
  test.each([
    ['an amount of nought', { amount: '0' }, 'ledger_transfers_amount_check'],
    ['a negative amount', { amount: '-1' }, 'ledger_transfers_amount_check'],
    ['one account on both sides', { credit_account: 'provider_receivable' }, 'ledger_transfers_accounts_check'],
    ['an unknown account on the debit side', { debit_account: 'cash' }, 'ledger_transfers_debit_check'],
    ['an unknown account on the credit side', { credit_account: 'cash' }, 'ledger_transfers_credit_check'],
    ['an unknown kind', { kind: 'gift' }, 'ledger_transfers_kind_check'],
  ])('%s', async (_, fields, constraint) => {
    const row: Record<string, string> = {
      tenant_id: fresh('ten'),
      transfer_id: fresh('tr'),
      mode: 'test',
      currency: 'EUR',
      provider_account_id: 'pa_1',
      kind: 'capture',
      debit_account: 'provider_receivable',
      credit_account: 'sales',
      amount: '1000',
      subject_id: 'cap_1',
      posting_key: 'cap_1:capture',
      created_at: '2026-01-01T00:00:00Z',
    };
    const insert = 'insert into ledger_transfers select * from json_populate_record(null::ledger_transfers, $1)';
    const broken = await rows.run(insert, [JSON.stringify({ ...row, ...fields })]).catch(violatedConstraint);
    expect(broken).toBe(constraint);
    await rows.run(insert, [JSON.stringify(row)]);
  });

  test('one side alone', async () => {
    for (const side of ['debit_account', 'credit_account']) {
      const insert = `insert into ledger_transfers (tenant_id, transfer_id, mode, currency, provider_account_id, kind,
        ${side}, amount, subject_id, posting_key, created_at)
        values ('ten_1', 'tr_1', 'test', 'EUR', 'pa_1', 'capture', 'sales', 1, 'cap_1', 'k', '2026-01-01')`;
      expect(sqlState(await rows.run(insert).catch((error: unknown) => error))).toBe('23502');
    }
  });
});

test('the same movement is posted once; the steps of a dispute are movements of their own', async () => {
  const tenantId = fresh('ten');
  const capture = transfer(tenantId);
  await post(database, [capture]);
  expect(await post(database, [capture]).catch(violatedConstraint)).toBe('ledger_transfers_posting_key');
  const withdrawn = transfer(tenantId, { kind: 'dispute_withdrawn', subjectId: 'dp_1', step: 400n });
  await post(database, [withdrawn, { ...withdrawn, step: 700n }]);
  expect(await post(database, [withdrawn]).catch(violatedConstraint)).toBe('ledger_transfers_posting_key');
});

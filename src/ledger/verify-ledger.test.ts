import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { openDatabase } from '../platform/database.ts';
import { type Books, bookedTenant, findDifferences, unpost } from './booked-tenant-fixture.ts';
import { captureRow, fresh, paymentRow, post, tamper, transferOf, write } from './ledger-fixture.ts';
import { describeDifference, verifyLedger } from './verify-ledger.ts';

let books: Books;

beforeAll(async () => {
  const rows = await createTestDatabase();
  books = { rows, database: openDatabase({ url: rows.url, connectionsMax: 4, applicationName: 'test' }) };
});
afterAll(async () => {
  await books.database.close();
  await books.rows.drop();
});

test('a ledger that is booked as its payments say has no differences', async () => {
  const { tenantId } = await bookedTenant(books);
  expect(await verifyLedger(books.database.query, { tenantId })).toEqual({
    tenants: 1,
    transfers: 14,
    differencesFound: 0,
    differences: [],
  });
});

describe('a balance that is not what its transfers add up to is named', () => {
  test('changed', async () => {
    const { tenantId } = await bookedTenant(books);
    await tamper(
      books.rows,
      `update ledger_balances set credits = credits + 1 where tenant_id = '${tenantId}' and account = 'sales'`,
    );
    const place = { mode: 'test', currency: 'EUR' };
    expect(await findDifferences(books, tenantId)).toEqual([
      {
        problem: 'wrong_balance',
        ...place,
        providerAccountId: 'pa_1',
        account: 'sales',
        side: 'credits',
        expected: '8000',
        found: '8001',
      },
      { problem: 'unbalanced', ...place, expected: 'debits 36200 = credits', found: 'credits 36201' },
    ]);
  });

  test('lost', async () => {
    const { tenantId } = await bookedTenant(books);
    await tamper(
      books.rows,
      `delete from ledger_balances where tenant_id = '${tenantId}' and account = 'disputed_funds'`,
    );
    const of = { account: 'disputed_funds', found: '0', problem: 'wrong_balance' };
    expect(await findDifferences(books, tenantId)).toEqual([
      expect.objectContaining({ ...of, side: 'debits', expected: '900' }),
      expect.objectContaining({ ...of, side: 'credits', expected: '300' }),
      expect.objectContaining({ problem: 'unbalanced' }),
    ]);
  });

  test('of an account that nothing was booked to', async () => {
    const tenantId = fresh('ten');
    await tamper(
      books.rows,
      `insert into ledger_balances values ('${tenantId}', 'live', 'JPY', 'pa_9', 'fees', 0, 5, 0),
         ('${tenantId}', 'live', 'JPY', 'pa_9', 'reserve', 0, 0, 5)`,
    );
    expect(await findDifferences(books, tenantId)).toEqual([
      expect.objectContaining({
        providerAccountId: 'pa_9',
        account: 'fees',
        side: 'debits',
        expected: '0',
        found: '5',
      }),
      expect.objectContaining({ providerAccountId: 'pa_9', account: 'reserve', side: 'credits', found: '5' }),
    ]);
  });
});

describe('a payment whose amounts are not what its operations add up to is named', () => {
  test.each([
    ['amountCaptured', 'amount_captured', '6000'],
    ['amountCapturePending', 'amount_capture_pending', '0'],
    ['amountRefunded', 'amount_refunded', '1000'],
    ['amountRefundPending', 'amount_refund_pending', '500'],
  ])('by %s', async (what, column, expected) => {
    const { tenantId, payment } = await bookedTenant(books);
    await tamper(
      books.rows,
      `update payments set ${column} = ${column} + 1 where payment_id = '${payment.payment_id}'`,
    );
    const is = String(Number(expected) + 1);
    expect(await findDifferences(books, tenantId)).toEqual([
      {
        problem: 'wrong_payment',
        paymentId: payment.payment_id,
        mode: 'test',
        currency: 'EUR',
        what,
        expected,
        found: is,
      },
    ]);
  });

  test('by refunds of a second success beyond its captures', async () => {
    const { tenantId, payment } = await bookedTenant(books);
    const columns = 'tenant_id, payment_id, attempt_id, provider_account_id, mode, amount, currency, reason, status';
    await tamper(
      books.rows,
      `insert into refunds (refund_id, ${columns}, dispatch, duplicate, created_at, updated_at)
       select 're_more', ${columns.replace('amount', '7').replace('status', "'pending'")}, dispatch, true, created_at,
         updated_at from refunds where tenant_id = '${tenantId}' and status = 'succeeded' and not duplicate`,
    );
    expect(await findDifferences(books, tenantId)).toEqual([
      expect.objectContaining({
        paymentId: payment.payment_id,
        what: 'duplicateRefunded',
        expected: '10000',
        found: '10007',
      }),
    ]);
  });

  test('by an operation in another currency', async () => {
    const { tenantId, pendingRefund } = await bookedTenant(books);
    await tamper(books.rows, `update refunds set currency = 'USD' where refund_id = '${pendingRefund.refund_id}'`);
    expect(await findDifferences(books, tenantId)).toEqual([
      expect.objectContaining({ problem: 'wrong_payment', what: 'operationsInAnotherModeOrCurrency' }),
    ]);
  });
});

test('all tenants are verified together, and one by itself sees nothing of the others', async () => {
  const [good, bad] = [await bookedTenant(books), await bookedTenant(books)];
  await unpost(books, `${bad.capture.capture_id}:capture`);
  const { tenants, differences } = await verifyLedger(books.database.query);
  expect(tenants).toBeGreaterThan(2);
  const named = differences.find(({ tenantId }) => tenantId === bad.tenantId);
  expect(named && describeDifference(named)).toBe(
    `missing_transfer tenantId=${bad.tenantId} paymentId=${bad.payment.payment_id} ` +
      `subjectId=${bad.capture.capture_id} kind=capture place=test EUR pa_1 provider_receivable sales: ` +
      'expected 6000, found 0',
  );
  expect(differences.filter(({ tenantId }) => tenantId === good.tenantId)).toEqual([]);
  expect(await findDifferences(books, good.tenantId)).toEqual([]);
});

test('the size of the steps changes nothing of what is found', async () => {
  const { tenantId, capture, refund, reversal } = await bookedTenant(books);
  await unpost(books, `${capture.capture_id}:capture`);
  await unpost(books, `${reversal.reversal_id}:reversal`);
  await tamper(books.rows, `update refunds set amount = 1001 where refund_id = '${refund.refund_id}'`);
  const orphan = transferOf(capture, 'capture', { subjectId: fresh('cap') });
  await post(
    books.database,
    ['a', 'm', 'z', 'zz'].map((paymentId) => ({ ...orphan, subjectId: fresh('cap'), paymentId })),
  );
  await post(books.database, [{ ...orphan, paymentId: null }]);
  const verify = async (rowsAtOnce: number) => {
    const { differences, ...counts } = await verifyLedger(books.database.query, { tenantId, rowsAtOnce });
    return { ...counts, differences: differences.map(describeDifference).sort() };
  };
  const inOne = await verify(1_000);
  expect([inOne.transfers, inOne.differencesFound]).toEqual([17, 9]);
  for (const rowsAtOnce of [1, 2, 3, 5]) expect(await verify(rowsAtOnce), `${rowsAtOnce}`).toEqual(inOne);
});

test('a tenant that only one of the tables knows is verified as well', async () => {
  const [booked, balanced, paying] = [fresh('ten'), fresh('ten'), fresh('ten')];
  const capture = captureRow(paymentRow(booked));
  await post(books.database, [transferOf(capture, 'capture')]);
  await tamper(
    books.rows,
    `delete from ledger_balances where tenant_id = '${booked}';
     insert into ledger_balances values ('${balanced}', 'test', 'EUR', 'pa_1', 'fees', 0, 5, 5)`,
  );
  const payment = paymentRow(paying);
  await write(books.rows, { payments: [payment] });
  await tamper(books.rows, `update payments set amount_captured = 1 where tenant_id = '${paying}'`);
  const { differences } = await verifyLedger(books.database.query);
  const problems = (of: string) => differences.filter(({ tenantId }) => tenantId === of).map(({ problem }) => problem);
  expect(problems(booked).sort()).toEqual(['surplus_transfer', 'wrong_balance', 'wrong_balance']);
  expect(problems(balanced)).toEqual(['wrong_balance', 'wrong_balance']);
  expect(problems(paying)).toEqual(['wrong_payment']);
});

test('a thousand differences are listed, and all are counted', async () => {
  const tenantId = fresh('ten');
  const payment = paymentRow(tenantId);
  await write(books.rows, { payments: [payment] });
  const strange = transferOf(captureRow(payment), 'capture');
  await post(
    books.database,
    Array.from({ length: 1_200 }, () => ({ ...strange, subjectId: fresh('cap') })),
  );
  await tamper(books.rows, `update payments set amount_captured = 1 where tenant_id = '${tenantId}'`);
  const { differencesFound, differences } = await verifyLedger(books.database.query, { tenantId });
  expect([differencesFound, differences.length]).toEqual([1_201, 1_000]);
});

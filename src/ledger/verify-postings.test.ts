import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { openDatabase } from '../platform/database.ts';
import {
  type Booked,
  type Books,
  bookedTenant,
  findDifferences,
  transferIdOf,
  unpost,
} from './booked-tenant-fixture.ts';
import { fresh, post, tamper, transferOf } from './ledger-fixture.ts';

let books: Books;

beforeAll(async () => {
  const rows = await createTestDatabase();
  books = { rows, database: openDatabase({ url: rows.url, connectionsMax: 4, applicationName: 'test' }) };
});
afterAll(async () => {
  await books.database.close();
  await books.rows.drop();
});

describe('a posting that is missing is named with its payment and its subject', () => {
  test.each([
    ['a capture', ({ capture }: Booked) => [capture.capture_id, 'capture', '6000'] as const],
    ['a refund', ({ refund }: Booked) => [refund.refund_id, 'refund', '1000'] as const],
    ['a capture of a second success', ({ duplicate }: Booked) => [duplicate.capture_id, 'capture', '10000'] as const],
    [
      'the taking back of a failed refund',
      ({ failedRefund }: Booked) => [failedRefund.refund_id, 'refund_failed', '1000'] as const,
    ],
    ['the refund that failed later', ({ failedRefund }: Booked) => [failedRefund.refund_id, 'refund', '1000'] as const],
    ['a reversal', ({ reversal }: Booked) => [reversal.reversal_id, 'reversal', '1000'] as const],
  ])('%s', async (_, pick) => {
    const booked = await bookedTenant(books);
    const [subjectId, kind, expected] = pick(booked);
    await unpost(books, `${subjectId}:${kind}`);
    expect(await findDifferences(books, booked.tenantId)).toEqual([
      expect.objectContaining({ problem: 'missing_transfer', subjectId, kind, expected, found: '0' }),
    ]);
  });

  test('a part of what a dispute took, as a wrong amount', async () => {
    const { tenantId, dispute } = await bookedTenant(books);
    await unpost(books, `${dispute.dispute_id}:dispute_withdrawn:900`);
    expect(await findDifferences(books, tenantId)).toEqual([
      expect.objectContaining({
        problem: 'wrong_amount',
        subjectId: dispute.dispute_id,
        expected: '900',
        found: '400',
      }),
    ]);
  });
});

describe('a posting that nothing explains is named with its id', () => {
  test('of a refund that is pending or that never succeeded', async () => {
    const { tenantId, pendingRefund, neverRefund } = await bookedTenant(books);
    await post(books.database, [transferOf(pendingRefund, 'refund'), transferOf(neverRefund, 'refund_failed')]);
    expect(await findDifferences(books, tenantId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          problem: 'surplus_transfer',
          subjectId: pendingRefund.refund_id,
          transferIds: await transferIdOf(books, `${pendingRefund.refund_id}:refund`),
          expected: '0',
          found: '500',
        }),
        expect.objectContaining({ problem: 'missing_transfer', subjectId: neverRefund.refund_id, kind: 'refund' }),
      ]),
    );
    expect(await findDifferences(books, tenantId)).toHaveLength(2);
  });

  test('of a subject or a payment that does not exist', async () => {
    const { tenantId, capture } = await bookedTenant(books);
    const strange = transferOf(capture, 'capture', { subjectId: fresh('cap'), paymentId: 'zzz' });
    await post(books.database, [strange, { ...strange, subjectId: fresh('cap'), paymentId: 'a payment nobody has' }]);
    const differences = await findDifferences(books, tenantId);
    expect(differences.map(({ problem }) => problem)).toEqual(['surplus_transfer', 'surplus_transfer']);
    expect(differences).toContainEqual(expect.objectContaining({ subjectId: strange.subjectId, paymentId: 'zzz' }));
  });

  test.each([null, ''])('without the payment that its kind belongs to: %j', async (paymentId) => {
    const { tenantId, capture } = await bookedTenant(books);
    const subjectId = fresh('cap');
    await post(books.database, [transferOf(capture, 'capture', { subjectId, paymentId })]);
    expect(await findDifferences(books, tenantId)).toEqual([
      expect.objectContaining({
        problem: 'surplus_transfer',
        transferIds: await transferIdOf(books, `${subjectId}:capture`),
      }),
    ]);
  });

  test('where one movement was posted in two parts', async () => {
    const { tenantId, capture } = await bookedTenant(books);
    await tamper(
      books.rows,
      `update ledger_transfers set amount = 3000 where posting_key = '${capture.capture_id}:capture';
       insert into ledger_transfers select (json_populate_record(t, '{"transfer_id":"tr_2","posting_key":"k"}')).*
       from ledger_transfers t where posting_key = '${capture.capture_id}:capture'`,
    );
    expect(await findDifferences(books, tenantId)).toEqual([
      expect.objectContaining({
        problem: 'surplus_transfer',
        subjectId: capture.capture_id,
        expected: '6000',
        found: '6000 in 2 transfers',
      }),
    ]);
  });
});

test('a posting of another amount is named with its id', async () => {
  const { tenantId, refund } = await bookedTenant(books);
  await tamper(books.rows, `update refunds set amount = 1001 where refund_id = '${refund.refund_id}'`);
  const differences = await findDifferences(books, tenantId);
  expect(differences).toEqual([
    expect.objectContaining({
      problem: 'wrong_amount',
      subjectId: refund.refund_id,
      transferIds: await transferIdOf(books, `${refund.refund_id}:refund`),
      expected: '1001',
      found: '1000',
    }),
    expect.objectContaining({ problem: 'wrong_payment', what: 'amountRefunded', expected: '1001', found: '1000' }),
  ]);
});

test.each([
  ['the money of a second success among the sales', "credit_account = 'sales'"],
  ['another provider account', "provider_account_id = 'pa_2'"],
  ['another currency', "currency = 'USD'"],
  ['another mode', "mode = 'live'"],
])('a posting to %s is missing at one place and too much at the other', async (_, set) => {
  const { tenantId, duplicate } = await bookedTenant(books);
  await tamper(books.rows, `update ledger_transfers set ${set} where posting_key = '${duplicate.capture_id}:capture'`);
  const postings = (await findDifferences(books, tenantId)).filter(({ problem }) => problem.endsWith('_transfer'));
  expect(postings.map(({ problem }) => problem).sort()).toEqual(['missing_transfer', 'surplus_transfer']);
  for (const posting of postings) expect(posting).toMatchObject({ subjectId: duplicate.capture_id, kind: 'capture' });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { runReconciliation } from '../../src/reconciliation/run-reconciliation.ts';
import { openStripeShop, type StripeShop } from '../support/stripe-shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  // No worker: only the runs that the test starts.
  shop = await openStripeShop({ TOLLGATE_ROLES: 'api,checkout,hooks' });
});
afterAll(() => shop.close());

const context = () => ({
  ...shop.tollgate.tollgate.gateway.payments,
  log: shop.tollgate.tollgate.gateway.log,
});

const count = async (table: string, where = 'true') => {
  const [row] = await shop.tollgate.database.run<{ n: number }>(
    `select count(*)::int as n from ${table} where ${where}`,
  );
  return row?.n;
};

test('eight runs of one account at once write every line, fee, payout, exception and event once', async () => {
  let intent = '';
  for (let index = 0; index < 30; index++) ({ intent } = await shop.pay(1000 + index));
  await shop.chargeElsewhere(4000);
  shop.clock.advance({ seconds: 1 });
  shop.simulator.payOut(intent);
  shop.clock.advance({ seconds: 1 });
  const { tenantId } = shop.tollgate.tenant.tenant;
  const request = { tenantId, providerAccountId: shop.providerAccountId };
  const runs = await Promise.all(Array.from({ length: 8 }, () => runReconciliation(context(), request)));
  const last = await runReconciliation(context(), request);
  expect(last).toMatchObject([{ isRight: false, failures: [], reports: [{ unexplained: 0n, exceptionsOpen: 1 }] }]);
  expect(runs.flat().every(({ isRight }) => !isRight)).toBe(true);
  expect(await count('statement_lines')).toBe(32);
  expect(await count('line_matches', "state = 'matched'")).toBe(30);
  expect(await count('settlements')).toBe(30);
  expect(await count('ledger_transfers', "kind = 'fee'")).toBe(30);
  expect(await count('ledger_transfers', "kind = 'payout'")).toBe(1);
  expect(await count('payouts')).toBe(1);
  expect(await count('reconciliation_exceptions')).toBe(1);
  expect(await count('events', "type = 'reconciliation.mismatch'")).toBe(1);
  expect(await count('events', "type = 'payout.paid'")).toBe(1);
  expect(await count('statements', "status <> 'reconciled'")).toBe(0);
  // No page of any window was stored twice.
  expect(await count('statements', 'lines <> 32 or pages <> 2')).toBe(0);
  const gateway = shop.tollgate.tollgate.gateway;
  const { differences } = await verifyLedger(gateway.payments.database.query);
  expect(differences).toEqual([]);
});

test('a file that is given eight times at once is one statement, with each line once', async () => {
  const before = await count('statements');
  const csv = [
    'line_ref,kind,occurred_at,currency,gross',
    ...['A', 'B', 'C'].map((ref) => `${ref},fee,2026-01-01,EUR,-5`),
  ];
  const body = { source: 'upload', providerAccountId: shop.providerAccountId, csv: csv.join('\n') };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => shop.merchant.send('POST', '/statements', { body })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  expect(await count('statements')).toBe((before ?? 0) + 1);
  expect(await count('statement_lines', "line_ref in ('A', 'B', 'C')")).toBe(3);
});

test('a person and a statement that decide on one exception at once leave one decision', async () => {
  const [exception] = await shop.exceptions('&state=open');
  const path = `/reconciliation-exceptions/${exception.id}/resolve`;
  const body = { resolution: 'not_ours', note: 'Of another shop.' };
  const { tenantId } = shop.tollgate.tenant.tenant;
  const [one, other] = await Promise.all([
    shop.merchant.send('POST', path, { body }),
    shop.merchant.send('POST', path, { body }),
    runReconciliation(context(), { tenantId }),
  ]);
  expect([one.status, other.status].sort()).toEqual([200, 409]);
  expect(await shop.get(`/reconciliation-exceptions/${exception.id}`)).toMatchObject({ resolution: 'not_ours' });
  const [run] = await runReconciliation(context(), { tenantId });
  expect(run).toMatchObject({ isRight: true });
});

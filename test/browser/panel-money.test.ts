import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FinanceDesk, openFinanceDesk, statementFile, XSS } from '../support/finance-desk.ts';
import { faultsOf } from '../support/page-faults.ts';
import { openPanelStage, type PanelStage } from '../support/panel-stage.ts';

// The storyboard goes through a dozen screens, also on a machine that is busy.
vi.setConfig({ testTimeout: 240_000 });

let stage: PanelStage;
let desk: FinanceDesk;

beforeAll(async () => {
  stage = await openPanelStage();
  desk = await openFinanceDesk(stage);
}, 240_000);
afterAll(async () => {
  await stage?.close();
});

const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click();
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor();

/** Uploads the file of a provider that has words of its own, and says what they mean. */
async function uploadStatement(page: Page): Promise<void> {
  await follow(page, 'Statements');
  await page.getByRole('button', { name: 'Upload a statement' }).click();
  const dialog = page.getByRole('dialog');
  const file = { name: `${XSS}.csv`, mimeType: 'text/csv', buffer: Buffer.from(statementFile(desk)) };
  await dialog.getByLabel('File (CSV').setInputFiles(file);
  for (const [label, column] of [
    ...[['Line reference', 'Ref'] as const, ['Kind', 'Type'] as const, ['Date', 'Date'] as const],
    ...[['Currency', 'Ccy'] as const, ['Gross', 'Amount'] as const, ['Fee', 'Fee'] as const],
    ...[['Our id', 'Ours'] as const, ['Payout', 'Payout'] as const],
  ]) {
    await dialog
      .getByLabel(new RegExp(`^${label}( \\*)?$`))
      .first()
      .selectOption(column);
  }
  await dialog.getByLabel('Amounts').selectOption('decimal');
  await dialog.getByText('Say what these words mean: Payment, Costs, Transfer.').first().waitFor();
  for (const [word, kind] of [
    ['Payment', 'Charge'] as const,
    ['Costs', 'Fee'] as const,
    ['Transfer', 'Payout'] as const,
  ]) {
    await dialog.getByLabel(word, { exact: true }).selectOption(kind);
  }
  expect(await faultsOf(page, 'money-upload')).toEqual([]);
  await dialog.getByRole('button', { name: 'Upload and compare' }).click();
}

test('finance goes from balances to a statement, resolves what differs, refunds with a second person, and closes the month', async () => {
  const { page, complaints } = await stage.open(`${stage.place}/balances`, { person: desk.finance });
  await page.getByText('Debits equal credits: the ledger balances.').waitFor();
  expect(await faultsOf(page, 'money-balances')).toEqual([]);

  await uploadStatement(page);
  await heading(page, /\.csv$/);
  await page.getByText('See the open exceptions').waitFor();
  const result = page.getByRole('region', { name: 'What came of its lines' });
  expect((await result.locator('dd').allInnerTexts()).map(Number)).toEqual([1, 2, 1]);
  await page.getByText('L-4').waitFor();
  expect(await faultsOf(page, 'money-statement')).toEqual([]);

  await page.getByText('See the open exceptions').click();
  await page.getByText('The statement has €12.39 that nothing here belongs to.').click();
  await page.getByRole('button', { name: 'Resolve' }).click();
  const resolving = page.getByRole('dialog');
  await resolving.getByRole('button', { name: 'Resolve' }).click();
  await resolving.getByText('Must not be empty').waitFor();
  await resolving.getByLabel('Decision').selectOption('Not ours');
  await resolving.getByLabel('Note').fill(XSS);
  await resolving.getByRole('button', { name: 'Resolve' }).click();
  await page.getByText('The exception is resolved.').waitFor();
  await page.getByText('Resolved by').waitFor();
  expect(await faultsOf(page, 'money-exception')).toEqual([]);

  await page.goto(`${stage.url}${stage.place}/payments/${desk.paymentId}`);
  await page.getByRole('button', { name: 'Refund' }).click();
  const refunding = page.getByRole('dialog');
  await refunding.getByLabel('Amount').fill('40.00');
  await refunding.getByLabel('Reason').fill('Arrived broken');
  await refunding.getByRole('button', { name: 'Refund' }).click();
  await page.getByText('Somebody else has to approve this first. It was put before them.').waitFor();
  await follow(page, 'Approvals');
  await follow(page, 'Refund a payment');
  await page.getByText('Somebody else has to approve of what you asked for. You can withdraw it.').first().waitFor();

  // The second person decides at another window, and this one sees it.
  const second = await stage.open(new URL(page.url()).pathname.replace('/admin', ''));
  await second.page.getByRole('button', { name: 'Approve and do it' }).click();
  const approving = second.page.getByRole('dialog');
  await approving.getByLabel('Reason').fill('As agreed with the shop');
  expect(await faultsOf(second.page, 'money-approve')).toEqual([]);
  await approving.getByRole('button', { name: 'Approve and do it' }).click();
  await second.page.getByText('Approved, and done.').waitFor();
  await page.getByText('Nothing is left to decide: this is Done.').first().waitFor();
  await page.getByText('As agreed with the shop').waitFor();
  await follow(page, 'Refunds');
  await page.getByRole('link', { name: '€40.00' }).click();
  await page.getByText('Reason: Arrived broken').waitFor();

  await follow(page, 'Months');
  await page.getByRole('row').filter({ hasText: 'To be closed' }).last().getByRole('link').click();
  expect(await faultsOf(page, 'money-month')).toEqual([]);
  await page.getByRole('button', { name: 'Close the month' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close the month' }).click();
  await page.getByText('The month is closed.').waitFor();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  expect(await page.title()).not.toBe('taken');
  expect([...complaints, ...second.complaints]).toEqual([]);
  const { tenantId } = stage.installation.tenant.tenant;
  const closed = 'select month, closed_by from period_closings where tenant_id = $1';
  expect(await stage.installation.database.run(closed, [tenantId])).toEqual([
    { month: desk.month, closed_by: `user:${desk.finance.userId}` },
  ]);
});

test('a dispute is answered, a deadline is left as it is, and the switch is moved, on a phone and in German', async () => {
  const phone = { width: 360, colorScheme: 'dark', language: 'de' } as const;
  const { page, complaints } = await stage.open(`${stage.place}/disputes/${desk.disputeId}`, phone);
  await heading(page, 'Streitfall');
  expect(await faultsOf(page, 'money-dispute')).toEqual([]);

  await page.goto(`${stage.url}${stage.place}/ack-deadlines/${desk.deadlineId}`);
  await page.getByRole('button', { name: 'Zahlung so lassen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Zahlung so lassen' }).click();
  await page.getByText('Ein Mensch hat die Zahlung so gelassen.').waitFor();
  await page.getByRole('button', { name: 'Geld zurückgeben', disabled: true }).waitFor();
  expect(await faultsOf(page, 'money-deadline')).toEqual([]);

  await page.goto(`${stage.url}/operator/ack-reversals`);
  await page.getByRole('button', { name: 'Ausschalten' }).click();
  await page.getByRole('dialog').getByLabel('Grund').fill('Das Netz ist halb weg');
  await page.getByRole('dialog').getByRole('button', { name: 'Ausschalten' }).click();
  await page.getByText('Stornos sind aus.').waitFor();
  await page.getByRole('button', { name: 'Einschalten' }).waitFor();
  expect(await faultsOf(page, 'money-switch')).toEqual([]);
  expect(await stage.installation.database.run('select enabled from ack_switches')).toEqual([{ enabled: false }]);
  expect(complaints).toEqual([]);
});

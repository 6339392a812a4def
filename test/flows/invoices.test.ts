import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { book, CUSTOMER, draft, issued, SETTINGS } from '../support/invoice-desk.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';

const clock = new ManualClock('2026-11-22T23:30:00Z');
let tollgate: Installation;

beforeAll(async () => {
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api,checkout,hooks' } });
});
afterAll(() => tollgate.close());

/** A tenant of its own that has said who sells, so that numbers begin with one. */
async function openShop(settings: object = {}): Promise<{ shop: Merchant; tenantId: string }> {
  const created = await tollgate.createTenant();
  const shop = merchantOf(tollgate.apiUrl, created.apiKeys.test);
  const set = await shop.send('PUT', '/invoicing-settings', { body: { ...SETTINGS, ...settings } });
  expect(set.status, set.text).toBe(200);
  return { shop, tenantId: created.tenant.tenantId };
}

const credit = (shop: Merchant, id: string, body: object) =>
  shop.send('POST', `/invoices/${id}/credit-notes`, { body: { reason: 'Came damaged', ...body } });

describe('an invoice (S4.20, S4.21)', () => {
  test('is drafted, changed and issued, and says then what it said for ever', async () => {
    const { shop } = await openShop();
    const made = await draft(shop, { lines: [book(1000), book(333, '7', { quantity: '3' })], orderId: 'order-1' });
    expect(made, made.text).toMatchObject({
      status: 201,
      body: {
        ...{ object: 'invoice', kind: 'invoice', status: 'draft', number: null, paymentState: null, issueDate: null },
        ...{ netAmount: 1999, taxAmount: 260, grossAmount: 2259, customer: CUSTOMER, prices: 'net' },
        taxes: [
          { taxCategory: 'standard', taxRate: '19', netAmount: 1000, taxAmount: 190 },
          { taxCategory: 'standard', taxRate: '7', netAmount: 999, taxAmount: 70 },
        ],
      },
    });
    const path = `/invoices/${made.body.id}`;
    const changed = await shop.send('PATCH', path, { body: { lines: [book(1190)], prices: 'gross', note: 'Thanks' } });
    expect(changed.body, changed.text).toMatchObject({ netAmount: 1000, taxAmount: 190, note: 'Thanks', version: 2 });
    const lost = await shop.send('PATCH', path, { body: { note: null, version: 1 } });
    expect(lost).toMatchObject({ status: 409, body: { code: 'state_conflict', version: 2 } });
    const issue = await shop.send('POST', `${path}/issue`);
    expect(issue.body, issue.text).toMatchObject({
      ...{ status: 'issued', number: 'TEST-INV-2026-000001', paymentState: 'open', dueAmount: 1190 },
      // Half past midnight in Berlin.
      ...{ issueDate: '2026-11-23', dueDate: '2026-12-07', seller: SETTINGS.seller },
    });
    await shop.send('PUT', '/invoicing-settings', {
      body: { ...SETTINGS, seller: { ...SETTINGS.seller, name: 'New' } },
    });
    expect((await shop.send('GET', path)).body).toEqual(issue.body);
    for (const again of [
      await shop.send('PATCH', path, { body: { note: 'No' } }),
      await shop.send('POST', `${path}/issue`),
      await shop.send('DELETE', path),
    ])
      expect(again).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    const lines = await shop.send('GET', `${path}/lines`);
    expect(lines.body).toMatchObject({ hasMore: false, data: [{ position: 1, amount: 1190, netAmount: 1000 }] });
  });

  test('that is deleted as a draft leaves no number missing', async () => {
    const { shop } = await openShop();
    const gone = (await draft(shop, { lines: [book(1000)] })).body;
    const removed = await shop.send('DELETE', `/invoices/${gone.id}`);
    expect(removed.status, removed.text).toBe(204);
    expect((await shop.send('GET', `/invoices/${gone.id}`)).status).toBe(404);
    expect((await issued(shop, { lines: [book(1000)] })).number).toBe('TEST-INV-2026-000001');
  });

  test('has ten thousand lines at most, drafted in parts and read in pages', async () => {
    const { shop } = await openShop();
    const lines = (count: number) => Array.from({ length: count }, (_, index) => book(100 + (index % 7)));
    const { id } = (await draft(shop, { lines: lines(2_000), prices: 'gross' })).body;
    const add = (count: number) => shop.send('POST', `/invoices/${id}/lines`, { body: { lines: lines(count) } });
    for (let parts = 0; parts < 3; parts++) expect((await add(2_000)).status).toBe(200);
    const whole = (await add(2_000)).body;
    const sum = 5 * lines(2_000).reduce((all, { unitAmount }) => all + unitAmount, 0);
    expect(whole).toMatchObject({ grossAmount: sum, netAmount: sum - Math.round((sum * 19) / 119), version: 5 });
    expect((await add(1)).body.errors[0].detail).toContain('10000 lines');
    expect((await shop.send('POST', `/invoices/${id}/issue`)).body).toMatchObject({
      status: 'issued',
      grossAmount: sum,
    });
    const page = await shop.send('GET', `/invoices/${id}/lines?limit=100&after=9950`);
    expect(page.body.data.map(({ position }: { position: number }) => position)).toEqual(
      Array.from({ length: 50 }, (_, index) => 9951 + index),
    );
  });

  test('stands as its payments, refunds and credit notes say', async () => {
    const { shop } = await openShop();
    const payment = await shop.pay({ amount: 1190 });
    const { id, ...whole } = await issued(shop, { lines: [book(1000)], paymentIds: [payment.id] });
    expect(whole).toMatchObject({ paymentState: 'settled', paidAmount: 1190, dueAmount: 0 });
    const state = async () => (await shop.send('GET', `/invoices/${id}`)).body;
    await shop.refund(payment.id, { amount: 190, reason: 'Sent back', reference: freshReference() });
    expect(await state()).toMatchObject({ paymentState: 'partly_settled', dueAmount: 190 });
    await credit(shop, id, { amount: 190 });
    expect(await state()).toMatchObject({ paymentState: 'settled', creditedAmount: 190, dueAmount: 0 });
    await credit(shop, id, {});
    expect(await state()).toMatchObject({ paymentState: 'overpaid', creditedAmount: 1190, dueAmount: -1000 });
    await shop.refund(payment.id, { amount: 1000, reason: 'Sent back', reference: freshReference() });
    expect(await state()).toMatchObject({ paymentState: 'refunded', dueAmount: 0 });
  });
});

describe('numbers', () => {
  test('have no gap and no double when many are issued at once, and go up with time', async () => {
    const { shop, tenantId } = await openShop();
    const drafts = await Promise.all(Array.from({ length: 40 }, () => draft(shop, { lines: [book(1000)] })));
    // Half of them are asked for twice at the same moment.
    const wishes = drafts.flatMap(({ body }, index) => (index % 2 === 0 ? [body.id, body.id] : [body.id]));
    const answers = await Promise.all(wishes.map((id) => shop.send('POST', `/invoices/${id}/issue`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(40);
    const rows = await tollgate.database.run<{ sequence: number; back: boolean | null }>(
      `select sequence, lag(issued_at) over (order by sequence) > issued_at as back from invoices where tenant_id = $1 order by sequence`,
      [tenantId],
    );
    expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(rows.some(({ back }) => back)).toBe(false);
  });

  test('are counted by kind, series, mode and fiscal year', async () => {
    const numbering = [
      { kind: 'invoice', prefix: 'R{year}-' },
      { kind: 'invoice', series: 'export', prefix: 'X{year}-', digits: 3 },
      { kind: 'credit_note', prefix: 'G{year}-' },
    ];
    const { shop } = await openShop({ numbering, fiscalYearStart: 12 });
    const first = await issued(shop, { lines: [book(1000)] });
    const second = await issued(shop, { lines: [book(1000)], series: 'export' });
    const note = (await credit(shop, first.id, {})).body;
    expect([first.number, second.number, note.number]).toEqual([
      'TEST-R2025-000001',
      'TEST-X2025-001',
      'TEST-G2025-000001',
    ]);
    const unknown = await draft(shop, { lines: [book(1000)], series: 'none' });
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/series' }] } });
  });

  test('that were taken by what failed were never taken', async () => {
    const { tenantId, shop } = await openShop();
    await issued(shop, { lines: [book(1000)] });
    const write = (sql: string) => tollgate.database.run(sql, [tenantId]);
    const counter = `update invoice_counters set last_sequence = last_sequence`;
    await expect(write(`${counter} + 1 where tenant_id = $1`)).rejects.toThrow('taken and not used');
    await expect(write(`${counter} + 2 where tenant_id = $1`)).rejects.toThrow('go up by one');
    await expect(write(`delete from invoice_counters where tenant_id = $1`)).rejects.toThrow('stay');
    expect((await issued(shop, { lines: [book(1000)] })).number).toBe('TEST-INV-2026-000002');
  });
});

describe('a credit note', () => {
  test('names what it corrects, and takes no more of a rate than is left', async () => {
    const { shop } = await openShop();
    const { id } = await issued(shop, { lines: [book(1000), book(1000, '7')] });
    const note = await credit(shop, id, { lines: [book(400, '7')], reference: 'note-1' });
    expect(note, note.text).toMatchObject({
      status: 201,
      body: {
        ...{ kind: 'credit_note', status: 'issued', number: 'TEST-CN-2026-000001', correctsInvoiceId: id },
        ...{ reason: 'Came damaged', netAmount: 400, taxAmount: 28, customer: CUSTOMER, reference: 'note-1' },
      },
    });
    const tooMuch = await credit(shop, id, { lines: [book(601, '7')] });
    expect(tooMuch).toMatchObject({ status: 409, body: { code: 'amount_not_available' } });
    const rest = (await credit(shop, id, {})).body;
    expect(rest.taxes).toEqual([
      { taxCategory: 'standard', taxRate: '19', netAmount: 1000, taxAmount: 190 },
      { taxCategory: 'standard', taxRate: '7', netAmount: 600, taxAmount: 42 },
    ]);
    expect((await credit(shop, id, {})).body.code).toBe('amount_not_available');
    const notes = await shop.send('GET', `/invoices?correctsInvoiceId=${id}`);
    expect(notes.body.data.map(({ kind }: { kind: string }) => kind)).toEqual(['credit_note', 'credit_note']);
    expect((await credit(shop, rest.id, {})).body.code).toBe('state_conflict');
  });

  test('is one of several at once: together they take no more than there is', async () => {
    const { shop } = await openShop();
    const { id } = await issued(shop, { lines: [book(1000)] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => credit(shop, id, { amount: 400 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409, 409, 409]);
    expect((await shop.send('GET', `/invoices/${id}`)).body).toMatchObject({ creditedAmount: 800, dueAmount: 390 });
  });
});

describe('what is refused', () => {
  test('lines that are nothing, owe nothing, or name a rate that the seller does not have', async () => {
    const { shop } = await openShop();
    const cases = [
      [[], '/lines'],
      [[book(0)], '/lines/0/unitAmount'],
      [[book(-5)], '/lines/0/unitAmount'],
      [[book(10, '19', { quantity: '0' })], '/lines/0/quantity'],
      [[book(10, '19', { quantity: '-1' })], '/lines/0/quantity'],
      [[book(10), book(10, '16')], '/lines/1/taxRate'],
      [[book(10, '0')], '/lines/0/taxRate'],
      [[book(10, '19', { discount: 10 })], '/lines/0/discount'],
      [[book(999_999_999_999, '19', { quantity: '9' })], '/lines/0/unitAmount'],
      [[book(900_000_000_000)], '/lines'],
      [[book(10, '19', { description: 'A\nB' })], '/lines/0/description'],
    ] as const;
    for (const [lines, pointer] of cases) {
      const { status, body, text } = await draft(shop, { lines });
      expect([status, body.code, body.errors?.[0]?.pointer], text).toEqual([422, 'validation_failed', pointer]);
    }
    expect((await shop.send('GET', '/invoices')).body.data).toEqual([]);
  });

  test('a document that would lack what its kind of tax asks for names each', async () => {
    const { shop } = await openShop({ taxCurrency: 'HUF' });
    const foreign = { taxCategory: 'reverse_charge', taxRate: '0' };
    const made = await draft(shop, { lines: [book(1000, '0', foreign), book(50, '0', { taxCategory: 'exempt' })] });
    const { body } = await shop.send('POST', `/invoices/${made.body.id}/issue`);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      ...['/customer/vatId', '/customer/vatIdCheck', '/exemptionReason', '/exchangeRate'],
    ]);
    const vatIdCheck = { checkedAt: '2026-11-22T12:00:00Z', evidence: 'WAPIAAAA123' };
    const exchangeRate = { currency: 'HUF', rate: '382.55', date: '2026-11-20', source: 'MNB' };
    const customer = { ...CUSTOMER, vatId: 'GB123456789', vatIdCheck };
    const changed = await shop.send('PATCH', `/invoices/${made.body.id}`, {
      body: { customer, exemptionReason: 'Section 4 no. 21', exchangeRate, lines: [book(1000)] },
    });
    expect(changed.body.taxInTaxCurrency, changed.text).toEqual({ amount: 72_685, currency: 'HUF' });
    expect((await shop.send('POST', `/invoices/${made.body.id}/issue`)).status).toBe(200);
  });

  test('settings that could not work', async () => {
    const { shop } = await openShop();
    const cases = [
      [{ taxes: [] }, '/taxes'],
      [{ taxes: [{ category: 'standard', rate: '0' }] }, '/taxes/0/rate'],
      [{ taxes: [{ category: 'zero', rate: '5' }] }, '/taxes/0/rate'],
      [{ numbering: [{ kind: 'invoice', prefix: 'INV-' }] }, '/numbering/0/prefix'],
      [{ timeZone: 'Mars/Olympus' }, '/timeZone'],
      [{ seller: { ...SETTINGS.seller, iban: 'DE03120300000000202051' } }, '/seller/iban'],
    ] as const;
    for (const [settings, pointer] of cases) {
      const { body, text } = await shop.send('PUT', '/invoicing-settings', { body: { ...SETTINGS, ...settings } });
      expect([body.code, body.errors?.[0]?.pointer], text).toEqual(['validation_failed', pointer]);
    }
  });

  test('a payment of another currency, of nobody, or of another invoice', async () => {
    const { shop } = await openShop();
    const payment = await shop.pay({ amount: 1190, currency: 'USD' });
    const euro = await shop.pay({ amount: 1190, currency: 'EUR' });
    const lines = [book(1000)];
    const other = await draft(shop, { lines, paymentIds: [payment.id] });
    expect(other.body.errors[0].pointer).toBe('/paymentIds/0');
    const nobody = await draft(shop, { lines, paymentIds: [euro.id, 'pay_00000000000000000000000000'] });
    expect(nobody.body.errors[0].pointer).toBe('/paymentIds/1');
    expect((await draft(shop, { lines, paymentIds: [euro.id] })).status).toBe(201);
    expect((await draft(shop, { lines, paymentIds: [euro.id] })).body.code).toBe('state_conflict');
  });

  test('writing past the program: issued documents do not change, whoever writes', async () => {
    const { shop, tenantId } = await openShop();
    const { id } = await issued(shop, { lines: [book(1000)] });
    const write = (sql: string) => tollgate.database.run(sql, [tenantId, id]);
    const where = 'where tenant_id = $1 and invoice_id = $2';
    await expect(write(`update invoices set net = 1, gross = 191 ${where}`)).rejects.toThrow('do not change');
    await expect(write(`delete from invoices ${where}`)).rejects.toThrow('do not change');
    await expect(write(`delete from invoice_lines ${where}`)).rejects.toThrow('do not change');
    await expect(write(`update invoice_lines set net = 1 ${where}`)).rejects.toThrow('append-only');
    await expect(write(`delete from invoice_tax_groups ${where}`)).rejects.toThrow('do not change');
  });
});

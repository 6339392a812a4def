import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type OpenEndpoint, openEndpoint } from '../support/open-endpoint.ts';
import { notificationsOf, type PaymentWatch, watchPayments } from '../support/payment-watch.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([startInstallation(), startWebhookSink()]);
  shop = watchPayments(tollgate);
});
afterAll(async () => {
  await tollgate?.close();
  await sink?.close();
});

const ADDRESS = {
  ...{ country: 'ZA', name: 'Thandi Ngcobo', line1: '12 Long Street', district: 'Gardens' },
  ...{ city: 'Cape Town', postalCode: '8001', phone: '+27 83 000 0000' },
};
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const ask = (fields: object = {}) => shop.create({ requestShipping: true, ...fields });
const look = (url: string) => call(url, { headers: { accept: 'text/html', 'accept-language': 'en-ZA' } });
const post = (url: string, fields: Readonly<Record<string, string>>) =>
  call(url, { rawBody: new URLSearchParams(fields).toString(), headers: { ...FORM, 'accept-language': 'en-ZA' } });
const give = ({ paymentUrl }: Answer['body'], fields: Readonly<Record<string, string>> = ADDRESS) =>
  post(`${paymentUrl}/shipping`, { act: 'save', ...fields });
const confirm = (id: string, body: object = {}, idempotencyKey = '') =>
  shop.merchant.send('POST', `/payments/${id}/confirm`, {
    body: { method: { type: 'sandbox', token: 'tok_approve' }, ...body },
    ...(idempotencyKey === '' ? {} : { idempotencyKey }),
  });

describe('S1.25 the page of a payment that asks for an address', () => {
  it('asks for it before anything else, with the country of the shopper’s language', async () => {
    const { text, status } = await look((await ask()).paymentUrl);
    expect(status).toBe(200);
    expect(text).toContain('data-kind="shipping"');
    expect(text).toContain('<option value="ZA" selected>South Africa</option>');
    for (const token of ['name', 'organization', 'address-line1', 'address-line2', 'address-level3', 'postal-code']) {
      expect(text).toContain(`autocomplete="shipping ${token}"`);
    }
    expect(text).not.toContain('/pay"');
  });

  it('takes it by a form, leads back with 303, and shows it beside the pay button', async () => {
    const payment = await ask();
    const given = await give(payment);
    expect([given.status, given.headers.location]).toEqual([303, expect.stringMatching(/^\/c\/[\w-]+\/leave$/)]);
    const { text } = await look(payment.paymentUrl);
    expect(text).toContain('data-kind="choose"');
    for (const line of ['Thandi Ngcobo', '12 Long Street', 'Cape Town', 'South Africa']) expect(text).toContain(line);
    expect((await shop.read(payment.id)).shippingAddress).toEqual(ADDRESS);
  });

  it('shows the fields of another country with what was entered, and keeps nothing yet', async () => {
    const payment = await ask();
    const { text, status } = await give(payment, { ...ADDRESS, act: 'country', country: 'US', shown: 'ZA' });
    expect(status).toBe(200);
    expect(text).toContain('<option value="US" selected>United States</option>');
    expect(text).toContain('value="12 Long Street"');
    expect(text).toContain('autocomplete="shipping address-level1"');
    expect(text).not.toContain('address-level3');
    expect(text).not.toContain('class="broken"');
    expect((await shop.read(payment.id)).shippingAddress).toBeNull();
  });

  it('saves where the Enter key pressed the button of the country, and the country is the same', async () => {
    const payment = await ask();
    expect((await give(payment, { ...ADDRESS, act: 'country', shown: 'ZA' })).status).toBe(303);
  });

  it('names what is wrong beside the field, keeps what was entered, and stores nothing', async () => {
    const payment = await ask();
    const wrong = { ...ADDRESS, postalCode: 'SW1A 1AA', city: ' ', line1: '<b>12</b> "Long" Street' };
    const { text, status } = await give(payment, wrong);
    expect(status).toBe(422);
    expect(text).toMatch(/name="postalCode"[^>]* aria-invalid="true" aria-describedby="broken-postalCode"/);
    expect(text).toContain('id="broken-postalCode">This is not a postal code of this country. They look like 0083.<');
    expect(text).toContain('id="broken-city"');
    expect(text).toContain('value="&lt;b&gt;12&lt;/b&gt; &quot;Long&quot; Street"');
    expect(text.match(/class="broken"/g)).toHaveLength(2);
    expect((await shop.read(payment.id)).shippingAddress).toBeNull();
  });

  it.each([
    ['a country that is none', { country: 'XX' }, 'country'],
    ['a control character', { name: 'Ada\u0000' }, 'name'],
    ['writing that is turned round', { name: 'Ada \u202elovelace' }, 'name'],
    ['a name without end', { name: 'x'.repeat(10_000) }, 'name'],
    ['a card number', { line2: '4111 1111 1111 1111' }, 'line2'],
  ])('refuses %s', async (_name, fields, field) => {
    const { text, status } = await give(await ask(), { ...ADDRESS, ...fields });
    expect(status).toBe(422);
    expect(text).toContain(`id="broken-${field}"`);
  });

  it('lets it be changed until the payment is confirmed, and no longer', async () => {
    const payment = await ask();
    await give(payment);
    const form = await look(`${payment.paymentUrl}/shipping`);
    expect(form.text).toContain('value="12 Long Street"');
    await give(payment, { ...ADDRESS, line1: '14 Long Street' });
    const paid = await confirm(payment.id);
    expect(paid.body.shippingAddress.line1).toBe('14 Long Street');
    expect((await give(payment, { ...ADDRESS, line1: '16 Long Street' })).status).toBe(303);
    expect((await shop.read(payment.id)).shippingAddress.line1).toBe('14 Long Street');
    expect((await look(`${payment.paymentUrl}/shipping`)).text).not.toContain('address-form');
  });

  it('pays nothing before somebody gave one, whatever the browser sends', async () => {
    const payment = await ask();
    expect((await post(`${payment.paymentUrl}/pay`, {})).status).toBe(303);
    expect((await post(`${payment.paymentUrl}/test`, { action: 'pay' })).status).toBe(303);
    const session = `${tollgate.apiUrl}/api/v1/checkout-sessions/${payment.checkoutToken}`;
    expect((await call(session)).body).toMatchObject({ status: 'created', needsAddress: true });
    const refused = await call(`${session}/confirm`, { body: {} });
    expect([refused.status, refused.body.code]).toEqual([422, 'shipping_required']);
    expect(await shop.attempts(payment.id)).toEqual([]);
    const taken = await call(`${session}/confirm`, { body: { shippingAddress: ADDRESS } });
    expect(taken.body, taken.text).toMatchObject({ needsAddress: false });
  });

  it('speaks the shopper’s language, and names countries in it', async () => {
    const german = await look((await ask({ customer: { locale: 'de-AT' } })).paymentUrl);
    expect(german.text).toContain('<option value="AT" selected>Österreich</option>');
    expect(german.text).toContain('Postleitzahl');
    const arabic = await look((await ask({ customer: { locale: 'ar' } })).paymentUrl);
    expect(arabic.text).toContain('الرمز البريدي');
  });

  it('asks nobody where the payment asks for no address', async () => {
    const payment = await shop.create();
    expect((await look(`${payment.paymentUrl}/shipping`)).text).toContain('data-kind="choose"');
    await give(payment);
    expect(await shop.read(payment.id)).toMatchObject({ requestShipping: false, shippingAddress: null });
  });
});

describe('a tenant that asks by a form of its own', () => {
  it('gives the address with the confirmation, by the same rules', async () => {
    const { id } = await ask();
    const wrong = await confirm(id, { shippingAddress: { ...ADDRESS, postalCode: '80011', city: '' } });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'validation_failed']);
    expect(wrong.body.errors.map(({ pointer }: Answer['body']) => pointer)).toEqual([
      ...['/shippingAddress/city', '/shippingAddress/postalCode'],
    ]);
    expect(wrong.text).not.toMatch(/\b80011\b/);
    const taken = await confirm(id, { shippingAddress: { ...ADDRESS, postalCode: ' 8001 ' } });
    expect(taken.body, taken.text).toMatchObject({ status: 'succeeded', shippingAddress: ADDRESS });
  });

  it('is refused without one, and may repeat the request under its key once there is one', async () => {
    const payment = await ask();
    const refused = await confirm(payment.id, {}, `key-${payment.id}`);
    expect([refused.status, refused.body.code]).toEqual([422, 'shipping_required']);
    await give(payment);
    expect((await confirm(payment.id, {}, `key-${payment.id}`)).body.status).toBe('succeeded');
  });

  it('gives none to a payment that asks for none', async () => {
    const { id } = await shop.create();
    const refused = await confirm(id, { shippingAddress: ADDRESS });
    expect(refused.body).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/shippingAddress' }] });
    expect(await shop.attempts(id)).toEqual([]);
  });

  it('gets the same answer for the same address while the attempt is open, and no second one for another', async () => {
    const { id } = await ask();
    const method = { type: 'sandbox', token: 'tok_pending_forever' };
    const first = await confirm(id, { method, shippingAddress: ADDRESS });
    expect(first.body.status).toBe('processing');
    const again = await confirm(id, { method, shippingAddress: ADDRESS });
    expect(again.body.latestAttempt.id).toBe(first.body.latestAttempt.id);
    const other = await confirm(id, { method, shippingAddress: { ...ADDRESS, line1: '14 Long Street' } });
    expect([other.status, other.body.code]).toEqual([409, 'attempt_in_progress']);
    expect((await shop.read(id)).shippingAddress).toEqual(ADDRESS);
  });
});

test('an address that comes with the payment’s confirmation is either the one that was paid for, or refused', async () => {
  for (const round of [1, 2, 3]) {
    const payment = await ask();
    await give(payment);
    const other = { ...ADDRESS, line1: `${round} Other Street` };
    const [, paid] = await Promise.all([give(payment, other), confirm(payment.id)]);
    expect(paid.status, paid.text).toBe(200);
    const kept = (await shop.read(payment.id)).shippingAddress;
    const { body } = await shop.merchant.send('GET', `/events?paymentId=${payment.id}&type=payment.succeeded`);
    expect(body.data[0].data.object.shippingAddress).toEqual(kept);
  }
});

describe('the notification', () => {
  let endpoint: OpenEndpoint;
  beforeAll(async () => {
    endpoint = await openEndpoint(shop.merchant, sink);
  });

  it('has the address, and so have the list of events and each of them; the one before it was given has none', async () => {
    const payment = await ask();
    await give(payment);
    await confirm(payment.id);
    const told = await until(async () => {
      const all = notificationsOf(sink, payment.id);
      return all.find(({ type }) => type === 'payment.succeeded') && all;
    });
    const of = (type: string) => told.find((one: Answer['body']) => one.type === type)?.data.object;
    expect(of('payment.succeeded').shippingAddress).toEqual(ADDRESS);
    const { body } = await shop.merchant.send('GET', `/events?paymentId=${payment.id}`);
    const listed = new Map<string, Answer['body']>(body.data.map((one: Answer['body']) => [one.type, one]));
    expect(listed.get('payment.created').data.object.shippingAddress).toBeNull();
    expect(listed.get('payment.succeeded').data.object.shippingAddress).toEqual(ADDRESS);
    const one = await shop.merchant.send('GET', `/events/${listed.get('payment.succeeded').id}`);
    expect(one.body.data.object.shippingAddress).toEqual(ADDRESS);
    expect(endpoint.received().some(({ headers, body: text }) => isSigned(headers, text, endpoint.secret))).toBe(true);
  });

  it('stands in no table and in no line of the log', async () => {
    const { rows } = await everyText('Thandi Ngcobo');
    expect(rows).toEqual([]);
    expect(tollgate.logLines.join('\n')).not.toContain('Long Street');
  });
});

function isSigned(headers: Readonly<Record<string, unknown>>, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', key).update(signed).digest('base64');
  return String(headers['webhook-signature']).includes(expected);
}

/** The tables that hold a text in the clear. */
async function everyText(text: string): Promise<{ readonly rows: readonly string[] }> {
  const tables = ['payments', 'events', 'signals', 'attempts', 'outbox', 'deliveries', 'idempotency_keys'];
  const found = await Promise.all(
    tables.map(async (table) => {
      const [row] = await tollgate.database.run<{ count: bigint | string }>(
        `select count(*) as count from ${table} t where t::text like '%' || $1 || '%'`,
        [text],
      );
      return Number(row?.count) > 0 ? [table] : [];
    }),
  );
  return { rows: found.flat() };
}

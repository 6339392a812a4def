import { describe, expect, test } from 'vitest';
import type { Answer } from '../support/api-client.ts';
import { freshReference } from '../support/merchant.ts';
import { receivedAt } from '../support/open-endpoint.ts';
import { openToldShop } from '../support/told-shop.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop();

async function checkout(fields: Readonly<Record<string, unknown>> = {}): Promise<Answer['body']> {
  const answer = await shop.merchant.send('POST', '/checkouts', { body: { name: 'Tickets', ...fields } });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

const change = (id: string, body: unknown) => shop.merchant.send('PATCH', `/checkouts/${id}`, { body });
const create = (id: string, fields: object = {}, idempotencyKey?: string) =>
  shop.merchant.send('POST', `/checkouts/${id}/create`, {
    body: { reference: freshReference(), ...fields },
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });

const TERMS = {
  amount: 24_900,
  currency: 'EUR',
  captureMethod: 'manual',
  description: 'Season ticket',
  returnUrl: 'https://shop.example/thanks',
  terminalId: 'T-7',
  mcc: '7922',
  attemptsMax: 5,
  metadata: { season: '2027' },
} as const;

describe('S4.12 a stored checkout', () => {
  test('is read as it was stored, and changed member by member', async () => {
    const stored = await checkout({ reference: freshReference(), ...TERMS });
    expect(stored).toMatchObject({ object: 'checkout', status: 'active', mode: 'test', ...TERMS });
    expect(stored.id).toMatch(/^chk_/);
    expect((await shop.merchant.send('GET', `/checkouts/${stored.id}`)).body).toEqual(stored);
    const changed = await change(stored.id, { amount: 19_900, mcc: null });
    const { mcc: _mcc, ...left } = TERMS;
    expect(changed.body).toMatchObject({ ...left, amount: 19_900 });
    expect(changed.body).not.toHaveProperty('mcc');
    const listed = await shop.merchant.send('GET', `/checkouts?reference=${stored.reference}`);
    expect(listed.body.data).toEqual([changed.body]);
  });

  test('makes payments of what it holds, which are paid at their own pages', async () => {
    const stored = await checkout(TERMS);
    const { status, body, text } = await create(stored.id, { orderId: 'order-7', metadata: { seat: '7' } });
    expect(status, text).toBe(201);
    expect(body).toMatchObject({ ...TERMS, checkoutId: stored.id, orderId: 'order-7', status: 'created' });
    expect(body.metadata).toEqual({ season: '2027', seat: '7' });
    expect(body.paymentUrl).toBe(`${tollgate.apiUrl}/c/${body.checkoutToken}`);
    expect((await fetch(body.paymentUrl)).status).toBe(200);
    expect(await shop.read(body.id)).toMatchObject({ checkoutId: stored.id, amount: 24_900 });
    expect(await shop.create()).toMatchObject({ checkoutId: null });
  });

  test('leaves open what it does not hold', async () => {
    const { id } = await checkout({ description: 'Donation' });
    expect((await create(id)).body.errors).toEqual([{ pointer: '/amount', detail: expect.any(String) }]);
    expect((await create(id, { amount: 500, description: 'For the roof' })).body).toMatchObject({
      ...{ amount: 500, description: 'For the roof' },
    });
  });

  test.each([
    ['amount', 24_901],
    ['currency', 'USD'],
  ])('fixes the %s that it holds', async (member, other) => {
    const { id } = await checkout(TERMS);
    const refused = await create(id, { [member]: other });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([{ pointer: `/${member}`, detail: 'Is fixed by the checkout' }]);
    expect((await create(id, { [member]: TERMS[member as 'amount'] })).status).toBe(201);
  });

  test('ends payments when the request says, else when it says itself', async () => {
    const { id } = await checkout({ amount: 500, expiresIn: 3_600 });
    const seconds = ({ body }: Answer) =>
      Temporal.Instant.from(body.expiresAt).since(Temporal.Instant.from(body.createdAt)).total('seconds');
    expect(seconds(await create(id))).toBeCloseTo(3_600, 0);
    expect(seconds(await create(id, { expiresIn: 60 }))).toBeCloseTo(60, 0);
    const expiresAt = clock.now().add({ seconds: 600 }).toString();
    expect(seconds(await create(id, { expiresAt }))).toBeCloseTo(600, 0);
  });

  test('S4.17 tells at its ipnUrl of every payment, and without one at the endpoints alone', async () => {
    const main = await endpoint({ eventTypes: ['payment.created'] });
    const loud = await checkout({ amount: 500, ipnUrl: `${sink.url}/ipn-of-checkout` });
    const quiet = await checkout({ amount: 500 });
    const [of, without] = [(await create(loud.id)).body, (await create(quiet.id)).body];
    expect([of.notificationUrl, without.notificationUrl]).toEqual([`${sink.url}/ipn-of-checkout`, null]);
    // Payments of other tests may still be told of.
    const told = (path: string) =>
      receivedAt(sink, path)
        .map(({ body }) => JSON.parse(body).data.object.id)
        .filter((id) => id === of.id || id === without.id);
    await expect.poll(() => [told(main.path), told('/ipn-of-checkout')]).toEqual([[without.id], [of.id]]);
  });

  test('that is archived makes no more payments, and makes them again once it is restored', async () => {
    const { id } = await checkout({ amount: 500 });
    expect((await change(id, { status: 'archived' })).body.status).toBe('archived');
    expect(await create(id)).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    await change(id, { status: 'active' });
    expect((await create(id)).status).toBe(201);
  });

  test('makes one payment of a request that is repeated, whatever it holds by then', async () => {
    const { id } = await checkout({ amount: 500 });
    const reference = freshReference();
    const first = await create(id, { reference }, 'checkout-once');
    await change(id, { amount: 700, status: 'archived' });
    const again = await create(id, { reference }, 'checkout-once');
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = await create((await checkout({ amount: 500 })).id, { reference }, 'checkout-once');
    expect(other.body.code).toBe('idempotency_key_reused');
  });

  test('is refused with the field where a payment would be refused', async () => {
    const refused = async (fields: object) => {
      const { body } = await shop.merchant.send('POST', '/checkouts', { body: { name: 'Tickets', ...fields } });
      return [body.code, body.errors.map(({ pointer }: { pointer: string }) => pointer)];
    };
    expect(await refused({ returnUrl: 'javascript:alert(1)' })).toEqual(['validation_failed', ['/returnUrl']]);
    expect(await refused({ productId: 'prd_of_nobody' })).toEqual(['validation_failed', ['/productId']]);
    expect(await refused({ ipnUrl: 'https://169.254.169.254/' })).toEqual(['target_not_allowed', ['/ipnUrl']]);
    expect(await refused({ amount: 0 })).toEqual(['validation_failed', ['/amount']]);
    expect(await refused({ reference: 'a b' })).toEqual(['validation_failed', ['/reference']]);
    expect(await refused({ orderId: 'order-7' })).toEqual(['validation_failed', ['/orderId']]);
  });

  test('that two change at once loses neither change', async () => {
    const { id } = await checkout({ amount: 500 });
    await Promise.all([
      change(id, { description: 'One' }),
      change(id, { subMerchantName: 'Two' }),
      change(id, { amount: 600 }),
    ]);
    expect((await shop.merchant.send('GET', `/checkouts/${id}`)).body).toMatchObject({
      ...{ description: 'One', subMerchantName: 'Two', amount: 600 },
    });
  });
});

describe('S4.17 a payment', () => {
  test('may call its notificationUrl ipnUrl, and not both', async () => {
    const url = `${sink.url}/ipn-alone`;
    const { id } = await shop.create({ ipnUrl: url });
    expect(await shop.read(id)).toMatchObject({ notificationUrl: url });
    const both = await shop.merchant.create({ ipnUrl: url, notificationUrl: url });
    expect(both.body.errors).toEqual([{ pointer: '/ipnUrl', detail: 'Give notificationUrl or ipnUrl, not both' }]);
  });
});

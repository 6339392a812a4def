import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/api-client.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';

let tollgate: Installation;
let shop: Merchant;

beforeAll(async () => {
  // Live credentials need HTTPS; the proxy that says so is trusted here.
  tollgate = await startInstallation({ environment: { TOLLGATE_ROLES: 'api', TOLLGATE_TRUST_PROXY: 'loopback' } });
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
});
afterAll(() => tollgate.close());

async function product(fields: Readonly<Record<string, unknown>> = {}): Promise<Answer['body']> {
  const answer = await shop.send('POST', '/products', { body: { name: 'Season tickets', ...fields } });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

const change = (id: string, body: unknown) => shop.send('PATCH', `/products/${id}`, { body });

function expectWrongProduct(answer: Answer, detail: RegExp): void {
  expect(answer, answer.text).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  expect(answer.body.errors).toEqual([{ pointer: '/productId', detail: expect.stringMatching(detail) }]);
}

describe('a product', () => {
  test('is read as it was made, and changed member by member', async () => {
    const made = await product({ reference: 'season-tickets' });
    expect(made).toMatchObject({
      ...{ object: 'product', mode: 'test', name: 'Season tickets', reference: 'season-tickets', status: 'active' },
      id: expect.stringMatching(/^prd_/),
    });
    expect((await shop.send('GET', `/products/${made.id}`)).body).toEqual(made);
    const renamed = await change(made.id, { name: 'Day tickets' });
    expect(renamed.body).toMatchObject({ name: 'Day tickets', reference: 'season-tickets', status: 'active' });
    expect((await change(made.id, { reference: null })).body).toMatchObject({ name: 'Day tickets', reference: null });
  });

  test('is found by its reference, and among those that are archived', async () => {
    const reference = freshReference();
    const made = await product({ reference });
    await product();
    const found = await shop.send('GET', `/products?reference=${reference}`);
    expect(found.body.data).toEqual([made]);
    await change(made.id, { status: 'archived' });
    expect(
      (await shop.send('GET', '/products?status=archived')).body.data.map(({ id }: { id: string }) => id),
    ).toContain(made.id);
  });

  test('is listed newest first, page by page', async () => {
    const made = [await product(), await product()].map(({ id }) => id);
    const first = await shop.send('GET', '/products?limit=1');
    const second = await shop.send('GET', `/products?limit=1&cursor=${first.body.nextCursor}`);
    expect([first, second].map(({ body }) => body.data[0].id).sort()).toEqual(made.sort());
  });

  test('has its reference alone, in its mode', async () => {
    const reference = freshReference();
    const first = await product({ reference });
    const second = await product();
    const answers = [
      await shop.send('POST', '/products', { body: { name: 'Twin', reference } }),
      await change(second.id, { reference }),
    ];
    for (const { status, body } of answers) {
      expect([status, body.code, body.productId]).toEqual([409, 'reference_already_used', first.id]);
      expect(body.errors[0].pointer).toBe('/reference');
    }
    const live = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    const other = await live.send('POST', '/products', { body: { name: 'Live twin', reference } });
    expect(other.body, other.text).toMatchObject({ mode: 'live', reference });
  });

  test('comes once under an Idempotency-Key, also where the request comes many times at once', async () => {
    const body = { name: 'Once', reference: freshReference() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => shop.send('POST', '/products', { body, idempotencyKey: body.reference })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });
});

describe('a payment', () => {
  test('names a product of its tenant and mode, and says so ever after', async () => {
    const { id } = await product();
    const created = await shop.create({ productId: id });
    expect(created.body, created.text).toMatchObject({ productId: id });
  });

  test.each(['Season tickets', 'prd_00000000000000000000000000'])(
    'is refused with the product %s',
    async (productId) => {
      expectWrongProduct(await shop.create({ productId }), /one of your products/);
    },
  );

  test('is refused with a product of another tenant, or of the other mode', async () => {
    const { id } = await product();
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const live = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    for (const one of [stranger, live]) expectWrongProduct(await one.create({ productId: id }), /one of your products/);
  });

  test('is refused within a second where the product was archived, and taken at once when it is back', async () => {
    const { id } = await product();
    expect((await shop.create({ productId: id })).status).toBe(201);
    await change(id, { status: 'archived' });
    const refused = await until(async () => {
      const answer = await shop.create({ productId: id });
      return answer.status !== 201 && answer;
    }, 2_000);
    expectWrongProduct(refused, /archived/);
    await change(id, { status: 'active' });
    expect((await shop.create({ productId: id })).status).toBe(201);
  });

  test('gets its first answer again under its key, whatever became of the product', async () => {
    const { id } = await product();
    const body = { reference: freshReference(), productId: id };
    const first = await shop.create(body, { idempotencyKey: body.reference });
    await change(id, { status: 'archived' });
    await until(async () => (await shop.create({ productId: id })).status === 422, 2_000);
    const again = await shop.send('POST', '/payments', {
      body: { amount: 1250, ...body },
      idempotencyKey: body.reference,
    });
    expect(again.body).toEqual(first.body);
  });
});

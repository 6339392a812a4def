import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../support/api-client.ts';
import type { OpenEndpoint } from '../support/open-endpoint.ts';
import { watchPayments } from '../support/payment-watch.ts';
import { openToldShop } from '../support/told-shop.ts';
import type { Received } from '../support/webhook-sink.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop();

async function rotate({ id }: OpenEndpoint, body: unknown = {}, idempotencyKey?: string): Promise<Answer['body']> {
  const options = { body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  const answer = await shop.merchant.send('POST', `/webhook-endpoints/${id}/rotate-secret`, options);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

const validSecrets = async ({ id }: OpenEndpoint) =>
  (await shop.merchant.send('GET', `/webhook-endpoints/${id}/secrets`)).body.data as Answer['body'][];

/** The next notification of a payment that is made for it. */
async function nextTo(one: OpenEndpoint): Promise<Received> {
  const before = one.received().length;
  await shop.create();
  const received = await one.untilReceived(before + 1);
  return received[before] as Received;
}

/** By the library's own signature: its verifier goes by the machine's clock, which stands elsewhere. */
function verifies(secret: string, { body, headers }: Received): boolean {
  const stamp = new Date(Number(headers['webhook-timestamp']) * 1_000);
  const signature = new Webhook(secret).sign(String(headers['webhook-id']), stamp, body);
  return String(headers['webhook-signature']).split(' ').includes(signature);
}

const CREATED = { eventTypes: ['payment.created'] };

describe('a rotated secret', () => {
  test('S3.15 is shown once; until the overlap ends messages carry both signatures, then the new one alone', async () => {
    const one = await endpoint(CREATED);
    const { secret, ...rotated } = await rotate(one, { overlapSeconds: 3_600 });
    expect(secret).toMatch(/^whsec_/);
    expect(rotated).toMatchObject({ purpose: 'signing', publicKey: null, endpointId: one.id });
    expect(rotated.previousValidUntil).toBe(clock.now().add({ hours: 1 }).toString());
    const during = await nextTo(one);
    expect([verifies(one.secret, during), verifies(secret, during)]).toEqual([true, true]);
    const listed = await shop.merchant.send('GET', `/webhook-endpoints/${one.id}/secrets`);
    expect(listed.text).not.toContain(secret);
    expect(listed.body.data).toMatchObject([
      { id: rotated.id, expiresAt: null },
      { expiresAt: rotated.previousValidUntil },
    ]);
    clock.advance({ hours: 1 });
    const after = await nextTo(one);
    expect([verifies(one.secret, after), verifies(secret, after)]).toEqual([false, true]);
    expect(await validSecrets(one)).toHaveLength(1);
  });

  test('ends the old one at once where it has leaked', async () => {
    const one = await endpoint(CREATED);
    const { secret, previousValidUntil } = await rotate(one, { overlapSeconds: 0 });
    expect(previousValidUntil).toBeNull();
    const received = await nextTo(one);
    expect([verifies(one.secret, received), verifies(secret, received)]).toEqual([false, true]);
  });

  test('may be given, and comes once under an Idempotency-Key', async () => {
    const one = await endpoint(CREATED);
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const first = await rotate(one, { secret }, `rotate-${one.id}`);
    expect(first.secret).toBe(secret);
    expect(await rotate(one, { secret }, `rotate-${one.id}`)).toEqual(first);
    expect(await validSecrets(one)).toHaveLength(2);
  });

  test('is one of three at most, however many rotations come at once; without an overlap there is always a way', async () => {
    const one = await endpoint();
    const path = `/webhook-endpoints/${one.id}/rotate-secret`;
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => shop.merchant.send('POST', path, { body: { overlapSeconds: 60 } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409, 409]);
    expect(await validSecrets(one)).toHaveLength(3);
    await rotate(one, { overlapSeconds: 0 });
    expect(await validSecrets(one)).toHaveLength(1);
  });

  test('lets an earlier end stand: a longer overlap gives no old secret more time', async () => {
    const one = await endpoint();
    await rotate(one, { overlapSeconds: 60 });
    const { previousValidUntil } = await rotate(one, { overlapSeconds: 3_600 });
    expect(previousValidUntil).toBe(clock.now().add({ hours: 1 }).toString());
    const ends = (await validSecrets(one)).map(({ expiresAt }) => expiresAt);
    expect(ends).toEqual([null, previousValidUntil, clock.now().add({ minutes: 1 }).toString()]);
  });

  test('S3.16 of BlueSnap’s dialect signs from the overlap’s end, and until then the old one does', async () => {
    const one = await endpoint({
      ...CREATED,
      dialect: 'bluesnap',
      eventTypes: ['payment.succeeded'],
      secret: 'old-secret',
    });
    const signedWith = async (): Promise<string | undefined> => {
      const before = one.received().length;
      await shop.merchant.pay();
      const { headers, body } = (await one.untilReceived(before + 1))[before] as Received;
      const signature = (key: string) =>
        createHmac('sha256', key).update(`${headers['bls-ipn-timestamp']}${body}`).digest('hex');
      return ['old-secret', 'new-secret'].find((key) => signature(key) === headers['bls-signature']);
    };
    await rotate(one, { overlapSeconds: 60, secret: 'new-secret' });
    expect(await signedWith()).toBe('old-secret');
    clock.advance({ minutes: 1 });
    expect(await signedWith()).toBe('new-secret');
  });

  test('may be a key pair beside it, of which only the public half is shown', async () => {
    const one = await endpoint(CREATED);
    const pair = await rotate(one, { purpose: 'signing_ed25519' });
    expect(pair).toMatchObject({ secret: null, publicKey: expect.stringMatching(/^whpk_/), previousValidUntil: null });
    const received = await nextTo(one);
    expect(verifies(one.secret, received)).toBe(true);
    expect(String(received.headers['webhook-signature'])).toMatch(/v1a,/);
    const listed = (await validSecrets(one)).map(({ purpose, publicKey }) => [purpose, publicKey]);
    expect(Object.fromEntries(listed)).toEqual({ signing: null, signing_ed25519: pair.publicKey });
  });

  test('makes a passed test count no more', async () => {
    const one = await endpoint();
    const pass = () =>
      tollgate.database.run('update webhook_endpoints set test_passed_at = updated_at where endpoint_id = $1', [
        one.id,
      ]);
    const testPassedAt = async () =>
      (await shop.merchant.send('GET', `/webhook-endpoints/${one.id}`)).body.testPassedAt as string | null;
    for (const change of [
      () => rotate(one),
      () => one.patch({ url: `${sink.url}/moved-${one.id}` }),
      () => one.patch({ dialect: 'partner' }),
    ]) {
      await pass();
      expect(await testPassedAt()).not.toBeNull();
      await one.patch({ description: 'The same receiver' });
      expect(await testPassedAt()).not.toBeNull();
      await change();
      expect(await testPassedAt()).toBeNull();
    }
  });
});

describe('secrets at creation', () => {
  test.each([
    ['standard', { secret: /^whsec_/ }],
    ['partner', { secret: /./ }],
    ['bluesnap', { secret: /./ }],
    ['bluesnap-receipt', { secret: /./, dataProtectionKey: /./ }],
    ['encrypted', { secret: /^[\w-]{43}$/, notificationKey: /^[\w-]{43}$/ }],
    ['encrypted-legacy', { secret: /^[0-9a-f]{32}$/, notificationKey: /^[0-9a-f]{32}$/ }],
  ])('of %s are generated where none is given, and shown by name', async (dialect, expected) => {
    const url = `${sink.url}/secrets`;
    const { body } = await shop.merchant.send('POST', '/webhook-endpoints', { body: { url, dialect } });
    const names = ['secret', 'dataProtectionKey', 'notificationKey'] as const;
    expect(names.filter((name) => body[name] !== undefined).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, form] of Object.entries(expected)) expect(body[name]).toMatch(form);
    await shop.merchant.send('DELETE', `/webhook-endpoints/${body.id}`);
  });

  test('may be given by name', async () => {
    const given = { secret: 'my-signing-secret', dataProtectionKey: 'my-data-protection' };
    const body = { url: `${sink.url}/secrets`, dialect: 'bluesnap', ...given };
    const made = await shop.merchant.send('POST', '/webhook-endpoints', { body });
    expect(made.body, made.text).toMatchObject(given);
    const notificationKey = 'ab'.repeat(16);
    const legacy = { url: `${sink.url}/secrets`, dialect: 'encrypted-legacy', notificationKey };
    const other = await shop.merchant.send('POST', '/webhook-endpoints', { body: legacy });
    expect(other.body).toMatchObject({ secret: notificationKey, notificationKey });
    for (const { id } of [made.body, other.body]) await shop.merchant.send('DELETE', `/webhook-endpoints/${id}`);
  });
});

describe('an endpoint of another dialect', () => {
  test('gets the secrets it needs; one that both take stays, and all others end', async () => {
    const one = await endpoint({ ...CREATED, dialect: 'partner', secret: 'shared-with-partner' });
    await rotate(one, { secret: 'newer-shared-with-partner', overlapSeconds: 3_600 });
    const receipt = await one.patch({ dialect: 'bluesnap-receipt' });
    expect(receipt.body).toMatchObject({ dialect: 'bluesnap-receipt', merchantCode: null });
    expect([receipt.body.secret, typeof receipt.body.dataProtectionKey]).toEqual([undefined, 'string']);
    expect((await validSecrets(one)).map(({ purpose }) => purpose).sort()).toEqual(['data_protection', 'signing']);
    const standard = await one.patch({ dialect: 'standard' });
    expect(standard.body.secret).toMatch(/^whsec_/);
    expect(verifies(standard.body.secret, await nextTo(one))).toBe(true);
    expect((await validSecrets(one)).map(({ purpose }) => purpose)).toEqual(['signing']);
    const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const partner = await one.patch({ dialect: 'partner', merchantCode: 'SHOP', secret });
    expect(partner.body).toMatchObject({ merchantCode: 'SHOP', secret });
    const again = await one.patch({ dialect: 'standard' });
    expect(again.body).toMatchObject({ merchantCode: null, dialect: 'standard' });
    expect(again.body.secret).toBeUndefined();
    expect(verifies(secret, await nextTo(one))).toBe(true);
  });

  test('that stays what it is takes no secret, which would leave no overlap', async () => {
    const one = await endpoint({ dialect: 'partner' });
    const answer = await one.patch({ dialect: 'partner', secret: 'another-secret' });
    expect(answer, answer.text).toMatchObject({ status: 422, body: { errors: [{ pointer: '/secret' }] } });
    expect(answer.body.errors[0].detail).toContain('/rotate-secret');
  });
});

test('there are at most fifty endpoints of a mode, however many are made at once', async () => {
  const other = await tollgate.createTenant();
  const { merchant } = watchPayments({ ...tollgate, tenant: other });
  const add = () => merchant.send('POST', '/webhook-endpoints', { body: { url: `${sink.url}/many` } });
  const answers = await Promise.all(Array.from({ length: 60 }, add));
  const made = answers.filter(({ status }) => status === 201);
  expect(made).toHaveLength(50);
  const refused = answers.find(({ status }) => status !== 201);
  expect(refused?.body).toMatchObject({ status: 409, code: 'too_many_endpoints' });
  await merchant.send('DELETE', `/webhook-endpoints/${made[0]?.body.id}`);
  expect((await add()).status).toBe(201);
});

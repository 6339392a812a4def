import { generateKeyPairSync, verify } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { Sealer } from '../../src/keys/sealer.ts';
import type { Answer } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';
import { parallel } from '../support/parallel.ts';
import { type PartnerCaller, type PartnerMessageName, partnerCaller, textOf } from '../support/partner-caller.ts';
import { changesNothing } from '../support/table-fingerprint.ts';

const clock = new ManualClock('2026-03-01T12:00:00Z');
let tollgate: Installation;
let shop: Merchant;
let neighbor: Merchant;
/** Two partners of the one tenant, and one of its neighbor. */
let partner: PartnerCaller;
let other: PartnerCaller;
let stranger: PartnerCaller;
let keyIds: Readonly<Record<string, string>>;

beforeAll(async () => {
  // No worker: nothing goes out, and tables stand still between requests.
  tollgate = await startInstallation({
    clock,
    environment: {
      TOLLGATE_ROLES: 'api,checkout,hooks',
      TOLLGATE_ALLOW_PRIVATE_TARGETS: 'false',
      TOLLGATE_TRUST_PROXY: 'loopback',
    },
  });
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  neighbor = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
  keyIds = {};
  partner = await newPartner(shop, 'FIRST_SHOP');
  other = await newPartner(shop, 'OTHER_SHOP');
  stranger = await newPartner(neighbor, 'STRANGER');
});
afterAll(() => tollgate.close());
beforeEach(() => {
  clock.advance({ seconds: 1 });
});

async function newPartner(of: Merchant, merchantCode: string): Promise<PartnerCaller> {
  const { status, text, body } = await of.send('POST', '/partner-keys', { body: { merchantCode } });
  expect(status, text).toBe(201);
  keyIds = { ...keyIds, [merchantCode]: body.id };
  return partnerCaller(tollgate.apiUrl, merchantCode, body.secretKey);
}

function creation(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{ orderId: freshReference(), amount: 1250, currency: 'EUR', description: 'Two tickets' },
    ...{ returnUrl: 'https://shop.example/back', ipnUrl: 'https://hooks.shop.example/ipn' },
    ...{ expiresAt: clock.now().add({ minutes: 15 }).toString(), ...changes },
  };
}

const stamp = (seconds = 0) => clock.now().add({ seconds }).toString();

async function created(by = partner, changes: Readonly<Record<string, unknown>> = {}) {
  const asked = creation(changes);
  const answer = await by.ask('create-payment', asked);
  expect(answer.status, answer.text).toBe(200);
  return { ...asked, ...answer.body } as typeof asked & { orderId: string; providerRef: string; redirectUrl: string };
}

async function paid() {
  const order = await created();
  const confirmed = await shop.confirm(order.providerRef, 'tok_no_ipn');
  expect(confirmed.body.status, confirmed.text).toBe('succeeded');
  return order;
}

/** A certain no: signed by the one who was asked. */
function expectRefusal({ status, body, headers }: Answer, wanted: number, code: string, pointers?: readonly string[]) {
  expect({ status, code: body?.code }, JSON.stringify(body)).toEqual({ status: wanted, code });
  expect(headers['content-type']).toBe('application/problem+json');
  if (pointers !== undefined) expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
}

function expectSigned(by: PartnerCaller, name: PartnerMessageName, { body }: Answer) {
  const { signature, ...members } = body;
  expect(signature).toBe(by.sign(name, members));
}

describe('who signs nothing, or wrongly, or is nobody (A1, A2, A8)', () => {
  test('S0.5 gets one and the same 401, and nothing is written', async () => {
    const asked = creation();
    const body = JSON.parse(partner.body('create-payment', asked));
    const { signature } = body;
    const resigned = (given: unknown) => JSON.stringify({ ...body, signature: given });
    const attempts: readonly (readonly [string, string])[] = [
      ['unsigned', resigned(undefined)],
      ['an empty signature', resigned('')],
      ['no text for a signature', resigned([signature])],
      ['a cut signature', resigned(signature.slice(0, -1))],
      ['a longer signature', resigned(`${signature}0`)],
      ['capitals', resigned(signature.toUpperCase())],
      ['zeros', resigned('0'.repeat(64))],
      ['an empty key', resigned(partnerCaller('', 'FIRST_SHOP', '').sign('create-payment', { ...body }))],
      ['a neighbor’s key', resigned(stranger.sign('create-payment', { ...body }))],
      ['another partner’s key', resigned(other.sign('create-payment', { ...body }))],
      ['a merchant of nobody', partnerCaller('', 'NOBODY', 'x'.repeat(43)).body('create-payment', asked)],
      ['no merchant', partnerCaller('', '', 'x'.repeat(43)).body('create-payment', asked)],
      ['a merchant with a quote', partnerCaller('', "' or true --", 'x'.repeat(43)).body('create-payment', asked)],
      ['a merchant in small letters', partner.body('create-payment', { ...asked, merchantCode: 'first_shop' })],
      ['another amount', JSON.stringify({ ...body, amount: 1 })],
      ['another order', JSON.stringify({ ...body, orderId: `${body.orderId}0` })],
      ['another ipnUrl', JSON.stringify({ ...body, ipnUrl: 'https://evil.example/' })],
      ['an order moved into the amount', JSON.stringify({ ...body, orderId: 1250, amount: body.orderId })],
      ['nothing', '{}'],
      ['a broken field beside a wrong signature', JSON.stringify({ ...body, amount: -1 })],
    ];
    const answers = await changesNothing(tollgate.database, () =>
      Promise.all(attempts.map(([, rawBody]) => partner.send('create-payment', rawBody))),
    );
    const [first] = answers;
    expectRefusal(first as Answer, 401, 'invalid_signature', []);
    answers.forEach((answer, index) => {
      const { correlationId: _, ...said } = answer.body;
      const { correlationId: __, ...expected } = (first as Answer).body;
      expect([answer.status, said], attempts[index]?.[0]).toEqual([401, expected]);
      expect(Object.keys(said), 'no signature for somebody else').not.toContain('signature');
    });
  });

  test('whichever of its bytes is changed', async () => {
    const body = JSON.parse(partner.body('create-payment', creation()));
    const signatures = [...body.signature].map((letter: string, at) => {
      const changed = letter === '0' ? '1' : '0';
      return body.signature.slice(0, at) + changed + body.signature.slice(at + 1);
    });
    const answers = await Promise.all(
      signatures.map((signature) => partner.send('create-payment', JSON.stringify({ ...body, signature }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  });

  test('costs the same in all of these cases: as many secrets are opened', async () => {
    const payments = tollgate.tollgate.gateway.payments as { sealer: Sealer };
    const { sealer } = payments;
    const opens = async (rawBody: string): Promise<number> => {
      let count = 0;
      const open: Sealer['open'] = (...sealed) => {
        count++;
        return sealer.open(...sealed);
      };
      payments.sealer = { ...sealer, open };
      await partner.send('query-payment', rawBody);
      payments.sealer = sealer;
      return count;
    };
    const query = { orderId: 'nobody-has-this', timestamp: stamp() };
    const gone = await newPartner(shop, 'WITHOUT_KEY');
    await shop.send('POST', `/partner-keys/${keyIds.WITHOUT_KEY}/revoke`);
    const rotating = await newPartner(shop, 'TWO_KEYS');
    await shop.send('POST', `/partner-keys/${keyIds.TWO_KEYS}/rotate`, { body: {} });
    for (const [what, body] of [
      ['right', partner.body('query-payment', query)],
      ['wrong', JSON.stringify({ ...JSON.parse(partner.body('query-payment', query)), signature: 'x' })],
      ['unsigned', JSON.stringify({ merchantCode: 'FIRST_SHOP', ...query })],
      ['nobody', partnerCaller('', 'NOBODY', 'x').body('query-payment', query)],
      ['revoked', gone.body('query-payment', query)],
      ['rotating', rotating.body('query-payment', query)],
    ] as const) {
      expect(await opens(body), what).toBe(2);
    }
  });

  test('a revoked key and a suspended tenant open nothing', async () => {
    const gone = await newPartner(shop, 'REVOKED');
    const tenant = await tollgate.createTenant();
    const suspended = await newPartner(merchantOf(tollgate.apiUrl, tenant.apiKeys.test), 'SUSPENDED');
    await shop.send('POST', `/partner-keys/${keyIds.REVOKED}/revoke`);
    await tollgate.database.run(`update tenants set status = 'suspended' where tenant_id = $1`, [
      tenant.tenant.tenantId,
    ]);
    for (const by of [gone, suspended]) {
      expectRefusal(await by.ask('create-payment', creation()), 401, 'invalid_signature');
    }
  });

  test('a request signed for one address is none for another', async () => {
    const order = await paid();
    const query = partner.body('query-payment', { orderId: order.orderId, timestamp: stamp() });
    for (const operation of ['refund', 'create-payment'] as const) {
      expectRefusal(await partner.send(operation, query), 401, 'invalid_signature');
    }
  });
});

describe('S0.38 two keys during a rotation', () => {
  test('both open, each answer is signed with the key of its request, and the old one ends with the overlap', async () => {
    const old = await newPartner(shop, 'ROTATED');
    const { body } = await shop.send('POST', `/partner-keys/${keyIds.ROTATED}/rotate`, {
      body: { overlapSeconds: 60 },
    });
    expect(body.previousKeyUntil).toBe(stamp(60));
    const fresh = partnerCaller(tollgate.apiUrl, 'ROTATED', body.secretKey);
    for (const by of [old, fresh]) {
      const answer = await by.ask('create-payment', creation());
      expect(answer.status, answer.text).toBe(200);
      expectSigned(by, 'created', answer);
    }
    clock.advance({ seconds: 59 });
    expect((await old.ask('create-payment', creation())).status).toBe(200);
    clock.advance({ seconds: 1 });
    expectRefusal(await old.ask('create-payment', creation()), 401, 'invalid_signature');
    expect((await fresh.ask('create-payment', creation())).status).toBe(200);
    const read = await shop.send('GET', `/partner-keys/${keyIds.ROTATED}`);
    expect(read.body.previousKeyUntil).toBeNull();
    expect(read.text).not.toContain(body.secretKey);
  });
});

test('S0.32 RSA: the partner’s key opens, and ours signs the answer', async () => {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const made = await shop.send('POST', '/partner-keys', {
    body: { merchantCode: 'RSA_SHOP', algorithm: 'rsa-sha256', publicKey: pair.publicKey },
  });
  const by = partnerCaller(tollgate.apiUrl, 'RSA_SHOP', pair.privateKey);
  const answer = await by.ask('create-payment', creation());
  expect(answer.status, answer.text).toBe(200);
  const { signature, ...members } = answer.body;
  const bytes = Buffer.from(signature, 'base64');
  expect(verify('sha256', Buffer.from(textOf('created', members)), made.body.gatewayPublicKey, bytes)).toBe(true);
  // The public key is no secret: it must not open anything as one.
  const confused = partnerCaller(tollgate.apiUrl, 'RSA_SHOP', pair.publicKey);
  expectRefusal(await confused.ask('create-payment', creation()), 401, 'invalid_signature');
  const body = JSON.parse(by.body('create-payment', creation()));
  const spelled = JSON.stringify({ ...body, signature: `${body.signature}\n` });
  expectRefusal(await by.send('create-payment', spelled), 401, 'invalid_signature');
});

test('an RSA key is rotated by both sides, and keeps its algorithm', async () => {
  const pems = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
  const [old, fresh] = [pems(), pems()];
  const made = await shop.send('POST', '/partner-keys', {
    body: { merchantCode: 'RSA_TURNS', algorithm: 'rsa-sha256', publicKey: old.publicKey },
  });
  const rotate = (id: unknown, body: object) => shop.send('POST', `/partner-keys/${id}/rotate`, { body });
  for (const [id, body] of [
    [made.body.id, {}],
    [keyIds.FIRST_SHOP, { publicKey: fresh.publicKey }],
  ] as const) {
    const refused = await changesNothing(tollgate.database, () => rotate(id, body));
    expect([refused.status, refused.body.errors[0].pointer], refused.text).toEqual([422, '/publicKey']);
  }
  const rotated = await rotate(made.body.id, { publicKey: fresh.publicKey });
  expect(rotated.body.secretKey).toBeNull();
  for (const [key, signer] of [
    [old.privateKey, made.body.gatewayPublicKey],
    [fresh.privateKey, rotated.body.gatewayPublicKey],
  ]) {
    const answer = await partnerCaller(tollgate.apiUrl, 'RSA_TURNS', key).ask('create-payment', creation());
    const { signature, ...members } = answer.body;
    const bytes = Buffer.from(signature, 'base64');
    expect(verify('sha256', Buffer.from(textOf('created', members)), signer, bytes)).toBe(true);
  }
});

describe('a body that could be read in two ways (A8, A9, E3, E4)', () => {
  const text = () => partner.body('create-payment', creation());

  test.each<readonly [string, (body: string) => string | Buffer, number]>([
    ['no body', () => '', 400],
    ['no JSON', () => 'merchantCode=FIRST_SHOP', 400],
    ['a list', (body) => `[${body}]`, 400],
    ['null', () => 'null', 400],
    ['an amount twice', (body) => body.replace('"amount":', '"amount":1,"amount":'), 400],
    ['a signature twice', (body) => body.replace('"signature":', '"signature":"","signature":'), 400],
    ['a twin in another spelling', (body) => body.replace('"amount":', '"\\u0061mount":1,"amount":'), 400],
    ['a byte order mark', (body) => `\uFEFF${body}`, 400],
    ['something behind', (body) => `${body}{}`, 400],
    ['broken UTF-8', (body) => Buffer.concat([Buffer.from(body.slice(0, -1)), Buffer.of(0xff), Buffer.from('}')]), 400],
    ['a prototype', (body) => body.replace('{', '{"__proto__":{"amount":1},'), 400],
    ['an exponent', (body) => body.replace('1250', '125e1'), 400],
    ['a fraction', (body) => body.replace('1250', '1250.0'), 400],
    ['a number beyond the safe ones', (body) => body.replace('1250', '9007199254740993'), 400],
    ['an object for a value', (body) => body.replace('1250', '{"$ne":1}'), 400],
    ['a list for a value', (body) => body.replace('1250', '[1250]'), 400],
    ['true for a value', (body) => body.replace('1250', 'true'), 400],
    ['33 levels', () => `{"a":${'['.repeat(33)}${']'.repeat(33)}}`, 400],
  ])('is refused: %s', async (_what, change, status) => {
    const rawBody = change(text());
    const answer = await changesNothing(tollgate.database, () => partner.send('create-payment', rawBody));
    expectRefusal(answer, status, 'malformed');
    expect(answer.text).not.toContain('FIRST_SHOP');
  });

  test.each(['a|b', 'a\nb', 'a\u0085b', 'a\u001fb', '|'])('is refused: %j in a value that is signed', async (value) => {
    for (const member of ['orderId', 'description', 'returnUrl', 'ipnUrl', 'currency', 'merchantCode', 'expiresAt']) {
      const answer = await changesNothing(tollgate.database, () =>
        partner.ask('create-payment', creation({ [member]: value })),
      );
      expectRefusal(answer, 400, 'malformed', [`/${member}`]);
    }
  });

  test('too large, of another type, by another method, and compressed ones do not get that far', async () => {
    const large = await partner.ask('create-payment', creation({ description: 'x'.repeat(300_000) }));
    const form = await partner.send('create-payment', 'amount=1', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const zipped = await partner.send('create-payment', text(), { 'content-encoding': 'gzip' });
    const read = await shop.send('GET', '/../../api/partner/create-payment');
    expect([large.status, form.status, zipped.status, read.status]).toEqual([413, 415, 415, 405]);
  });
});

describe('every rule of a field (E6, B8)', () => {
  const CREATIONS: readonly (readonly [string, string, unknown])[] = [
    ['no order', 'orderId', undefined],
    ['an empty order', 'orderId', ''],
    ['an order too long', 'orderId', 'x'.repeat(65)],
    ['an order with a space', 'orderId', 'order 1'],
    ['an order that is a number', 'orderId', 1],
    ['no amount', 'amount', undefined],
    ['nought', 'amount', 0],
    ['a negative amount', 'amount', -1250],
    ['an amount beyond all', 'amount', 1_000_000_000_000],
    ['an amount in quotes, which is signed alike', 'amount', '1250'],
    ['no currency', 'currency', undefined],
    ['a currency of nobody', 'currency', 'ZQ7'],
    ['a currency in small letters', 'currency', 'eur'],
    ['a description too long', 'description', 'x'.repeat(201)],
    ['a description that turns the writing', 'description', 'a\u202eb'],
    ['a card number', 'description', '4111 1111 1111 1111'],
    ['no returnUrl', 'returnUrl', undefined],
    ['script for the returnUrl', 'returnUrl', 'javascript:alert(1)'],
    ['an app that nobody registered', 'returnUrl', 'bluecomshop://payment-result'],
    ['plain HTTP for the returnUrl', 'returnUrl', 'http://shop.example/'],
    ['a returnUrl too long', 'returnUrl', `https://shop.example/${'x'.repeat(2_050)}`],
    ['no ipnUrl', 'ipnUrl', undefined],
    ['plain HTTP for the ipnUrl', 'ipnUrl', 'http://hooks.shop.example/'],
    ['an ipnUrl of this machine', 'ipnUrl', 'https://127.0.0.1/'],
    ['this machine in octal', 'ipnUrl', 'https://0177.0.0.1/'],
    ['this machine as one number', 'ipnUrl', 'https://2130706433/'],
    ['this machine in IPv6', 'ipnUrl', 'https://[::ffff:127.0.0.1]/'],
    ['a private network', 'ipnUrl', 'https://192.168.0.1/'],
    ['a metadata service', 'ipnUrl', 'https://169.254.169.254/'],
    ['a user name', 'ipnUrl', 'https://hooks.example@10.0.0.1/'],
    ['a local name', 'ipnUrl', 'https://postgres.internal/'],
    ['no address at all', 'ipnUrl', 'hooks'],
    ['an expiry that is none', 'expiresAt', 'tomorrow'],
    ['an expiry without a zone', 'expiresAt', '2026-03-01T12:30:00'],
    ['an expiry of the past', 'expiresAt', '2026-03-01T11:00:00Z'],
    ['an expiry beyond a month', 'expiresAt', '2026-05-01T12:00:00Z'],
    ['a field of nobody', 'captureMethod', 'manual'],
    ['the mode', 'mode', 'live'],
  ];

  test.each(CREATIONS)('of a creation: %s', async (_what, member, value) => {
    const answer = await changesNothing(tollgate.database, () =>
      partner.ask('create-payment', creation({ [member]: value })),
    );
    expectRefusal(answer, 422, 'validation_failed', [`/${member}`]);
    expectSigned(partner, 'refused', answer);
  });

  test.each([
    ['query-payment', 'orderId', ''],
    ['query-payment', 'timestamp', undefined],
    ['query-payment', 'timestamp', 'now'],
    ['query-payment', 'timestamp', '2026-02-30T12:00:00Z'],
    ['query-payment', 'timestamp', 12],
    ['query-payment', 'providerRef', 'x'.repeat(65)],
    ['query-payment', 'refundId', 're_1'],
    ['refund', 'refundId', undefined],
    ['refund', 'refundId', 'x'.repeat(65)],
    ['refund', 'refundId', 'a b'],
    ['refund', 'amount', 0],
    ['refund', 'amount', '1250'],
    ['refund', 'currency', undefined],
    ['refund', 'timestamp', undefined],
    ['refund', 'reason', 'broken'],
  ] as const)('of %s: %s %j', async (operation, member, value) => {
    const order = { orderId: 'order-1', timestamp: stamp() };
    const asked = operation === 'refund' ? { ...order, refundId: 'r1', amount: 1, currency: 'EUR' } : order;
    const answer = await partner.ask(operation, { ...asked, [member]: value });
    expectRefusal(answer, 422, 'validation_failed', [`/${member}`]);
    expectSigned(partner, 'refused', answer);
  });

  test('what may be left out may be left out, be null or be empty', async () => {
    for (const nothing of [undefined, null, '']) {
      const order = await created(partner, { description: nothing, expiresAt: nothing });
      expect((await shop.send('GET', `/payments/${order.providerRef}`)).body.description).toBeNull();
    }
  });
});

describe('the same creation again (B1, B2)', () => {
  test('gets the same answer, also at once and after the order has ended, and makes nothing', async () => {
    const asked = creation();
    const answers = await parallel(20, () => partner.ask('create-payment', asked));
    expect(new Set(answers.map(({ text }) => text)).size, answers.map(({ text }) => text).join()).toBe(1);
    expect(Object.keys(answers[0]?.body)).toEqual(['orderId', 'providerRef', 'redirectUrl', 'expiresAt', 'signature']);
    expectSigned(partner, 'created', answers[0] as Answer);
    clock.advance({ hours: 1 });
    expect((await partner.ask('create-payment', asked)).text).toBe(answers[0]?.text);
    const made = await shop.send('GET', `/payments?reference=${asked.orderId}`);
    expect(made.body.data).toHaveLength(1);
  });

  test.each([
    ['amount', 1251],
    ['currency', 'USD'],
    ['description', 'Three tickets'],
    ['returnUrl', 'https://shop.example/other'],
    ['ipnUrl', 'https://hooks.shop.example/other'],
    ['expiresAt', '2026-03-01T14:00:00Z'],
  ])('with another %s is refused', async (member, value) => {
    const asked = creation();
    await partner.ask('create-payment', asked);
    const answer = await changesNothing(tollgate.database, () =>
      partner.ask('create-payment', { ...asked, [member]: value }),
    );
    expectRefusal(answer, 409, 'order_conflict');
    expectSigned(partner, 'refused', answer);
  });

  test('an order id that the tenant or another partner has used is taken', async () => {
    const own = await shop.create();
    const theirs = await created(other);
    for (const orderId of [own.body.reference, theirs.orderId]) {
      expectRefusal(await partner.ask('create-payment', creation({ orderId })), 409, 'order_conflict');
    }
    expect((await stranger.ask('create-payment', creation({ orderId: theirs.orderId }))).status).toBe(200);
  });

  test('the names of partners and the keys of the tenant do not meet', async () => {
    const order = await created();
    const answer = await shop.create({}, { idempotencyKey: `${keyIds.FIRST_SHOP} ${order.orderId}` });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body.id).not.toBe(order.providerRef);
  });
});

describe('whose payment it is', () => {
  test('a partner sees and moves its own payments and no others', async () => {
    const own = await shop.pay();
    const theirs = await created(other);
    const foreign = await created(stranger);
    for (const orderId of [own.reference, theirs.orderId, foreign.orderId, 'nobody-has-this']) {
      const query = await partner.ask('query-payment', { orderId, timestamp: stamp() });
      const refund = await changesNothing(tollgate.database, () =>
        partner.ask('refund', { orderId, refundId: 'r', amount: 1, currency: 'EUR', timestamp: stamp() }),
      );
      for (const answer of [query, refund]) {
        expectRefusal(answer, 404, 'order_not_found');
        expectSigned(partner, 'refused', answer);
      }
    }
  });

  test('a name of ours that belongs to another order finds nothing', async () => {
    const [one, two] = [await created(), await created()];
    const asked = { orderId: one.orderId, providerRef: two.providerRef, timestamp: stamp() };
    expectRefusal(await partner.ask('query-payment', asked), 404, 'order_not_found');
    expect((await partner.ask('query-payment', { ...asked, providerRef: one.providerRef })).status).toBe(200);
  });
});

describe('S0.34 a timestamp (A3)', () => {
  test.each([
    [-300, 404],
    [300, 404],
    [-301, 401],
    [301, 401],
  ])('%i seconds from now: %i', async (seconds, status) => {
    for (const timestamp of [stamp(seconds), clock.now().add({ seconds }).epochMilliseconds]) {
      const answer = await partner.ask('query-payment', { orderId: 'nobody-has-this', timestamp });
      expectRefusal(answer, status, status === 401 ? 'stale_timestamp' : 'order_not_found');
      expectSigned(partner, 'refused', answer);
    }
  });

  test('that is stale lets no refund through', async () => {
    const { orderId } = await paid();
    const asked = { orderId, refundId: 'late', amount: 1250, currency: 'EUR', timestamp: stamp(-301) };
    const answer = await changesNothing(tollgate.database, () => partner.ask('refund', asked));
    expectRefusal(answer, 401, 'stale_timestamp');
  });
});

describe('a question', () => {
  async function statusOf({ orderId }: { readonly orderId: string }) {
    const answer = await partner.ask('query-payment', { orderId, timestamp: stamp() });
    expect(answer.status, answer.text).toBe(200);
    expectSigned(partner, 'queried', answer);
    return answer.body;
  }

  test('is answered in the partner’s words at every step', async () => {
    const open = await created();
    expect(await statusOf(open)).toMatchObject({ status: 'PENDING', amount: 1250, currency: 'EUR' });
    await shop.confirm(open.providerRef, 'tok_pending_forever');
    expect((await statusOf(open)).status).toBe('PENDING');
    const canceled = await created();
    await shop.send('POST', `/payments/${canceled.providerRef}/cancel`);
    expect((await statusOf(canceled)).status).toBe('CANCELLED');
    const failed = await created();
    for (const _ of [1, 2, 3]) await shop.confirm(failed.providerRef, 'tok_decline_fraud');
    const { paidAt, status } = await statusOf(failed);
    expect([status, paidAt]).toEqual(['FAILED', undefined]);
  });

  test('says when it was paid, that a part went back is still paid, and that all did', async () => {
    const order = await paid();
    const at = `${clock.now().toString().slice(0, 19)}Z`;
    clock.advance({ seconds: 90 });
    expect(await statusOf(order)).toMatchObject({ status: 'SUCCESS', paidAt: at, providerRef: order.providerRef });
    await shop.refund(order.providerRef, { amount: 250, reason: 'broken' }, 'part');
    expect((await statusOf(order)).status).toBe('SUCCESS');
    await shop.refund(order.providerRef, { amount: 1000, reason: 'broken' }, 'rest');
    expect(await statusOf(order)).toMatchObject({ status: 'REFUNDED', amount: 1250, paidAt: at });
    const reversed = await paid();
    await shop.send('POST', `/payments/${reversed.providerRef}/reversals`, { body: {} });
    expect((await statusOf(reversed)).status).toBe('REFUNDED');
  });
});

describe('a refund (B6, B9)', () => {
  const refund = (orderId: string, changes: Readonly<Record<string, unknown>> = {}, by = partner) =>
    by.ask('refund', {
      orderId,
      refundId: freshReference(),
      amount: 100,
      currency: 'EUR',
      timestamp: stamp(),
      ...changes,
    });

  test('asked for twenty times at once is made once, and told alike for ever', async () => {
    const { orderId, providerRef } = await paid();
    const refundId = freshReference();
    const answers = await parallel(20, () => refund(orderId, { refundId, amount: 1250 }));
    for (const answer of answers) {
      expect(answer.status, answer.text).toBe(200);
      expect(['PENDING', 'REFUNDED']).toContain(answer.body.status);
      expectSigned(partner, 'refunded', answer);
    }
    clock.advance({ hours: 24 * 400 });
    const again = await refund(orderId, { refundId, amount: 1250 });
    expect(again.body).toMatchObject({ merchantCode: 'FIRST_SHOP', refundId, status: 'REFUNDED', amount: 1250 });
    const { body } = await shop.send('GET', `/payments/${providerRef}`);
    expect(body.amountRefunded).toBe(1250);
  });

  test.each([
    ['amount', { amount: 101 }],
    ['order', {}],
  ])('under a name that came with another %s is refused', async (what, changes) => {
    const [one, two] = [await paid(), await paid()];
    const refundId = freshReference();
    await refund(one.orderId, { refundId });
    const target = what === 'order' ? two.orderId : one.orderId;
    const answer = await changesNothing(tollgate.database, () => refund(target, { refundId, ...changes }));
    expectRefusal(answer, 409, 'refund_conflict');
    expectSigned(partner, 'refused', answer);
  });

  test('of more than was paid, of what was not paid, or in another currency is refused', async () => {
    const order = await paid();
    const open = await created();
    expectRefusal(await refund(order.orderId, { amount: 1251 }), 409, 'amount_not_available');
    expectRefusal(await refund(order.orderId, { currency: 'USD' }), 422, 'validation_failed', ['/currency']);
    expectRefusal(await refund(open.orderId), 409, 'state_conflict');
  });

  test('names of two partners, and of the tenant, do not meet', async () => {
    const refundId = freshReference();
    const mine = await paid();
    const theirs = await created(other);
    await shop.confirm(theirs.providerRef, 'tok_no_ipn');
    await shop.send('POST', `/payments/${mine.providerRef}/refunds`, {
      body: { amount: 1, reason: 'broken', reference: refundId },
    });
    expect((await refund(mine.orderId, { refundId })).body.status).toBe('REFUNDED');
    expect((await refund(theirs.orderId, { refundId, amount: 200 }, other)).body.status).toBe('REFUNDED');
    expect((await shop.send('GET', `/payments/${mine.providerRef}`)).body.amountRefunded).toBe(101);
  });
});

describe('live mode', () => {
  const TLS = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
  let live: PartnerCaller;

  beforeAll(async () => {
    const owner = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.live, TLS);
    live = await newPartner(owner, 'LIVE_SHOP');
  });

  test('is the key’s, and makes live payments', async () => {
    const answer = await live.ask('create-payment', creation(), TLS);
    expect(answer.status, answer.text).toBe(200);
    const [row] = await tollgate.database.run('select mode from payments where payment_id = $1', [
      answer.body.providerRef,
    ]);
    expect(row).toEqual({ mode: 'live' });
    expect((await shop.send('GET', `/partner-keys/${keyIds.LIVE_SHOP}`)).status).toBe(404);
  });

  test('takes nothing by plain HTTP', async () => {
    const answer = await changesNothing(tollgate.database, () => live.ask('create-payment', creation()));
    expectRefusal(answer, 403, 'https_required');
  });

  test('plain HTTP from elsewhere is refused in both modes before anything is read', async () => {
    const answer = await partner.ask('create-payment', creation(), { 'x-forwarded-for': '203.0.113.7' });
    expect([answer.status, answer.body.code]).toEqual([403, 'https_required']);
  });
});

test('what was refused is counted and written down without what was sent', async () => {
  const counted = async () => {
    const text = await tollgate.tollgate.gateway.metrics.render();
    return Number(/^tollgate_partner_requests_unproven_total (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const before = await counted();
  const body = partner.body('create-payment', creation({ description: 'a-secret-description' }));
  await partner.send('create-payment', body.replace('1250', '1251'));
  expect((await counted()) - before).toBe(1);
  const lines = tollgate.logLines.filter((line) => line.includes('A partner was refused'));
  expect(lines.at(-1)).toContain('invalid_signature');
  expect(tollgate.logLines.join('')).not.toContain('a-secret-description');
});

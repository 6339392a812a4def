import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import type { StripeCall } from './stripe-credentials.ts';
import { type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
let webhook: RawWebhook;
let attemptId: string;
beforeAll(async () => {
  stage = await startStripeStage();
  const input = stage.input({ description: 'Grüße, 茶 & <b>' });
  attemptId = input.attemptId;
  const answer = await stage.provider.create(stage.call(), input);
  stage.simulator.approve(answer.kind === 'answered' ? answer.providerRef : '');
  webhook = present(await sent('payment_intent.succeeded'), 'notification');
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const HEADER = 'stripe-signature';

async function sent(type: string): Promise<RawWebhook | undefined> {
  const all = await stage.notifications();
  return all[stage.simulator.notifications.findLastIndex((each) => each.type === type)];
}

const read = (changes: Partial<RawWebhook>, call: Partial<StripeCall> = {}): Promise<WebhookOutcome> =>
  stage.provider.parseWebhook(stage.call(call), { ...webhook, ...changes });
const signatureOf = ({ headers }: RawWebhook) => present(headers[HEADER]?.[0], 'signature');
const withSignature = (...values: string[]) => ({ headers: { ...webhook.headers, [HEADER]: values } });
const bodyText = () => Buffer.from(webhook.body).toString();

/** A body of any content, signed by whoever holds the secret. */
function signed(body: string | Uint8Array, secret = stage.call().credentials.webhookSecret): Partial<RawWebhook> {
  const t = Math.floor(stage.clock.now().epochMilliseconds / 1000);
  const hex = createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
  return { ...withSignature(`t=${t},v1=${hex}`), body: Buffer.from(body) };
}

function bodyWith(change: (event: Record<string, unknown>, object: Record<string, unknown>) => void): string {
  const event = JSON.parse(bodyText());
  change(event, event.data.object);
  return JSON.stringify(event);
}

const reasonOf = (outcome: WebhookOutcome) =>
  outcome.kind === 'rejected' ? `${outcome.reason} ${outcome.reply.status}` : outcome.kind;

/** The one event in an outcome; null where it tells nothing. */
function eventIn(outcome: WebhookOutcome): ProviderEvent | null {
  if (outcome.kind !== 'events') throw new Error(JSON.stringify(outcome));
  return outcome.events[0] ?? null;
}

describe('a genuine notification', () => {
  test('is one authoritative event, acknowledged by an empty 200', async () => {
    const reply = { status: 200 };
    const event = {
      dedupeKey: expect.stringMatching(/^evt_/),
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempt: { attemptId },
      occurredAt: stage.clock.now(),
      authoritative: true,
      fact: { about: 'attempt', report: { state: 'captured', amount: { amount: 1250n, currency: 'EUR' } } },
    };
    expect(await read({})).toEqual({ kind: 'events', events: [event], replies: { accepted: reply, duplicate: reply } });
  });

  test.each([
    [-300, 'events'],
    [300, 'events'],
    [-301, 'stale_timestamp 401'],
    [301, 'stale_timestamp 401'],
  ])('read %i seconds from its stamp: %s', async (seconds, expected) => {
    const clock = { now: () => stage.clock.now().add({ seconds }) };
    expect(reasonOf(await read({}, { clock }))).toBe(expected);
  });

  test('verifies with the previous secret as well, and with no third', async () => {
    const { credentials } = stage.call();
    const other = (digit: string) => ({ ...credentials, webhookSecret: `whsec_${digit.repeat(24)}` });
    expect(reasonOf(await read({}, { credentials: other('1'), previousCredentials: credentials }))).toBe('events');
    const strangers = { credentials: other('1'), previousCredentials: other('2') };
    expect(reasonOf(await read({}, strangers))).toBe('bad_signature 401');
  });

  test('verifies by any of several signatures, and passes other schemes over', async () => {
    const [t = '', v1 = ''] = signatureOf(webhook).split(',');
    const wrong = `v1=${'0'.repeat(64)}`;
    for (const value of [
      `${t},${wrong},${v1}`,
      `${t},${v1},${wrong}`,
      `v0=${'0'.repeat(64)},${t},${v1},v9=x`,
      `${t},${v1},${v1}`,
    ]) {
      expect(reasonOf(await read(withSignature(value)))).toBe('events');
    }
    for (const value of [`${t},${wrong},${wrong}`, `${t},${v1.replace('v1', 'v0')}`]) {
      expect(reasonOf(await read(withSignature(value)))).toBe('bad_signature 401');
    }
  });
});

describe('a forged notification', () => {
  test('with any byte of the body changed is rejected', async () => {
    for (let index = 0; index < webhook.body.length; index++) {
      const body = Uint8Array.from(webhook.body);
      body[index] = (body[index] ?? 0) ^ 1;
      expect(reasonOf(await read({ body })), `byte ${index}`).toBe('bad_signature 401');
    }
  });

  test('with any character of the stamp or the signature changed is rejected', async () => {
    const genuine = signatureOf(webhook).replace(/,v0=.*$/, '');
    for (let index = 0; index < genuine.length; index++) {
      const other = genuine[index] === '1' ? '2' : '1';
      const changed = genuine.slice(0, index) + other + genuine.slice(index + 1);
      expect(reasonOf(await read(withSignature(changed))), `character ${index}`).toBe('bad_signature 401');
    }
  });

  test.each([
    ['no header', () => []],
    ['an empty header', () => ['']],
    ['two headers', () => [signatureOf(webhook), signatureOf(webhook)]],
    ['a truncated signature', () => [signatureOf(webhook).replace(/.,v0=.*$/, '')]],
    ['a longer signature', () => [signatureOf(webhook).replace(/,v0=.*$/, '0')]],
    [
      'an upper-case signature',
      () => [signatureOf(webhook).replace(/v1=(.{64})/, (_, hex: string) => `v1=${hex.toUpperCase()}`)],
    ],
    ['no timestamp', () => [signatureOf(webhook).replace(/^t=\d+,/, '')]],
    ['two timestamps', () => [`${signatureOf(webhook)},t=1`]],
    ['spaces', () => [signatureOf(webhook).replaceAll(',', ', ')]],
    ['a timestamp that is none', () => [signatureOf(webhook).replace(/^t=/, 't=-')]],
    ['many signatures', () => [`${signatureOf(webhook)}${`,v1=${'0'.repeat(64)}`.repeat(16)}`]],
  ])('with %s is rejected', async (_, values) => {
    expect(reasonOf(await read(withSignature(...values())))).toBe('bad_signature 401');
  });

  test.each([
    ['the same JSON written differently', () => JSON.stringify(JSON.parse(bodyText()))],
    ['a byte order mark', () => `\ufeff${bodyText()}`],
    ['other line ends', () => bodyText().replaceAll('\n', '\r\n')],
    ['nothing', () => ''],
  ])('whose body has %s is rejected', async (_, body) => {
    expect(reasonOf(await read({ body: Buffer.from(body()) }))).toBe('bad_signature 401');
  });

  test.each(['', ' '.repeat(24), 'whsec_', 'whsec_short'])(
    'signed with the secret %j is rejected although it is configured',
    async (secret) => {
      const credentials = { ...stage.call().credentials, webhookSecret: secret };
      expect(reasonOf(await read(signed(webhook.body, secret || 'x'), { credentials }))).toBe('not_configured 503');
      const previous = { previousCredentials: credentials };
      expect(reasonOf(await read(signed(webhook.body, secret || 'x'), previous))).toBe('bad_signature 401');
    },
  );

  test('is not looked into: an unsigned poison body is a bad signature, not malformed', async () => {
    expect(reasonOf(await read({ body: Buffer.from('{') }))).toBe('bad_signature 401');
  });

  test('of whatever bytes and headers is turned away and breaks nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array(),
        fc.array(fc.string(), { maxLength: 3 }),
        fc.constantFrom('GET', 'POST'),
        async (body, values, method) => {
          expect(reasonOf(await read({ body, method, ...withSignature(...values) }))).toBe('bad_signature 401');
        },
      ),
    );
  });
});

describe('a signed notification', () => {
  test.each<[string, () => string | Uint8Array]>([
    ['that is no JSON', () => '{'],
    ['that is no UTF-8', () => new Uint8Array([0x7b, 0xff, 0x7d])],
    ['without an id', () => bodyWith((event) => delete event.id)],
    ['of another kind of object', () => bodyWith((event) => Object.assign(event, { object: 'v2.core.event' }))],
    ['with an unknown status', () => bodyWith((_, object) => Object.assign(object, { status: 'blessed' }))],
    ['with a fractional amount', () => bodyWith((_, object) => Object.assign(object, { amount_received: 0.5 }))],
    ['with more taken than asked for', () => bodyWith((_, object) => Object.assign(object, { amount_received: 1251 }))],
    ['with nothing taken', () => bodyWith((_, object) => Object.assign(object, { amount_received: 0 }))],
    ['in a currency that is none', () => bodyWith((_, object) => Object.assign(object, { currency: 'xxx' }))],
  ])('%s is malformed', async (_, body) => {
    expect(reasonOf(await read(signed(body())))).toBe('malformed 400');
  });

  test('of any content breaks nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json(),
        fc.constantFrom('data', 'type', 'created', 'id', 'livemode'),
        async (json, member) => {
          const outcome = await read(signed(bodyWith((event) => Object.assign(event, { [member]: JSON.parse(json) }))));
          expect(['events', 'rejected']).toContain(outcome.kind);
        },
      ),
    );
  });

  test('of live mode is none of a test account', async () => {
    const body = bodyWith((event) => Object.assign(event, { livemode: true }));
    expect(reasonOf(await read(signed(body)))).toBe('wrong_source 401');
  });

  test('with credentials of the other mode is not read at all', async () => {
    expect(reasonOf(await read({}, { mode: 'live' }))).toBe('not_configured 503');
  });

  test.each<[string, () => string]>([
    ['of an unknown type', () => bodyWith((event) => Object.assign(event, { type: 'charge.blessed' }))],
    ['of a type that every object has', () => bodyWith((event) => Object.assign(event, { type: 'constructor' }))],
    ['about a connected account', () => bodyWith((event) => Object.assign(event, { account: 'acct_1' }))],
    ['about nothing', () => bodyWith((event) => Object.assign(event, { data: { object: null } }))],
    [
      "about somebody else's session of another shape",
      () =>
        bodyWith((event) => {
          const object = {
            id: 'cs_test_1',
            object: 'checkout.session',
            mode: 'setup',
            amount_total: null,
            metadata: {},
          };
          const named = { ...object, client_reference_id: 'order_7' };
          Object.assign(event, { type: 'checkout.session.completed', data: { object: named } });
        }),
    ],
    [
      "about somebody else's refund of another shape",
      () =>
        bodyWith((event) => {
          const object = { id: 're_1', object: 'refund', payment_intent: null, currency: 'xxx' };
          Object.assign(event, { type: 'refund.created', data: { object } });
        }),
    ],
    ["about somebody else's PaymentIntent", () => bodyWith((_, object) => Object.assign(object, { metadata: {} }))],
    [
      'with an attempt id that is none',
      () => bodyWith((_, object) => Object.assign(object, { metadata: { attempt_id: '../1', flow: 'client' } })),
    ],
    [
      'without a word on how it is paid',
      () => bodyWith((_, object) => Object.assign(object, { metadata: { attempt_id: 'att_1' } })),
    ],
  ])('%s is acknowledged and tells nothing', async (_, body) => {
    expect(await read(signed(body()))).toMatchObject({
      kind: 'events',
      events: [],
      replies: { accepted: { status: 200 } },
    });
  });

  test('in the words of another version is only a reason to ask', async () => {
    for (const version of ['2020-08-27', null]) {
      const body = bodyWith((event) => Object.assign(event, { api_version: version }));
      expect(eventIn(await read(signed(body)))).toMatchObject({ authoritative: false, fact: { about: 'attempt' } });
    }
  });

  test('has a content hash that follows the fact and not the stamps', async () => {
    const hashOf = async (body: string) => eventIn(await read(signed(body)))?.contentHash;
    const genuine = await hashOf(bodyText());
    expect(genuine).toMatch(/^[0-9a-f]{64}$/);
    const restamped = bodyWith((event) => Object.assign(event, { created: 1, pending_webhooks: 9, request: null }));
    expect(await hashOf(restamped)).toBe(genuine);
    expect(await hashOf(bodyWith((_, object) => Object.assign(object, { client_secret: 'pi_2_secret_3' })))).toBe(
      genuine,
    );
    expect(await hashOf(bodyWith((_, object) => Object.assign(object, { amount_received: 1249 })))).not.toBe(genuine);
    expect(await hashOf(bodyWith((_, object) => Object.assign(object, { currency: 'usd' })))).not.toBe(genuine);
    const waiting = { status: 'requires_action', metadata: { attempt_id: 'att_2', flow: 'server' } };
    const secrets = ['pi_2_secret_3', 'pi_2_secret_4'].map((client_secret) =>
      hashOf(bodyWith((_, object) => Object.assign(object, waiting, { client_secret }))),
    );
    expect(await secrets[0]).toBe(await secrets[1]);
    const other = { metadata: { attempt_id: 'att_2', flow: 'redirect' } };
    expect(await hashOf(bodyWith((_, object) => Object.assign(object, other)))).not.toBe(genuine);
  });
});

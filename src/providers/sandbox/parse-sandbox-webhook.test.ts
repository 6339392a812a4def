import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { ProviderCall } from '../provider.ts';
import type { RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import { parseSandboxWebhook } from './parse-sandbox-webhook.ts';
import { newSandboxCredentials, type SandboxCredentials } from './sandbox-credentials.ts';
import { PAID_WITH, startWorld, type World } from './sandbox-fixture.ts';

let world: World;
let webhook: RawWebhook;
let attemptId: string;
beforeAll(async () => {
  world = await startWorld();
  const input = world.input('tok_approve', { description: 'Grüße, 茶 & <b>' });
  attemptId = input.attemptId;
  await world.provider.create(world.call, input);
  await world.sandbox.tick();
  webhook = present(world.receiver.received[0], 'notification');
});
afterAll(() => world.close());

const HEADER = 'sandbox-signature';

function signatureOf({ headers }: RawWebhook): string {
  return present(headers[HEADER]?.[0], 'signature');
}

function read(changes: Partial<RawWebhook>, call: ProviderCall<SandboxCredentials> = world.call): WebhookOutcome {
  return parseSandboxWebhook(call, { ...webhook, ...changes });
}

function withSignature(...values: string[]): Partial<RawWebhook> {
  return { headers: { ...webhook.headers, [HEADER]: values } };
}

/** A body of any content, signed by whoever holds the key. */
function signed(body: string | Uint8Array, key = world.call.credentials.secretKey): Partial<RawWebhook> {
  const t = Math.floor(world.clock.now().epochMilliseconds / 1000);
  const hex = createHmac('sha256', key).update(`${t}.`).update(body).digest('hex');
  return { ...withSignature(`t=${t},v1=${hex}`), body: Buffer.from(body) };
}

function bodyWith(change: (event: Record<string, Record<string, unknown>>) => void): string {
  const event = JSON.parse(Buffer.from(webhook.body).toString());
  change(event);
  return JSON.stringify(event);
}

function reasonOf(outcome: WebhookOutcome): string {
  return outcome.kind === 'rejected' ? `${outcome.reason} ${outcome.reply.status}` : outcome.kind;
}

describe('a genuine notification', () => {
  test('is one authoritative event, acknowledged by an empty 200', () => {
    const reply = { status: 200 };
    const event = {
      dedupeKey: expect.stringMatching(/^evt_/),
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempt: { attemptId, providerRef: expect.stringMatching(/^ch_/) },
      occurredAt: world.clock.now(),
      authoritative: true,
      fact: {
        about: 'attempt',
        report: { state: 'captured', amount: { amount: 1250n, currency: 'EUR' }, ...PAID_WITH },
      },
    };
    expect(read({})).toEqual({ kind: 'events', events: [event], replies: { accepted: reply, duplicate: reply } });
  });

  test.each([
    [-300, 'events'],
    [300, 'events'],
    [-301, 'stale_timestamp 401'],
    [301, 'stale_timestamp 401'],
  ])('read %i seconds from its stamp: %s', (seconds, expected) => {
    const clock = { now: () => world.clock.now().add({ seconds }) };
    expect(reasonOf(read({}, { ...world.call, clock }))).toBe(expected);
  });

  test('verifies with the previous key as well, and with no third', () => {
    const rotated = { ...world.call, credentials: newSandboxCredentials() };
    expect(reasonOf(read({}, { ...rotated, previousCredentials: world.call.credentials }))).toBe('events');
    expect(reasonOf(read({}, { ...rotated, previousCredentials: newSandboxCredentials() }))).toBe('bad_signature 401');
  });
});

describe('a forged notification', () => {
  test('with any byte of the body changed is rejected', () => {
    for (let index = 0; index < webhook.body.length; index++) {
      const body = Uint8Array.from(webhook.body);
      body[index] = (body[index] ?? 0) ^ 1;
      expect(reasonOf(read({ body })), `byte ${index}`).toBe('bad_signature 401');
    }
  });

  test('with any character of the signature header changed is rejected', () => {
    const genuine = signatureOf(webhook);
    for (let index = 0; index < genuine.length; index++) {
      const other = genuine[index] === '1' ? '2' : '1';
      const changed = genuine.slice(0, index) + other + genuine.slice(index + 1);
      expect(reasonOf(read(withSignature(changed))), `character ${index}`).toBe('bad_signature 401');
    }
  });

  test.each([
    ['no header', () => []],
    ['an empty header', () => ['']],
    ['two headers', () => [signatureOf(webhook), signatureOf(webhook)]],
    ['a truncated signature', () => [signatureOf(webhook).slice(0, -1)]],
    ['a longer signature', () => [`${signatureOf(webhook)}0`]],
    ['an upper-case signature', () => [signatureOf(webhook).toUpperCase()]],
    ['no timestamp', () => [signatureOf(webhook).replace(/^t=\d+,/, '')]],
    ['many signatures', () => [`${signatureOf(webhook)}${`,v1=${'0'.repeat(64)}`.repeat(4)}`]],
  ])('with %s is rejected', (_, values) => {
    expect(reasonOf(read(withSignature(...values())))).toBe('bad_signature 401');
  });

  test('with the same JSON written differently is rejected', () => {
    const body = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(webhook.body).toString()), null, 1));
    expect(reasonOf(read({ body }))).toBe('bad_signature 401');
  });

  test.each(['', '                '])('signed with the key %j is rejected although that key is configured', (key) => {
    const call = { ...world.call, credentials: { ...world.call.credentials, secretKey: key } };
    expect(reasonOf(read(signed(webhook.body, key), call))).toBe('not_configured 503');
    const { credentials } = world.call;
    const previous = { ...world.call, credentials, previousCredentials: { ...credentials, secretKey: key } };
    expect(reasonOf(read(signed(webhook.body, key), previous))).toBe('bad_signature 401');
  });

  test('is not looked into: an unsigned poison body is a bad signature, not malformed', () => {
    expect(reasonOf(read({ body: Buffer.from('{') }))).toBe('bad_signature 401');
  });
});

describe('a signed notification', () => {
  test.each([
    ['that is no JSON', () => '{'],
    ['that is no UTF-8', () => new Uint8Array([0x7b, 0xff, 0x7d])],
    ['with an unknown type', () => bodyWith((event) => Object.assign(event, { type: 'charge.blessed' }))],
    ['whose type is not its state', () => bodyWith((event) => Object.assign(event, { type: 'charge.declined' }))],
    ['with an unknown member', () => bodyWith((event) => Object.assign(event, { bonus: 1 }))],
    ['with a fractional amount', () => bodyWith((event) => Object.assign(event.charge ?? {}, { amountCaptured: 0.5 }))],
    [
      'with more captured than authorized',
      () => bodyWith((event) => Object.assign(event.charge ?? {}, { amountCaptured: 1251 })),
    ],
  ])('%s is malformed', (_, body) => {
    expect(reasonOf(read(signed(body())))).toBe('malformed 400');
  });

  test('about another merchant is refused', () => {
    const body = bodyWith((event) => Object.assign(event.charge ?? {}, { merchantCode: 'somebody_else' }));
    expect(reasonOf(read(signed(body)))).toBe('wrong_source 401');
  });

  test('has a content hash that follows the fact and not the stamps', () => {
    const hashOf = (body: string): string | undefined => {
      const outcome = read(signed(body));
      return outcome.kind === 'events' ? outcome.events[0]?.contentHash : undefined;
    };
    const genuine = hashOf(Buffer.from(webhook.body).toString());
    const restamped = bodyWith((event) => Object.assign(event, { createdAt: '2026-01-01T00:00:01Z' }));
    const another = bodyWith((event) => Object.assign(event.charge ?? {}, { amountCaptured: 1249 }));
    expect(genuine).toBeDefined();
    expect(hashOf(restamped)).toBe(genuine);
    expect(hashOf(another)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(another)).not.toBe(genuine);
  });
});

describe('a signed notification about a part of a charge', () => {
  const common = () => {
    const { id, reference } = JSON.parse(Buffer.from(webhook.body).toString()).charge as Record<string, string>;
    return { chargeId: id, chargeReference: reference, currency: 'EUR', createdAt: '2026-01-01T00:00:00Z' };
  };
  const operation = (prefix: string) => ({
    ...{ id: `${prefix}_${'1'.repeat(32)}`, ...common(), reference: 'op_1', amount: 500, state: 'failed' },
    failureCode: 'because',
  });
  const parts = {
    capture: () => ({ ...operation('cp'), object: 'capture', final: true }),
    refund: () => ({ ...operation('rf'), object: 'refund' }),
    reversal: () => ({ ...operation('rv'), object: 'reversal' }),
    dispute: () => ({
      ...{
        id: `ds_${'1'.repeat(32)}`,
        object: 'dispute',
        ...common(),
        state: 'lost',
        amount: 500,
        reason: 'fraudulent',
      },
      ...{ evidenceDueAt: '2026-01-01T00:01:00Z', withdrawn: 500, reinstated: 0, updatedAt: '2026-01-01T00:00:00Z' },
    }),
  };
  type Part = keyof typeof parts;
  const NAMES = Object.keys(parts) as Part[];

  function told(name: Part, changes: Record<string, unknown> = {}, event: Record<string, unknown> = {}): string {
    const part: Record<string, unknown> = { ...parts[name](), ...changes };
    return bodyWith((sent) => Object.assign(sent, { type: `${name}.${part.state}`, [name]: part, ...event }));
  }

  function hashOf(body: string): string {
    const outcome = read(signed(body));
    return present(outcome.kind === 'events' ? outcome.events[0]?.contentHash : undefined, 'hash');
  }

  test.each(NAMES)('is a fact about the %s alone', (name) => {
    const outcome = read(signed(told(name)));
    const { object, id, state } = parts[name]();
    expect(outcome).toMatchObject({
      kind: 'events',
      events: [{ attempt: { attemptId }, fact: { about: object, [name]: { providerRef: id, state } } }],
    });
    expect(outcome.kind === 'events' && outcome.events).toHaveLength(1);
  });

  test.each(
    NAMES.flatMap((name) => [
      [name, 'of another charge', told.bind(null, name, { chargeReference: 'att_other' })] as const,
      [name, 'of a charge with another id', told.bind(null, name, { chargeId: `ch_${'0'.repeat(32)}` })] as const,
      [name, 'in another currency', told.bind(null, name, { currency: 'USD' })] as const,
      [name, 'beyond the charge', told.bind(null, name, { amount: 1251 })] as const,
      [name, 'of nothing', told.bind(null, name, { amount: 0, withdrawn: 0 })] as const,
      [name, 'in a state that its type denies', told.bind(null, name, {}, { type: `${name}.pending` })] as const,
      [name, 'under the type of its charge', told.bind(null, name, {}, { type: 'charge.captured' })] as const,
    ]),
  )('a %s %s is malformed', (_, __, body) => {
    expect(reasonOf(read(signed(body())))).toBe('malformed 400');
  });

  test('with two parts is malformed', () => {
    expect(reasonOf(read(signed(told('capture', {}, { refund: parts.refund() }))))).toBe('malformed 400');
  });

  test.each(
    NAMES.flatMap((name) => {
      const changes: Record<string, unknown>[] = [{ id: 'x' }, { amount: 499, withdrawn: 499 }];
      if (name === 'dispute') {
        changes.push({ reason: 'duplicate' }, { reinstated: 1 }, { updatedAt: '2026-01-01T00:00:01Z' });
        changes.push({ evidenceDueAt: null }, { withdrawn: 499 });
      } else {
        changes.push({ reference: 'op_2' }, { failureCode: null }, ...(name === 'capture' ? [{ final: false }] : []));
      }
      return changes.map((change) => [name, change] as const);
    }),
  )('about a %s has a content hash that follows %j', (name, change) => {
    const { withdrawn, ...operationChange } = change as Record<string, unknown>;
    const { id } = parts[name]();
    const own = name === 'dispute' && withdrawn !== undefined ? { withdrawn } : {};
    const changes = { ...operationChange, ...own, ...('id' in change ? { id: id.replace('1', '2') } : {}) };
    expect(hashOf(told(name, changes))).not.toBe(hashOf(told(name)));
    expect(hashOf(told(name, { createdAt: '2026-01-01T00:00:09Z' }))).toBe(hashOf(told(name)));
  });

  test('has a content hash that follows what was reversed and when the authorization ends', () => {
    const reversed = bodyWith((event) => Object.assign(event.charge ?? {}, { amountReversed: 1250 }));
    expect(hashOf(reversed)).not.toBe(hashOf(Buffer.from(webhook.body).toString()));
    const until = (authorizationExpiresAt: string) =>
      bodyWith((event) => {
        const charge = { state: 'authorized', amountCaptured: 0, authorizationExpiresAt };
        Object.assign(event, { type: 'charge.authorized', charge: { ...event.charge, ...charge } });
      });
    expect(hashOf(until('2026-01-08T00:00:00Z'))).not.toBe(hashOf(until('2026-01-08T00:00:01Z')));
  });
});

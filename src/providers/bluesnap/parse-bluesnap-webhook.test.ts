import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import {
  authKeyOf,
  eventIn,
  IPN_KEY,
  type IpnDesk,
  PROTECTION_KEY,
  reasonOf,
  STAMP,
  startIpnDesk,
} from './bluesnap-ipn-fixture.ts';

let desk: IpnDesk;
beforeAll(async () => {
  desk = await startIpnDesk();
});
afterAll(() => desk.stage.stop());

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });

describe('a genuine notification', () => {
  test('is one authoritative event, acknowledged by an empty 200', () => {
    const referenceNumber = desk.stage.simulator.transactionsOf(desk.attemptId)[0]?.id;
    const event = {
      dedupeKey: `CHARGE|${referenceNumber}|`,
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempt: { attemptId: desk.attemptId },
      occurredAt: desk.stage.clock.now(),
      authoritative: true,
      fact: { about: 'attempt', report: { state: 'captured', amount: eur(123_450n) } },
    };
    const reply = { status: 200 };
    expect(desk.read({})).toEqual({ kind: 'events', events: [event], replies: { accepted: reply, duplicate: reply } });
  });

  test('follows BlueSnap’s formula: HMAC-SHA256 over stamp and body', () => {
    // Worked out apart from this code: openssl dgst -sha256 -hmac w66vk4cnr over the two texts joined.
    const stamp = '2026-09-21 13:03:50.558';
    const text = 'transactionType=AUTH_ONLY_SINGLE_CHARGE&referenceNumber=1092751014';
    const joined = '3c5bbe398d3a7e957b2d8c6cf7d44482ae445bc307fc05a0d117fe622dcb8385';
    const headers = { ...desk.webhook.headers, 'bls-signature': [joined], 'bls-ipn-timestamp': [stamp] };
    const call = {
      ...desk.keyed({ ipnKey: 'w66vk4cnr' }),
      clock: { now: () => Temporal.Instant.from('2026-09-21T13:04:00Z') },
    };
    expect(desk.read({ headers, body: Buffer.from(text) }, call)).toMatchObject({ kind: 'events', events: [] });
    expect(reasonOf(desk.read({ headers, body: Buffer.from(` ${text}`) }, call))).toBe('bad_signature 401');
  });

  test('may have its signature in capitals, its charset left out, and its stamp without trailing zeros', () => {
    const [signature = ''] = desk.webhook.headers['bls-signature'] ?? [];
    expect(reasonOf(desk.read(desk.withHeaders({ 'bls-signature': [signature.toUpperCase()] })))).toBe('events');
    expect(reasonOf(desk.read(desk.withHeaders({ 'content-type': ['application/x-www-form-urlencoded'] })))).toBe(
      'events',
    );
    expect(reasonOf(desk.read(desk.signed(desk.formWith({}), IPN_KEY, '2026-01-01 00:00:00.0')))).toBe('events');
  });

  test('verifies with the previous key as well, and with no third', () => {
    const { credentials } = desk.stage.call();
    const rotated = { ...credentials, ipnKey: 'another key' };
    expect(reasonOf(desk.read({}, desk.stage.call({ credentials: rotated, previousCredentials: credentials })))).toBe(
      'events',
    );
    const strangers = { credentials: rotated, previousCredentials: rotated };
    expect(reasonOf(desk.read({}, desk.stage.call(strangers)))).toBe('bad_signature 401');
  });

  test.each([
    [0, 'events', true],
    [300, 'events', true],
    [301, 'events', false],
    [7 * 24 * 3_600, 'events', false],
    [-300, 'events', true],
    [-301, 'stale_timestamp 401', null],
  ])('read %i seconds after its stamp: %s, authoritative %s', (seconds, expected, authoritative) => {
    const outcome = desk.read({}, desk.stage.call({ clock: { now: () => desk.stage.clock.now().add({ seconds }) } }));
    expect(reasonOf(outcome)).toBe(expected);
    if (authoritative !== null) expect(eventIn(outcome)).toMatchObject({ authoritative });
  });

  test('of a test is not taken in live mode', () => {
    const { apiUrl: _, ...credentials } = desk.stage.call().credentials;
    const live = desk.stage.call({ mode: 'live', credentials });
    expect(reasonOf(desk.told({ testMode: 'N' }, live))).toBe('events');
    expect(reasonOf(desk.told({ testMode: 'Y' }, live))).toBe('wrong_source 401');
  });
});

describe('a forged notification', () => {
  test('with any byte of the body changed is rejected', () => {
    for (let index = 0; index < desk.webhook.body.length; index++) {
      const body = Uint8Array.from(desk.webhook.body);
      body[index] = (body[index] ?? 0) ^ 1;
      expect(reasonOf(desk.read({ body })), `byte ${index}`).toBe('bad_signature 401');
    }
  });

  test.each(['bls-signature', 'bls-ipn-timestamp'])('with any character of %s changed is rejected', (name) => {
    const genuine = present(desk.webhook.headers[name]?.[0], name);
    for (let index = 0; index < genuine.length; index++) {
      const other = genuine[index] === '1' ? '2' : '1';
      const changed = genuine.slice(0, index) + other + genuine.slice(index + 1);
      expect(reasonOf(desk.read(desk.withHeaders({ [name]: [changed] }))), `character ${index}`).toBe(
        'bad_signature 401',
      );
    }
  });

  const signature = () => present(desk.webhook.headers['bls-signature']?.[0], 'signature');
  test.each<[string, () => Record<string, readonly string[]>]>([
    ['no signature', () => ({ 'bls-signature': [] })],
    ['an empty signature', () => ({ 'bls-signature': [''] })],
    ['two signatures', () => ({ 'bls-signature': [signature(), signature()] })],
    ['two signatures in one header', () => ({ 'bls-signature': [`${signature()}, ${signature()}`] })],
    ['a truncated signature', () => ({ 'bls-signature': [signature().slice(0, -2)] })],
    ['a longer signature', () => ({ 'bls-signature': [`${signature()}00`] })],
    ['a signature that is no hex', () => ({ 'bls-signature': ['g'.repeat(64)] })],
    ['no stamp', () => ({ 'bls-ipn-timestamp': [] })],
    ['an empty stamp', () => ({ 'bls-ipn-timestamp': [''] })],
    ['two stamps', () => ({ 'bls-ipn-timestamp': [STAMP, STAMP] })],
  ])('with %s is rejected', (_, changes) => {
    expect(reasonOf(desk.read(desk.withHeaders(changes())))).toBe('bad_signature 401');
  });

  test('whose stamp is no time is rejected although it is signed', () => {
    for (const stamp of ['1767225600000', 'yesterday', '2026-02-30 00:00:00.000', '2026-01-01T00:00:00Z']) {
      expect(reasonOf(desk.read(desk.signed(desk.formWith({}), IPN_KEY, stamp))), stamp).toBe('bad_signature 401');
    }
  });

  test('with the same fields written differently is rejected', () => {
    const fields = [...new URLSearchParams(Buffer.from(desk.webhook.body).toString())];
    const rewritten = new URLSearchParams(fields.reverse()).toString();
    expect(reasonOf(desk.read({ body: Buffer.from(rewritten) }))).toBe('bad_signature 401');
  });

  test.each(['', '                ', 'seven77'])(
    'signed with the key %j is rejected although that key is configured',
    (key) => {
      expect(reasonOf(desk.read(desk.signed(desk.webhook.body, key), desk.keyed({ ipnKey: key })))).toBe(
        'not_configured 503',
      );
      const { credentials } = desk.stage.call();
      const call = desk.stage.call({ previousCredentials: { ...credentials, ipnKey: key } });
      expect(reasonOf(desk.read(desk.signed(desk.webhook.body, key), call))).toBe('bad_signature 401');
    },
  );

  test('that carries a good authKey is rejected where a signing key is configured', () => {
    const form = desk.formWith({});
    const body = Buffer.from(`${form}&authKey=${authKeyOf(form)}`);
    const unsigned = desk.withHeaders({ 'bls-signature': [], 'bls-ipn-timestamp': [] });
    expect(reasonOf(desk.read({ ...unsigned, body }, desk.keyed({ dataProtectionKey: PROTECTION_KEY })))).toBe(
      'bad_signature 401',
    );
  });

  test('is not looked into: an unsigned poison body is a bad signature, not malformed', () => {
    expect(reasonOf(desk.read({ body: Buffer.from('%zz&&&') }))).toBe('bad_signature 401');
  });
});

describe('a probe', () => {
  test('is an empty GET, and answered by 200 even before a key is set', () => {
    const { ipnKey: _, ...credentials } = desk.stage.call().credentials;
    const probe = { method: 'GET', body: new Uint8Array(), headers: {} };
    expect(desk.read(probe, desk.stage.call({ credentials }))).toEqual({ kind: 'probe', reply: { status: 200 } });
    expect(desk.read(probe)).toEqual({ kind: 'probe', reply: { status: 200 } });
  });

  test('is nothing else: an empty POST is unsigned', () => {
    expect(reasonOf(desk.read({ body: new Uint8Array(), headers: {} }))).toBe('bad_signature 401');
  });
});

test('without any key nothing is taken', () => {
  const { ipnKey: _, ...credentials } = desk.stage.call().credentials;
  expect(reasonOf(desk.read({}, desk.stage.call({ credentials })))).toBe('not_configured 503');
});

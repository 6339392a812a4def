import { readFile } from 'node:fs/promises';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from '../../kernel/assert.ts';
import { systemClock } from '../../kernel/clock.ts';
import { Problem } from '../../kernel/problem.ts';
import { newStandardSecret, parseStandardSecret, signStandard, verifyStandard } from './standard.ts';

interface Vector {
  readonly name: string;
  readonly id: string;
  readonly at: string;
  readonly secrets: readonly string[];
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const page = await readFile(new URL('../../../docs/dialects/standard.md', import.meta.url), 'utf8');
const vectors = [...page.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json = '']) => JSON.parse(json) as Vector);

const at = Temporal.Instant.from('2026-11-21T09:30:00Z');
const id = 'evt_01kaj2m3n4p5q6r7s8t9v0w1x2';
const body = '{"type":"payment.succeeded","note":"Kávé ☕"}';
const secretOf = (length: number) => `whsec_${Buffer.alloc(length, 7).toString('base64')}`;

describe('the vectors of the documentation', () => {
  it('are four', () => {
    expect(vectors).toHaveLength(4);
  });

  it.each(vectors)('hold for $name', (vector) => {
    const message = { ...vector, at: Temporal.Instant.from(vector.at) };
    expect(signStandard(message)).toEqual(vector.headers);
    expect(signStandard({ ...message, body: new TextEncoder().encode(vector.body) })).toEqual(vector.headers);
    expect(verifyStandard({ ...vector, now: message.at })).toEqual({ ok: true });
  });
});

describe.each([
  ['standardwebhooks', StandardWebhook],
  ['svix', SvixWebhook],
])('the npm library %s', (_name, Webhook) => {
  const old = newStandardSecret();
  const fresh = newStandardSecret();
  const headers = { ...signStandard({ id, at: systemClock.now(), body, secrets: [fresh, old] }) };

  it.each([['the new secret', fresh] as const, ['the old secret', old] as const])(
    'verifies a message of a rotation by %s',
    (_which, secret) => {
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    },
  );

  it('refuses a foreign secret', () => {
    expect(() => new Webhook(newStandardSecret()).verify(body, headers)).toThrow(/No matching signature/);
  });

  it.each([
    ['body', body.replace('succeeded', 'failed'), headers],
    ['id', body, { ...headers, 'webhook-id': `${id}x` }],
    ['timestamp', body, { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }],
  ])('refuses a changed %s', (_what, changedBody, changedHeaders) => {
    expect(() => new Webhook(fresh).verify(changedBody, changedHeaders)).toThrow(/No matching signature/);
  });

  it('signs what we verify', () => {
    const signed = new Webhook(old).sign(id, new Date(at.epochMilliseconds), body);
    const theirs = {
      'webhook-id': id,
      'webhook-timestamp': String(at.epochMilliseconds / 1000),
      'webhook-signature': signed,
    };
    expect(verifyStandard({ headers: theirs, body, secrets: [old], now: at })).toEqual({ ok: true });
  });
});

describe('a secret', () => {
  it('is new each time, of 32 bytes, and reads back', () => {
    const secret = newStandardSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(parseStandardSecret(secret)).toHaveLength(32);
    expect(newStandardSecret()).not.toBe(secret);
  });

  it.each([24, 25, 63, 64])('of %i bytes is taken', (length) => {
    expect(parseStandardSecret(secretOf(length))).toEqual(Buffer.alloc(length, 7));
  });

  it.each([
    ['without its prefix', secretOf(32).slice('whsec_'.length), 'Must begin with whsec_'],
    ['with its prefix in capitals', secretOf(32).replace('whsec_', 'WHSEC_'), 'Must begin with whsec_'],
    ['that is only the prefix', 'whsec_', 'Must be 24 to 64 bytes'],
    ['of 23 bytes', secretOf(23), 'Must be 24 to 64 bytes'],
    ['of 65 bytes', secretOf(65), 'Must be 24 to 64 bytes'],
    ['without padding', secretOf(32).replace(/=+$/, ''), 'Must be base64 with padding'],
    ['in the alphabet of URLs', `whsec_${Buffer.alloc(33, 0xff).toString('base64url')}`, 'Must be base64 with padding'],
    ['with a line break', `${secretOf(33)}\n`, 'Must be base64 with padding'],
    ['with bits that no byte needs', `whsec_${'A'.repeat(42)}B=`, 'Must be base64 with padding'],
  ])('%s is refused, and not repeated', (_what, secret, rule) => {
    const refusal = problemOf(() => parseStandardSecret(secret));
    expect(refusal.code).toBe('validation_failed');
    expect(refusal.errors).toEqual([{ pointer: '/secret', detail: expect.stringContaining(rule) }]);
    expect(JSON.stringify(refusal.errors) + refusal.message).not.toContain(secret.slice(6) || 'nothing');
  });
});

describe('signing', () => {
  it('without a secret does not happen', () => {
    expect(() => signStandard({ id, at, body, secrets: [] })).toThrow(AssertionFailed);
  });

  it.each(['', 'a.b', 'a b', 'a\r\nx-evil: 1', 'ä', 'x'.repeat(129)])('refuses %j as an id', (strange) => {
    expect(() => signStandard({ id: strange, at, body, secrets: [secretOf(32)] })).toThrow(AssertionFailed);
  });

  it('covers bytes that are no text', () => {
    const bytes = Uint8Array.of(0, 0xff, 0xfe, 0x80);
    const headers = signStandard({ id, at, body: bytes, secrets: [secretOf(32)] });
    const received = { headers, secrets: [secretOf(32)], now: at };
    expect(verifyStandard({ ...received, body: bytes })).toEqual({ ok: true });
    expect(verifyStandard({ ...received, body: bytes.with(3, 0x81) })).toEqual({ ok: false, reason: 'bad_signature' });
  });
});

describe('verifying', () => {
  const secrets = [secretOf(32)];
  const headers = signStandard({ id, at, body, secrets });
  const signature = headers['webhook-signature'];
  const verdictOf = (changes: Partial<Parameters<typeof verifyStandard>[0]>) =>
    verifyStandard({ headers, body, secrets, now: at, ...changes });

  it.each([
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
  ])('a stamp %i seconds away: %s', (seconds, ok) => {
    const verdict = verdictOf({ now: at.add({ seconds }) });
    expect(verdict).toEqual(ok ? { ok: true } : { ok: false, reason: 'stale_timestamp' });
  });

  it('passes over signatures of other versions', () => {
    const several = `v1a,AAAA v2,${'A'.repeat(43)}= ${signature}`;
    expect(verdictOf({ headers: { ...headers, 'webhook-signature': several } })).toEqual({ ok: true });
  });

  it.each([
    ['no secrets', { secrets: [] }],
    ['another secret', { secrets: [secretOf(33)] }],
    ['another body', { body: `${body} ` }],
    ['another id', { headers: { ...headers, 'webhook-id': 'evt_2' } }],
    ['a stale stamp that was changed too', { headers: { ...headers, 'webhook-timestamp': '1' } }],
  ])('%s is a bad signature', (_what, changes) => {
    expect(verdictOf(changes)).toEqual({ ok: false, reason: 'bad_signature' });
  });

  it.each([
    ['webhook-id', undefined],
    ['webhook-id', 'a.b'],
    ['webhook-timestamp', undefined],
    ['webhook-timestamp', '1e9'],
    ['webhook-timestamp', ''],
    ['webhook-signature', undefined],
    ['webhook-signature', ''],
    ['webhook-signature', 'v1'],
    ['webhook-signature', 'v1,'],
    ['webhook-signature', `v1a,${'A'.repeat(43)}=`],
    ['webhook-signature', `${'v1,AAAA '.repeat(16)}${signature}`],
  ])('%s of %j is malformed', (name, value) => {
    const verdict = verdictOf({ headers: { ...headers, [name]: value } });
    expect(verdict).toEqual({ ok: false, reason: 'malformed_headers' });
  });
});

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../kernel/id.ts';
import { bluecomProfile } from '../partner-profiles/bluecom-profile.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import { webhookOf as bodyOf, PAID, SIGNED, signedWebhook as signed } from './bluecom-messages-fixture.ts';
import { parsePartnerWebhook } from './parse-partner-webhook.ts';
import type { PartnerCall } from './partner-client.ts';
import { MERCHANT, type PartnerStage, SECRET, startPartnerStage } from './partner-fixture.ts';

let stage: PartnerStage;
let refundId: string;
beforeAll(async () => {
  stage = await startPartnerStage();
  refundId = newId('re', stage.clock);
});
afterAll(() => stage.stop());

const genuine = signed();
const members: Record<string, unknown> = JSON.parse(Buffer.from(genuine.body).toString());
const read = (webhook: RawWebhook, call: PartnerCall = stage.call()): WebhookOutcome =>
  parsePartnerWebhook(call, webhook);
const reasonOf = (outcome: WebhookOutcome): string =>
  outcome.kind === 'rejected' ? `${outcome.reason} ${outcome.reply.status}` : outcome.kind;

function eventOf(webhook: RawWebhook): ProviderEvent {
  const outcome = read(webhook);
  if (outcome.kind !== 'events' || outcome.events[0] === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.events[0];
}

describe('a genuine notification', () => {
  test('is one authoritative event, acknowledged by an empty 200', () => {
    const event = {
      dedupeKey: `PG1|PAYMENT|`,
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempt: { attemptId: PAID.orderId, providerRef: 'PG1' },
      occurredAt: Temporal.Instant.from(String(members.paidAt)),
      authoritative: true,
      fact: { about: 'attempt', report: { state: 'captured', amount: { amount: 125_000n, currency: 'EUR' } } },
    };
    const reply = { status: 200 };
    const replies = { accepted: reply, duplicate: reply, rejected: { status: 401 } };
    expect(read(genuine)).toEqual({ kind: 'events', events: [event], nonce: 'n1', replies });
  });

  test.each([
    ['SUCCESS', { state: 'captured', amount: { amount: 125_000n, currency: 'EUR' } }],
    ['FAILED', { state: 'declined', decline: { reason: 'other', providerCode: 'FAILED' } }],
    ['EXPIRED', { state: 'expired' }],
    ['CANCELLED', { state: 'canceled' }],
  ])('of status %s is told in our words', (status, report) => {
    expect(eventOf(signed({ status })).fact).toEqual({ about: 'attempt', report });
  });

  test.each([
    ['REFUNDED', 'succeeded', {}],
    ['SUCCESS', 'succeeded', {}],
    ['FAILED', 'failed', { failureCode: 'FAILED' }],
  ])('of a refund with status %s is %s', (status, state, more) => {
    const event = eventOf(signed({ eventType: 'REFUND', status, refundId, amount: 500 }));
    const refund = { refundId, providerRef: refundId, amount: { amount: 500n, currency: 'EUR' }, state, ...more };
    expect(event).toMatchObject({ fact: { about: 'refund', refund }, authoritative: true });
    expect(event.dedupeKey).toBe(`PG1|REFUND|${refundId}`);
  });

  test.each([
    ['without an id', undefined, 'PG1:refund'],
    ['with an id of the partner', 'RF-77', 'RF-77'],
  ])('of a refund %s was made at the console', (_what, id, providerRef) => {
    const { fact } = eventOf(signed({ eventType: 'REFUND', status: 'REFUNDED', refundId: id }));
    expect(fact).toMatchObject({ about: 'refund', refund: { refundId: null, providerRef } });
  });

  test('of a kind that nobody knows is acknowledged and changes nothing', () => {
    expect(read(signed({ eventType: 'PAYOUT' }))).toMatchObject({ kind: 'events', events: [] });
  });

  test('with a status that nobody knows, or that is no end, is only a hint, and a fact of its own', () => {
    for (const status of ['PENDING', 'ON_HOLD', 'constructor']) {
      const event = eventOf(signed({ status }));
      expect(event).toMatchObject({ authoritative: false, fact: { report: { state: 'pending' } } });
      expect(event.dedupeKey).not.toBe(eventOf(genuine).dedupeKey);
    }
    const pending = eventOf(signed({ eventType: 'REFUND', status: 'PENDING', refundId }));
    expect(pending).toMatchObject({ authoritative: false, fact: { refund: { state: 'pending' } } });
  });

  test('may say more than we know, in any order, in any spelling of the same values', () => {
    const { signature, ...rest } = JSON.parse(Buffer.from(signed().body).toString());
    const spelled = [
      JSON.stringify({ more: 'x', signature, ...Object.fromEntries(Object.entries(rest).reverse()) }),
      JSON.stringify({ ...rest, signature }, null, 2).replaceAll('\n', '\r\n'),
      `\ufeff${JSON.stringify({ ...rest, signature })}`,
      JSON.stringify({ ...rest, refundId: '', signature }),
    ];
    for (const body of spelled) expect(eventOf(bodyOf(body))).toEqual(eventOf(genuine));
  });
});

test('a notification without a nonce has none', () => {
  const reply = { status: 200 };
  const outcome = read(signed({ nonce: undefined }));
  expect(outcome).toMatchObject({ kind: 'events', replies: { accepted: reply, duplicate: reply } });
  expect(outcome).not.toHaveProperty('nonce');
});

describe('a stale notification', () => {
  const stale = { timestamp: '2026-03-01T11:54:59Z' };

  test('says what it is about where it is truly signed, so that the partner can be asked', () => {
    expect(read(signed(stale))).toEqual({
      ...{ kind: 'rejected', reason: 'stale_timestamp', reply: { status: 401 } },
      about: { attemptId: PAID.orderId, providerRef: 'PG1' },
    });
  });

  test.each([
    ['signed with another key', () => signed(stale, `${SECRET}!`)],
    ['of another merchant', () => signed({ ...stale, merchantCode: 'SHOP_2' })],
  ])('%s says nothing', (_what, webhook) => {
    expect(read(webhook())).not.toHaveProperty('about');
  });
});

describe('copies and other facts', () => {
  test('names that hold what the key is joined with are not mistaken for each other', () => {
    const profile = { ...bluecomProfile, signing: { ...bluecomProfile.signing, separator: '~' } };
    const call = stage.call({ credentials: { ...stage.call().credentials, profile } });
    const keyOf = (providerRef: string) => {
      const all: Record<string, unknown> = { ...PAID, providerRef };
      const text = SIGNED.ipn
        .split(' ')
        .map((name) => all[name] ?? '')
        .join('~');
      const signature = createHmac('sha256', SECRET).update(text).digest('hex');
      const outcome = read(bodyOf(JSON.stringify({ ...all, signature })), call);
      return outcome.kind === 'events' ? outcome.events[0]?.dedupeKey : outcome.kind;
    };
    expect([keyOf('a|b'), keyOf('a%7Cb')]).toEqual(['a%7Cb|PAYMENT|', 'a%257Cb|PAYMENT|']);
  });

  test('a copy stamped and signed anew is the same fact', () => {
    const copy = eventOf(signed({ timestamp: '2026-03-01T12:04:00Z', nonce: 'another' }));
    const { dedupeKey, contentHash } = eventOf(genuine);
    expect([copy.dedupeKey, copy.contentHash]).toEqual([dedupeKey, contentHash]);
  });

  test.each([
    [{ amount: 124_999 }],
    [{ currency: 'USD' }],
    [{ status: 'FAILED' }],
    [{ paidAt: '2026-03-01T12:00:01Z' }],
  ])('the same key with %j is noticed by its content', (changes) => {
    const other = eventOf(signed(changes));
    const { dedupeKey, contentHash } = eventOf(genuine);
    expect(other.dedupeKey).toBe(dedupeKey);
    expect(other.contentHash).not.toBe(contentHash);
  });

  test('two refunds of one payment are two facts', () => {
    const [one, other] = [refundId, newId('re', stage.clock)].map((id) =>
      eventOf(signed({ eventType: 'REFUND', status: 'REFUNDED', refundId: id })),
    );
    expect(one?.dedupeKey).not.toBe(other?.dedupeKey);
  });
});

describe('is turned away:', () => {
  test.each([
    ['merchantCode', 'SHOP_2'],
    ['orderId', 'att_other'],
    ['providerRef', 'PG0'],
    ['refundId', 're_1'],
    ['eventType', 'REFUND'],
    ['status', 'FAILED'],
    ['amount', 125_001],
    ['currency', 'USD'],
    ['paidAt', '2026-03-01T12:00:09Z'],
    ['timestamp', '2026-03-01T12:00:09Z'],
    ['nonce', 'other'],
  ])('%s changed after signing', (member, value) => {
    expect(reasonOf(read(bodyOf(JSON.stringify({ ...members, [member]: value }))))).toBe('bad_signature 401');
  });

  test.each([
    ['no signature', undefined, 'bad_signature 401'],
    ['an empty signature', '', 'bad_signature 401'],
    ['a signature of another length', 'abc', 'bad_signature 401'],
    ['a signature that is doubled', 'DOUBLE', 'bad_signature 401'],
    ['a list of signatures', ['LIST'], 'bad_signature 401'],
    ['no hexadecimal', 'g'.repeat(64), 'bad_signature 401'],
  ])('%s', (_what, signature, reason) => {
    const value = signature === 'DOUBLE' ? `${members.signature},${members.signature}` : signature;
    expect(reasonOf(read(bodyOf(JSON.stringify({ ...members, signature: value }))))).toBe(reason);
  });

  test('a signature with one letter changed, wherever it is', () => {
    const signature = String(members.signature);
    for (let at = 0; at < signature.length; at++) {
      const letter = signature[at] === '0' ? '1' : '0';
      const changed = signature.slice(0, at) + letter + signature.slice(at + 1);
      expect(reasonOf(read(bodyOf(JSON.stringify({ ...members, signature: changed }))))).toBe('bad_signature 401');
    }
  });

  test('a signature with another key', () => {
    expect(reasonOf(read(signed({}, `${SECRET}!`)))).toBe('bad_signature 401');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'status=SUCCESS&status=FAILED'],
    ['a list', '[]'],
    ['null', 'null'],
    ['text', '"SUCCESS"'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s', (_what, body) => {
    expect(reasonOf(read(bodyOf(body)))).toBe('malformed 400');
  });

  test('another method', () => {
    for (const method of ['GET', 'PUT', 'HEAD']) expect(reasonOf(read({ ...genuine, method }))).toBe('malformed 400');
  });

  test.each([
    ['a value with a bar', { nonce: 'a|b' }],
    ['a value with a control character', { status: 'SUCCESS\u0007' }],
    ['a fraction', { amount: 12.5 }],
    ['an amount as text', { amount: '125000' }],
    ['no amount', { amount: undefined }],
    ['an amount of nothing', { amount: 0 }],
    ['less than nothing', { amount: -5 }],
    ['a currency that is none', { currency: 'XXX' }],
    ['a currency in small letters', { currency: 'eur' }],
    ['a time of payment that is none', { paidAt: 'yesterday' }],
    ['no timestamp', { timestamp: undefined }],
    ['a timestamp that is none', { timestamp: 'now' }],
    ['no order', { orderId: '' }],
    ['a name as a list', { orderId: ['att'] }],
    ['a name without end', { providerRef: 'P'.repeat(129) }],
    ['a status without end', { status: 'S'.repeat(129) }],
  ])('truly signed, but with %s', (_what, changes) => {
    expect(reasonOf(read(signed(changes)))).toBe('malformed 400');
  });

  test.each([
    ['2026-03-01T11:55:00Z', 'events'],
    ['2026-03-01T12:05:00Z', 'events'],
    ['2026-03-01T11:54:59Z', 'stale_timestamp 401'],
    ['2026-03-01T12:05:01Z', 'stale_timestamp 401'],
    [1_772_366_400, 'events'],
    [1_772_366_400_000, 'events'],
    [1_772_366_099, 'stale_timestamp 401'],
  ])('a stamp of %s, read at noon: %s', (timestamp, expected) => {
    expect(reasonOf(read(signed({ timestamp })))).toBe(expected);
  });

  test('the notification of another merchant with the same key', () => {
    expect(reasonOf(read(signed({ merchantCode: 'SHOP_2' })))).toBe('wrong_source 401');
  });

  test.each([[''], ['          '], ['short']])(
    'everything where the secret is %j, also when it is signed with that',
    (secretKey) => {
      const call = stage.call({ credentials: { ...stage.call().credentials, secretKey } });
      expect(reasonOf(read(signed({}, secretKey), call))).toBe('not_configured 503');
    },
  );
});

describe('during a rotation', () => {
  const current = (secretKey: string, previous?: object): PartnerCall => {
    const { credentials } = stage.call();
    const call = stage.call({ credentials: { ...credentials, secretKey } });
    return previous === undefined ? call : { ...call, previousCredentials: { ...credentials, ...previous } };
  };

  test('the key before verifies, and no third one', () => {
    expect(reasonOf(read(signed(), current(`${SECRET} new`, {})))).toBe('events');
    expect(reasonOf(read(signed(), current(`${SECRET} new`)))).toBe('bad_signature 401');
    expect(reasonOf(read(signed(), current(`${SECRET} new`, { secretKey: `${SECRET} old` })))).toBe(
      'bad_signature 401',
    );
  });

  test('a key before that is too short verifies nothing', () => {
    const call = current(`${SECRET} new`, { secretKey: '' });
    expect(reasonOf(read(signed({}, ''), call))).toBe('bad_signature 401');
  });

  test('each key speaks for its own merchant only', () => {
    const call = current(`${SECRET} new`, { merchantCode: 'SHOP_2' });
    expect(reasonOf(read(signed({ merchantCode: 'SHOP_2' }), call))).toBe('events');
    expect(reasonOf(read(signed({ merchantCode: MERCHANT }), call))).toBe('wrong_source 401');
  });
});

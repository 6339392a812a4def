import { afterAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import { parseBluesnapWebhook } from '../../providers/bluesnap/parse-bluesnap-webhook.ts';
import { parsePartnerWebhook } from '../../providers/partner/parse-partner-webhook.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../../providers/provider-webhook.ts';
import { ciphertextOf, decryptNotification } from '../../providers/scantopay/decrypt-scantopay-notification.ts';
import { parseScantopayWebhook } from '../../providers/scantopay/parse-scantopay-webhook.ts';
import { encrypt } from '../../providers/scantopay/scantopay-fixture.ts';
import type { DialectEvent, DialectKey } from './dialect.ts';
import { eventOf, NOON, PAYMENT } from './event-fixture.ts';
import { findDialect } from './find-dialect.ts';

/** What we write, read by the adapters with which we ourselves receive the same from the originals. */

const http = createOutboundHttp({ allowPrivateTargets: false, userAgent: 'Tollgate' });
afterAll(() => http.close());

const clock = new ManualClock(NOON);
const money = (amount: bigint) => ({ amount, currency: 'EUR' });
const attempt = { attemptId: PAYMENT.reference };
const SIGNING: DialectKey = { keyId: 'key_1', kind: 'secret', text: 'a signing key of both' };
const PROTECTION: DialectKey = { keyId: 'key_2', kind: 'data_protection', text: 'a data protection key' };
const REFUND = { id: 're_01kaj2m3n4p5q6r7s8t9v0w1x7', amount: 500, currency: 'EUR', reason: 'Sent back' };
const REVERSAL = { id: 'rev_01kaj2m3n4p5q6r7s8t9v0w1x6', amount: 14_950, currency: 'EUR', reason: 'Out of cups' };
const DISPUTE = { id: 'dp_01kaj2m3n4p5q6r7s8t9v0w1x8', amount: 14_950, currency: 'EUR', reason: 'Not received' };

const declined = { ...PAYMENT, latestAttempt: { id: 'att_01', failureCode: 'insufficient_funds' } };
const withReversal = { ...PAYMENT, reversal: REVERSAL };

function requestOf(
  id: Parameters<typeof findDialect>[0],
  event: DialectEvent,
  keys: readonly DialectKey[],
  endpoint = {},
): RawWebhook {
  const to = { merchantCode: 'BLUESHOP', partnerKeyId: null, ...endpoint };
  const { headers, body } = present(findDialect(id).encode(event, to, keys, clock), 'a message');
  return {
    ...{ method: 'POST', query: {}, body: Buffer.from(body), remoteAddress: '192.0.2.7', receivedAt: clock.now() },
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  };
}

function eventIn(outcome: WebhookOutcome): ProviderEvent | null {
  if (outcome.kind !== 'events') throw new Error(`Not read: ${JSON.stringify(outcome)}`);
  return outcome.events[0] ?? null;
}

describe('our BlueSnap adapter', () => {
  const credentials = {
    ...{ apiUser: 'API_shop', apiPassword: 'password', merchantId: '400088', checkSource: false },
    ...{ ipnKey: SIGNING.kind === 'secret' ? SIGNING.text : '', requireReceipt: true },
    dataProtectionKey: 'a data protection key',
  };
  const call = { mode: 'test', credentials, http, clock } as const;
  const read = (event: DialectEvent) =>
    parseBluesnapWebhook(call, requestOf('bluesnap-receipt', event, [SIGNING, PROTECTION]));
  const state = (name: string, more = {}) => ({ about: 'attempt', report: { state: name, ...more } });

  test.each([
    [eventOf('payment.authorized', PAYMENT), state('authorized', { amount: money(14_950n) })],
    [eventOf('payment.succeeded', PAYMENT), state('captured', { amount: money(14_950n) })],
    [eventOf('payment.attempt_failed', declined), state('declined', { decline: { reason: 'insufficient_funds' } })],
    [eventOf('payment.failed', PAYMENT), state('declined', { decline: { reason: 'fraud' } })],
    [eventOf('refund.succeeded', REFUND), { about: 'refund', refund: { providerRef: REFUND.id, amount: money(500n) } }],
    [
      eventOf('payment.reversed', { ...PAYMENT, amountCaptured: 0 }, withReversal),
      { about: 'refund', refund: { providerRef: REVERSAL.id, amount: money(14_950n) } },
    ],
    [
      eventOf('dispute.opened', { ...DISPUTE, status: 'opened' }),
      { about: 'dispute', dispute: { providerRef: DISPUTE.id, state: 'opened', amount: money(14_950n) } },
    ],
    [
      eventOf('dispute.updated', { ...DISPUTE, status: 'under_review' }),
      { about: 'dispute', dispute: { state: 'under_review' } },
    ],
    [eventOf('dispute.won', { ...DISPUTE, status: 'won' }), { about: 'dispute', dispute: { state: 'won' } }],
    [eventOf('dispute.lost', { ...DISPUTE, status: 'lost' }), { about: 'dispute', dispute: { state: 'lost' } }],
  ] as const)('reads $type', (event, fact) => {
    expect(eventIn(read(event))).toMatchObject({ attempt, occurredAt: NOON, fact });
  });

  test('believes a charge without asking, and answers with the receipt that we wait for', () => {
    const outcome = read(eventOf('payment.succeeded', PAYMENT));
    expect(eventIn(outcome)?.authoritative).toBe(true);
    if (outcome.kind !== 'events') throw new Error('Not read');
    const { status, body = '' } = outcome.replies.accepted;
    const response = { status, body: Buffer.from(body) };
    expect(findDialect('bluesnap-receipt').acknowledged(response, [SIGNING, PROTECTION])).toBe(true);
    expect(findDialect('bluesnap-receipt').acknowledged({ status, body: new Uint8Array() }, [PROTECTION])).toBe(false);
  });

  test('takes a cancellation and a payout for nothing', () => {
    expect(eventIn(read(eventOf('payment.canceled', PAYMENT)))).toBeNull();
    expect(eventIn(read(eventOf('payout.paid', { id: 'po_1', amount: 7, currency: 'EUR' }, null)))).toBeNull();
  });

  test('tells two refunds of one payment apart, and a repeat from both', () => {
    const keyOf = (id: string) => eventIn(read(eventOf('refund.succeeded', { ...REFUND, id })))?.dedupeKey;
    expect(new Set([keyOf('re_1'), keyOf('re_2'), keyOf('re_1')]).size).toBe(2);
  });
});

describe('our Scan to Pay adapter', () => {
  const KEY = '00112233445566778899aabbccddeeff';
  const key: DialectKey = { keyId: 'key_1', kind: 'notification', text: KEY };
  const credentials = {
    username: 'merchant-25',
    password: 'a-password-of-the-portal',
    notificationKey: KEY,
    currency: 'EUR',
  };
  const call = { mode: 'test', credentials, http, clock } as const;
  const plaintextOf = (request: RawWebhook) => {
    const ciphertext = present(ciphertextOf(request.body), 'a ciphertext');
    return present(decryptNotification(Buffer.from(KEY, 'hex'), ciphertext), 'a plaintext');
  };

  test.each([
    [
      eventOf('payment.succeeded', PAYMENT),
      { about: 'attempt', report: { state: 'captured', amount: money(14_950n) } },
    ],
    [eventOf('payment.canceled', PAYMENT), { about: 'attempt', report: { state: 'canceled' } }],
    [
      eventOf('payment.reversed', { ...PAYMENT, amountCaptured: 0 }, withReversal),
      { about: 'reversal', reversal: { state: 'succeeded', amount: money(14_950n) } },
    ],
    [eventOf('refund.succeeded', REFUND), { about: 'refund', refund: { state: 'succeeded', amount: money(500n) } }],
  ] as const)('S1.16 decrypts $type and reads it, once the id is a number as the original’s is', (event, fact) => {
    const request = requestOf('encrypted-legacy', event, [key]);
    const plaintext = plaintextOf(request);
    expect(JSON.parse(plaintext).transactionId).toBe(PAYMENT.id);
    const body = Buffer.from(encrypt(plaintext.replace(`"${PAYMENT.id}"`, '4071'), Buffer.from(KEY, 'hex')));
    expect(eventIn(parseScantopayWebhook(call, { ...request, body }))).toMatchObject({ attempt, fact });
  });

  test('S1.16 reads nothing under another key', () => {
    const request = requestOf('encrypted-legacy', eventOf('payment.succeeded', PAYMENT), [key]);
    const other = { ...credentials, notificationKey: 'ffeeddccbbaa99887766554433221100' };
    expect(parseScantopayWebhook({ ...call, credentials: other }, request)).toMatchObject({ kind: 'rejected' });
  });
});

describe('our adapter of partner gateways', () => {
  const credentials = {
    merchantCode: 'BLUESHOP',
    secretKey: 'a signing key of both',
    apiUrl: 'https://partner.example',
  };
  const dong = { ...PAYMENT, amount: 250_000, amountCaptured: 250_000, currency: 'VND' };
  const read = (profile: 'bluecom' | 'neopay', event: DialectEvent) =>
    eventIn(
      parsePartnerWebhook(
        { mode: 'test', credentials: { ...credentials, profile }, http, clock },
        requestOf('partner', event, [SIGNING], { profile }),
      ),
    );

  test.each(['bluecom', 'neopay'] as const)('reads payments of %s', (profile) => {
    const states = (['payment.succeeded', 'payment.failed', 'payment.expired', 'payment.canceled'] as const).map(
      (type) => {
        const told = read(profile, eventOf(type, dong));
        expect(told).toMatchObject({ attempt, authoritative: profile === 'bluecom' });
        return told?.fact.about === 'attempt' ? told.fact.report.state : null;
      },
    );
    expect(states).toEqual(['captured', 'declined', 'expired', 'canceled']);
  });

  test('reads refunds under the names that we gave them', () => {
    const told = read('bluecom', eventOf('refund.succeeded', REFUND));
    expect(told).toMatchObject({ fact: { refund: { state: 'succeeded', amount: money(500n) } } });
    expect(read('bluecom', eventOf('reversal.succeeded', REVERSAL))?.dedupeKey).toContain(REVERSAL.id);
  });
});

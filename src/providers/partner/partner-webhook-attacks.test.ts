import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bluecomProfile } from '../partner-profiles/bluecom-profile.ts';
import type { RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import { PAID, SIGNED, signedWebhook, webhookOf } from './bluecom-messages-fixture.ts';
import { parsePartnerWebhook } from './parse-partner-webhook.ts';
import type { PartnerCall } from './partner-client.ts';
import { type PartnerStage, SECRET, startPartnerStage } from './partner-fixture.ts';
import { claimsOf, nonceOf } from './read-claims.ts';

let stage: PartnerStage;
beforeAll(async () => {
  stage = await startPartnerStage();
});
afterAll(() => stage.stop());

const NAMES = SIGNED.ipn.split(' ');
const read = (webhook: RawWebhook): WebhookOutcome => parsePartnerWebhook(stage.call(), webhook);
const reasonOf = (outcome: WebhookOutcome): string =>
  outcome.kind === 'rejected' ? `${outcome.reason} ${outcome.reply.status}` : outcome.kind;

test('our own signed requests, sent back', async () => {
  const bodies: string[] = [];
  const http = {
    send: (request: Parameters<PartnerCall['http']['send']>[0]) => {
      bodies.push(String(request.body));
      return stage.call().http.send(request);
    },
  };
  const input = stage.input();
  await stage.provider.create(stage.call({ http }), input);
  await stage.provider.retrieve(stage.call({ http }), input);
  await stage.provider.refund?.(stage.call({ http }), stage.refundInput(input, 'PG0'));
  expect(bodies.map((body) => reasonOf(read(webhookOf(body))))).toEqual(Array(3).fill('bad_signature 401'));
});

describe('what a notification claims', () => {
  test('is read without being believed', () => {
    const forged = webhookOf(JSON.stringify({ ...PAID, signature: 'x' }));
    const { merchantCode, orderId, nonce } = PAID;
    expect(claimsOf(bluecomProfile, forged.body)).toEqual({ orderId, merchantCode, nonce });
    expect(nonceOf(bluecomProfile, forged.body)).toBe(nonce);
  });

  test('is nothing where it cannot be read', () => {
    for (const body of ['', '[]', '{}', '{"orderId":7}']) {
      expect(claimsOf(bluecomProfile, Buffer.from(body))).toEqual({ orderId: null, merchantCode: null, nonce: null });
    }
  });
});

test('no bytes make it throw, or count, without the key', () => {
  const json = fc.json().map((text) => Buffer.from(text));
  const changed = fc
    .tuple(fc.constantFrom(...NAMES, 'signature'), fc.jsonValue())
    .map(([name, value]) => Buffer.from(JSON.stringify({ ...PAID, amount: 1, [name]: value })));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));
  fc.assert(
    fc.property(fc.oneof(json, changed, bytes), (body) => {
      expect(read(webhookOf(body)).kind).toBe('rejected');
    }),
  );
});

test('whatever is signed is read or turned away, and an event never has another amount than the wire', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constantFrom('PAYMENT', 'REFUND', 'SUCCESS', 'EUR', ''));
  const some = fc.dictionary(fc.constantFrom(...NAMES.filter((name) => name !== 'merchantCode')), value);
  fc.assert(
    fc.property(some, (changes) => {
      const outcome = read(signedWebhook(changes));
      if (outcome.kind !== 'events') return;
      const [event] = outcome.events;
      if (event?.fact.about === 'refund') {
        expect(event.fact.refund.amount.amount).toBe(BigInt(String(changes.amount ?? PAID.amount)));
      }
    }),
  );
});

test('no reply has the secret in it', () => {
  const outcomes = [read(signedWebhook()), read(webhookOf(SECRET)), read(signedWebhook({}, `${SECRET}!`))];
  expect(JSON.stringify(outcomes, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
    SECRET,
  );
});

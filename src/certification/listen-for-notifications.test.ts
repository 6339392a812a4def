import { afterEach, beforeEach, expect, test } from 'vitest';
import { call } from '../../test/support/api-client.ts';
import { signedWebhook } from '../providers/partner/bluecom-messages-fixture.ts';
import { type PartnerStage, startPartnerStage } from '../providers/partner/partner-fixture.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { listenForNotifications } from './listen-for-notifications.ts';

let stage: PartnerStage;
let inbox: Awaited<ReturnType<typeof listenForNotifications>>;

beforeEach(async () => {
  stage = await startPartnerStage();
  inbox = await open(null);
});
afterEach(async () => {
  await Promise.all([inbox.close(), stage.stop()]);
});

function open(publicUrl: string | null) {
  const { clock } = stage;
  const provider = stage.provider as PaymentProvider;
  return listenForNotifications({ provider, call: stage.call(), clock, host: '127.0.0.1', port: 0, publicUrl });
}

const deliver = async (changes: object = {}, key?: string) =>
  (await call(inbox.url, { rawBody: Buffer.from(signedWebhook({ ...changes }, key).body) })).status;

const verdicts = async () => (await inbox.received()).map(({ verdict }) => verdict);

test('notifications are verified, judged and answered as by the gateway', async () => {
  expect(await deliver()).toBe(200);
  expect(await deliver({ nonce: 'n2' })).toBe(200);
  expect(await deliver({ status: 'FAILED', nonce: 'n3' })).toBe(200);
  expect(await deliver({ providerRef: 'PG2' }, 'a wrong key of sixteen')).toBe(401);
  expect(await deliver({ providerRef: 'PG2', timestamp: '2026-03-01T11:00:00Z' })).toBe(401);
  expect((await call(inbox.url, { rawBody: 'no JSON' })).status).toBe(400);
  expect(await verdicts()).toEqual([
    ...['accepted', 'duplicate', 'conflicting_duplicate', 'bad_signature', 'stale_timestamp', 'malformed'],
  ]);
});

test('what is to be turned away is answered 503 and taken when it comes again', async () => {
  inbox.turnAway?.(({ body }) => Buffer.from(body).includes('PG1'));
  expect(await deliver()).toBe(503);
  expect(await deliver({ providerRef: 'PG2' })).toBe(200);
  inbox.turnAway?.(null);
  expect(await deliver()).toBe(200);
  expect(await verdicts()).toEqual(['turned_away', 'accepted', 'accepted']);
});

test('the address given to the partner is the public one where there is one', async () => {
  expect(inbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ipn$/);
  const other = await open('https://ipn.shop.example/x');
  expect(other.url).toBe('https://ipn.shop.example/x');
  await other.close();
});

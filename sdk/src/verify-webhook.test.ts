import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { EVENT_TYPES } from '../../src/events/event.ts';
import type { CaptureObject, DisputeObject, RefundObject, ReversalObject } from '../../src/payments/operation-json.ts';
import type { PaymentObject as ApiPaymentObject } from '../../src/payments/payment-shape.ts';
import type { ExceptionObject, PayoutObject } from '../../src/reconciliation/reconciliation-json.ts';
import { verifyWebhook } from './verify-webhook.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { WebhookVerificationError } from './webhook-verification-error.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const NOW = new Date('2026-11-21T12:00:00Z');
const NOW_SECONDS = NOW.getTime() / 1000;
const BODY = JSON.stringify({
  id: 'evt_1',
  type: 'payment.succeeded',
  data: { object: { reference: 'order-1042-1', description: 'Café ☕' } },
});

/** Signed by the reference library, so that another's reading of the rules is the judge. */
function signed(body = BODY, { secret = SECRET, seconds = NOW_SECONDS, id = 'whd_1' } = {}): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': new Webhook(secret).sign(id, new Date(seconds * 1000), body),
  };
}

async function reasonOf(verify: () => Promise<unknown>): Promise<string> {
  try {
    await verify();
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.reason;
    throw error;
  }
  return 'accepted';
}

const withHeaders = (headers: Record<string, string | string[] | undefined>) =>
  reasonOf(() => verifyWebhook({ body: BODY, headers, secret: SECRET, now: NOW }));

describe('verifyWebhook', () => {
  it('gives the event of what the reference library signed', async () => {
    const event = await verifyWebhook({ body: BODY, headers: signed(), secret: SECRET, now: NOW });
    expect(event).toEqual(JSON.parse(BODY));
  });

  it('takes bytes, which need not be the whole of their buffer', async () => {
    const padded = Buffer.from(`xx${BODY}xx`);
    const body = new Uint8Array(padded.buffer, padded.byteOffset + 2, padded.byteLength - 4);
    expect(await verifyWebhook({ body, headers: signed(), secret: SECRET, now: NOW })).toMatchObject({ id: 'evt_1' });
  });

  it.each([
    ['Node', signed()],
    ['Fetch', new Headers(signed())],
    ['any case', Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), value]))],
    ['lists of one', Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name, [value]]))],
  ])('reads headers as of %s', async (_kind, headers) => {
    expect(await verifyWebhook({ body: BODY, headers, secret: SECRET, now: NOW })).toMatchObject({ id: 'evt_1' });
  });

  it('accepts either secret and either signature during a rotation', async () => {
    const byOld = signed(BODY, { secret: OLD_SECRET });
    expect(await verifyWebhook({ body: BODY, headers: byOld, secrets: [SECRET, OLD_SECRET], now: NOW })).toBeTruthy();
    const signatures = `v1a,AAAA ${byOld['webhook-signature']} ${signed()['webhook-signature']}`;
    expect(await withHeaders({ ...byOld, 'webhook-signature': signatures })).toBe('accepted');
  });

  it('refuses a body of which any byte was changed', async () => {
    for (let index = 0; index < BODY.length; index++) {
      const body = Buffer.from(BODY);
      body.writeUInt8(body.readUInt8(index) ^ 1, index);
      expect(await reasonOf(() => verifyWebhook({ body, headers: signed(), secret: SECRET, now: NOW }))).toBe(
        'no_match',
      );
    }
  });

  it('refuses another id, another time, another secret and another version of signature', async () => {
    expect(await withHeaders({ ...signed(), 'webhook-id': 'whd_2' })).toBe('no_match');
    expect(await withHeaders({ ...signed(), 'webhook-timestamp': String(NOW_SECONDS + 1) })).toBe('no_match');
    expect(await withHeaders(signed(BODY, { secret: OLD_SECRET }))).toBe('no_match');
    const [, signature = ''] = signed()['webhook-signature']?.split(',') ?? [];
    for (const other of [`v2,${signature}`, signature, `v1,${signature}x`, `v1,${signature.slice(1)}`, 'v1,', 'v1']) {
      expect(await withHeaders({ ...signed(), 'webhook-signature': other })).toBe('no_match');
    }
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'refuses a request without one %s',
    async (name) => {
      expect(await withHeaders({ ...signed(), [name]: undefined })).toBe('missing_header');
      expect(await withHeaders({ ...signed(), [name]: '' })).toBe('missing_header');
      expect(await withHeaders({ ...signed(), [name]: ['a', 'b'] })).toBe('missing_header');
      expect(await withHeaders({ ...signed(), [name.toUpperCase()]: 'again' })).toBe('missing_header');
    },
  );

  it('accepts what is up to five minutes off, and nothing beyond', async () => {
    expect(await withHeaders(signed(BODY, { seconds: NOW_SECONDS - 300 }))).toBe('accepted');
    expect(await withHeaders(signed(BODY, { seconds: NOW_SECONDS + 300 }))).toBe('accepted');
    expect(await withHeaders(signed(BODY, { seconds: NOW_SECONDS - 301 }))).toBe('too_old');
    expect(await withHeaders(signed(BODY, { seconds: NOW_SECONDS + 301 }))).toBe('too_new');
  });

  it('compares with the machine’s clock unless told otherwise', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    expect(await verifyWebhook({ body: BODY, headers: signed(BODY, { seconds }), secret: SECRET })).toBeTruthy();
    expect(
      await reasonOf(() =>
        verifyWebhook({ body: BODY, headers: signed(BODY, { seconds: 1_600_000_000 }), secret: SECRET }),
      ),
    ).not.toBe('accepted');
  });

  it.each(['', 'soon', '1.5', '-1', '1e9', ' 1', '9'.repeat(20)])('refuses the timestamp “%s”', async (timestamp) => {
    const reason = timestamp === '' ? 'missing_header' : 'bad_timestamp';
    expect(await withHeaders({ ...signed(), 'webhook-timestamp': timestamp })).toBe(reason);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('never takes %s for a tolerance', async (toleranceSeconds) => {
    const headers = signed(BODY, { seconds: 1 });
    const verify = () => verifyWebhook({ body: BODY, headers, secret: SECRET, now: NOW, toleranceSeconds });
    await expect(verify()).rejects.toThrow(RangeError);
    const never = verifyWebhook({ body: BODY, headers, secret: SECRET, now: new Date('never') });
    await expect(never).rejects.toThrow(RangeError);
  });

  it.each([
    '',
    'whsec_',
    'whsec_A',
    'sk_test_1.secret',
    'whsec_==',
    SECRET.slice('whsec_'.length),
    SECRET.replace('whsec_', 'whpub_'),
  ])('refuses the secret “%s”, whoever signed', async (secret) => {
    const emptyKey = createHmac('sha256', '').update(`whd_1.${NOW_SECONDS}.${BODY}`).digest('base64');
    const headers = { ...signed(), 'webhook-signature': `v1,${emptyKey}` };
    expect(await reasonOf(() => verifyWebhook({ body: BODY, headers, secret, now: NOW }))).toBe('bad_secret');
    expect(await reasonOf(() => verifyWebhook({ body: BODY, headers, secrets: [SECRET, secret], now: NOW }))).toBe(
      'bad_secret',
    );
    expect(await reasonOf(() => verifyWebhook({ body: BODY, headers, secrets: [], now: NOW }))).toBe('bad_secret');
  });

  it('says so where the body was parsed before', async () => {
    const body = JSON.parse(BODY);
    expect(await reasonOf(() => verifyWebhook({ body, headers: signed(), secret: SECRET, now: NOW }))).toBe('not_raw');
  });

  it.each(['', 'transactionType=CHARGE', '[]', 'null', '{"id":"evt_1","type":"payment.succeeded","data":{}}'])(
    'refuses the genuine body “%s”, which is no event',
    async (body) => {
      const headers = signed(body);
      expect(await reasonOf(() => verifyWebhook({ body, headers, secret: SECRET, now: NOW }))).toBe('not_json');
    },
  );

  it('refuses a genuine body that is not UTF-8', async () => {
    const body = Buffer.from('{"id":"evt_1","type":"payment.created","data":{"object":{"a":"?"}}}');
    body.writeUInt8(0xff, body.indexOf('?'));
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`whd_1.${NOW_SECONDS}.`).update(body).digest('base64');
    const headers = { ...signed(), 'webhook-signature': `v1,${signature}` };
    expect(await reasonOf(() => verifyWebhook({ body, headers, secret: SECRET, now: NOW }))).toBe('not_json');
  });

  it('tells in its message what to do, and neither the secret nor a signature', async () => {
    const headers = signed(BODY, { secret: OLD_SECRET });
    const verify = () => verifyWebhook({ body: BODY, headers, secret: SECRET, now: NOW });
    await expect(verify()).rejects.toThrow(/re-serialized/);
    await expect(verify()).rejects.not.toThrow(new RegExp(SECRET.slice(6, 20)));
  });
});

type ObjectOf<Type extends string, Event = WebhookEvent> = Event extends WebhookEvent
  ? Type extends Event['type']
    ? Event['data']['object']
    : never
  : never;

describe('the types of events', () => {
  it('are the gateway’s own', () => {
    // The compiler is what checks here: each line stops compiling where the two part ways.
    const type = (name: (typeof EVENT_TYPES)[number]): WebhookEvent['type'] => name;
    const payment = (object: ApiPaymentObject): ObjectOf<'payment.succeeded'> => object;
    const capture = (object: CaptureObject): ObjectOf<'capture.succeeded'> => object;
    const refund = (object: RefundObject): ObjectOf<'refund.succeeded'> => object;
    const reversal = (object: ReversalObject): ObjectOf<'reversal.succeeded'> => object;
    const dispute = (object: DisputeObject): ObjectOf<'dispute.opened'> => object;
    const payout = (object: PayoutObject): ObjectOf<'payout.paid'> => object;
    const mismatch = (object: ExceptionObject): ObjectOf<'reconciliation.mismatch'> => object;
    expect([type, payment, capture, refund, reversal, dispute, payout, mismatch]).toHaveLength(8);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { credentialsPlace } from '../../src/provider-accounts/account.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { parallel } from '../support/parallel.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openSandboxAccount } from '../support/sandbox-account.ts';
import { holdNotifications, type SandboxNotifier, type SignedNotification } from '../support/sandbox-notifier.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let bankLine: WebhookSink;
let shop: PaymentWatch;
let bank: SandboxNotifier;
let account: Awaited<ReturnType<typeof openSandboxAccount>>;

beforeAll(async () => {
  clock = stoppedClock();
  bankLine = await startWebhookSink();
  const environment = { TOLLGATE_HOOKS_URL: bankLine.url, TOLLGATE_TRUST_PROXY: 'loopback' };
  tollgate = await startInstallation({ clock, environment });
  shop = watchPayments(tollgate);
  bank = await holdNotifications(tollgate, bankLine);
  account = await openSandboxAccount(tollgate);
});
afterAll(async () => {
  await tollgate.close();
  await bankLine.close();
});
beforeEach(() => {
  // What came in one test is told from another's by its time.
  clock.advance({ seconds: 1 });
});

/** A payment that the bank has approved meanwhile, and the notification of it, which has not arrived. */
async function approvedUnheard() {
  const { id } = await shop.create();
  const { latestAttempt } = await shop.confirm(id, 'tok_pending_then_approve');
  clock.advance({ seconds: 2 });
  await tollgate.sandbox.tick();
  const approval = bank.sentAbout(latestAttempt.id).at(-1);
  if (approval === undefined) throw new Error('The sandbox sent nothing');
  return { id: String(id), attemptId: String(latestAttempt.id), approval };
}

/** The same notification with another content, signed as the bank would. */
function altered(notification: SignedNotification, alter: (event: ReturnType<typeof JSON.parse>) => void) {
  const event = JSON.parse(notification.body);
  alter(event);
  return bank.sign(JSON.stringify(event));
}

function forged({ body }: SignedNotification): SignedNotification {
  return { body, signature: bank.sign(`${body} `).signature };
}

async function list(query: string) {
  const answer = await shop.merchant.send('GET', `/inbound-events?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

/** The one notification that such a query finds. */
async function only(query: string) {
  const { data } = await list(query);
  expect(data).toHaveLength(1);
  return data[0];
}

function since(instant: Temporal.Instant): string {
  return `createdAfter=${instant.subtract({ milliseconds: 1 })}`;
}

const replay = (id: string) => shop.merchant.send('POST', `/inbound-events/${id}/replay`);
const LESS = { amount: 1249, amountAuthorized: 1249, amountCaptured: 1249 };
const PAID = { status: 'succeeded', amountCaptured: 1250 };

async function captures(paymentId: string): Promise<number> {
  return (await tollgate.database.run('select 1 from captures where payment_id = $1', [paymentId])).length;
}

describe('the list', () => {
  test('finds accepted, duplicate, conflicting, forged, stale and unmatched ones, newest first', async () => {
    const { id, approval } = await approvedUnheard();
    const begin = clock.now();
    const tell = async (notification: SignedNotification) => {
      clock.advance({ milliseconds: 1 });
      await bank.deliver(notification);
    };
    await tell(approval);
    await tell(approval);
    await tell(altered(approval, (event) => Object.assign(event.charge, LESS)));
    await tell(forged(approval));
    await tell(
      altered(approval, (event) => {
        event.id = 'evt_of_nobody';
        event.charge.reference = 'att_of_nobody';
      }),
    );
    const old = bank.sign(approval.body);
    clock.advance({ seconds: 301 });
    await bank.deliver(old);
    await shop.untilLike(id, PAID);
    await untilQuiet(tollgate.database);
    const { data } = await list(`${since(begin)}&limit=100`);
    const shown = data.map((one: Record<string, unknown>) => [one.verdict, one.state, one.paymentId]);
    expect(shown).toEqual([
      ['stale_timestamp', null, null],
      ['accepted', 'unmatched', null],
      ['bad_signature', null, null],
      ['conflicting_duplicate', null, id],
      ['duplicate', null, id],
      ['accepted', 'applied', id],
    ]);
    for (const verdict of ['stale_timestamp', 'bad_signature', 'conflicting_duplicate', 'duplicate']) {
      expect((await only(`${since(begin)}&verdict=${verdict}`)).verdict).toBe(verdict);
    }
    expect((await only(`${since(begin)}&state=unmatched`)).outcome).toBe('unknown_attempt');
    expect((await list(`paymentId=${id}`)).data).toHaveLength(3);
    expect((await list(`${since(begin)}&providerAccountId=${account.providerAccountId}`)).data).toHaveLength(6);
    expect((await list('providerAccountId=pa_none')).data).toEqual([]);
    expect((await list(`${since(begin)}&createdBefore=${begin}`)).data).toEqual([]);
  });

  test('comes in pages that miss nothing', async () => {
    const { approval } = await approvedUnheard();
    const begin = clock.now();
    for (let index = 0; index < 5; index++) await bank.deliver(approval);
    const seen: string[] = [];
    let page = await list(`${since(begin)}&limit=2`);
    for (;;) {
      seen.push(...page.data.map((one: { id: string }) => one.id));
      if (!page.hasMore) break;
      page = await list(`${since(begin)}&limit=2&cursor=${page.nextCursor}`);
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual(seen.toSorted().reverse());
  });

  test("shows nobody another tenant's or mode's, and replays none", async () => {
    const { approval } = await approvedUnheard();
    const begin = clock.now();
    await bank.deliver(forged(approval));
    const { id } = await only(since(begin));
    const other = (await tollgate.createTenant()).apiKeys;
    const keys = [other.test, other.live, tollgate.tenant.apiKeys.live];
    const before = await list(since(begin));
    for (const key of keys) {
      const stranger = merchantOf(tollgate.apiUrl, key, { 'x-forwarded-proto': 'https' });
      expect((await stranger.send('GET', '/inbound-events')).body.data).toEqual([]);
      expect((await stranger.send('GET', `/inbound-events/${id}`)).status).toBe(404);
      expect((await stranger.send('POST', `/inbound-events/${id}/replay`)).status).toBe(404);
    }
    expect(await list(since(begin))).toEqual(before);
  });
});

test('a notification is shown as it came, without what opens doors and without card numbers', async () => {
  const begin = clock.now();
  const body = '{"note":"paid with 4111 1111 1111 1111, order 4111111111111112","grüße":"ja"}';
  const { signature } = bank.sign(body);
  const headers = {
    ...{ 'sandbox-signature': signature, authorization: 'Bearer of-the-bank', cookie: 'session=of-the-bank' },
    ...{ 'x-api-key': 'of-the-bank', 'x-note': '5555-5555-5555-4444' },
  };
  await call(`${tollgate.apiUrl}${bank.path}?token=of-the-bank&a=b`, { rawBody: body, headers });
  const { id } = await only(since(begin));
  const answer = await shop.merchant.send('GET', `/inbound-events/${id}`);
  const { request } = answer.body;
  expect(request.body).toBe('{"note":"paid with [masked], order 4111111111111112","grüße":"ja"}');
  expect(request).toMatchObject({ method: 'POST', query: { token: '[masked]', a: 'b' } });
  expect(request.headers).toMatchObject({
    ...{ 'sandbox-signature': [signature], authorization: ['[masked]'], cookie: ['[masked]'] },
    ...{ 'x-api-key': ['[masked]'], 'x-note': ['[masked]'] },
  });
  expect(answer.text).not.toContain('of-the-bank');
  expect((await list(since(begin))).data[0].request).toBeUndefined();
});

test.each([
  [
    '{"authKey":"of-the-bank","a":1,"deep":{"api_key" : "of \\"the-bank\\""}}',
    '{"authKey":"[masked]","a":1,"deep":{"api_key" : "[masked]"}}',
  ],
  ['a=1&authKey=of-the-bank&b=2', 'a=1&authKey=[masked]&b=2'],
])('a field of the body that opens doors is masked: %s', async (body, shown) => {
  const begin = clock.now();
  await call(`${tollgate.apiUrl}${bank.path}`, {
    rawBody: body,
    headers: { 'sandbox-signature': bank.sign(body).signature },
  });
  const { id } = await only(since(begin));
  expect((await shop.merchant.send('GET', `/inbound-events/${id}`)).body.request.body).toBe(shown);
});

describe('settling', () => {
  const resolve = (id: string, note: unknown) =>
    shop.merchant.send('POST', `/inbound-events/${id}/resolve`, { body: { note } });

  async function setAside() {
    const { id, approval } = await approvedUnheard();
    const begin = clock.now();
    await bank.deliver(altered(approval, (event) => Object.assign(event.charge, LESS)));
    await untilQuiet(tollgate.database);
    return { paymentId: id, approval, event: await only(`${since(begin)}&state=quarantined`) };
  }

  test('ends what was set aside, once, with who and why, and applies nothing', async () => {
    const { paymentId, event } = await setAside();
    expect(event.resolution).toBeNull();
    const answers = await parallel(10, (index) => resolve(event.id, `  No. ${index}: the bank erred.  `));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    const settled = await shop.merchant.send('GET', `/inbound-events/${event.id}`);
    expect(settled.body).toMatchObject({ state: 'resolved', verdict: 'accepted', outcome: 'amount_mismatch' });
    expect(settled.body.resolution).toEqual({
      note: expect.stringMatching(/^No\. \d: the bank erred\.$/),
      actor: expect.stringMatching(/^key:key_/),
      at: clock.now().toString(),
    });
    expect((await replay(event.id)).status).toBe(409);
    expect(await captures(paymentId)).toBe(0);
  });

  test('keeps the truth from nobody: the genuine notification is still found by asking', async () => {
    const { paymentId, approval, event } = await setAside();
    expect((await resolve(event.id, 'The amount was wrong.')).status).toBe(200);
    expect((await bank.deliver(approval)).status).toBe(200);
    await shop.untilLike(paymentId, PAID);
  });

  test.each([
    [undefined, '/note'],
    ['', '/note'],
    ['   ', '/note'],
    ['x'.repeat(1_001), '/note'],
    [7, '/note'],
  ])('with the note %j is refused by field and rule', async (note, pointer) => {
    const { event } = await setAside();
    const answer = await resolve(event.id, note);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
    expect((await shop.merchant.send('GET', `/inbound-events/${event.id}`)).body.state).toBe('quarantined');
  });

  test('of what was applied, or is another tenant’s, is refused', async () => {
    const { id, approval } = await approvedUnheard();
    const begin = clock.now();
    await bank.deliver(approval);
    await shop.untilLike(id, PAID);
    await untilQuiet(tollgate.database);
    const applied = await only(since(begin));
    expect((await resolve(applied.id, 'No.')).body.code).toBe('state_conflict');
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const { event } = await setAside();
    const answer = await stranger.send('POST', `/inbound-events/${event.id}/resolve`, { body: { note: 'Mine.' } });
    expect(answer.status).toBe(404);
  });
});

describe('a replay', () => {
  /** The account with other credentials for the length of an act. */
  async function withSecret<T>(secretKey: string, act: () => Promise<T>): Promise<T> {
    const { tenantId } = tollgate.tenant.tenant;
    const { providerAccountId, ...credentials } = account;
    const place = credentialsPlace({ tenantId, providerAccountId });
    const { sealer } = tollgate.tollgate.gateway.payments;
    const set = async (key: string) =>
      tollgate.database.run('update provider_accounts set credentials_sealed = $2 where provider_account_id = $1', [
        providerAccountId,
        await sealer.seal(place, JSON.stringify({ ...credentials, secretKey: key })),
      ]);
    await set(secretKey);
    try {
      return await act();
    } finally {
      await set(account.secretKey);
    }
  }

  test('applies what was set aside once its reason is gone, once, however many ask for it', async () => {
    const { id, attemptId, approval } = await approvedUnheard();
    const move = (providerAccountId: string) =>
      tollgate.database.run('update attempts set provider_account_id = $2 where attempt_id = $1', [
        attemptId,
        providerAccountId,
      ]);
    await move('pa_of_somebody_else');
    const begin = clock.now();
    await bank.deliver(approval);
    await untilQuiet(tollgate.database);
    const setAside = await only(`${since(begin)}&state=quarantined`);
    expect(setAside.outcome).toBe('other_provider_account');
    await move(account.providerAccountId);
    const answers = await parallel(10, () => replay(setAside.id));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    await shop.untilLike(id, PAID);
    await untilQuiet(tollgate.database);
    expect(await only(since(begin))).toMatchObject({ state: 'applied', paymentId: id });
    expect(await captures(id)).toBe(1);
    expect((await replay(setAside.id)).status).toBe(409);
  });

  test('of what still does not fit sets it aside again', async () => {
    const { id, approval } = await approvedUnheard();
    const begin = clock.now();
    await bank.deliver(altered(approval, (event) => Object.assign(event.charge, LESS)));
    await untilQuiet(tollgate.database);
    const setAside = await only(`${since(begin)}&state=quarantined`);
    expect((await replay(setAside.id)).body).toMatchObject({ id: setAside.id, verdict: 'accepted' });
    await untilQuiet(tollgate.database);
    expect(await only(since(begin))).toMatchObject({ state: 'quarantined', outcome: 'amount_mismatch' });
    expect(await captures(id)).toBe(0);
  });

  test('takes what was refused by a wrong key of ours, also hours later, once', async () => {
    const { id, approval } = await approvedUnheard();
    const begin = clock.now();
    await withSecret('another key than the bank has', async () => {
      expect((await bank.deliver(approval)).status).toBe(401);
      const refused = await only(since(begin));
      expect((await replay(refused.id)).status).toBe(409);
      expect(await only(since(begin))).toEqual(refused);
    });
    clock.advance({ hours: 2 });
    const refused = await only(`${since(begin)}&verdict=bad_signature`);
    const answers = await parallel(10, () => replay(refused.id));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    await shop.untilLike(id, PAID);
    await untilQuiet(tollgate.database);
    expect(await only(since(begin))).toMatchObject({ verdict: 'accepted', state: 'applied', paymentId: id });
    expect(await captures(id)).toBe(1);
    // The bank, which got no 200, comes again.
    expect((await bank.deliver(bank.sign(approval.body))).status).toBe(200);
    expect((await only(`${since(begin)}&verdict=duplicate`)).state).toBeNull();
    expect(await captures(id)).toBe(1);
  });

  test('of a refused one whose copy was taken meanwhile has no effect', async () => {
    const { id, approval } = await approvedUnheard();
    const begin = clock.now();
    await withSecret('another key than the bank has', () => bank.deliver(approval));
    await bank.deliver(approval);
    const paid = await shop.untilLike(id, PAID);
    const refused = await only(`${since(begin)}&verdict=bad_signature`);
    expect((await replay(refused.id)).body).toMatchObject({ verdict: 'duplicate', state: null });
    await untilQuiet(tollgate.database);
    expect(await shop.read(id)).toEqual(paid);
  });

  test('takes nothing that was forged, stale, a duplicate, or applied already', async () => {
    const { id, approval } = await approvedUnheard();
    const begin = clock.now();
    await bank.deliver(approval);
    await bank.deliver(approval);
    await bank.deliver(forged(approval));
    const old = bank.sign(approval.body);
    clock.advance({ seconds: 301 });
    await bank.deliver(old);
    const paid = await shop.untilLike(id, PAID);
    await untilQuiet(tollgate.database);
    const before = await list(since(begin));
    expect(before.data).toHaveLength(4);
    for (const one of before.data) {
      const answer = await replay(one.id);
      expect([answer.status, answer.body.code], one.verdict).toEqual([409, 'state_conflict']);
    }
    await untilQuiet(tollgate.database);
    expect([await list(since(begin)), await shop.read(id)]).toEqual([before, paid]);
  });
});

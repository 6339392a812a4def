import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { CrashPointName } from '../../src/platform/crash-point.ts';
import { call, until } from '../support/api-client.ts';
import { type CrashWorld, type Shop, startCrashWorld } from './crash-world.ts';
import { askPatiently } from './order.ts';

let world: CrashWorld;

beforeAll(async () => {
  world = await startCrashWorld(1);
});
afterAll(() => world.close());

const CASE_LIMIT_MS = 60_000;
let count = 0;

const ask = (shop: Shop, path: string, body: unknown) =>
  askPatiently(world, shop, { path: `/api/v1${path}`, idempotencyKey: `failover-${count++}`, body });

/** Adds an account that comes first and whose key the bank does not take; `mend` gives it the right one. */
async function addBrokenAccount(shop: Shop) {
  const { code: merchantCode, secret } = shop.merchant;
  // The first key of a merchant is its own for ever.
  await shop.merchant.say('PUT', `/v1/merchants/${merchantCode}`, { secretKey: secret });
  const credentials = { merchantCode, secretKey: `not ${secret}` };
  const { body } = await ask(shop, '/provider-accounts', { provider: 'sandbox', priority: 1, credentials });
  const rotation = { credentials: { merchantCode, secretKey: secret }, overlapSeconds: 0 };
  return { id: String(body.id), mend: () => ask(shop, `/provider-accounts/${body.id}/rotate`, rotation) };
}

test.each<{ at: CrashPointName; occurrence: number; paidAt: 'first' | 'second' }>([
  // The first account's attempt stands alone: it is what the worker finishes.
  { at: 'signal-written', occurrence: 1, paidAt: 'first' },
  { at: 'attempt-unsent', occurrence: 1, paidAt: 'first' },
  { at: 'attempt-answered', occurrence: 1, paidAt: 'first' },
  // The end of the first and the beginning of the second are committed together.
  { at: 'signal-written', occurrence: 2, paidAt: 'second' },
  { at: 'attempt-unsent', occurrence: 2, paidAt: 'second' },
  { at: 'attempt-answered', occurrence: 2, paidAt: 'second' },
  { at: 'signal-written', occurrence: 3, paidAt: 'second' },
  { at: 'answer-kept', occurrence: 1, paidAt: 'second' },
])(
  'a process that dies at $at (passing $occurrence) between two accounts takes the money once, at the $paidAt',
  async ({ at, occurrence, paidAt }) => {
    const shop = await world.openShop();
    const gateway = present(world.gateways[0], 'the gateway');
    const broken = await addBrokenAccount(shop);
    const { body: payment } = await ask(shop, '/payments', {
      reference: `failover-${count}`,
      amount: 1250,
      expiresIn: 604_800,
    });
    const deaths = gateway.deaths.length;
    await gateway.arm({ name: at, occurrence });
    const request = {
      path: `/api/v1/payments/${payment.id}/confirm`,
      idempotencyKey: `confirm-${payment.id}`,
      body: { method: { type: 'sandbox', token: 'tok_approve' } },
    };
    const asked = askPatiently(world, shop, request);
    await until(async () => gateway.deaths.length > deaths);
    await gateway.whenUp();
    await broken.mend();
    const answer = await asked;
    await world.settle(shop);
    expect(gateway.deaths.slice(deaths)).toEqual(['SIGKILL']);
    expect((await askPatiently(world, shop, request)).text).toBe(answer.text);
    // Nothing is answered before the account that took over has said anything.
    expect(answer.body.latestAttempt.state).not.toBe('dispatched');
    const attempts = await world.database.run<{ id: string; account: string; state: string; next: string | null }>(
      `select attempt_id as id, provider_account_id as account, state, failed_over_to as next
       from attempts where payment_id = $1 order by failed_over_to is null`,
      [payment.id],
    );
    const paid = present(attempts.at(-1), 'an attempt');
    expect(paid).toMatchObject({ state: 'captured', next: null });
    expect(paid.account === broken.id).toBe(paidAt === 'first');
    expect(attempts.slice(0, -1)).toMatchObject(
      paidAt === 'first' ? [] : [{ account: broken.id, state: 'refused', next: paid.id }],
    );
    expect(attempts.map(({ id }) => world.sandbox.countCharges(id))).toEqual(paidAt === 'first' ? [1] : [0, 1]);
    const events = await call(`${gateway.url}/api/v1/events?paymentId=${payment.id}&limit=100`, {
      key: shop.tenant.apiKeys.test,
    });
    expect(events.body.data.map(({ type }: { type: string }) => type).sort()).toEqual([
      'capture.succeeded',
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
  },
  CASE_LIMIT_MS,
);

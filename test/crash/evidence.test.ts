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
const TEXT = 'It was delivered.';
let count = 0;

const ask = (shop: Shop, path: string, body: unknown) =>
  askPatiently(world, shop, { path: `/api/v1${path}`, idempotencyKey: `evidence-${count++}`, body });

/** A paid payment whose dispute the gateway knows. */
async function disputed(shop: Shop) {
  const gateway = present(world.gateways[0], 'the gateway');
  const { body: payment } = await ask(shop, '/payments', { reference: `disputed-${count}`, amount: 1250 });
  const { body } = await ask(shop, `/payments/${payment.id}/confirm`, {
    method: { type: 'sandbox', token: 'tok_dispute_inquiry' },
  });
  const dispute = await until(async () => {
    const address = `${gateway.url}/api/v1/disputes?paymentId=${payment.id}`;
    return (await call(address, { key: shop.tenant.apiKeys.test })).body.data[0];
  });
  return { id: String(dispute.id), attemptId: String(body.latestAttempt.id) };
}

test.each<{ at: CrashPointName; status: 'submitted' | 'refused' }>([
  // The inquiry is over when the process comes back, and the bank takes no evidence any more.
  { at: 'operation-unsent', status: 'refused' },
  { at: 'operation-answered', status: 'submitted' },
  { at: 'signal-written', status: 'submitted' },
  { at: 'answer-kept', status: 'submitted' },
])(
  'a process that dies at $at submits evidence once, and its answer is had with the same key',
  async ({ at, status }) => {
    const shop = await world.openShop();
    const { id, attemptId } = await disputed(shop);
    const gateway = present(world.gateways[0], 'the gateway');
    const deaths = gateway.deaths.length;
    // As long after the payment, when nothing but the evidence wakes the account's lane.
    await world.database.run(`update lanes set next_due_at = null where kind = 'sync'`);
    await gateway.arm({ name: at, occurrence: 1 });
    const request = { path: `/api/v1/disputes/${id}/evidence`, idempotencyKey: `${at}-${id}`, body: { text: TEXT } };
    const answer = await askPatiently(world, shop, request);
    expect(gateway.deaths.slice(deaths)).toEqual(['SIGKILL']);
    expect([answer.status, answer.body.status]).toEqual([201, status]);
    expect((await askPatiently(world, shop, request)).text).toBe(answer.text);
    const rows = await world.database.run<{ id: string }>(
      'select evidence_id as id from dispute_evidence where dispute_id = $1',
      [id],
    );
    expect(rows).toEqual([{ id: answer.body.id }]);
    const again = { key: answer.body.id, text: TEXT };
    const [atBank] = (await shop.merchant.say('GET', `/v1/charges/${attemptId}`)).body.disputes as { id: string }[];
    const path = `/v1/charges/${attemptId}/disputes/${atBank?.id}/evidence`;
    expect((await shop.merchant.say('POST', path, again)).status).toBe(status === 'submitted' ? 200 : 409);
  },
  CASE_LIMIT_MS,
);

import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { CrashPointName } from '../../src/platform/crash-point.ts';
import { call, until } from '../support/api-client.ts';
import { submit, visitOf } from '../support/qr-counter.ts';
import { type CrashWorld, type Shop, startCrashWorld } from './crash-world.ts';
import { askPatiently } from './order.ts';

let world: CrashWorld;

beforeAll(async () => {
  world = await startCrashWorld(1);
});
afterAll(() => world.close());

const CASE_LIMIT_MS = 60_000;

async function newCode(shop: Shop, fields: object = {}) {
  const body = { kind: 'static', amount: 1250, ...fields };
  const { body: code } = await askPatiently(world, shop, { path: '/api/v1/qr-codes', idempotencyKey: 'code', body });
  return code;
}

/** What was taken, and what was made of it. */
const countOf = (id: string) =>
  world.database.run<{ uses: number; payments: number; captured: number }>(
    `select (select uses_made from qr_codes where qr_code_id = $1) as uses, count(*)::int as payments,
       coalesce(sum(amount_captured), 0)::int as captured
     from payments where order_id = $1`,
    [id],
  );

test.each<{ at: CrashPointName }>([
  { at: 'qr-use-taken' },
  { at: 'payment-committed' },
  { at: 'attempt-unsent' },
  { at: 'attempt-answered' },
  { at: 'signal-written' },
  { at: 'answer-kept' },
])(
  'a process that dies at $at has a played scan paid once, and its answer is had with the same key',
  async ({ at }) => {
    const shop = await world.openShop();
    const code = await newCode(shop);
    const gateway = present(world.gateways[0], 'the gateway');
    const deaths = gateway.deaths.length;
    await gateway.arm({ name: at, occurrence: 1 });
    const path = `/api/v1/qr-codes/${code.id}/scan`;
    const request = { path, idempotencyKey: `${at}-${code.id}`, body: { token: 'tok_no_ipn' } };
    const answer = await askPatiently(world, shop, request);
    expect(gateway.deaths.slice(deaths)).toEqual(['SIGKILL']);
    expect([answer.status, answer.body.amount], answer.text).toEqual([201, 1250]);
    expect((await askPatiently(world, shop, request)).text).toBe(answer.text);
    await until(async () => (await countOf(code.id))[0]?.captured === 1250);
    expect(await countOf(code.id)).toEqual([{ uses: 1, payments: 1, captured: 1250 }]);
  },
  CASE_LIMIT_MS,
);

test.each<{ at: CrashPointName; kind: 'static' | 'dynamic' }>([
  { at: 'qr-use-taken', kind: 'static' },
  { at: 'payment-committed', kind: 'static' },
  { at: 'qr-use-taken', kind: 'dynamic' },
  { at: 'payment-committed', kind: 'dynamic' },
])(
  'a shopper whose scan of a $kind code meets a death at $at comes to the one payment by trying again',
  async ({ at, kind }) => {
    const shop = await world.openShop();
    const code = await newCode(shop, { kind, expiresIn: 86_400 });
    const gateway = present(world.gateways[0], 'the gateway');
    const deaths = gateway.deaths.length;
    const visit = kind === 'static' ? await visitOf(code.url) : '';
    await gateway.arm({ name: at, occurrence: 1 });
    const path = new URL(code.url).pathname;
    // The next process may listen elsewhere.
    const attempt = () => (kind === 'static' ? submit(gateway.url + path, { visit }) : call(gateway.url + path));
    const answer = await until(async () => {
      const given = await attempt().catch(() => null);
      return given?.status === 303 && given;
    }, 30_000);
    expect(gateway.deaths.slice(deaths)).toEqual(['SIGKILL']);
    expect((await attempt()).headers.location).toBe(answer.headers.location);
    expect(await countOf(code.id)).toEqual([{ uses: 1, payments: 1, captured: 0 }]);
  },
  CASE_LIMIT_MS,
);

import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import type { CrashPointName } from '../../src/platform/crash-point.ts';
import { openDatabase } from '../../src/platform/database.ts';
import {
  type StripeSimulator,
  startStripeSimulator,
} from '../../src/providers/stripe/simulator/start-stripe-simulator.ts';
import { call, until } from '../support/api-client.ts';
import { type CrashWorld, type Shop, startCrashWorld } from './crash-world.ts';
import { askPatiently } from './order.ts';

let world: CrashWorld;
let simulator: StripeSimulator;
const failures: unknown[] = [];

beforeAll(async () => {
  world = await startCrashWorld(2);
  const clock = { now: () => Temporal.Instant.fromEpochMilliseconds(Date.now()) };
  simulator = await startStripeSimulator({ clock, failed: (error) => void failures.push(error) });
});
afterAll(async () => {
  await world.close();
  await simulator.close();
  expect(failures).toEqual([]);
});

const CASE_LIMIT_MS = 60_000;
let count = 0;

const ask = (shop: Shop, path: string, body: unknown) =>
  askPatiently(world, shop, { path: `/api/v1${path}`, idempotencyKey: `reconcile-${count++}`, body });

/** Twenty-four charges at Stripe and a payout: two pages of a listing. */
async function settled(shop: Shop): Promise<{ readonly providerAccountId: string; readonly from: string }> {
  const from = Temporal.Instant.fromEpochMilliseconds(Date.now()).subtract({ seconds: 2 }).toString();
  const secretKey = `sk_test_${`crash${count}`.padEnd(24, 'x')}`;
  const credentials = { secretKey, webhookSecret: simulator.register(secretKey), apiUrl: simulator.url };
  const account = await ask(shop, '/provider-accounts', { provider: 'stripe', credentials });
  const providerAccountId = String(account.body.id);
  const method = { type: 'stripe', flow: 'client', paymentMethod: 'pm_card_visa' };
  let last = '';
  for (let index = 0; index < 24; index++) {
    const { body } = await ask(shop, '/payments', { reference: `r-${count}`, amount: 1000, providerAccountId });
    const paid = await ask(shop, `/payments/${body.id}/confirm`, { method });
    expect(paid.body.status, paid.text).toBe('succeeded');
    last = String(body.id);
  }
  const [attempt] = await world.database.run<{ ref: string }>(
    'select provider_ref as ref from attempts where payment_id = $1',
    [last],
  );
  const intent = present(attempt?.ref, 'the name of the charge');
  simulator.payOut(intent);
  return { providerAccountId, from };
}

async function outcomeOf(tenantId: string) {
  const [row] = await world.database.run(
    `select
       (select count(*)::int from statement_lines where tenant_id = $1) as lines,
       (select count(*)::int from settlements where tenant_id = $1) as settlements,
       (select count(*)::int from ledger_transfers where tenant_id = $1 and kind = 'fee') as fees,
       (select count(*)::int from ledger_transfers where tenant_id = $1 and kind = 'payout') as payouts,
       (select count(*)::int from payouts where tenant_id = $1) as paid,
       (select count(*)::int from events where tenant_id = $1 and type = 'payout.paid') as told,
       (select count(*)::int from reconciliation_exceptions where tenant_id = $1) as exceptions`,
    [tenantId],
  );
  return row;
}

test.each<{ at: CrashPointName; occurrence: number }>([
  { at: 'statement-page-answered', occurrence: 1 },
  { at: 'statement-page-stored', occurrence: 1 },
  { at: 'statement-page-answered', occurrence: 2 },
  { at: 'statement-page-stored', occurrence: 2 },
  { at: 'statement-lines-matched', occurrence: 1 },
])(
  'workers that die at $at ($occurrence) leave each line, fee and payout once',
  async ({ at, occurrence }) => {
    const shop = await world.openShop();
    const { tenantId } = shop.tenant.tenant;
    const { providerAccountId, from } = await settled(shop);
    const deaths = world.gateways.map(({ deaths: before }) => before.length);
    for (const gateway of world.gateways) await gateway.arm({ name: at, occurrence });
    const statement = await ask(shop, '/statements', { source: 'listing', providerAccountId, from });
    expect(statement.status, statement.text).toBe(201);
    const [gateway] = world.gateways;
    await until(async () => {
      await gateway?.whenUp();
      const url = `${gateway?.url}/api/v1/statements/${statement.body.id}`;
      const answer = await call(url, { key: shop.tenant.apiKeys.test }).catch(() => null);
      if (answer?.body?.status === 'reconciled') return true;
      await world.passOutage();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return false;
    }, 40_000);
    const died = world.gateways.some(({ deaths: after }, index) => after.length > (deaths[index] ?? 0));
    expect(died).toBe(true);
    expect(await outcomeOf(tenantId)).toEqual({
      ...{ lines: 25, settlements: 24, fees: 24, payouts: 1, paid: 1, told: 1, exceptions: 0 },
    });
    const database = openDatabase({ url: world.database.url, connectionsMax: 1, applicationName: 'verify' });
    const { differences } = await verifyLedger(database.query, { tenantId });
    await database.close();
    expect(differences).toEqual([]);
    const [report] = await world.database.run(
      'select unexplained::int, exceptions_open from reconciliation_reports where tenant_id = $1',
      [tenantId],
    );
    expect(report).toEqual({ unexplained: 0, exceptions_open: 0 });
  },
  CASE_LIMIT_MS,
);

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { CrashPointName } from '../../src/platform/crash-point.ts';
import type { SupervisedGateway } from '../support/gateway-supervisor.ts';
import { type CrashWorld, startCrashWorld } from './crash-world.ts';
import { type OrderPlan, placeOrder, type Step } from './order.ts';
import { findViolations } from './violations.ts';

let world: CrashWorld;
let gateway: SupervisedGateway;
let deathsBefore = 0;

beforeAll(async () => {
  world = await startCrashWorld(1);
  gateway = present(world.gateways[0], 'the gateway');
});
afterAll(() => world.close());
afterEach(() => {
  deathsBefore = gateway.deaths.length;
});

interface Crash {
  readonly at: CrashPointName;
  readonly occurrence: number;
  /** The request before which the point is armed. */
  readonly during: Step;
}

let count = 0;

/** Pays and refunds an order while the process dies, and sees that nobody can tell. */
async function survive(crash: Crash, plan: Partial<OrderPlan> & { readonly polling?: false } = {}): Promise<void> {
  const shop = await world.openShop();
  if (plan.polling === false) await world.stopPolling(shop);
  const order = await placeOrder(
    world,
    shop,
    { reference: `order-${count++}`, tokens: ['tok_approve'], refund: true, ...plan },
    async (step) => {
      if (step === crash.during) await gateway.arm({ name: crash.at, occurrence: crash.occurrence });
    },
  );
  await expect.poll(() => gateway.deaths.length, { timeout: 10_000 }).toBe(deathsBefore + 1);
  await gateway.whenUp();
  await world.settle();
  expect(await findViolations(world, [order])).toEqual([]);
}

test.each<Crash>([
  { at: 'payment-committed', occurrence: 1, during: 'create' },
  { at: 'relay-uncommitted', occurrence: 1, during: 'create' },
  { at: 'delivery-unrecorded', occurrence: 1, during: 'create' },
  { at: 'signal-written', occurrence: 1, during: 'confirm' },
  { at: 'attempt-unsent', occurrence: 1, during: 'confirm' },
  { at: 'attempt-answered', occurrence: 1, during: 'confirm' },
  { at: 'signal-written', occurrence: 2, during: 'confirm' },
  { at: 'answer-kept', occurrence: 1, during: 'confirm' },
  { at: 'relay-uncommitted', occurrence: 1, during: 'confirm' },
  { at: 'relay-committed', occurrence: 1, during: 'confirm' },
  { at: 'delivery-unrecorded', occurrence: 1, during: 'confirm' },
  { at: 'delivery-recorded', occurrence: 1, during: 'confirm' },
  { at: 'signal-written', occurrence: 1, during: 'refund' },
  { at: 'refund-unsent', occurrence: 1, during: 'refund' },
  { at: 'refund-answered', occurrence: 1, during: 'refund' },
  { at: 'signal-written', occurrence: 2, during: 'refund' },
  { at: 'answer-kept', occurrence: 1, during: 'refund' },
  { at: 'delivery-unrecorded', occurrence: 1, during: 'refund' },
])('a process that dies at $at (passing $occurrence) during $during leaves no trace', (crash) => survive(crash));

test.each<Crash>([
  { at: 'notification-verified', occurrence: 1, during: 'confirm' },
  { at: 'notification-stored', occurrence: 1, during: 'confirm' },
  { at: 'notification-applied', occurrence: 1, during: 'confirm' },
])('a process that dies at $at loses no notification, with nobody asking the provider', (crash) =>
  survive(crash, { tokens: ['tok_charge_then_502'], polling: false, refund: false }),
);

test('a charge whose answer died with the process and that no notification tells of is found by asking', () =>
  survive({ at: 'attempt-answered', occurrence: 1, during: 'confirm' }, { tokens: ['tok_no_ipn'] }));

test('a charge whose answer was lost is known by its notification alone, through a crash', () =>
  survive({ at: 'delivery-unrecorded', occurrence: 1, during: 'confirm' }, { tokens: ['tok_charge_then_502'], polling: false }));

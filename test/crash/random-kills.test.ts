import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { type CrashWorld, startCrashWorld } from './crash-world.ts';
import { type Order, type OrderPlan, placeOrder } from './order.ts';
import { findViolations } from './violations.ts';

/** Another seed chooses other orders and moments; what the machine makes of the moments is its own. */
const SEED = Number(process.env.TOLLGATE_TEST_SEED ?? 20_261_121);
const KILLS = 15;
const ORDERS = 40;
const KILL_AFTER_MS_MAX = 900;
const HEAL_STEP_MS = 1_000;
/** Half a minute where two cores are free. */
const LIMIT_MS = 180_000;

/** What the bank does to an order, by the tokens tried one after the other. */
const TOKENS: readonly (readonly string[])[] = [
  ['tok_approve'],
  ['tok_charge_then_502'],
  ['tok_duplicate_ipn'],
  ['tok_reordered_ipn'],
  ['tok_no_ipn'],
  ['tok_decline_insufficient_funds', 'tok_approve'],
  ['tok_decline_fraud', 'tok_no_ipn'],
  ['tok_pending_then_approve'],
  ['tok_ipn_before_answer'],
  ['tok_charge_then_timeout'],
];

let world: CrashWorld;

beforeAll(async () => {
  world = await startCrashWorld(2);
});
afterAll(() => world.close());

test(
  `two gateways killed ${KILLS} times under ${ORDERS} orders lose and double nothing (seed ${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    const shop = await world.openShop();
    const placing: Promise<Order>[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      while (placing.length < Math.round(((kill + 1) * ORDERS) / KILLS)) {
        const number = placing.length;
        const tokens = present(TOKENS[number % TOKENS.length], 'tokens');
        const order = placeOrder(world, shop, planOf(number, tokens, random));
        // Heard when all are awaited; the kills go on until then.
        order.catch(() => {});
        placing.push(order);
      }
      const victim = present(world.gateways[random() < 0.5 ? 0 : 1], 'a gateway');
      await victim.whenUp();
      await pause(random() * KILL_AFTER_MS_MAX);
      await victim.kill();
    }
    const orders = await heal(placing);
    await world.settle(shop);
    const logs = world.gateways.flatMap(({ log }) => log).join('\n');
    expect(await findViolations(world, orders), `seed ${SEED}\n${logs}`).toEqual([]);
    expect(world.gateways.flatMap(({ deaths }) => deaths)).toEqual(Array(KILLS).fill('SIGKILL'));
  },
  LIMIT_MS,
);

/** A third of the orders is captured in two parts; of all, some are refunded and some reversed. */
function planOf(number: number, tokens: readonly string[], random: () => number): OrderPlan {
  const captures = random() < 1 / 3 ? { captures: [500, 750] } : {};
  const end = present((['kept', 'refund', 'reversal'] as const)[Math.floor(random() * 3)], 'an end');
  return { reference: `order-${number}`, tokens, end, ...captures };
}

/** No more kills; time passes until every client has its answers. */
async function heal(placing: readonly Promise<Order>[]): Promise<readonly Order[]> {
  let over = false;
  const placed = Promise.all(placing).finally(() => {
    over = true;
  });
  placed.catch(() => {});
  while (!over) {
    await Promise.all(world.gateways.map((gateway) => gateway.whenUp()));
    await world.passOutage();
    await Promise.race([placed.catch(() => {}), pause(HEAL_STEP_MS)]);
  }
  return placed;
}

/** Numbers from 0 to 1, the same for the same seed. A linear congruence with the constants of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';

let clock: ManualClock;
let tollgate: Installation;
let shop: PaymentWatch;

beforeAll(async () => {
  clock = stoppedClock();
  // Nothing listens there: no notification ever arrives.
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_HOOKS_URL: 'http://127.0.0.1:9' } });
  shop = watchPayments(tollgate);
});
afterAll(() => tollgate.close());

/** Lets time pass, and nothing else, until the payment is as it should be. Answers how long that took, in seconds. */
async function converge(paymentId: string, status: string): Promise<number> {
  const begun = clock.now();
  await until(async () => {
    clock.advance({ seconds: 5 });
    await tollgate.sandbox.tick();
    return (await shop.read(paymentId)).status === status;
  }, 15_000);
  return clock.now().since(begun).total('seconds');
}

const heard = () =>
  tollgate.database.run('select from inbound_events where tenant_id = $1', [tollgate.tenant.tenant.tenantId]);

test.each([
  ['of an unknown outcome', 'tok_charge_then_502', 'succeeded'],
  ['that is approved without a word', 'tok_pending_then_approve', 'succeeded'],
  ['that is declined without a word', 'tok_pending_then_decline', 'created'],
])('S0.12 S0.18 a stuck order %s converges without an operator', async (_, token, status) => {
  const { id } = await shop.create({ amount: 1250, expiresIn: 3_600 });
  const confirmed = await shop.confirm(id, token);
  expect(confirmed.status).toBe('processing');
  const seconds = await converge(id, status);
  expect(seconds).toBeLessThan(600);
  expect(await heard()).toEqual([]);
  expect(await shop.attempts(id)).toHaveLength(1);
  const captured = status === 'succeeded' ? 1250 : 0;
  expect(await shop.read(id)).toMatchObject({ amountCaptured: captured });
  const captures = await tollgate.database.run('select from captures where payment_id = $1', [id]);
  expect(captures).toHaveLength(status === 'succeeded' ? 1 : 0);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { inParallel } from '../../src/platform/in-parallel.ts';
import type { Answer } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { type MoneyWatch, watchMoney } from '../support/money-watch.ts';
import { tally } from '../support/parallel.ts';

let tollgate: Installation;
let shop: Merchant;
let money: MoneyWatch;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  money = watchMoney(tollgate);
});
afterAll(() => tollgate.close());

const PAYMENTS = 200;
const AT_ONCE = 4;
/** How many payments are raced at the same time; each has four requests under way. */
const WIDTH = 10;

/** Has four requests of 60 % race over each of many payments, and returns all their answers. */
async function race(fields: object, act: (paymentId: string, index: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  const numbers = Array.from({ length: PAYMENTS }, (_, number) => number);
  await inParallel(numbers, WIDTH, async () => {
    const { body } = await shop.create({ amount: 1000, ...fields });
    await shop.confirm(body.id, 'tok_no_ipn');
    answers.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => act(body.id, index)))));
  });
  return answers;
}

async function sumsOf(column: 'amount_refunded' | 'amount_captured'): Promise<readonly unknown[]> {
  return tollgate.database.run(
    `select ${column}::int as sum, count(*)::int from payments where capture_method = $1 group by 1`,
    [column === 'amount_captured' ? 'manual' : 'automatic'],
  );
}

test('B6 of four parallel refunds of 60 % one wins, on each of 200 payments, and the others are told 409', async () => {
  const answers = await race({}, (id, index) => shop.refund(id, { amount: 600, reason: 'broken' }, `${id}-${index}`));
  expect(tally(answers)).toEqual({ 201: PAYMENTS, '409 amount_not_available': PAYMENTS * (AT_ONCE - 1) });
  expect(await sumsOf('amount_refunded')).toEqual([{ sum: 600, count: PAYMENTS }]);
  await money.expectSound();
}, 60_000);

test('B7 of four parallel captures of 60 % one wins, on each of 200 payments, and the others are told 409', async () => {
  const answers = await race({ captureMethod: 'manual' }, (id, index) =>
    shop.send('POST', `/payments/${id}/capture`, {
      body: { amount: 600, final: false },
      idempotencyKey: `${id}-${index}`,
    }),
  );
  expect(tally(answers)).toEqual({ 201: PAYMENTS, '409 amount_not_available': PAYMENTS * (AT_ONCE - 1) });
  expect(await sumsOf('amount_captured')).toEqual([{ sum: 600, count: PAYMENTS }]);
  await money.expectSound();
}, 60_000);

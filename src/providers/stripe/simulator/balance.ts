import { type Account, all, newStripeId, type Payout, type Transaction } from './account.ts';
import type { Desk } from './desk.ts';

const DAY_SECONDS = 86_400;

/** What changes the balance: `amount` with its sign, `fee` as it is taken off. */
interface Movement {
  readonly type: string;
  readonly category: string;
  readonly amount: number;
  readonly fee?: number;
  readonly currency: string;
  readonly source: string;
}

/** Writes a movement down; free to be paid out two days later. */
export function moveBalance({ account, now }: Desk, movement: Movement): Transaction {
  const { type, category, amount, fee = 0, currency, source } = movement;
  const transaction: Transaction = {
    id: newStripeId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: now + 2 * DAY_SECONDS,
    created: now,
    currency,
    fee,
    net: amount - fee,
    reporting_category: category,
    source,
    status: 'pending',
    type,
  };
  account.objects.set(transaction.id, transaction);
  return transaction;
}

/** What a card payment costs: 1.5 % and 25 of the smallest unit, to the unit. */
export function feeOf(amount: number): number {
  return Math.min(amount, Math.floor((amount * 15) / 1_000) + 25);
}

/** Pays everything of one currency out, and writes that down. */
export function payOut(desk: Desk, currency: string): Transaction | null {
  const amount = balanceOf(desk.account, currency);
  if (amount <= 0) return null;
  const id = newStripeId('po');
  const payout: Payout = { id, object: 'payout', amount, currency, livemode: false, status: 'paid' };
  desk.account.objects.set(id, payout);
  return moveBalance(desk, { type: 'payout', category: 'payout', amount: -amount, currency, source: id });
}

/** The sum of everything that ever moved. */
function balanceOf(account: Account, currency: string): number {
  return all(account, 'balance_transaction')
    .filter((each) => each.currency === currency)
    .reduce((sum, { net }) => sum + net, 0);
}

/** https://docs.stripe.com/api/balance/balance_object */
export function retrieveBalance({ account }: Desk): Record<string, unknown> {
  const currencies = [...new Set(all(account, 'balance_transaction').map(({ currency }) => currency))];
  const pending = currencies.map((currency) => ({ amount: balanceOf(account, currency), currency }));
  return { object: 'balance', available: [], livemode: false, pending };
}

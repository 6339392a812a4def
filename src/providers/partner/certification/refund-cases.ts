import { currencyExponent } from '../../../kernel/currency.ts';
import { newId } from '../../../kernel/id.ts';
import type { Money } from '../../../kernel/money.ts';
import { wordIn } from '../partner-reports.ts';
import type { ReadExchange } from './exchange.ts';
import type { Findings } from './findings.ts';
import { askRefund, type Stage, type StagedOrder } from './stage.ts';
import { showTold, toldOf, waitUntil } from './wait-for-end.ts';

type Part = 'paid' | 'stuck';

/** Two fifths of a payment are given back. */
export async function refundPart(stage: Stage, found: Findings): Promise<void> {
  const order = refundable(stage, found, 'paid');
  await refundToItsEnd(stage, found, order, {
    refundId: newId('re', stage.call.clock),
    amount: partOf(order.input.amount),
  });
}

/** A refund that is asked for again is not made again: the rest is still there to be given back. */
export async function repeatRefund(stage: Stage, found: Findings): Promise<void> {
  const order = refundable(stage, found, 'paid');
  const amount = partOf(order.input.amount);
  const made = [...stage.refunds].filter(([, money]) => money.amount === amount.amount).at(-1);
  if (made === undefined) found.halt('not_run', 'No refund was made that could be repeated.');
  const refundId = made[0];
  const { read } = await askRefund(stage, found, order, { refundId, amount }, { title: 'The same refund again' });
  const isSame = read.isOk || read.means === 'exists';
  found.expect('The repeat is answered like the first.', isSame, `The repeat was answered ${read.said}.`);
  const other = { amount: amount.amount + unitOf(amount), currency: amount.currency };
  const { read: changed } = await askRefund(
    stage,
    found,
    order,
    { refundId, amount: other },
    { title: 'The same refundId with one unit more' },
  );
  found.expect(
    'Another amount under its id is refused.',
    changed.isRefused,
    `Another amount under the same refundId was answered ${changed.said}.`,
  );
  const rest = { amount: order.input.amount.amount - amount.amount, currency: amount.currency };
  const last = { refundId: newId('re', stage.call.clock), amount: rest };
  const { read: all } = await askRefund(stage, found, order, last, { title: 'The rest' });
  const isLeft = all.isOk && stateOf(stage, all) !== 'failed';
  found.expect(
    'The rest of the payment can be given back.',
    isLeft,
    `The rest was answered ${all.said}: the repeated refund seems to have been made twice.`,
  );
}

/** A whole payment is given back at once. */
export async function refundWhole(stage: Stage, found: Findings): Promise<void> {
  const order = refundable(stage, found, 'stuck');
  const done = await refundToItsEnd(stage, found, order, {
    refundId: newId('re', stage.call.clock),
    amount: order.input.amount,
  });
  if (done) stage.givenBack.add('stuck');
}

/** More than was paid is never given back. */
export async function refundTooMuch(stage: Stage, found: Findings): Promise<void> {
  const order = refundable(stage, found, 'stuck');
  const { amount, currency } = order.input.amount;
  const isGone = stage.givenBack.has('stuck');
  const one = { amount: isGone ? unitOf(order.input.amount) : amount + unitOf(order.input.amount), currency };
  const { read } = await askRefund(
    stage,
    found,
    order,
    { refundId: newId('re', stage.call.clock), amount: one },
    { title: 'More than is left' },
  );
  const isDeclined = read.isOk && stateOf(stage, read) === 'failed';
  found.expect(
    'The partner refuses to give back more than was paid.',
    read.isRefused || isDeclined,
    `It answered ${read.said}.`,
  );
}

async function refundToItsEnd(
  stage: Stage,
  found: Findings,
  order: StagedOrder,
  refund: { readonly refundId: string; readonly amount: Money },
): Promise<boolean> {
  const { around } = stage;
  const { read } = await askRefund(stage, found, order, refund);
  if (!found.expect('The partner takes the refund.', read.isOk, `It answered ${read.said}.`)) return false;
  const { refundId, orderId } = read.values;
  found.expect(
    'The answer is about our refund.',
    refundId === refund.refundId && orderId === order.orderId,
    'The answer names another refund or order.',
  );
  let state = stateOf(stage, read);
  await waitUntil(stage, around.waitMsMax, async () => {
    if (state !== 'pending') return true;
    state = stateOf(stage, (await askRefund(stage, found, order, refund, { isQuiet: true })).read);
    return state !== 'pending';
  });
  const said = `It ended as ${state ?? String(read.values.status)}.`;
  const isMade = found.expect(
    'The money is given back.',
    state === 'succeeded',
    state === 'pending' ? 'It is still pending.' : said,
  );
  if (around.inbox === null || !isMade) return isMade;
  const isAbout = async () =>
    (await toldOf(stage, order.orderId)).filter(
      ({ about, values }) => about === 'refund' && values.refundId === refund.refundId,
    );
  const came = await waitUntil(stage, around.waitMsMax, async () => (await isAbout()).length > 0);
  showTold(stage, found, (await isAbout()).slice(0, 1));
  found.expect('A notification tells of the refund.', came, 'No notification names the refund by its refundId.');
  return isMade;
}

function refundable({ profile, orders }: Stage, found: Findings, part: Part): StagedOrder {
  if (profile.refunds === 'none')
    found.doesNotApply('This partner’s refunds are made on its portal, not by its interface.');
  return (
    orders.get(part) ??
    found.halt('not_run', `There is no paid order: see the case ${part === 'paid' ? 'happy-path' : 'stuck-order'}.`)
  );
}

function stateOf({ profile }: Stage, { isOk, values }: ReadExchange): 'pending' | 'succeeded' | 'failed' | null {
  return isOk ? wordIn(profile.statuses.refund, values.status) : null;
}

/** In whole units, which every profile can write. */
function partOf(money: Money): Money {
  const unit = unitOf(money);
  const part = (money.amount * 2n) / 5n;
  return { amount: part < unit ? unit : part - (part % unit), currency: money.currency };
}

function unitOf({ currency }: Money): bigint {
  return 10n ** BigInt(currencyExponent(currency));
}

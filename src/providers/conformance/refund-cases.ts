/** D: giving money back. */
import type { RefundAnswer } from '../provider.ts';
import { keepBooks } from './books.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, staged } from './checks.ts';
import type { Begun } from './double.ts';
import type { Stage } from './stage.ts';

const GROUP = 'giving money back';

export const REFUND_CASES: readonly ConformanceCase[] = [
  {
    id: 28,
    group: GROUP,
    title: 'All of a payment is refunded; where nothing can be, nothing is sent',
    requirements: ['S0.1', 'S1.36'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.paid();
      if (!stage.capabilities.refund) {
        const before = stage.movements().length;
        const answer = await stage.provider.refund?.(stage.call(), stage.refundInput(begun));
        check(answer === undefined || answer.kind === 'refused', 'a refund was not refused');
        checkSame(stage.movements().length, before, 'requests that moved something');
        return;
      }
      const wanted = stage.refundInput(begun);
      const { refund } = checkKind(await stage.refund(wanted), 'answered', 'refunding');
      checkSame([refund.refundId, refund.amount], [wanted.refundId, wanted.amount], 'the refund');
      check(refund.state !== 'failed', 'the refund failed');
      await stage.double.settle();
      checkSame(await stage.countRefunds(begun), 1, 'refunds at the provider');
      checkSame(await stage.stateOf(begun), 'captured', 'the attempt, whose money was taken all the same');
    },
  },
  {
    id: 29,
    group: GROUP,
    title: 'Two parts that make the whole are two refunds',
    requirements: ['S0.35'],
    needs: ['partial refunds'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.paid();
      const { amount, currency } = begun.input.amount;
      const parts = [amount / 2n, amount - amount / 2n];
      const names = new Set<string>();
      for (const part of parts) {
        const wanted = stage.refundInput(begun, { amount: { amount: part, currency } });
        names.add(checkKind(await stage.refund(wanted), 'answered', 'refunding a part').refund.providerRef);
      }
      checkSame(names.size, parts.length, 'names of the refunds');
      checkSame(await stage.countRefunds(begun), parts.length, 'refunds at the provider');
    },
  },
  {
    id: 30,
    group: GROUP,
    title: 'More than was taken is refused, by the gateway before it asks and by the adapter where it is asked',
    requirements: ['S0.15'],
    needs: ['refund'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.paid();
      const { amount, currency } = begun.input.amount;
      const books = keepBooks(begun);
      books.report('provider_answer', begun.report);
      check(!books.mayRefund(amount + 1n), 'the gateway would refund more than was taken');
      check(books.mayRefund(amount), 'the gateway would not even refund what was taken');
      const tooMuch = stage.refundInput(begun, { amount: { amount: amount + 100n, currency } });
      checkKind(await stage.refund(tooMuch), 'refused', 'refunding too much');
      checkSame(await stage.countRefunds(begun), 0, 'refunds at the provider');
    },
  },
  {
    id: 31,
    group: GROUP,
    title: 'What was not taken is not refunded',
    requirements: ['S0.15'],
    needs: ['refund'],
    steps: async (world) => {
      const stage = await world.open();
      const waiting = await stage.begin();
      checkKind(await stage.refund(stage.refundInput(waiting)), 'refused', 'refunding what nobody paid');
      if (!stage.capabilities.capture) return;
      const held = await stage.authorized();
      checkKind(await stage.refund(stage.refundInput(held)), 'refused', 'refunding what is only authorized');
      checkSame(await stage.stateOf(held), 'authorized', 'the authorization afterwards');
    },
  },
  {
    id: 32,
    group: GROUP,
    title: 'The same refund twice, at once and later, is one refund',
    requirements: ['S2.9', 'S1.36'],
    needs: ['refund'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.paid();
      const wanted = stage.repeatableRefund(begun);
      const first = checkKind(await stage.refund(wanted), 'answered', 'the first request');
      const second = await stage.refund(wanted);
      checkKind(second, ['answered', 'unknown', 'not_sent'], 'the repeat');
      if (second.kind === 'answered') checkSame(second.refund.providerRef, first.refund.providerRef, 'the same refund');
      checkSame(await stage.countRefunds(begun), 1, 'refunds at the provider');
      await stage.double.settle();
      // Longer than any provider keeps an idempotency key.
      stage.double.clock.advance({ hours: 30 });
      const late = checkKind(await stage.refund(wanted), ['answered', 'unknown', 'not_sent'], 'a repeat after a day');
      if (late.kind === 'answered') checkSame(late.refund.providerRef, first.refund.providerRef, 'the same refund');
      checkSame(await stage.countRefunds(begun), 1, 'refunds at the provider after a day');
    },
  },
  {
    id: 33,
    group: GROUP,
    title: 'A refund that was accepted and failed later is told as failed, and its amount can be refunded again',
    requirements: ['S0.15', 'S0.12'],
    needs: ['refund', 'refunds that take time'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.paid();
      const wanted = staged(stage.double.failRefunds, 'let refunds fail')(stage.refundInput(begun));
      const books = keepBooks(begun);
      books.report('provider_answer', begun.report);
      books.requestRefund(wanted);
      const { refund } = checkKind(await stage.refund(wanted), 'answered', 'refunding');
      checkSame(refund.state, 'pending', 'a refund that is only accepted');
      books.refundReported('provider_answer', refund);
      check(!books.mayRefund(begun.input.amount.amount), 'what is on its way back could be sent back again');
      await stage.double.settle();
      await books.readAll(stage, begun, await stage.told());
      if (!books.mayRefund(begun.input.amount.amount)) await books.ask(stage, begun);
      check(books.mayRefund(begun.input.amount.amount), 'a failed refund keeps its amount');
    },
  },
  {
    id: 34,
    group: GROUP,
    title: "A refund that the provider's rules forbid is refused by a code",
    requirements: ['S1.36'],
    needs: ['refund'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await unrefundable(stage);
      const before = await stage.countRefunds(begun);
      const answer: RefundAnswer = await stage.refund(stage.refundInput(begun));
      const { code } = checkKind(answer, 'refused', 'a refund against the rules');
      check(/^[a-z0-9_]{3,80}$/.test(code), `the code is ${code}`);
      checkSame(await stage.countRefunds(begun), before, 'refunds at the provider');
    },
  },
];

/** A payment with a rule against refunding it; where there is no other, that it is refunded already. */
async function unrefundable(stage: Stage): Promise<Begun> {
  const begun = await stage.begin();
  const { payUnrefundably } = stage.double;
  if (payUnrefundably !== undefined) return stage.completed(begun, await payUnrefundably(begun));
  const paid = await stage.completed(begun, await stage.double.pay(begun));
  checkKind(await stage.refund(stage.refundInput(paid)), 'answered', 'the first refund');
  await stage.double.settle();
  return paid;
}

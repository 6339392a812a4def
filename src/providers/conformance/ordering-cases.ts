/** F, second part: copies of notifications, and their order. */
import { keepBooks } from './books.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, staged } from './checks.ts';
import type { Stage } from './stage.ts';
import { wordsOf } from './verifying-cases.ts';

const GROUP = 'notifications';
/** Of more, there would be too many orders to try. */
const ORDERED_MAX = 5;

export const ORDERING_CASES: readonly ConformanceCase[] = [
  {
    id: 53,
    group: GROUP,
    title: 'Copies of a notification are one fact, and are acknowledged like the first',
    requirements: ['S0.35', 'S0.36'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      stage.double.duplicateNotifications();
      const begun = await stage.paid();
      if (stage.capabilities.refund) await stage.refund(stage.refundInput(begun));
      await stage.double.settle();
      const told = await stage.told();
      const keys = Map.groupBy(told, ({ event }) => event.dedupeKey);
      check(told.length >= 2, 'too little was told');
      for (const copies of keys.values()) {
        check(copies.length >= 2, `a copy of ${copies.map(({ event }) => wordsOf(event)).join()} has a key of its own`);
        checkSame(new Set(copies.map(({ event }) => event.contentHash)).size, 1, 'contents under one key');
      }
      for (const { webhook } of told) {
        const { replies } = checkKind(await stage.parse(webhook), 'events', 'a copy');
        checkSame(replies.duplicate, replies.accepted, 'the answer to a copy');
      }
    },
  },
  {
    id: 54,
    group: GROUP,
    title: 'Notifications in any order lead to the same books',
    requirements: ['S1.15', 'S0.15'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { begun, refund } = await lived(stage);
      const told = (await stage.told()).slice(-ORDERED_MAX);
      check(told.length > 0, 'nothing was told');
      const ends = new Map<string, string>();
      for (const order of permutations(told)) {
        const books = keepBooks(begun);
        if (refund !== null) {
          books.report('provider_answer', { state: 'captured', amount: begun.input.amount });
          books.requestRefund(refund.wanted);
          books.refundReported('provider_answer', refund.answer);
        }
        await books.readAll(stage, begun, order);
        await books.ask(stage, begun);
        ends.set(books.summary(), order.map(({ event }) => wordsOf(event)).join(', '));
        checkSame(books.setAside, [], `set aside after ${order.map(({ event }) => wordsOf(event)).join(', ')}`);
      }
      check(ends.size === 1, `the order decides: ${[...ends].map(([end, order]) => `${end} (${order})`).join(' / ')}`);
      check(
        [...ends.keys()].every((end) => end.startsWith('succeeded')),
        `it ends as ${[...ends.keys()].join()}`,
      );
    },
  },
  {
    id: 55,
    group: GROUP,
    title: 'A success after the end is told as a success',
    requirements: ['S0.12', 'S0.30'],
    needs: ['late successes'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.begin();
      await staged(stage.double.payLate, 'pay late')(begun);
      const books = keepBooks(begun);
      await books.readAll(stage, begun, await stage.told());
      checkSame([books.payment.status, books.setAside], ['succeeded', []], 'the payment afterwards');
    },
  },
];

/** A payment that was paid and, where that is possible, refunded. */
async function lived(stage: Stage) {
  const begun = await stage.paid();
  if (!stage.capabilities.refund) return { begun, refund: null };
  const wanted = stage.refundInput(begun);
  const { refund: answer } = checkKind(await stage.refund(wanted), 'answered', 'refunding');
  await stage.double.settle();
  return { begun, refund: { wanted, answer } };
}

function* permutations<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length <= 1) yield list;
  for (const [at, each] of list.entries()) {
    if (list.length <= 1) return;
    for (const rest of permutations([...list.slice(0, at), ...list.slice(at + 1)])) yield [each, ...rest];
  }
}

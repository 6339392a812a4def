/** G: what a provider says it has settled. */
import type { SettlementAnswer, SettlementLine, SettlementQuery } from '../provider-settlement.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, staged } from './checks.ts';
import type { Stage } from './stage.ts';

const PAGES_MAX = 50;
/** More movements than the pages of any provider hold that is asked in earnest. */
const PAYMENTS = 30;

export const SETTLEMENT_CASES: readonly ConformanceCase[] = [
  {
    id: 66,
    group: 'settlement',
    title: 'The statement has every movement once, page by page, to the unit, also while more are added',
    requirements: ['S0.18'],
    needs: ['settlement'],
    steps: async (world) => {
      const stage = await world.open();
      const from = stage.double.clock.now();
      const expected: bigint[] = [];
      for (let made = 0; made < PAYMENTS; made++) {
        stage.double.clock.advance({ seconds: 1 });
        const begun = await stage.paid();
        expected.push(begun.input.amount.amount);
        if (made % 2 === 1) continue;
        checkKind(await stage.refund(stage.refundInput(begun)), 'answered', 'refunding');
        expected.push(-begun.input.amount.amount);
      }
      stage.double.clock.advance({ minutes: 1 });
      const to = stage.double.clock.now();
      const lines = await listWhole(stage, { from, to });
      for (const { gross, fee, net } of lines) checkSame(gross.amount - fee, net, 'what is left of a line');
      const moved = lines.filter(({ kind }) => kind === 'charge' || kind === 'refund').map(({ gross }) => gross.amount);
      checkSame(moved.toSorted(compare), expected.toSorted(compare), 'what the statement moves');
      const named = lines.filter(({ attemptId }) => attemptId !== null);
      checkSame(named.length, moved.length, 'lines that name their payment');
      const before = { from: from.subtract({ hours: 1 }), to: from };
      checkSame(await listWhole(stage, before), [], 'a time in which nothing happened');
    },
  },
];

async function listWhole(
  stage: Stage,
  query: { readonly from: Temporal.Instant; readonly to: Temporal.Instant },
): Promise<readonly SettlementLine[]> {
  const list = staged(stage.provider.listSettlement, 'list what it settled');
  const lines: SettlementLine[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const asked: SettlementQuery = cursor === null ? query : { ...query, cursor };
    const answer: Extract<SettlementAnswer, { kind: 'answered' }> = checkKind(
      await list(stage.call(), asked),
      'answered',
      'a page of the statement',
    );
    lines.push(...answer.lines);
    // What is added meanwhile is of a later time, and moves nothing within this one.
    if (page === 0 && answer.lines.length > 0) await stage.paid();
    cursor = answer.nextCursor;
    if (cursor !== null) continue;
    check(page > 0 || lines.length === 0, 'the statement came on one page, so that nobody has seen it turn');
    checkSame(new Set(lines.map(({ lineRef }) => lineRef)).size, lines.length, 'names of the lines');
    return lines;
  }
  check(false, 'the statement has no end');
}

function compare(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

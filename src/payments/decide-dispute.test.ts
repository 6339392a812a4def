import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorized, decide, disputeReport, moved, PAID, paid, started, stateOf, types } from './decide-fixture.ts';
import type { PaymentState } from './decision.ts';
import type { Dispute } from './dispute.ts';
import { NOON, sampleAttempt } from './payment-fixture.ts';

const opened = (its: Parameters<typeof disputeReport>[2] = {}) => moved(paid(), disputeReport('opened', 0, its));

describe('a dispute', () => {
  test('is opened once, with what it is about, and touches no amount of the payment', () => {
    const decision = decide(paid(), disputeReport('opened', 0, { evidenceDueAt: NOON.add({ hours: 24 }) }));
    expect(types(decision)).toEqual(['dispute.opened']);
    expect(decision).toMatchObject({
      payment: { status: 'succeeded', amountCaptured: 1250n, amountRefunded: 0n },
      dispute: { status: 'opened', amount: 1250n, amountWithdrawn: 0n, evidenceDueAt: NOON.add({ hours: 24 }) },
    });
    expect(decide(opened(), disputeReport('opened'))).toEqual({ outcome: 'no_change', note: 'already opened' });
  });

  test.each([
    ['opened', 0n, 0n, 24],
    ['inquiry', 0n, 0n, 24],
    ['under_review', 500n, 0n, 24],
    ['lost', 500n, 0n, null],
    ['expired', 0n, 0n, null],
    ['won', 0n, 0n, null],
    ['won', 500n, 499n, 24],
    ['won', 500n, 500n, null],
  ] as const)('that is %s, with %s withdrawn and %s given back, is asked about again in %s hours', (...row) => {
    const [state, withdrawn, reinstated, hours] = row;
    const dueAt = hours === null ? null : NOON.add({ hours });
    const report = disputeReport(state, 0, { withdrawn, reinstated });
    expect(decide(paid(), report)).toMatchObject({ dispute: { syncDueAt: dueAt } });
  });

  test('that was won two months ago is not asked about any more, whatever is missing', () => {
    const asOf = NOON.subtract({ hours: 60 * 24 });
    const report = (its: Parameters<typeof disputeReport>[2]) => disputeReport('won', 0, { withdrawn: 500n, ...its });
    expect(decide(paid(), report({ asOf }))).toMatchObject({ dispute: { syncDueAt: null } });
    const later = report({ asOf: asOf.add({ seconds: 1 }) });
    expect(decide(paid(), later)).toMatchObject({ dispute: { syncDueAt: NOON.add({ hours: 24 }) } });
  });

  test('moves money by its totals and not by its verdict', () => {
    expect(types(decide(opened(), disputeReport('lost', 1)))).toEqual(['dispute.lost']);
    const lost = moved(opened(), disputeReport('lost', 1));
    expect(lost.dispute).toMatchObject({ status: 'lost', amountWithdrawn: 0n });
    const decision = decide(lost, disputeReport('lost', 2, { withdrawn: 1250n }));
    expect(types(decision)).toEqual(['dispute.funds_withdrawn']);
    const won = decide(
      moved(lost, disputeReport('lost', 2, { withdrawn: 1250n })),
      disputeReport('won', 3, { withdrawn: 1250n, reinstated: 1250n }),
    );
    expect(types(won)).toEqual(['dispute.funds_reinstated', 'dispute.won']);
  });

  test('reported at once with its money tells both', () => {
    const decision = decide(paid(), disputeReport('lost', 0, { withdrawn: 1250n }));
    expect(types(decision)).toEqual(['dispute.opened', 'dispute.funds_withdrawn', 'dispute.lost']);
  });

  test('changes its due date, amount or stage by a later report, and only by that', () => {
    const later = { evidenceDueAt: NOON.add({ hours: 48 }) };
    expect(types(decide(opened(), disputeReport('opened', 1, later)))).toEqual(['dispute.updated']);
    expect(types(decide(opened(), disputeReport('under_review', 1)))).toEqual(['dispute.updated']);
    expect(types(decide(opened(), disputeReport('opened', 1, { amount: { ...PAID, amount: 500n } })))).toEqual([
      'dispute.updated',
    ]);
    const reviewed = moved(opened(), disputeReport('under_review', 5));
    expect(decide(reviewed, disputeReport('opened', 4)).outcome).toBe('no_change');
    // Money in an older report that nobody told since is news all the same.
    expect(types(decide(reviewed, disputeReport('opened', 4, { withdrawn: 500n })))).toEqual([
      'dispute.funds_withdrawn',
    ]);
  });

  test('a verdict may be opened again, but nothing becomes an inquiry', () => {
    const won = moved(opened(), disputeReport('won', 1));
    expect(decide(won, disputeReport('opened', 2)).outcome).toBe('applied');
    expect(decide(won, disputeReport('inquiry', 2))).toEqual({
      outcome: 'quarantined',
      note: 'dispute_inquiry_after_won',
    });
  });

  test('of an attempt without money makes us ask, and is set aside where the provider insists', () => {
    const note = 'dispute_before_capture';
    expect(decide(started(), disputeReport('opened'), { source: 'notification' })).toEqual({
      outcome: 'deferred',
      note,
    });
    expect(decide(started(), disputeReport('opened'))).toEqual({ outcome: 'quarantined', note });
    expect(decide(authorized(), disputeReport('inquiry')).outcome).toBe('applied');
  });

  test.each([
    ['in another currency', { amount: { amount: 1250n, currency: 'USD' } }, 'amount_mismatch'],
    ['about nothing', { amount: { ...PAID, amount: 0n } }, 'amount_mismatch'],
    ['that gives back more than it took', { withdrawn: 1n, reinstated: 2n }, 'reinstated_exceeds_withdrawn'],
    ['that gives back less than nothing', { withdrawn: 1n, reinstated: -1n }, 'reinstated_exceeds_withdrawn'],
  ])('%s is set aside', (_name, its, note) => {
    for (const state of [paid(), opened()]) {
      expect(decide(state, disputeReport('opened', 1, its))).toEqual({ outcome: 'quarantined', note });
    }
  });

  test('of no attempt, or of another one than before, is set aside', () => {
    expect(decide(stateOf(), disputeReport('opened'))).toMatchObject({ note: 'unknown_attempt' });
    const attempt = sampleAttempt({ attemptId: 'att_2', state: 'captured' });
    expect(decide({ ...opened(), attempt }, disputeReport('won', 1))).toMatchObject({ note: 'attempt_mismatch' });
  });

  test('A5 ends the same in whatever order its reports come, and how often', () => {
    const reports = [
      disputeReport('opened', 1),
      disputeReport('opened', 2, { withdrawn: 500n }),
      disputeReport('under_review', 3, { withdrawn: 1250n }),
      disputeReport('lost', 4, { withdrawn: 1250n }),
      disputeReport('won', 5, { withdrawn: 1250n, reinstated: 1250n }),
    ];
    const end = (state: PaymentState): Partial<Dispute> => {
      const { status, amountWithdrawn, amountReinstated, reportedAt } = state.dispute as Dispute;
      return { status, amountWithdrawn, amountReinstated, reportedAt };
    };
    fc.assert(
      fc.property(fc.shuffledSubarray([...reports, ...reports], { minLength: 10 }), (sequence) => {
        const told: string[] = [];
        let state = paid();
        for (const one of sequence) {
          const decision = decide(state, one);
          if (decision.outcome === 'applied') told.push(...types(decision));
          expect(decision.outcome).not.toBe('quarantined');
          state = moved(state, one);
        }
        expect(end(state)).toEqual({
          ...{ status: 'won', amountWithdrawn: 1250n, amountReinstated: 1250n },
          reportedAt: NOON.add({ seconds: 5 }),
        });
        expect(told.filter((type) => type === 'dispute.opened')).toHaveLength(1);
        expect(told.filter((type) => type === 'dispute.won')).toHaveLength(1);
      }),
    );
  });
});

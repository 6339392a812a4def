import { describe, expect, test } from 'vitest';
import type { Dispute } from '../payments/dispute.ts';
import type { DisputeReport } from '../providers/provider.ts';
import { afterSending, type Evidence, newEvidence, outcomeOf, whyNoEvidence } from './evidence.ts';

const NOON = Temporal.Instant.from('2026-01-01T12:00:00Z');

const DISPUTE: Dispute = {
  tenantId: 'ten_1',
  disputeId: 'dp_1',
  paymentId: 'pay_1',
  attemptId: 'att_1',
  providerAccountId: 'pa_1',
  mode: 'test',
  providerRef: 'ds_1',
  amount: 1250n,
  currency: 'EUR',
  reason: 'fraudulent',
  status: 'opened',
  evidenceDueAt: NOON,
  amountWithdrawn: 1250n,
  amountReinstated: 0n,
  reportedAt: NOON,
  syncDueAt: null,
  createdAt: NOON,
  updatedAt: NOON,
};

describe('a dispute takes evidence', () => {
  test.each(['inquiry', 'opened', 'under_review'] as const)('while it is %s', (status) => {
    expect(whyNoEvidence({ ...DISPUTE, status }, NOON)).toBeNull();
  });

  test.each(['won', 'lost', 'expired'] as const)('not once it is %s', (status) => {
    expect(whyNoEvidence({ ...DISPUTE, status }, NOON)).toMatch(status);
  });

  test('up to the instant it is due, and not a millisecond later', () => {
    expect(whyNoEvidence(DISPUTE, NOON)).toBeNull();
    expect(whyNoEvidence(DISPUTE, NOON.add({ milliseconds: 1 }))).toMatch('2026-01-01T12:00:00Z');
  });

  test('at any time where none is asked for', () => {
    expect(whyNoEvidence({ ...DISPUTE, evidenceDueAt: null }, NOON.add({ hours: 24 * 365 }))).toBeNull();
  });
});

const REPORT: DisputeReport = {
  providerRef: 'ds_1',
  state: 'under_review',
  amount: { amount: 1250n, currency: 'EUR' },
  reason: 'fraudulent',
  withdrawn: 1250n,
  reinstated: 0n,
  asOf: NOON,
};

describe('an answer to evidence', () => {
  test('counts where it is about the dispute, and leaves a doubt where it is about another', () => {
    expect(outcomeOf({ kind: 'answered', dispute: REPORT }, DISPUTE)).toEqual({ kind: 'submitted', report: REPORT });
    const foreign = { ...REPORT, providerRef: 'ds_2' };
    expect(outcomeOf({ kind: 'answered', dispute: foreign }, DISPUTE)).toEqual({ kind: 'in_doubt' });
  });

  test('that refuses is final, and none at all is a doubt, sent or not', () => {
    const refused = { kind: 'refused', code: 'too_late', message: 'It is over.' } as const;
    expect(outcomeOf(refused, DISPUTE)).toEqual({ kind: 'refused', code: 'too_late' });
    for (const kind of ['not_sent', 'unknown'] as const) {
      expect(outcomeOf({ kind, reason: 'reset' }, DISPUTE)).toEqual({ kind: 'in_doubt' });
    }
  });
});

const SENT: Evidence = newEvidence(DISPUTE, { evidenceId: 'ev_1', textSealed: new Uint8Array() }, NOON);
const LATER = NOON.add({ seconds: 5 });

describe('evidence that was sent', () => {
  test('is looked at again after the longest call, should its request die', () => {
    expect(SENT).toMatchObject({ status: 'dispatched', syncTries: 0 });
    expect(SENT.syncDueAt?.since(NOON).total('seconds')).toBe(60);
  });

  test('is submitted or refused once the provider says so, and never sent again', () => {
    for (const status of ['dispatched', 'unknown'] as const) {
      const done = { syncDueAt: null, updatedAt: LATER };
      const submitted = afterSending({ ...SENT, status }, { kind: 'submitted', report: REPORT }, LATER);
      expect(submitted).toMatchObject({ ...done, status: 'submitted', failureCode: null });
      const refused = afterSending({ ...SENT, status }, { kind: 'refused', code: 'too_late' }, LATER);
      expect(refused).toMatchObject({ ...done, status: 'refused', failureCode: 'too_late' });
    }
  });

  test('is in doubt without an answer, and sent again at once', () => {
    const doubtful = afterSending(SENT, { kind: 'in_doubt' }, LATER);
    expect(doubtful).toMatchObject({ status: 'unknown', failureCode: null, syncTries: 0 });
    expect(doubtful?.syncDueAt?.equals(LATER)).toBe(true);
  });

  test('keeps the time of its next try where it is in doubt still, or a try of the worker put it there', () => {
    expect(afterSending({ ...SENT, status: 'unknown', syncTries: 1 }, { kind: 'in_doubt' }, LATER)).toBeNull();
    const syncDueAt = NOON.add({ minutes: 5 });
    const repeated = afterSending({ ...SENT, syncTries: 1, syncDueAt }, { kind: 'in_doubt' }, LATER);
    expect(repeated).toMatchObject({ status: 'unknown', syncTries: 1 });
    expect(repeated?.syncDueAt?.equals(syncDueAt)).toBe(true);
  });
});

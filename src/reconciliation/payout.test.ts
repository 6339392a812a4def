import { describe, expect, test } from 'vitest';
import type { StatementLine } from './line.ts';
import { type Payout, payoutRefOf, readPayout } from './payout.ts';

const AT = Temporal.Instant.from('2026-01-01T12:00:00Z');
const LATER = AT.add({ hours: 48 });

function line(gross: bigint, fields: Partial<StatementLine> = {}): StatementLine {
  return {
    ...{ tenantId: 'ten_1', lineId: 'sl_1', providerAccountId: 'pa_1', mode: 'test', statementId: 'st_1' },
    ...{ lineRef: 'L-1', kind: 'payout', attemptId: null, providerRef: null, operationId: null, operationRef: null },
    ...{ currency: 'EUR', gross, fee: 0n, net: gross, occurredAt: AT, availableAt: null, payoutRef: 'po-1' },
    ...{ contentHash: '', createdAt: AT },
    ...fields,
  };
}

const read = (one: StatementLine, known: Payout | null) => readPayout(one, known, { now: LATER, payoutId: 'po_1' });

function paid(): Payout {
  const news = read(line(-700n), null);
  if (news.kind !== 'paid') throw new Error(news.kind);
  return news.payout;
}

test('a line that takes is a payout, of the name it has or of its own', () => {
  expect(paid()).toMatchObject({ payoutRef: 'po-1', amount: 700n, status: 'paid', paidAt: AT, returnedAt: null });
  expect(payoutRefOf(line(-700n, { payoutRef: null }))).toBe('L-1');
});

test('a second line of one name is no second payout', () => {
  expect(read(line(-700n, { lineRef: 'L-2' }), paid())).toEqual({ kind: 'second' });
});

describe('a line that gives', () => {
  test('brings its payout back, once', () => {
    const news = read(line(700n, { occurredAt: LATER }), paid());
    expect(news).toMatchObject({ kind: 'returned', payout: { status: 'returned', returnedAt: LATER, paidAt: AT } });
    const again = news.kind === 'returned' ? read(line(700n), news.payout) : null;
    expect(again).toEqual({ kind: 'unknown' });
  });

  test('is none of a payout that nobody knows, or of another amount or currency', () => {
    expect(read(line(700n), null)).toEqual({ kind: 'unknown' });
    expect(read(line(699n), paid())).toEqual({ kind: 'unknown' });
    expect(read(line(700n, { currency: 'USD' }), paid())).toEqual({ kind: 'unknown' });
  });
});

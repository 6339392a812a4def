import { describe, expect, test } from 'vitest';
import { type AttemptStanding, attachLine, type Candidate, withLine } from './attach-line.ts';
import type { StatementLine } from './line.ts';
import { type BookedOperation, NOTHING_SAID } from './operation.ts';

const AT = Temporal.Instant.from('2026-01-01T12:00:00Z');

function line(fields: Partial<StatementLine> = {}): StatementLine {
  const gross = fields.gross ?? 1000n;
  return {
    ...{ tenantId: 'ten_1', lineId: 'sl_1', providerAccountId: 'pa_1', mode: 'test', statementId: 'st_1' },
    ...{ lineRef: 'L-1', kind: 'charge', attemptId: null, providerRef: null, operationId: null, operationRef: null },
    ...{ currency: 'EUR', gross, fee: 20n, net: gross - 20n, occurredAt: AT, availableAt: null, payoutRef: null },
    ...{ contentHash: '', createdAt: AT },
    ...fields,
  };
}

function operation(id: string, fields: Partial<BookedOperation> = {}): BookedOperation {
  const its = { noun: 'capture', paymentId: 'pay_1', currency: 'EUR', amount: 1000n, status: 'succeeded' } as const;
  return { id, ...its, isSilentPair: false, said: NOTHING_SAID, ...fields };
}

const by = (namedBy: Candidate['namedBy'], id: string, fields: Partial<BookedOperation> = {}): Candidate => ({
  namedBy,
  operation: operation(id, fields),
});

const attach = (
  one: StatementLine,
  candidates: readonly Candidate[],
  { attempt = null, isOld = false }: { attempt?: AttemptStanding | null; isOld?: boolean } = {},
) => attachLine(one, { candidates, attempt, isOld });

const said = { ...NOTHING_SAID, lines: 1, main: 1, gross: 1000n };

describe('a line is about', () => {
  test('what it names by our id, before what the provider or the attempt names', () => {
    const candidates = [by('attempt', 'cap_3'), by('ref', 'cap_2'), by('id', 'cap_1')];
    expect(attach(line(), candidates)).toMatchObject({ state: 'matched', operation: { id: 'cap_1' } });
    expect(attach(line(), candidates.slice(0, 2))).toMatchObject({ state: 'matched', operation: { id: 'cap_2' } });
  });

  test('of the operations of its attempt, the one with its amount, and of equal ones the first without a line', () => {
    const other = by('attempt', 'cap_1', { amount: 700n });
    const taken = by('attempt', 'cap_2', { said });
    expect(attach(line(), [other, taken, by('attempt', 'cap_3'), by('attempt', 'cap_4')])).toMatchObject({
      ...{ state: 'matched', operation: { id: 'cap_3' } },
    });
  });

  test('nobody can tell which of several operations, where it corrects one of an attempt', () => {
    const two = [by('attempt', 'cap_1'), by('attempt', 'cap_2')];
    expect(attach(line({ kind: 'adjustment', gross: -100n, fee: 0n, net: -100n }), two)).toMatchObject({
      ...{ state: 'open', kind: 'missing_here' },
    });
  });
});

describe('a line is a difference', () => {
  test('where it names nothing of ours', () => {
    expect(attach(line(), [])).toEqual({ state: 'open', kind: 'missing_here', operation: null });
  });

  test('where its own sum does not come out, whatever it is about', () => {
    for (const kind of ['charge', 'fee', 'payout'] as const) {
      expect(attach(line({ kind, net: 981n }), [by('id', 'cap_1')])).toMatchObject({ state: 'open', kind: 'fee' });
    }
  });

  test('where its currency is another, also with the same amount', () => {
    expect(attach(line({ currency: 'USD' }), [by('id', 'cap_1')])).toMatchObject({ state: 'open', kind: 'currency' });
  });

  test('where its attempt has come to nothing', () => {
    expect(attach(line(), [], { attempt: 'over' })).toMatchObject({ state: 'open', kind: 'status' });
    const refund = line({ kind: 'refund', gross: -100n, fee: 0n, net: -100n });
    expect(attach(refund, [], { attempt: 'over' })).toMatchObject({ state: 'open', kind: 'missing_here' });
  });

  test('where a second one would make more of the operation than there is', () => {
    const half = { ...said, gross: 500n };
    const twice = [by('id', 'cap_1', { said })];
    expect(attach(line(), twice)).toMatchObject({ state: 'open', kind: 'duplicate' });
    expect(attach(line({ gross: 501n, net: 481n }), [by('id', 'cap_1', { said: half })])).toMatchObject({
      ...{ state: 'open', kind: 'duplicate' },
    });
    expect(attach(line({ gross: 500n, net: 480n }), [by('id', 'cap_1', { said: half })])).toMatchObject({
      state: 'matched',
    });
    const refund = { noun: 'refund', amount: -1000n, said: { ...said, gross: -1000n } } as const;
    const again = line({ kind: 'refund', gross: -1000n, net: -1020n });
    expect(attach(again, [by('id', 're_1', refund)])).toMatchObject({ state: 'open', kind: 'duplicate' });
  });

  test('never where it corrects what is there already', () => {
    const correction = line({ kind: 'adjustment', gross: -1000n, net: -1020n });
    expect(attach(correction, [by('id', 'cap_1', { said })])).toMatchObject({ state: 'matched' });
  });
});

describe('what is under way here', () => {
  test('is waited for, and is a difference once it has taken too long', () => {
    const pending = [by('id', 'cap_1', { status: 'pending' })];
    expect(attach(line(), pending)).toMatchObject({ state: 'deferred', operation: { id: 'cap_1' } });
    expect(attach(line(), pending, { isOld: true })).toMatchObject({ state: 'open', kind: 'status' });
    expect(attach(line(), [], { attempt: 'under_way' })).toEqual({ state: 'deferred', operation: null });
    expect(attach(line(), [], { attempt: 'under_way', isOld: true })).toMatchObject({ state: 'open', kind: 'status' });
  });
});

test('fees and payouts stand by themselves', () => {
  for (const kind of ['fee', 'payout'] as const) expect(attach(line({ kind }), [])).toEqual({ state: 'booked' });
});

test('sums grow by a line, and are of its statement from then on', () => {
  const sums = withLine(said, line({ kind: 'adjustment', gross: -100n, fee: 0n, net: -100n, availableAt: AT }));
  expect(sums).toEqual({ lines: 2, main: 1, gross: 900n, fee: 0n, net: -100n, statementId: 'st_1', settledAt: AT });
});

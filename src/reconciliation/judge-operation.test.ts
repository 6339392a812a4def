import { describe, expect, test } from 'vitest';
import { judgeOperation } from './judge-operation.ts';
import { type BookedOperation, NOTHING_SAID } from './operation.ts';

type Fields = Partial<Omit<BookedOperation, 'said'>>;

function operation(fields: Fields = {}, said: Partial<BookedOperation['said']> = {}): BookedOperation {
  const its = { noun: 'capture', id: 'cap_1', paymentId: 'pay_1', currency: 'EUR', amount: 1000n } as const;
  return { ...its, status: 'succeeded', isSilentPair: false, ...fields, said: { ...NOTHING_SAID, ...said } };
}

const judge = (one: BookedOperation, isDue = true) => judgeOperation(one, { isDue, expectedFee: null });
const kinds = (one: BookedOperation) => judge(one).mismatches.map(({ kind, difference }) => [kind, difference]);
const LINE = { lines: 1, main: 1 };

describe('silence', () => {
  test('says nothing until it is time, and then that the money is missing there', () => {
    expect(judge(operation(), false)).toEqual({ isSettled: false, mismatches: [] });
    expect(kinds(operation())).toEqual([['missing_there', 1000n]]);
    expect(kinds(operation({ noun: 'refund', amount: -300n }))).toEqual([['missing_there', -300n]]);
  });

  test('is right for what failed, is pending, or was reversed without a word of either', () => {
    for (const status of ['failed', 'pending'] as const) expect(kinds(operation({ status }))).toEqual([]);
    expect(kinds(operation({ isSilentPair: true }))).toEqual([]);
    expect(kinds(operation({ noun: 'reversal', amount: -1000n, isSilentPair: true }))).toEqual([]);
  });

  test('of a reversal whose capture is settled says that the provider paid what was reversed', () => {
    expect(kinds(operation({ noun: 'reversal', amount: -1000n }))).toEqual([['status', -1000n]]);
  });
});

describe('the sum of the lines', () => {
  test('settles what it equals, and nothing else', () => {
    expect(judge(operation({}, { ...LINE, gross: 1000n }))).toEqual({ isSettled: true, mismatches: [] });
    expect(kinds(operation({}, { ...LINE, gross: 999n }))).toEqual([['amount', 1n]]);
    expect(kinds(operation({}, { ...LINE, gross: 1001n }))).toEqual([['amount', -1n]]);
    expect(judge(operation({}, { ...LINE, gross: 999n })).isSettled).toBe(false);
  });

  test('of what failed must come to nothing, and settles nothing then', () => {
    expect(kinds(operation({ status: 'failed' }, { ...LINE, gross: 1000n }))).toEqual([['status', -1000n]]);
    const takenBack = operation({ status: 'failed' }, { lines: 2, main: 1, gross: 0n });
    expect(judge(takenBack)).toEqual({ isSettled: false, mismatches: [] });
  });
});

describe('a fee', () => {
  const expectedFee = { basisPoints: 150, fixed: 25, tolerance: 1 };
  const feeOf = (fee: bigint, fields: Fields = {}) =>
    judgeOperation(operation(fields, { ...LINE, gross: fields.amount ?? 1000n, fee }), { isDue: true, expectedFee });

  test('is expected to the unit, give or take the tolerance', () => {
    const differs = (fee: bigint) => feeOf(fee).mismatches.map(({ kind }) => kind);
    expect([39n, 40n, 41n].map(differs)).toEqual([[], [], []]);
    expect([38n, 42n].map(differs)).toEqual([['fee'], ['fee']]);
  });

  test('that is not expected leaves the charge settled, and takes nothing from the proof', () => {
    expect(feeOf(90n)).toMatchObject({ isSettled: true, mismatches: [{ kind: 'fee', difference: 0n }] });
  });

  test('of a refund is compared with nothing', () => {
    expect(feeOf(90n, { noun: 'refund', amount: -1000n }).mismatches).toEqual([]);
  });
});

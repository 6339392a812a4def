import { describe, expect, test } from 'vitest';
import { type Layout, parseStatement } from './parse-statement.ts';

const DEFAULT: Layout = { delimiter: ',', amounts: 'minor', columns: {}, kinds: {} };
const HEADER = 'line_ref,kind,occurred_at,currency,gross,fee,net,operation_ref';

const parse = (lines: readonly string[], layout: Partial<Layout> = {}, header = HEADER) =>
  parseStatement([header, ...lines].join('\n'), { ...DEFAULT, ...layout });

const linesOf = (...args: Parameters<typeof parse>) => {
  const parsed = parse(...args);
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.errors));
  return parsed.lines;
};

const rulesOf = (...args: Parameters<typeof parse>) => {
  const parsed = parse(...args);
  return parsed.kind === 'refused' ? parsed.errors.map(({ detail }) => detail) : [];
};

describe('a file becomes lines', () => {
  test('with what it leaves out computed or empty', () => {
    expect(
      linesOf(['L-1,charge,2026-01-02,EUR,1250,43,,ch_1', 'L-2,refund,2026-01-02T03:04:05+02:00,EUR,-250,,,']),
    ).toEqual([
      {
        ...{ lineRef: 'L-1', kind: 'charge', gross: { amount: 1250n, currency: 'EUR' }, fee: 43n, net: 1207n },
        ...{ occurredAt: Temporal.Instant.from('2026-01-02T00:00:00Z'), operationRef: 'ch_1', operationId: null },
        ...{ attemptId: null, providerRef: null, availableAt: null, payoutRef: null },
      },
      {
        ...{ lineRef: 'L-2', kind: 'refund', gross: { amount: -250n, currency: 'EUR' }, fee: 0n, net: -250n },
        ...{ occurredAt: Temporal.Instant.from('2026-01-02T01:04:05Z'), operationRef: null, operationId: null },
        ...{ attemptId: null, providerRef: null, availableAt: null, payoutRef: null },
      },
    ]);
  });

  test('in a layout of its own, with decimals of each currency and its own words', () => {
    const layout: Partial<Layout> = {
      ...{ delimiter: ';', amounts: 'decimal', kinds: { Payment: 'charge', Chargeback: 'dispute' } },
      columns: { lineRef: 'Transaction ID', kind: 'Type', occurredAt: 'Date', currency: 'Cur', gross: 'Amount' },
    };
    const lines = linesOf(
      ['T1;Payment;2026-01-02;EUR;12.5', 'T2;Chargeback;2026-01-02;JPY;-1250', 'T3;fee;2026-01-02;KWD;-1.005'],
      layout,
      'Transaction ID;Type;Date;Cur;Amount',
    );
    expect(lines.map(({ kind, gross }) => [kind, gross.amount])).toEqual([
      ['charge', 1250n],
      ['dispute', -1250n],
      ['fee', -1005n],
    ]);
  });

  test('whose sum may not come out: that is for the comparison to say', () => {
    expect(linesOf(['L-1,charge,2026-01-02,EUR,1250,43,1208,'])).toMatchObject([{ fee: 43n, net: 1208n }]);
  });
});

describe('a file is refused whole, with each line and rule', () => {
  const RULES: readonly (readonly [string, string, RegExp])[] = [
    ['no name', ',charge,2026-01-02,EUR,1,,,', /^Line 2: lineRef: Must not be empty/],
    ['a kind of nobody', 'L,sale,2026-01-02,EUR,1,,,', /^Line 2: kind: Must be one of charge/],
    ['a kind of every object', 'L,constructor,2026-01-02,EUR,1,,,', /^Line 2: kind/],
    ['a day that is none', 'L,charge,2026-02-30,EUR,1,,,', /^Line 2: occurredAt: Must be an instant/],
    ['a currency of nobody', 'L,charge,2026-01-02,EURO,1,,,', /^Line 2: currency/],
    ['no amount', 'L,charge,2026-01-02,EUR,,,,', /^Line 2: gross: Must not be empty/],
    ['a fraction of a unit', 'L,charge,2026-01-02,EUR,12.50,,,', /^Line 2: gross: Must be a number with whole units/],
    ['separators of thousands', 'L,charge,2026-01-02,EUR,"1,250",,,', /^Line 2: gross/],
    ['an exponent', 'L,charge,2026-01-02,EUR,1e3,,,', /^Line 2: gross/],
    ['a fee that is none', 'L,charge,2026-01-02,EUR,1,x,,', /^Line 2: fee/],
    ['a charge that takes', 'L,charge,2026-01-02,EUR,-1,,,', /^Line 2: gross: Must be above zero for a charge/],
    ['a refund that gives', 'L,refund,2026-01-02,EUR,1,,,', /^Line 2: gross: Must be below zero for a refund/],
    ['a card number', 'L,charge,2026-01-02,EUR,1,,,4111 1111 1111 1111', /^Line 2: operationRef: Must not hold a card/],
    ['a control character', 'L,charge,2026-01-02,EUR,1,,,a\u0000b', /^Line 2: operationRef: Must not contain control/],
    ['a field too few', 'L,charge,2026-01-02,EUR,1,,', /^Line 2: has 7 fields and not 8/],
  ];

  test.each(RULES)('%s', (_, line, rule) => {
    expect(rulesOf([line])).toEqual([expect.stringMatching(rule)]);
  });

  test('each of several, and what is right with them', () => {
    const good = 'L,charge,2026-01-02,EUR,1,,,';
    expect(rulesOf([good, 'L,charge,x,EUR,y,,,', good, 'L,charge'])).toEqual([
      expect.stringMatching(/^Line 3: occurredAt/),
      expect.stringMatching(/^Line 3: gross/),
      expect.stringMatching(/^Line 5: has 2 fields/),
    ]);
  });

  test('at most fifty at once', () => {
    const rules = rulesOf(Array.from({ length: 60 }, () => 'L,charge,2026-01-02,EUR,x,,,'));
    expect([rules.length, rules.at(-1)]).toEqual([51, 'and 10 more']);
  });

  test('without a column it needs, or with one twice', () => {
    expect(rulesOf(['x'], {}, 'line_ref,kind,currency,gross')).toEqual(['Line 1: no column for occurredAt']);
    expect(rulesOf(['x'], { columns: { fee: 'Costs' } })).toEqual(['Line 1: no column for fee']);
    expect(rulesOf(['x'], {}, `${HEADER},gross`)).toEqual(['Line 1: two columns have the name of gross']);
  });

  test('without a line', () => {
    expect(rulesOf([])).toEqual(['Line 1: a header and at least one line']);
  });

  test('without repeating what stood there', () => {
    const words = rulesOf(['zq7,zq7,zq7,zq7,zq7,zq7,zq7,zq7']).join(' ');
    expect(words).not.toContain('zq7');
  });
});

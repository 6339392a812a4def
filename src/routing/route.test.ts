import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RoutableAccount, type RouteQuestion, route, type SeenCircuit } from './route.ts';
import { NO_RULES } from './routing-rules.ts';

const CURRENCIES = ['EUR', 'USD', 'ZAR'] as const;
const METHODS = ['sandbox', 'stripe', 'none'] as const;
const currency = fc.constantFrom(...CURRENCIES);
const bound = fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined });

const rules = fc.record({
  weight: fc.option(fc.integer({ min: 1, max: 100 })),
  currencies: fc.option(fc.uniqueArray(currency, { minLength: 1 })),
  amounts: fc.option(fc.dictionary(currency, fc.record({ min: bound, max: bound }))),
  methods: fc.option(fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1 })),
});
const often = <Value>(usual: Value, ...others: readonly Value[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)));

const account = (index: number): fc.Arbitrary<RoutableAccount> =>
  fc.record({
    providerAccountId: fc.constant(`pa_${index}`),
    mode: often<RoutableAccount['mode']>('test', 'live'),
    priority: fc.constantFrom(1, 2, 2, 2),
    status: often<RoutableAccount['status']>('active', 'disabled'),
    routing: fc.oneof({ weight: 2, arbitrary: fc.constant(NO_RULES) }, rules),
    capabilities: often<RoutableAccount['capabilities']>(
      { modes: ['test', 'live'], currencies: 'any', capture: { partial: true, multiple: true } },
      { modes: ['test'], currencies: ['EUR'], capture: false },
      { modes: ['live'], currencies: 'any', capture: false },
      null,
    ),
    acceptsMethod: often(true, false),
  });

const circuit: fc.Arbitrary<SeenCircuit> = fc.record({
  state: fc.constantFrom('closed', 'closed', 'half_open', 'open'),
  failures: fc.nat({ max: 9 }),
});

const question: fc.Arbitrary<RouteQuestion<RoutableAccount>> = fc.record({
  payment: fc.record({
    paymentId: fc.option(fc.uuid()),
    mode: fc.constant<'test'>('test'),
    amount: fc.bigInt({ min: 1n, max: 1_200n }),
    currency,
    captureMethod: fc.constantFrom('automatic', 'manual'),
    providerAccountId: often<string | null>(null, 'pa_0', 'pa_gone'),
  }),
  method: fc.constantFrom('sandbox', 'stripe', null, 'undecided'),
  accounts: fc.tuple(...Array.from({ length: 6 }, (_, index) => account(index))),
  circuits: fc.dictionary(fc.constantFrom('pa_0', 'pa_1', 'pa_2', 'pa_3'), circuit).map((entries) => {
    return new Map(Object.entries(entries));
  }),
  tried: fc.uniqueArray(fc.constantFrom('pa_0', 'pa_5')).map((ids) => new Set(ids)),
});

const idsOf = (judged: readonly { readonly account: RoutableAccount }[]) =>
  judged.map(({ account: { providerAccountId } }) => providerAccountId);

/** The rules told a second time, as plainly as they can be. */
function mayTake(one: RoutableAccount, { payment, method, tried }: RouteQuestion<RoutableAccount>): boolean {
  const { amounts, currencies, methods } = one.routing;
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = amounts?.[payment.currency] ?? {};
  const pin = payment.providerAccountId;
  return (
    one.status === 'active' &&
    one.mode === 'test' &&
    one.capabilities?.modes.includes('test') === true &&
    (one.capabilities.currencies === 'any' || one.capabilities.currencies.includes(payment.currency)) &&
    (payment.captureMethod === 'automatic' || one.capabilities.capture !== false) &&
    (method === 'undecided' || (one.acceptsMethod && (methods?.includes(method ?? 'none') ?? true))) &&
    (currencies?.includes(payment.currency) ?? true) &&
    Number(payment.amount) >= min &&
    Number(payment.amount) <= max &&
    (pin === null || pin === one.providerAccountId) &&
    tried?.has(one.providerAccountId) !== true
  );
}

const RUNS = { numRuns: 2_000 };

describe('whatever accounts there are', () => {
  test('each is a candidate or refused, once, and only those that may take the payment are candidates', () => {
    let seen = 0;
    fc.assert(
      fc.property(question, (asked) => {
        const { candidates, refused } = route(asked);
        expect([...idsOf(candidates), ...idsOf(refused)].sort()).toEqual(
          asked.accounts.map((one) => one.providerAccountId),
        );
        for (const one of candidates) expect(mayTake(one.account, asked)).toBe(true);
        for (const { account: one, reasons } of refused) {
          const isOpen = reasons.some(({ code }) => code === 'circuit_open');
          expect([mayTake(one, asked), reasons.length > 0]).toEqual([isOpen, true]);
        }
        seen += candidates.length > 1 ? 1 : 0;
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(100);
  });

  test('one that may take the payment is always found, and none with an open circuit while another is there', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { candidates } = route(asked);
        const able = asked.accounts.filter((one) => mayTake(one, asked));
        expect(candidates.length > 0).toBe(able.length > 0);
        const isOpen = (one: RoutableAccount) => asked.circuits.get(one.providerAccountId)?.state === 'open';
        if (able.some((one) => !isOpen(one))) expect(candidates.some((one) => isOpen(one.account))).toBe(false);
        else expect(candidates.length).toBe(able.length);
      }),
      RUNS,
    );
  });

  test('the order depends on nothing but the payment: not on how the accounts are listed, nor on who else is there', () => {
    fc.assert(
      fc.property(question, fc.nat(), (asked, at) => {
        const whole = idsOf(route(asked).candidates);
        expect(idsOf(route({ ...asked, accounts: asked.accounts.toReversed() }).candidates)).toEqual(whole);
        const gone = whole[at % Math.max(whole.length, 1)];
        const others = asked.accounts.filter((one) => one.providerAccountId !== gone);
        const left = whole.filter((id) => id !== gone);
        if (left.length > 0) expect(idsOf(route({ ...asked, accounts: others }).candidates)).toEqual(left);
      }),
      RUNS,
    );
  });

  test('the lower priority comes first, and where all circuits are open the one that failed least', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { candidates } = route(asked);
        const failures = (one: RoutableAccount) => asked.circuits.get(one.providerAccountId)?.failures ?? 0;
        const emergency = candidates[0]?.circuit === 'open';
        const keys = candidates.map((one) => (emergency ? failures(one.account) : one.account.priority));
        expect(keys).toEqual(keys.toSorted((a, b) => a - b));
      }),
      RUNS,
    );
  });
});

const CAPABLE: RoutableAccount = {
  providerAccountId: 'pa_1',
  mode: 'test',
  priority: 100,
  status: 'active',
  routing: NO_RULES,
  capabilities: { modes: ['test'], currencies: 'any', capture: { partial: true, multiple: true } },
  acceptsMethod: true,
};
const PAYMENT: RouteQuestion<RoutableAccount>['payment'] = {
  ...{ paymentId: 'pay_1', mode: 'test', amount: 1250n, currency: 'EUR' },
  ...{ captureMethod: 'automatic', providerAccountId: null },
};
const weighing = (id: string, weight: number | null): RoutableAccount => {
  return { ...CAPABLE, providerAccountId: id, routing: { ...NO_RULES, weight } };
};
const ask = (accounts: readonly RoutableAccount[], payment: Partial<typeof PAYMENT> = {}) =>
  route({ payment: { ...PAYMENT, ...payment }, method: 'sandbox', accounts, circuits: new Map() });

describe('a split by weights', () => {
  const PAYMENTS = 20_000;
  const firsts = (accounts: readonly RoutableAccount[], place = 0): Readonly<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < PAYMENTS; i++) {
      const id = idsOf(ask(accounts, { paymentId: `pay_${i}` }).candidates)[place] ?? '';
      counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts;
  };
  /** Five standard deviations: by chance one count in two million lies further out. */
  const expectShare = (count: number | undefined, share: number, of = PAYMENTS): void => {
    expect(Math.abs((count ?? 0) - of * share)).toBeLessThan(5 * Math.sqrt(of * share * (1 - share)));
  };

  test('gives each account its share in the long run', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 4 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = firsts(weights.map((weight, index) => weighing(`pa_${index}`, weight)));
        weights.forEach((weight, index) => {
          expectShare(counts[`pa_${index}`], weight / total);
        });
      }),
      { numRuns: 5 },
    );
  }, 20_000);

  test('divides what an account leaves by the shares of the others', () => {
    const accounts = [weighing('pa_a', 70), weighing('pa_b', 20), weighing('pa_c', 10)];
    const left = Array.from({ length: PAYMENTS }, (_, i) => idsOf(ask(accounts, { paymentId: `pay_${i}` }).candidates))
      .filter(([first]) => first === 'pa_a')
      .map(([, second]) => second);
    expectShare(left.filter((id) => id === 'pa_b').length, 2 / 3, left.length);
  });

  test('leaves an account without a share as a spare, and one account alone takes all', () => {
    expect(firsts([weighing('pa_a', null), weighing('pa_b', 1)])).toEqual({ pa_b: PAYMENTS });
    expect(ask([weighing('pa_a', null), weighing('pa_b', 1)]).candidates.map((one) => one.reasons[0]?.code)).toEqual([
      'drawn',
      'spare',
    ]);
  });

  test('of no payment tells the larger share first', () => {
    expect(idsOf(ask([weighing('pa_a', 30), weighing('pa_b', 70)], { paymentId: null }).candidates)).toEqual([
      'pa_b',
      'pa_a',
    ]);
  });
});

test('without shares the oldest of equal priority is taken, as ever', () => {
  const { candidates } = ask([weighing('pa_b', null), weighing('pa_a', null)]);
  expect(candidates.map((one) => [one.account.providerAccountId, one.reasons[0]?.code])).toEqual([
    ['pa_a', 'oldest'],
    ['pa_b', 'younger'],
  ]);
});

test('every broken rule of an account is told, with the amount in the words of its currency', () => {
  const amounts = { EUR: { min: 2_000 }, USD: { max: 100 } };
  const narrow: RoutableAccount = {
    ...CAPABLE,
    status: 'disabled',
    routing: { ...NO_RULES, amounts, methods: ['stripe'] },
  };
  const [refused] = ask([narrow]).refused;
  expect(refused?.reasons).toEqual([
    { code: 'disabled', why: 'It is disabled.' },
    { code: 'amount_too_small', why: 'Its rules take 20.00 EUR and more.' },
    { code: 'method_not_taken', why: 'Its rules leave this method out.' },
  ]);
});

test('a pinned payment goes to its account whatever the others are, but not past the rules of that account', () => {
  const accounts = [weighing('pa_a', 1), { ...weighing('pa_b', null), priority: 900 }];
  expect(ask(accounts, { providerAccountId: 'pa_b' }).candidates).toMatchObject([{ reasons: [{ code: 'pinned' }] }]);
  const limited = { ...CAPABLE, routing: { ...NO_RULES, amounts: { EUR: { max: 1_249 } } } };
  expect(ask([limited], { providerAccountId: 'pa_1' }).candidates).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayModel, type Path, type Setting } from './gateway-model-fixture.ts';
import { differences } from './model-truth-fixture.ts';
import type { Reached } from './money-keeper-fixture.ts';
import { PAYMENT_TRANSITIONS } from './payment.ts';

const RUNS = 3_000;

const setting: fc.Arbitrary<Setting> = fc.record({
  automatic: fc.boolean(),
  lists: fc.boolean(),
  policy: fc.record({
    lateSuccess: fc.constantFrom('accept', 'refund'),
    duplicatePayment: fc.constantFrom('refund', 'keep'),
  }),
});

type Step = (gateway: GatewayModel) => void;

/** A step that shows in a counterexample as it reads here. */
class Command implements fc.Command<object, GatewayModel> {
  readonly #name: string;
  readonly #step: Step;

  constructor(name: string, step: Step) {
    this.#name = name;
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  run(_model: object, gateway: GatewayModel): void {
    this.#step(gateway);
  }

  toString(): string {
    return this.#name;
  }
}

const amount = fc.constantFrom(null, null, 500n, 750n);
const noun = fc.constantFrom('capture', 'capture', 'refund', 'reversal');
const ending = fc.constantFrom('succeeded', 'succeeded', 'pending', 'failed');
const path: fc.Arbitrary<Path> = fc.constantFrom('answered', 'answered', 'lost', 'never', 'crash');
const index = fc.nat({ max: 7 });

function nth<One>(all: Iterable<One>, at: number): One | undefined {
  const list = [...all];
  return list[at % list.length];
}

function onCharge(act: (gateway: GatewayModel, attemptId: string) => void, at: number): Step {
  return (gateway) => {
    const charge = nth(gateway.provider.charges.values(), at);
    if (charge !== undefined) act(gateway, charge.attemptId);
  };
}

/** What tenants, payers, the merchant at the provider's console and banks may do. */
const worldly: readonly fc.Arbitrary<Command>[] = [
  path.map((way) => new Command(`confirm(${way})`, (gateway) => gateway.confirm(way))),
  fc.tuple(fc.constantFrom('authorized', 'approved', 'approved', 'declined', 'canceled', 'expired'), index).map(
    ([to, at]) =>
      new Command(
        `bank(${to}, ${at})`,
        onCharge((gateway, id) => gateway.provider.decide(id, to), at),
      ),
  ),
  fc.record({ noun, amount, final: fc.boolean(), ending, path }).map(({ path: way, ...wanted }) => {
    const name = `${wanted.noun}(${wanted.amount}, final ${wanted.final}, ${wanted.ending}, ${way})`;
    return new Command(name, (gateway) => gateway.operate(wanted, way));
  }),
  path.map((way) => new Command(`release(${way})`, (gateway) => gateway.release(way))),
  fc.constant(new Command('cancel', (gateway) => void gateway.ask({ kind: 'cancel_requested' }))),
  fc.constant(new Command('expire', (gateway) => void gateway.ask({ kind: 'expiry_reached', early: true }))),
  fc.record({ noun, amount, final: fc.boolean(), ending, at: index }).map(({ at, ...one }) => {
    const name = `console ${one.noun}(${one.amount}, final ${one.final}, ${one.ending}, ${at})`;
    return new Command(
      name,
      onCharge((gateway, id) => atConsole(gateway, id, one), at),
    );
  }),
  fc.tuple(fc.constantFrom('release', 'lapse'), index).map(
    ([by, at]) =>
      new Command(
        `console ${by}(${at})`,
        onCharge((gateway, id) => gateway.provider.end(id, by), at),
      ),
  ),
  fc.tuple(fc.constantFrom('succeeded', 'failed'), index, index).map(
    ([to, at, of]) =>
      new Command(
        `settle(${to}, ${at}, ${of})`,
        onCharge((gateway, id) => settle(gateway, id, to, of), at),
      ),
  ),
  fc.tuple(fc.constantFrom('open', 'review', 'won', 'lost', 'withdraw', 'reinstate'), index).map(
    ([step, at]) =>
      new Command(
        `dispute(${step}, ${at})`,
        onCharge((gateway, id) => gateway.provider.dispute(id, step), at),
      ),
  ),
];

/** What reaches the gateway in between. */
const news: readonly fc.Arbitrary<Command>[] = [
  fc
    .tuple(index, fc.boolean())
    .map(([at, kept]) => new Command(`deliver(${at}, again ${kept})`, (gateway) => gateway.deliver(at, kept))),
];
const asking: readonly fc.Arbitrary<Command>[] = [
  fc.constant(new Command('work', (gateway) => gateway.work())),
  index.map(
    (at) =>
      new Command(
        `sync(${at})`,
        onCharge((gateway, id) => gateway.sync(id), at),
      ),
  ),
];

type Console = {
  noun: 'capture' | 'refund' | 'reversal';
  amount: bigint | null;
  final: boolean;
  ending: 'pending' | 'succeeded' | 'failed';
};

function atConsole(
  gateway: GatewayModel,
  id: string,
  { noun: what, amount: wanted, final, ending: state }: Console,
): void {
  // What is done by hand to double money is set aside for a person; decide-refund.test.ts shows it.
  if (what !== 'capture' && gateway.provider.charges.size > 1 && !gateway.isOwnMoney(id)) return;
  gateway.provider.operate(id, { noun: what, key: null, amount: wanted ?? 1250n, final, state });
}

function settle(gateway: GatewayModel, id: string, to: 'succeeded' | 'failed', of: number): void {
  const operation = nth(gateway.provider.charges.get(id)?.operations ?? [], of);
  // That a capture is taken back says what is left only where every other is known.
  if (operation?.state === 'succeeded' && operation.noun === 'capture' && !gateway.knowsCaptures(id)) return;
  // Double money that was taken back is for a person too.
  if (gateway.provider.charges.size > 1 && !gateway.isOwnMoney(id)) return;
  if (operation !== undefined) gateway.provider.settle(id, operation.ref, to);
}

/**
 * Everything arrives, in the order that chance gives, and then the worker has done what was due. Twice: what crossed an
 * operation of ours that was refused is understood only by the question after it.
 */
function settleDown(gateway: GatewayModel): void {
  deliverAll(gateway, [0]);
  for (let round = 0; round < 2; round++) {
    gateway.work();
    gateway.work();
    for (const attemptId of gateway.provider.charges.keys()) gateway.sync(attemptId);
  }
}

/** No capture is under way for ever; until then the provider has not said what the charge comes to. */
function endCaptures(gateway: GatewayModel): void {
  for (const { attemptId, operations } of gateway.provider.charges.values()) {
    for (const { noun: what, key, ref, state } of [...operations]) {
      if (what === 'capture' && key === null && state === 'pending')
        gateway.provider.settle(attemptId, ref, 'succeeded');
    }
  }
}

function deliverAll(gateway: GatewayModel, order: readonly number[]): void {
  for (let turn = 0; gateway.provider.notices.length > 0; turn++)
    gateway.deliver(order[turn % order.length] ?? 0, false);
}

/** How far a payment has come before chance takes over; from its very start, chance alone rarely gets far. */
const BEGINNINGS = {
  nothing: () => {},
  paid: (gateway) => begin(gateway, 'approved'),
  authorized: (gateway) => begin(gateway, 'authorized'),
  'declined, then late': (gateway) => {
    begin(gateway, 'declined');
    gateway.ask({ kind: 'cancel_requested' });
    gateway.provider.decide('att_0', 'approved');
  },
  'declined for good, then late': (gateway) => {
    begin(gateway, 'declined');
    begin(gateway, 'declined');
    gateway.provider.decide('att_1', 'approved');
  },
  'paid a second time': (gateway) => {
    begin(gateway, 'declined');
    begin(gateway, 'approved');
    gateway.provider.decide('att_0', 'approved');
  },
  'authorized a second time': (gateway) => {
    begin(gateway, 'declined');
    begin(gateway, 'authorized');
    gateway.provider.decide('att_0', 'authorized');
  },
} as const satisfies Readonly<Record<string, Step>>;

/** An attempt that the bank decided on, and the gateway knows. */
function begin(gateway: GatewayModel, to: 'approved' | 'authorized' | 'declined'): void {
  gateway.confirm('answered');
  const attemptId = gateway.keeper.kept.payment.openAttemptId;
  if (attemptId === null) return;
  gateway.provider.decide(attemptId, to);
  while (gateway.provider.notices.length > 0) gateway.deliver(0, false);
}

const beginning = fc.constantFrom(...(Object.keys(BEGINNINGS) as (keyof typeof BEGINNINGS)[]));

/** Prints seed, path and the shortest counterexample where it fails. */
function check<Extra>(
  commands: readonly fc.Arbitrary<Command>[],
  extra: fc.Arbitrary<Extra>,
  finish: (gateway: GatewayModel, extra: Extra) => void,
): void {
  const reached: Reached = new Set();
  const steps = fc.commands([...commands], { maxCommands: 40, size: '+1' });
  fc.assert(
    fc.property(setting, beginning, steps, extra, (its, first, taken, more) => {
      const gateway = new GatewayModel(its, reached);
      BEGINNINGS[first](gateway);
      fc.modelRun(() => ({ model: {}, real: gateway }), taken);
      endCaptures(gateway);
      finish(gateway, more);
      expect(differences(gateway)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
  // A model that never came to a status has said nothing about it.
  const statuses = Object.keys(PAYMENT_TRANSITIONS).map((status) => `payment:${status}`);
  expect([...reached]).toEqual(expect.arrayContaining(statuses));
}

const NOTHING = fc.constant(null);

describe('in the end the gateway knows what the provider knows', () => {
  const limit = { timeout: 20_000 };

  test('with notifications doubled, late and out of order, and a worker that asks now and then', limit, () => {
    check([...worldly, ...news, ...news, ...asking], NOTHING, settleDown);
  });

  test('with no further notification', limit, () => {
    check([...worldly, ...asking, ...asking], NOTHING, (gateway) => {
      gateway.provider.notices.length = 0;
      settleDown(gateway);
    });
  });

  test('A5 with notifications alone, in whatever order they come', limit, () => {
    const order = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 12 });
    check([...worldly, ...news], order, (gateway, turns) => {
      for (let round = 0; round < 3; round++) {
        gateway.repeatInDoubt();
        deliverAll(gateway, turns);
      }
      // What crossed an operation of ours is set aside in sight of a person, who has the provider asked again.
      if (gateway.setAside.length > 0) for (const id of gateway.provider.charges.keys()) gateway.sync(id);
    });
  });
});

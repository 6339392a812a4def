/** B: creating attempts. */
import { present } from '../../kernel/assert.ts';
import { type ConformanceCase, whyNotApplicable } from './case.ts';
import { check, checkKind, checkSame, staged } from './checks.ts';
import type { Stage, World } from './stage.ts';

const GROUP = 'creating';
const COPIES = 10;

export const CREATING_CASES: readonly ConformanceCase[] = [
  {
    id: 9,
    group: GROUP,
    title: 'An attempt has a name at the provider, one of the declared next actions, and a time that is still to come',
    requirements: ['S0.4', 'S0.28', 'S0.29'],
    needs: [],
    steps: async (world) => {
      const { double, capabilities } = await world.open();
      for (const [index, type] of capabilities.nextActions.entries()) {
        staged(type in double.methods || undefined, `lead to a next action of type ${type}`);
        const stage = await world.open();
        stage.double.offer?.(type);
        const { ref, report } = await stage.begin({ method: double.methods[type] });
        check(ref.providerRef !== '', 'the attempt has no name');
        check(report.state === 'requires_action', `a new attempt is ${report.state}`);
        checkSame(report.nextAction.type, type, 'the next action');
        check(report.expiresAt !== undefined || index > 0, 'the usual way does not say until when it can be paid');
        const isAhead = !report.expiresAt || Temporal.Instant.compare(report.expiresAt, stage.double.clock.now()) > 0;
        check(isAhead, 'the attempt was over before it began');
      }
    },
  },
  {
    id: 10,
    group: GROUP,
    title: 'Amounts are written in the units of the provider, with the digits of their currency, to the last unit',
    requirements: ['S1.8', 'S0.31'],
    needs: [],
    steps: async (world) => {
      const taken = world.kind.traits.amounts.filter(({ wire }) => wire !== null);
      check(taken.length >= 2, 'there are too few amounts to look at');
      for (const { money, wire } of taken) {
        const stage = await world.open();
        const charge = await stage.charge({ amount: money });
        await charge.send();
        const sent = present(stage.movements().at(-1), 'a request for money');
        checkSame(stage.double.amountIn(sent), wire, `${money.amount} of ${money.currency} on the wire`);
      }
    },
  },
  {
    id: 11,
    group: GROUP,
    title: 'An amount that the provider cannot take to the unit is refused before anything is sent',
    requirements: ['S1.32', 'S1.33'],
    needs: ['limits'],
    steps: async (world) => {
      const stage = await world.open();
      for (const { money, wire } of stage.traits.amounts) {
        if (wire !== null) continue;
        const answer = await stage.create(stage.input({ amount: money }));
        checkKind(answer, 'refused', `${money.amount} of ${money.currency}`);
      }
      checkSame(stage.line.seen.length, 0, 'requests that were sent');
    },
  },
  {
    id: 12,
    group: GROUP,
    title: 'The same request twice is one payment',
    requirements: ['S2.9', 'S0.17'],
    needs: [],
    steps: (world) =>
      forEachWay(world, async (stage, method) => {
        const charge = await stage.charge({ method });
        const first = checkKind(await charge.send(), 'answered', 'the first request');
        const second = await charge.send();
        if (stage.traits.repeats === 'same_answer') {
          const again = checkKind(second, 'answered', 'the repeat');
          checkSame(again.providerRef, first.providerRef, 'the name of the repeat');
        } else checkKind(second, 'unknown', 'the repeat, of which the provider only says that there was one');
        checkSame(stage.double.count(charge.input), 1, 'payments at the provider');
      }),
  },
  {
    id: 13,
    group: GROUP,
    title: 'Another amount under the same name is no second payment, and no answer to it',
    requirements: ['S2.9', 'S1.6'],
    needs: [],
    steps: (world) =>
      forEachWay(world, async (stage, method) => {
        const charge = await stage.charge({ method });
        checkKind(await charge.send(), 'answered', 'the first request');
        const { amount, currency } = charge.input.amount;
        const other = await charge.send({ amount: { amount: amount + 100n, currency } });
        checkKind(other, ['unknown', 'refused'], 'the request with another amount');
        checkSame(stage.double.count(charge.input), 1, 'payments at the provider');
      }),
  },
  {
    id: 14,
    group: GROUP,
    title: 'Ten copies of a request at the same time are one payment',
    requirements: ['S2.9'],
    needs: [],
    steps: (world) =>
      forEachWay(world, async (stage, method) => {
        const charge = await stage.charge({ method });
        const answers = await Promise.all(Array.from({ length: COPIES }, () => charge.send()));
        for (const answer of answers) checkKind(answer, ['answered', 'unknown', 'not_sent'], 'one of ten copies');
        const names = new Set(answers.flatMap((answer) => (answer.kind === 'answered' ? [answer.providerRef] : [])));
        checkSame(names.size, 1, 'names that the copies were given');
        checkSame(stage.double.count(charge.input), 1, 'payments at the provider');
      }),
  },
  {
    id: 15,
    group: GROUP,
    title: 'A name that something else has taken leads to no second payment',
    requirements: ['S1.6'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const charge = await stage.charge();
      const first = checkKind(await charge.send(), 'answered', 'the first request');
      const other = await charge.send({
        returnUrl: 'https://elsewhere.example/',
        description: 'Something else entirely',
        expiresAt: charge.input.expiresAt.add({ minutes: 5 }),
      });
      check(other.kind !== 'answered' || other.providerRef === first.providerRef, 'the name stands for two payments');
      checkSame(stage.double.count(charge.input), 1, 'payments at the provider');
    },
  },
  {
    id: 16,
    group: GROUP,
    title: 'Our ids are taken as names, and descriptions in any script arrive whole or cut between characters',
    requirements: ['S1.24', 'S0.3'],
    needs: [],
    steps: async (world) => {
      // Two units of UTF-16 each, behind none and behind one: wherever a text is cut, one of the two is cut within one.
      for (const text of [1, 5, 22, 23, 140].flatMap((length) => ['🍵'.repeat(length), `Ø${'🍵'.repeat(length)}`])) {
        const stage = await world.open();
        const begun = await stage.begin({ description: text });
        checkSame(begun.input.attemptId.length, 30, 'the length of our id');
        const [sent] = stage.movements();
        check(sent === undefined || !/\uFFFD|\\ud83c(?!\\u)|%EF%BF%BD/i.test(sent.body), 'a character was cut in two');
      }
    },
  },
  {
    id: 17,
    group: GROUP,
    title: 'Addresses are passed on to the letter',
    requirements: ['S0.25', 'S0.26', 'S1.31'],
    needs: ['addresses'],
    steps: async (world) => {
      const stage = await world.open();
      const { addressed } = stage.double;
      const returnUrl = 'https://shop.example/back?a=1&b=%C3%BC+x&c=%2F#end';
      const begun = await stage.begin({ returnUrl, ...(addressed === undefined ? {} : { method: addressed }) });
      const sent = valuesIn(present(stage.movements()[0], 'a request').body);
      for (const name of stage.traits.sendsAddresses) check(sent.has(begun.input[name]), `${name} was changed`);
      const changed = [...sent].filter((text) => text.startsWith('https://shop.example/') && text !== returnUrl);
      checkSame(changed, [], 'addresses of the shop that it never gave');
    },
  },
  {
    id: 18,
    group: GROUP,
    title: 'A page is called embeddable only where it lets itself be framed',
    requirements: ['S0.20', 'S0.22'],
    needs: ['redirect'],
    steps: async (world) => {
      const stage = await world.open();
      const { report } = await stage.begin({ method: stage.double.methods.redirect });
      check(report.state === 'requires_action' && report.nextAction.type === 'redirect', 'there is no page');
      const page = await fetch(report.nextAction.url);
      const policy = page.headers.get('content-security-policy') ?? '';
      const isForbidden = page.headers.has('x-frame-options') || /frame-ancestors (?:'none'|'self')/.test(policy);
      check(page.ok, `the page answers ${page.status}`);
      check(!(report.nextAction.embeddable && isForbidden), 'the page forbids the frame that is promised');
    },
  },
];

/** The steps once for every way in which money can be asked for, each on a stage of its own. */
export async function forEachWay(world: World, steps: (stage: Stage, method: unknown) => Promise<void>): Promise<void> {
  const stage = await world.open();
  const [usual, ...others] = stage.double.charging;
  await steps(stage, usual);
  for (const method of others) await steps(await world.open(), method);
}

/** Whether a case would be meaningful here. */
export function applies(world: World, needs: ConformanceCase['needs']): boolean {
  const { kind, capabilities } = world;
  const account = { capabilities, traits: kind.traits };
  return whyNotApplicable({ needs } as ConformanceCase, account) === null;
}

/** Every text in a body of JSON or a form. */
function valuesIn(body: string): ReadonlySet<string> {
  if (!body.startsWith('{')) return new Set(new URLSearchParams(body).values());
  const found = new Set<string>();
  JSON.parse(body, (_name, value: unknown) => {
    if (typeof value === 'string') found.add(value);
    return value;
  });
  return found;
}

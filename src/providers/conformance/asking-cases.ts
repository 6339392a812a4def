/** E: asking, and everything that can go wrong with an exchange. */
import { present } from '../../kernel/assert.ts';
import type { AttemptReport, RetrieveAnswer } from '../provider.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, staged } from './checks.ts';
import { callToNobody } from './description-cases.ts';
import type { Begun } from './double.ts';
import type { LineFault } from './line.ts';
import { chargeOn, checkOnce, checkSameKey, forEachSending, type Movement, sendSpoiled } from './sending.ts';
import { endingAs, IMPATIENT_MS, type Stage } from './stage.ts';
import { startTrap } from './trap.ts';

const GROUP = 'asking and errors';

/** The last of them arrives after its own repeat. */
const LOSSES = [
  { kind: 'lost', executed: true },
  { kind: 'lost', executed: false },
  { kind: 'silent', executed: true },
  { kind: 'late' },
] as const;

export const ASKING_CASES: readonly ConformanceCase[] = [
  {
    id: 35,
    group: GROUP,
    title: 'Asking tells each state an attempt can be in, with amounts that add up',
    requirements: ['S0.12', 'S0.15', 'S0.30'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { unpaid } = stage.traits;
      const waiting = await stage.retrieve(await stage.begin());
      checkSame(waiting.kind === 'answered' ? waiting.report.state : waiting.kind, unpaid, 'an attempt nobody paid');
      for (const end of stage.traits.ends) {
        const ended = await endedAs(await world.open(), end);
        checkSame(ended.report.state, end, `an attempt that is ${end}`);
        checkSame([ended.captures, ended.refunds], [[], []], 'its money');
      }
      const paid = await stage.paid();
      checkAddsUp(await stage.ask(paid), paid);
      if (stage.capabilities.capture) {
        const held = await stage.authorized();
        checkAddsUp(await stage.ask(held), held);
      }
      if (!stage.capabilities.refund) return;
      await stage.refund(stage.refundInput(paid));
      await stage.double.settle();
      checkAddsUp(await stage.ask(paid), paid);
    },
  },
  {
    id: 36,
    group: GROUP,
    title: 'An attempt is found by our name alone where that is declared, and nothing is guessed where it is not',
    requirements: ['S0.15'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { ref } = await stage.paid();
      const asked = await stage.retrieve({ ref: { attemptId: ref.attemptId } as Begun['ref'] });
      if (!stage.capabilities.retrieveBy.includes('attemptId')) {
        checkKind(asked, 'unknown', "asking without the provider's name");
        return;
      }
      checkSame(checkKind(asked, 'answered', 'asking by our name').providerRef, ref.providerRef, 'the name told');
    },
  },
  {
    id: 37,
    group: GROUP,
    title: 'What the provider does not know is not found, and not failed',
    requirements: ['S0.12'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      // A first payment, since some accounts come to be by it.
      await stage.paid();
      checkKind(await stage.retrieve({ ref: stage.double.nobody as Begun['ref'] }), 'not_found', 'asking for nobody');
    },
  },
  {
    id: 38,
    group: GROUP,
    title: "Each of the bank's reasons for a no is told in our words",
    requirements: ['S2.6'],
    needs: [],
    steps: async (world) => {
      const { declines } = world.kind.traits;
      check(Object.keys(declines).length > 0, 'there is no reason to look at');
      for (const [code, reason] of Object.entries(declines)) {
        const stage = await world.open();
        const begun = await stage.begin(endingAs(stage, 'declined'));
        const { report } = await stage.completed(begun, await stage.double.decline(begun, code));
        check(report.state === 'declined', `${code} leads to ${report.state}`);
        checkSame(report.decline.reason, reason, `the reason ${code}`);
      }
    },
  },
  {
    id: 39,
    group: GROUP,
    title: 'A status without words of the provider decides nothing, and 429 is no execution',
    requirements: ['S2.6'],
    needs: [],
    steps: async (world) => {
      for (const status of [400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504]) {
        const executed = status !== 429;
        const fault: LineFault = { kind: 'answer', executed, status, body: '<h1>The proxy speaks</h1>' };
        const sending = await chargeOn(await world.open());
        const answer = await sendSpoiled(sending, fault);
        if (executed) checkKind(answer, 'unknown', `${sending.what}, answered with ${status}`);
        else checkKind(answer, ['not_sent', 'unknown'], `${sending.what}, answered with ${status}`);
        await checkOnce(sending);
      }
    },
  },
  {
    id: 40,
    group: GROUP,
    title: 'Where nobody listens, nothing was sent, and the gateway is told so',
    requirements: ['S2.6'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.paid();
      const { provider, call } = await callToNobody(stage);
      checkKind(await provider.create(call, stage.input()), 'not_sent', 'creating');
      checkKind(await provider.retrieve(call, begun.ref), 'unknown', 'asking');
      if (stage.capabilities.refund) {
        checkKind(await refundAt(provider, call, stage, begun), 'not_sent', 'refunding');
      }
      if (stage.capabilities.capture && provider.capture) {
        checkKind(await provider.capture(call, stage.captureInput(begun)), 'not_sent', 'capturing');
      }
    },
  },
  {
    id: 41,
    group: GROUP,
    title: 'No answer leaves the outcome open, and the repeat under the same key moves the money once',
    requirements: ['S2.6', 'S2.9'],
    needs: [],
    steps: (world) =>
      forEachSending(world, async (open) => {
        for (const fault of LOSSES) {
          const sending = await open();
          const before = sending.stage.movements().length;
          const answer = await sendSpoiled(sending, fault);
          checkKind(answer, 'unknown', `${sending.what}: ${JSON.stringify(fault)}`);
          await checkOnce(sending);
          checkSameKey(sending, before);
          await sending.stage.line.deliverLate();
          checkSame(await sending.count(), 1, `how often it was done once all had arrived (${sending.what})`);
        }
      }),
  },
  {
    id: 42,
    group: GROUP,
    title: 'Half an answer, none, or a page with 200 is no success and no failure',
    requirements: ['S2.6', 'S2.9'],
    needs: [],
    steps: (world) =>
      forEachSending(world, async (open) => {
        const bodies = ['', '<html></html>', '{}', 'null', '[]', '"ok"', '{"status":"SUCCESS"}', '{"ok":true}'];
        const headers = { 'content-type': 'application/json' };
        const answers = bodies.map(
          (body): LineFault => ({ kind: 'answer', executed: true, status: 200, body, headers }),
        );
        for (const fault of [{ kind: 'cut' } as const, ...answers]) {
          const sending = await open();
          const answer = await sendSpoiled(sending, fault);
          const said = 'body' in fault ? JSON.stringify(fault.body) : 'half';
          checkKind(answer, 'unknown', `${sending.what}, answered ${said}`);
          await checkOnce(sending);
        }
      }),
  },
  {
    id: 43,
    group: GROUP,
    title: 'An answer that drips for ever is given up in time',
    requirements: ['S2.6'],
    needs: [],
    steps: async (world) => {
      const sending = await chargeOn(await world.open());
      const began = performance.now();
      checkKind(await sendSpoiled(sending, { kind: 'drip' }), 'unknown', sending.what);
      check(performance.now() - began < IMPATIENT_MS * 5, 'the adapter waited far beyond its patience');
      await checkOnce(sending);
    },
  },
  {
    id: 44,
    group: GROUP,
    title: 'A redirect is followed nowhere',
    requirements: ['S0.14'],
    needs: [],
    steps: async (world) => {
      const trap = await startTrap();
      try {
        for (const status of [301, 302, 303, 307, 308]) {
          const headers = { location: `${trap.url}/elsewhere` };
          const sending = await chargeOn(await world.open());
          const answer = await sendSpoiled(sending, { kind: 'answer', executed: true, status, body: '', headers });
          checkKind(answer, 'unknown', `${sending.what}, answered with ${status}`);
        }
        checkSame(trap.visits(), 0, 'requests that went elsewhere');
      } finally {
        await trap.close();
      }
    },
  },
];

async function endedAs(stage: Stage, end: 'declined' | 'canceled' | 'expired') {
  const { double, provider } = stage;
  const begun = await stage.begin(endingAs(stage, end));
  if (end === 'declined') {
    const [code] = Object.keys(stage.traits.declines);
    await stage.completed(begun, await double.decline(begun, present(code, 'a reason for a decline')));
  } else if (end === 'expired') await staged(double.expire, 'let the time run out')(begun);
  else if (double.cancel !== undefined) await double.cancel(begun);
  else checkKind(await staged(provider.cancel, 'cancel')(stage.call(), begun.ref), 'answered', 'canceling');
  return stage.ask(begun);
}

function checkAddsUp(asked: Extract<RetrieveAnswer, { kind: 'answered' }>, { input, ref }: Begun): void {
  const { report, captures, refunds } = asked;
  const sum = (list: readonly { readonly amount: { readonly amount: bigint }; readonly state: string }[]) =>
    list.reduce((total, { amount, state }) => total + (state === 'failed' ? 0n : amount.amount), 0n);
  const total = amountOf(report);
  check(total !== null && total <= input.amount.amount, `${report.state} is more than was asked for`);
  check(sum(captures) <= input.amount.amount, 'the captures are more than the payment');
  check(sum(refunds) <= (report.state === 'captured' ? total : sum(captures)), 'the refunds are more than was taken');
  checkSame(asked.providerRef, ref.providerRef, "the provider's name");
}

function amountOf(report: AttemptReport): bigint | null {
  return 'amount' in report ? report.amount.amount : null;
}

async function refundAt(
  provider: Stage['provider'],
  call: ReturnType<Stage['call']>,
  stage: Stage,
  begun: Begun,
): Promise<Movement> {
  return staged(provider.refund, 'refund')(call, stage.refundInput(begun));
}

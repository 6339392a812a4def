/** C: completing, capturing, releasing, canceling. */
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { AttemptReport } from '../provider.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, staged } from './checks.ts';
import { applies } from './creating-cases.ts';
import type { Begun, ClientData } from './double.ts';
import type { Stage } from './stage.ts';

const GROUP = 'taking money';

export const TAKING_CASES: readonly ConformanceCase[] = [
  {
    id: 19,
    group: GROUP,
    title: 'What the payer agreed to is captured, or only authorized where we are to capture',
    requirements: ['S0.10', 'S1.18'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { report, input } = await stage.paid();
      check(report.state === 'captured', `a paid attempt is ${report.state}`);
      checkSame(report.amount, input.amount, 'the captured amount');
      if (!applies(world, ['capture'])) {
        const answer = await stage.create(stage.input({ captureMethod: 'manual' }));
        checkKind(answer, 'refused', 'manual capture at a provider that has none');
        return;
      }
      const later = await stage.authorized();
      check(later.report.state === 'authorized', 'manual capture has captured');
      checkSame(later.report.amount, later.input.amount, 'the authorized amount');
    },
  },
  {
    id: 20,
    group: GROUP,
    title: 'Completing twice charges once',
    requirements: ['S2.9'],
    needs: ['complete'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.begin();
      const clientData = await stage.double.pay(begun);
      const first = await complete(stage, begun, clientData);
      const again = await complete(stage, begun, clientData);
      checkSame(again, first, 'the second answer');
      checkSame(stage.double.count(begun.input), 1, 'payments at the provider');
    },
  },
  {
    id: 21,
    group: GROUP,
    title: 'What a browser made up charges nobody',
    requirements: ['S0.13', 'S1.17'],
    needs: ['complete'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.begin();
      const genuine = await stage.double.pay(begun);
      const forgeries = Object.keys(genuine).map((name) => ({ ...genuine, [name]: 'f'.repeat(64) }));
      for (const clientData of [{}, ...forgeries.slice(0, 1), { status: 'SUCCESS' }]) {
        const answer = await complete(stage, begun, clientData);
        checkKind(answer, 'refused', `completing with ${Object.keys(clientData).join()}`);
      }
      checkSame(stage.double.count(begun.input), 0, 'payments at the provider');
    },
  },
  {
    id: 22,
    group: GROUP,
    title: 'An authorization is captured whole',
    requirements: ['S2.9'],
    needs: ['capture'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.authorized();
      const wanted = stage.captureInput(begun);
      const { capture } = checkKind(await stage.capture(wanted), 'answered', 'capturing');
      const { captureId, amount } = wanted;
      checkSame({ captureId: capture.captureId, amount: capture.amount }, { captureId, amount }, 'the capture');
      await stage.double.settle();
      checkSame(moneyOf((await stage.ask(begun)).report), { state: 'captured', amount }, 'the attempt afterwards');
      const again = checkKind(await stage.capture(wanted), 'answered', 'the same capture again');
      checkSame(again.capture.providerRef, capture.providerRef, 'the capture of the repeat');
    },
  },
  {
    id: 23,
    group: GROUP,
    title: 'A part is captured, and the rest later or not at all, as declared',
    requirements: ['S0.15'],
    needs: ['capture'],
    steps: async (world) => {
      const stage = await world.open();
      const { capture } = stage.capabilities;
      const begun = await stage.authorized();
      const { amount, currency } = begun.input.amount;
      const half = { amount: amount / 2n, currency };
      const first = stage.captureInput(begun, { amount: half, final: false });
      if (capture !== false && capture.multiple) {
        checkKind(await stage.capture(first), 'answered', 'the first part');
        const rest = { amount: amount - half.amount, currency };
        checkKind(await stage.capture(stage.captureInput(begun, { amount: rest })), 'answered', 'the rest');
        checkSame(
          moneyOf((await stage.ask(begun)).report),
          { state: 'captured', amount: begun.input.amount },
          'both parts',
        );
        return;
      }
      checkKind(await stage.capture(first), 'refused', 'a part that leaves the rest open');
      checkSame(await stage.stateOf(begun), 'authorized', 'the attempt after that');
      if (capture === false || !capture.partial) return;
      const only = stage.captureInput(begun, { amount: half });
      checkKind(await stage.capture(only), 'answered', 'a part that gives the rest back');
      checkSame(
        moneyOf((await stage.ask(begun)).report),
        { state: 'captured', amount: half },
        'the attempt afterwards',
      );
      const more = stage.captureInput(begun, { amount: half });
      checkKind(await stage.capture(more), 'refused', 'a second capture');
    },
  },
  {
    id: 24,
    group: GROUP,
    title: 'More than was authorized is refused, and nothing moves',
    requirements: ['S0.15'],
    needs: ['capture'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.authorized();
      const { amount, currency } = begun.input.amount;
      const tooMuch = stage.captureInput(begun, { amount: { amount: amount + 100n, currency } });
      checkKind(await stage.capture(tooMuch), 'refused', 'capturing too much');
      const asked = await stage.ask(begun);
      checkSame([asked.report.state, asked.captures], ['authorized', []], 'the attempt afterwards');
    },
  },
  {
    id: 25,
    group: GROUP,
    title: 'What was given back is not captured any more',
    requirements: ['S0.15'],
    needs: ['capture'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.authorized();
      await staged(stage.provider.release, 'release')(stage.call(), begun.ref);
      checkKind(await stage.capture(stage.captureInput(begun)), 'refused', 'capturing what was released');
      check((await stage.stateOf(begun)) !== 'captured', 'money that was given back was taken');
    },
  },
  {
    id: 26,
    group: GROUP,
    title: 'Before money is taken an attempt ends without it; afterwards ending it takes nothing back unseen',
    requirements: ['S0.30', 'S1.36', 'S1.22'],
    needs: ['endings'],
    steps: async (world) => {
      const { release, cancel, reversal } = world.capabilities;
      if (cancel) await cancelBeforeAndAfter(await world.open());
      if (release) await releaseBeforeAndAfter(await world.open());
      if (reversal) await reverseWholeOrNot(await world.open(), await world.open());
    },
  },
  {
    id: 27,
    group: GROUP,
    title: 'What was only accepted for later is pending, and never a success',
    requirements: ['S0.9', 'S0.12'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.begin();
      const payLater = staged(stage.double.payLater, 'let a bank take its time');
      const { clientData, settle } = await payLater(begun);
      const { report } = await stage.completed(begun, clientData);
      checkSame(report.state, 'pending', 'an attempt whose bank takes its time');
      const told = (await stage.told()).map(({ event: { fact } }) => fact);
      const isEarly = told.some((fact) => fact.about === 'attempt' && fact.report.state === 'captured');
      check(!isEarly, 'a notification was read as a success before there was one');
      await settle();
      checkSame(await stage.stateOf(begun), 'captured', 'the attempt once the bank has said yes');
    },
  },
];

async function complete(stage: Stage, begun: Begun, clientData: ClientData) {
  const { complete: call } = stage.provider;
  return staged(call, 'complete')(stage.call(), { ...begun.ref, created: begun.input, clientData });
}

async function cancelBeforeAndAfter(stage: Stage): Promise<void> {
  const cancel = present(stage.provider.cancel, 'cancel');
  const waiting = await stage.begin();
  const canceled = checkKind(await cancel(stage.call(), waiting.ref), 'answered', 'canceling what nobody paid');
  checkSame(canceled.report.state, 'canceled', 'the attempt after that');
  checkKind(await cancel(stage.call(), waiting.ref), 'answered', 'canceling once more');
  const paid = await stage.paid();
  const late = await cancel(stage.call(), paid.ref);
  check(late.kind !== 'answered' || late.report.state === 'captured', 'a paid attempt was called canceled');
  checkSame(await stage.stateOf(paid), 'captured', 'a paid attempt that was to be canceled');
}

async function releaseBeforeAndAfter(stage: Stage): Promise<void> {
  const release = present(stage.provider.release, 'release');
  const begun = await stage.authorized();
  const released = checkKind(await release(stage.call(), begun.ref), 'answered', 'releasing an authorization');
  checkSame(released.report.state, 'canceled', 'the attempt after that');
  checkSame(await stage.stateOf(begun), 'canceled', 'the attempt, asked about');
  const paid = await stage.paid();
  const late = await release(stage.call(), paid.ref);
  check(late.kind !== 'answered' || late.report.state === 'captured', 'a capture was called released');
  checkSame(await stage.stateOf(paid), 'captured', 'a captured attempt that was to be released');
}

async function reverseWholeOrNot(stage: Stage, other: Stage): Promise<void> {
  const reverse = present(stage.provider.reverse, 'reverse');
  const { notificationUrl, clock } = stage.double;
  const paid = await stage.paid();
  const input = { ...paid.ref, reversalId: newId('rev', clock), amount: paid.input.amount, notificationUrl };
  checkKind(await reverse(stage.call(), input), 'answered', 'reversing a capture');
  await stage.double.settle();
  const [reversal, ...others] = (await stage.ask(paid)).reversals;
  checkSame([reversal?.state, reversal?.amount, others], ['succeeded', paid.input.amount, []], 'the reversal');
  const refunding = await stage.refund(stage.refundInput(paid));
  checkKind(refunding, 'refused', 'refunding what is reversed');
  const old = await other.paid();
  const half = { ...input, ...old.ref, reversalId: newId('rev', clock) };
  const { amount, currency } = old.input.amount;
  const partly = await reverse(other.call(), { ...half, amount: { amount: amount / 2n, currency } });
  checkKind(partly, 'refused', 'reversing a part');
  const { endReversals } = other.double;
  // Where the provider has no limit, the account's cut-off is the only one.
  if (endReversals === undefined) return;
  endReversals();
  checkKind(await reverse(other.call(), { ...half, amount: old.input.amount }), 'refused', 'reversing too late');
}

/** What a report says of the money; how it was paid is the provider's own to tell or not. */
function moneyOf(report: AttemptReport): object {
  return 'amount' in report ? { state: report.state, amount: report.amount } : report;
}

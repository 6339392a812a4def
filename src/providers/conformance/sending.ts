/** Requests that move money, and how they fare on a bad line. */
import type { CreateAnswer, NotSent, Refused, Unknown } from '../provider.ts';
import { checkKind, checkSame, staged } from './checks.ts';
import { applies, forEachWay } from './creating-cases.ts';
import type { LineFault } from './line.ts';
import type { Stage, World } from './stage.ts';

export type Movement = { readonly kind: 'answered' } | Refused | NotSent | Unknown;

/** Something that moves money, ready to be sent as often as wanted, and how often the provider has it. */
export interface Sending {
  readonly what: string;
  readonly stage: Stage;
  send(): Promise<Movement>;
  count(): Promise<number>;
}

export async function chargeOn(stage: Stage, method?: unknown): Promise<Sending> {
  const charge = await stage.charge(method === undefined ? {} : { method });
  const send = (): Promise<CreateAnswer> => charge.send();
  return { what: 'asking for money', stage, send, count: async () => stage.double.count(charge.input) };
}

async function refundOn(stage: Stage): Promise<Sending> {
  const begun = await stage.paid();
  const wanted = stage.repeatableRefund(begun);
  return { what: 'refunding', stage, send: () => stage.refund(wanted), count: () => stage.countRefunds(begun) };
}

async function captureOn(stage: Stage): Promise<Sending> {
  const begun = await stage.authorized();
  const wanted = stage.captureInput(begun);
  const count = async () => Number((await stage.stateOf(begun)) === 'captured');
  return { what: 'capturing', stage, send: () => stage.capture(wanted), count };
}

async function cancelOn(stage: Stage): Promise<Sending> {
  const begun = await stage.begin();
  const send = () => staged(stage.provider.cancel, 'cancel')(stage.call(), begun.ref);
  const count = async () => Number(['canceled', 'expired'].includes(await stage.stateOf(begun)));
  return { what: 'canceling', stage, send, count };
}

/** Whether it sends anything that could get lost; some providers can only be left alone. */
async function isSent({ stage, send }: Sending): Promise<boolean> {
  const before = stage.movements().length;
  await send();
  return stage.movements().length > before;
}

/** Everything that moves money or ends an attempt: asking for it in every way, capturing, giving back, canceling. */
export async function forEachSending(
  world: World,
  steps: (open: () => Promise<Sending>) => Promise<void>,
): Promise<void> {
  await forEachWay(world, (_stage, method) => steps(async () => chargeOn(await world.open(), method)));
  if (applies(world, ['capture'])) await steps(async () => captureOn(await world.open()));
  if (applies(world, ['refund'])) await steps(async () => refundOn(await world.open()));
  if (!world.capabilities.cancel || !(await isSent(await cancelOn(await world.open())))) return;
  await steps(async () => cancelOn(await world.open()));
}

/** Sends it so that the request that moves something fares ill; what is asked before and after arrives. */
export async function sendSpoiled({ stage, send }: Sending, fault: LineFault): Promise<Movement> {
  const { line, double } = stage;
  const before = stage.movements().length;
  line.spoil((request) => double.isMovement(request), fault);
  const isAwaited = !['silent', 'drip', 'late'].includes(fault.kind);
  const answer = await (isAwaited ? send() : stage.hurried(send));
  checkSame(stage.movements().length - before, 1, 'requests that moved something, of which none may be repeated blind');
  return answer;
}

/** The gateway's way out of doubt: the same request again. It may stay in doubt, and must never move twice. */
export async function checkOnce(sending: Sending): Promise<void> {
  const again = await sending.send();
  const kinds = ['answered', 'unknown', 'not_sent'] as const;
  const allowed = sending.stage.traits.repeats === 'doubt' ? kinds : (['answered', 'not_sent'] as const);
  checkKind(again, allowed, `${sending.what} again`);
  checkSame(await sending.count(), 1, `how often it was done (${sending.what})`);
}

/** Where the repeat was sent at all, rather than found to be done, it carries the same key. */
export function checkSameKey({ stage, what }: Sending, before: number): void {
  const keys = stage
    .movements()
    .slice(before)
    .map((request) => stage.double.keyIn(request));
  checkSame(new Set(keys).size, 1, `different keys for the same thing (${what})`);
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { CrashPointName } from '../../src/platform/crash-point.ts';
import { until } from '../support/api-client.ts';
import { type CrashWorld, startCrashWorld } from './crash-world.ts';
import { type OrderEnd, placeOrder, type Step } from './order.ts';
import { findViolations } from './violations.ts';

/** Each case waits for a process to start; several worlds keep both cores of a small machine busy meanwhile. */
const WORLDS = 3;
/** Cases wait for a free world too. */
const CASE_LIMIT_MS = 60_000;

const free: CrashWorld[] = [];
const waiting: ((world: CrashWorld) => void)[] = [];

beforeAll(async () => {
  free.push(...(await Promise.all(Array.from({ length: WORLDS }, () => startCrashWorld(1)))));
});
afterAll(async () => {
  await Promise.all(free.map((world) => world.close()));
});

/** A world for one case at a time, so that what one leaves behind is not held against another. */
async function withWorld(work: (world: CrashWorld) => Promise<void>): Promise<void> {
  const world = free.pop() ?? (await new Promise<CrashWorld>((resolve) => waiting.push(resolve)));
  try {
    await work(world);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free.push(world);
    else next(world);
  }
}

interface Crash {
  readonly at: CrashPointName;
  /** 1: the first time the point is passed after it was armed. */
  readonly occurrence: number;
  /** The request before which it is armed. */
  readonly during: Step;
}

interface Circumstances {
  readonly token?: string;
  readonly captures?: readonly number[];
  readonly end?: OrderEnd;
  readonly polling?: boolean;
}

let count = 0;

/** Pays and refunds an order while the process dies, and sees that nobody can tell. */
async function survive(world: CrashWorld, crash: Crash, circumstances: Circumstances = {}): Promise<void> {
  const { token = 'tok_approve', end = 'refund', captures, polling = true } = circumstances;
  const gateway = present(world.gateways[0], 'the gateway');
  const deathsBefore = gateway.deaths.length;
  const shop = await world.openShop();
  if (!polling) await world.stopPolling(shop);
  const plan = { reference: `order-${count++}`, tokens: [token], end, ...(captures === undefined ? {} : { captures }) };
  let armed = false;
  const order = await placeOrder(world, shop, plan, async (step) => {
    if (step !== crash.during || armed) return;
    armed = true;
    await gateway.arm({ name: crash.at, occurrence: crash.occurrence });
  });
  await until(async () => gateway.deaths.length > deathsBefore);
  await gateway.whenUp();
  await world.settle(shop);
  expect(gateway.deaths.slice(deathsBefore)).toEqual(['SIGKILL']);
  expect(await findViolations(world, [order]), gateway.log.join('\n')).toEqual([]);
}

test.concurrent.each<Crash>([
  { at: 'payment-committed', occurrence: 1, during: 'create' },
  { at: 'relay-uncommitted', occurrence: 1, during: 'create' },
  { at: 'delivery-unsent', occurrence: 1, during: 'create' },
  { at: 'signal-written', occurrence: 1, during: 'confirm' },
  { at: 'attempt-unsent', occurrence: 1, during: 'confirm' },
  { at: 'attempt-answered', occurrence: 1, during: 'confirm' },
  { at: 'signal-written', occurrence: 2, during: 'confirm' },
  { at: 'answer-kept', occurrence: 1, during: 'confirm' },
  { at: 'relay-uncommitted', occurrence: 1, during: 'confirm' },
  { at: 'relay-committed', occurrence: 1, during: 'confirm' },
  { at: 'delivery-unsent', occurrence: 1, during: 'confirm' },
  { at: 'delivery-unrecorded', occurrence: 1, during: 'confirm' },
  { at: 'delivery-recorded', occurrence: 1, during: 'confirm' },
  { at: 'signal-written', occurrence: 1, during: 'end' },
  { at: 'operation-unsent', occurrence: 1, during: 'end' },
  { at: 'operation-answered', occurrence: 1, during: 'end' },
  { at: 'signal-written', occurrence: 2, during: 'end' },
  { at: 'answer-kept', occurrence: 1, during: 'end' },
])(
  'a process that dies at $at (passing $occurrence) during $during leaves no trace',
  (crash) => withWorld((world) => survive(world, crash)),
  CASE_LIMIT_MS,
);

const OPERATION: readonly Pick<Crash, 'at' | 'occurrence'>[] = [
  { at: 'signal-written', occurrence: 1 },
  { at: 'operation-unsent', occurrence: 1 },
  { at: 'operation-answered', occurrence: 1 },
  { at: 'signal-written', occurrence: 2 },
  { at: 'answer-kept', occurrence: 1 },
];

test.concurrent.each(OPERATION)(
  'a process that dies at $at (passing $occurrence) during a capture takes the money once',
  (crash) =>
    withWorld((world) => survive(world, { ...crash, during: 'capture' }, { captures: [500, 750], end: 'kept' })),
  CASE_LIMIT_MS,
);

test.concurrent.each(OPERATION)(
  'a process that dies at $at (passing $occurrence) during a reversal reverses once',
  (crash) => withWorld((world) => survive(world, { ...crash, during: 'end' }, { end: 'reversal' })),
  CASE_LIMIT_MS,
);

test.concurrent.each<Pick<Crash, 'at' | 'occurrence'>>([
  { at: 'signal-written', occurrence: 1 },
  { at: 'release-unsent', occurrence: 1 },
  { at: 'release-answered', occurrence: 1 },
  { at: 'signal-written', occurrence: 2 },
  { at: 'answer-kept', occurrence: 1 },
])(
  'a process that dies at $at (passing $occurrence) during a release gives the rest back',
  (crash) => withWorld((world) => survive(world, { ...crash, during: 'end' }, { captures: [500], end: 'release' })),
  CASE_LIMIT_MS,
);

test.concurrent.each<Crash>([
  { at: 'notification-verified', occurrence: 1, during: 'confirm' },
  { at: 'notification-stored', occurrence: 1, during: 'confirm' },
  { at: 'notification-acknowledged', occurrence: 1, during: 'confirm' },
  { at: 'notification-applied', occurrence: 1, during: 'confirm' },
])(
  'a process that dies at $at loses no notification, with nobody asking the provider',
  (crash) => withWorld((world) => survive(world, crash, { token: 'tok_charge_then_502', polling: false, end: 'kept' })),
  CASE_LIMIT_MS,
);

const ANSWERS_LOST: readonly Crash[] = [
  { at: 'attempt-answered', occurrence: 1, during: 'confirm' },
  { at: 'operation-answered', occurrence: 1, during: 'end' },
];

test.concurrent.each(ANSWERS_LOST)(
  'an answer that died with the process at $at is had by asking alone, where no notification ever comes',
  (crash) => withWorld((world) => survive(world, crash, { token: 'tok_no_ipn' })),
  CASE_LIMIT_MS,
);

test.concurrent.each(ANSWERS_LOST)(
  'an answer that died with the process at $at is had by notification alone, with nobody asking',
  (crash) => withWorld((world) => survive(world, crash, { polling: false })),
  CASE_LIMIT_MS,
);

import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, call } from '../support/api-client.ts';
import type { CrashWorld, Shop } from './crash-world.ts';

/** One request of a tenant's back end, and the answer it took for final. */
export interface Exchange {
  readonly path: string;
  readonly idempotencyKey: string;
  readonly body: unknown;
  readonly answer: Answer;
}

/** What a tenant's back end did about one order, and what it must find in the end. */
export interface Order {
  readonly shop: Shop;
  readonly paymentId: string;
  readonly amount: number;
  readonly exchanges: readonly Exchange[];
  /** Confirms of which the bank said no. */
  readonly declined: number;
  /** What was captured in parts, before anything went back. */
  readonly captures: readonly number[];
  readonly end: OrderEnd;
}

/** What becomes of the money afterwards; `release`: what was not captured is given back. */
export type OrderEnd = 'kept' | 'refund' | 'reversal' | 'release';

export interface OrderPlan {
  readonly reference: string;
  /** The methods tried, one after the other; only the last may be approved. */
  readonly tokens: readonly string[];
  /** Amounts captured one after the other, none of them final; without it the money comes with the authorization. */
  readonly captures?: readonly number[];
  readonly end: OrderEnd;
}

/** Called right before each request, to break something in time. */
export type Step = 'create' | 'confirm' | 'capture' | 'end';

const AMOUNT = 1250;
/** Longer than the outages of a whole run together, so that nothing expires by the way. */
const EXPIRES_IN_S = 7 * 86_400;
const PATIENCE_MS = 45_000;

/** Creates, confirms and refunds as a good client does: the same request under the same key until it has its answer. */
export async function placeOrder(
  world: CrashWorld,
  shop: Shop,
  plan: OrderPlan,
  before: (step: Step) => Promise<void> = async () => {},
): Promise<Order> {
  const exchanges: Exchange[] = [];
  const ask = async (path: string, body: unknown): Promise<Answer> => {
    const idempotencyKey = `${plan.reference}-${exchanges.length}`;
    const answer = await askPatiently(world, shop, { path, idempotencyKey, body });
    exchanges.push({ path, idempotencyKey, body, answer });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer;
  };
  await before('create');
  const { body: created } = await ask('/api/v1/payments', {
    reference: plan.reference,
    amount: AMOUNT,
    expiresIn: EXPIRES_IN_S,
    captureMethod: plan.captures === undefined ? 'automatic' : 'manual',
    notificationUrl: `${world.sink.url}/${shop.tenant.tenant.tenantId}`,
  });
  const path = `/api/v1/payments/${created.id}`;
  for (const token of plan.tokens) {
    await before('confirm');
    await ask(`${path}/confirm`, { method: { type: 'sandbox', token } });
    await untilDecided(world, shop, path);
  }
  for (const amount of plan.captures ?? []) {
    await before('capture');
    await ask(`${path}/capture`, { amount, final: false });
    await untilSettled(world, shop, path, (payment) => payment.amountCaptured >= amount);
  }
  await before('end');
  // Without an amount, which means all that is left: a repeat comes when nothing is.
  if (plan.end === 'refund') await ask(`${path}/refunds`, { reason: 'Arrived broken' });
  if (plan.end === 'reversal') await ask(`${path}/reversals`, {});
  if (plan.end === 'release') await ask(`${path}/cancel`, {});
  const declined = plan.tokens.filter((token) => token.startsWith('tok_decline')).length;
  const captures = plan.captures ?? [AMOUNT];
  return { shop, paymentId: created.id, amount: AMOUNT, exchanges, declined, captures, end: plan.end };
}

/** Sends a request until it has a final answer. @throws Error where none comes in time */
export async function askPatiently(world: CrashWorld, shop: Shop, request: Omit<Exchange, 'answer'>): Promise<Answer> {
  const { path, idempotencyKey, body } = request;
  const end = performance.now() + PATIENCE_MS;
  for (let tries = 0; performance.now() < end; tries++) {
    const answer = await tryOnce(world, tries, path, { key: shop.tenant.apiKeys.test, idempotencyKey, body });
    if (answer !== null) return answer;
    await pause(50);
  }
  throw new Error(`No final answer in time to ${path}`);
}

const untilDecided = (world: CrashWorld, shop: Shop, path: string): Promise<void> =>
  untilSettled(world, shop, path, ({ status }) => status !== 'processing');

async function untilSettled(
  world: CrashWorld,
  shop: Shop,
  path: string,
  isSettled: (payment: Answer['body']) => boolean,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (let tries = 0; performance.now() < end; tries++) {
    const answer = await tryOnce(world, tries, path, { key: shop.tenant.apiKeys.test });
    if (answer !== null && isSettled(answer.body)) return;
    await pause(50);
  }
  throw new Error(`No outcome in time of ${path}`);
}

/** null: no connection, or an answer that says to come back. Each try goes to the next gateway, as a balancer would. */
async function tryOnce(
  { gateways }: CrashWorld,
  tries: number,
  path: string,
  options: Parameters<typeof call>[1],
): Promise<Answer | null> {
  const gateway = gateways[tries % gateways.length];
  const answer = await call(`${gateway?.url}${path}`, options).catch(() => null);
  if (answer === null) return null;
  const again = answer.status === 503 || (answer.status === 409 && answer.body.code === 'idempotency_in_progress');
  return again ? null : answer;
}

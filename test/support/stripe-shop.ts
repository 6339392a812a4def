import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/id.ts';
import { createOutboundHttp } from '../../src/platform/outbound-http.ts';
import {
  type StripeSimulator,
  startStripeSimulator,
} from '../../src/providers/stripe/simulator/start-stripe-simulator.ts';
import { createStripeProvider } from '../../src/providers/stripe/stripe-provider.ts';
import { type Answer, until } from './api-client.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type Merchant, merchantOf } from './merchant.ts';
import { stoppedClock } from './payment-watch.ts';

type Body = Answer['body'];

/** A tenant with an account at a Stripe of our own, whose payments are captured as they are confirmed. */
export interface StripeShop {
  readonly clock: ManualClock;
  readonly tollgate: Installation;
  readonly simulator: StripeSimulator;
  readonly merchant: Merchant;
  readonly providerAccountId: string;
  /** What went wrong inside the simulator; a test should find nothing here. */
  readonly failures: readonly unknown[];
  /** A paid payment, with its only capture and Stripe's name of it. */
  pay(amount?: number): Promise<{ readonly payment: Body; readonly captureId: string; readonly intent: string }>;
  /** A charge on the same account that this gateway knows nothing of. */
  chargeElsewhere(amount: number): Promise<void>;
  refund(paymentId: string, amount: number): Promise<Body>;
  /** Has the time since the last statement listed now, and waits until it is compared. Answers the statement. */
  list(from: Temporal.Instant): Promise<Body>;
  get(path: string): Promise<Body>;
  exceptions(query?: string): Promise<readonly Body[]>;
  close(): Promise<void>;
}

export async function openStripeShop(environment: Readonly<Record<string, string>> = {}): Promise<StripeShop> {
  const clock = stoppedClock();
  // Stripe counts whole seconds.
  clock.set(clock.now().round('second'));
  const failures: unknown[] = [];
  const simulator = await startStripeSimulator({ clock, failed: (error) => void failures.push(error) });
  const tollgate = await startInstallation({ clock, environment });
  const merchant = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  const secretKey = `sk_test_${randomBytes(12).toString('hex')}`;
  const credentials = { secretKey, webhookSecret: simulator.register(secretKey), apiUrl: simulator.url };
  const added = await merchant.send('POST', '/provider-accounts', { body: { provider: 'stripe', credentials } });
  expect(added.status, added.text).toBe(201);
  const providerAccountId = String(added.body.id);
  const get = async (path: string): Promise<Body> => {
    const answer = await merchant.send('GET', path);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  return {
    ...{ clock, tollgate, simulator, merchant, providerAccountId, failures, get },
    async pay(amount = 1250) {
      const created = await merchant.create({ amount, providerAccountId });
      const method = { type: 'stripe', flow: 'client', paymentMethod: 'pm_card_visa' };
      const { body, text } = await merchant.send('POST', `/payments/${created.body.id}/confirm`, { body: { method } });
      expect(body.status, text).toBe('succeeded');
      const [row] = await tollgate.database.run<{ capture: string; intent: string }>(
        `select capture_id as capture, a.provider_ref as intent from captures c
         join attempts a using (tenant_id, attempt_id) where c.payment_id = $1`,
        [body.id],
      );
      return { payment: body, captureId: row?.capture ?? '', intent: row?.intent ?? '' };
    },
    async chargeElsewhere(amount) {
      const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'another-shop' });
      const answer = await createStripeProvider().create(
        { mode: 'test', credentials, http, clock },
        {
          attemptId: newId('att', clock),
          amount: { amount: BigInt(amount), currency: 'EUR' },
          captureMethod: 'automatic',
          method: { type: 'stripe', flow: 'client', paymentMethod: 'pm_card_visa' },
          returnUrl: 'https://another.example/',
          notificationUrl: 'https://another.example/',
          expiresAt: clock.now().add({ minutes: 15 }),
        },
      );
      await http.close();
      expect(answer).toMatchObject({ kind: 'answered', report: { state: 'captured' } });
    },
    async refund(paymentId, amount) {
      const answer = await merchant.refund(paymentId, { amount, reason: 'Sent back' }, randomBytes(8).toString('hex'));
      expect(answer.body.status, answer.text).toBe('succeeded');
      return answer.body;
    },
    async list(from) {
      const body = { source: 'listing', providerAccountId, from: from.toString() };
      const made = await merchant.send('POST', '/statements', { body });
      expect(made.status, made.text).toBe(201);
      return until(async () => {
        const statement = await get(`/statements/${made.body.id}`);
        return statement.status === 'reconciled' && statement;
      });
    },
    exceptions: async (query = '') => (await get(`/reconciliation-exceptions?limit=100${query}`)).data,
    async close() {
      await tollgate.close();
      await simulator.close();
      expect(failures).toEqual([]);
    },
  };
}

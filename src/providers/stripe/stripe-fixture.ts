/** For tests only: a Stripe of our own, and an adapter that speaks to it, on loopback. */
import { present } from '../../kernel/assert.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import type { CreateInput, PaymentProvider } from '../provider.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import { type StripeSimulator, startStripeSimulator } from './simulator/start-stripe-simulator.ts';
import type { StripeCall, StripeCredentials } from './stripe-credentials.ts';
import { createStripeProvider } from './stripe-provider.ts';

/** Made up, of the shape of Stripe's own. */
export const SECRET_KEY = `sk_test_${'5'.repeat(24)}`;
export const PUBLISHABLE_KEY = `pk_test_${'5'.repeat(24)}`;

const IMPATIENT_MS = 300;

export interface StripeStage {
  readonly clock: ManualClock;
  readonly provider: PaymentProvider<StripeCredentials>;
  /** The same adapter, which waits for an answer no longer than it takes to see that there is none. */
  readonly impatient: PaymentProvider<StripeCredentials>;
  readonly simulator: StripeSimulator;
  /** What went wrong inside the simulator; a test should find nothing here. */
  readonly failures: readonly unknown[];
  call(overrides?: Partial<StripeCall>): StripeCall;
  /** A request to create, by default one that goes to Stripe's page. */
  input(changes?: Partial<CreateInput>): CreateInput;
  /** Every notification so far, as a receiver sees it. */
  notifications(): Promise<readonly RawWebhook[]>;
  stop(): Promise<void>;
}

/** One simulator, one account with a receiver of its events that is not there. Time stands still until it is moved. */
export async function startStripeStage(): Promise<StripeStage> {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const simulator = await startStripeSimulator({ clock, failed: (error) => void failures.push(error) });
  const webhookSecret = simulator.register(SECRET_KEY);
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'stripe-test' });
  const credentials = { secretKey: SECRET_KEY, webhookSecret, publishableKey: PUBLISHABLE_KEY, apiUrl: simulator.url };
  return {
    ...{ clock, simulator, failures },
    provider: createStripeProvider(),
    impatient: createStripeProvider({ timeoutMs: IMPATIENT_MS }),
    call: (overrides = {}) => ({ mode: 'test', credentials, http, clock, ...overrides }),
    input: (changes = {}) => ({
      attemptId: newId('att', clock),
      amount: { amount: 1250n, currency: 'EUR' },
      captureMethod: 'automatic',
      method: { type: 'stripe', flow: 'redirect' },
      returnUrl: 'https://shop.example/back?order=7',
      notificationUrl: 'https://pay.example/hooks/stripe/pa_1',
      expiresAt: clock.now().add({ minutes: 15 }),
      ...changes,
    }),
    notifications: async () => {
      await simulator.tick();
      return simulator.notifications.map(received);
    },
    stop: async () => {
      await http.close();
      await simulator.close();
    },
  };
}

function received({ method, headers, body, sentAt }: StripeSimulator['notifications'][number]): RawWebhook {
  const receivedAt = Temporal.Instant.fromEpochMilliseconds(sentAt * 1_000);
  return { method, query: {}, headers, body, remoteAddress: '127.0.0.1', receivedAt };
}

/** The method of a charge without further ado. */
export function paidBy(paymentMethod: string): {
  readonly type: 'stripe';
  readonly flow: 'client';
  readonly paymentMethod: string;
} {
  return { type: 'stripe', flow: 'client', paymentMethod };
}

/** What the adapter reads out of a notification when it comes. Throws where it is rejected. */
export async function eventsIn(
  { provider, call }: StripeStage,
  webhook: RawWebhook,
): Promise<readonly ProviderEvent[]> {
  const outcome: WebhookOutcome = await provider.parseWebhook(
    call({ clock: { now: () => webhook.receivedAt } }),
    webhook,
  );
  if (outcome.kind !== 'events') throw new Error(`A notification was not read: ${JSON.stringify(outcome)}`);
  return outcome.events;
}

/** The first thing of its kind, which must be there. */
export function first<T>(list: readonly T[] | undefined): T {
  return present(list?.[0], 'the first one');
}

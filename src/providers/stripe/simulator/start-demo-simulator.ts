import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DemoSimulator, DemoSimulatorOptions } from '../../second-party.ts';
import { startStripeSimulator } from './start-stripe-simulator.ts';

const account = z.object({ secretKey: z.string(), publishableKey: z.string(), webhookSecret: z.string() });

/** Starts the simulated Stripe with one account. */
export async function startDemoSimulator(options: DemoSimulatorOptions): Promise<DemoSimulator> {
  const { port, clock, kept, notifyOrigin, failed } = options;
  const mayNotify = ({ origin }: URL) => origin === notifyOrigin;
  const simulator = await startStripeSimulator({ port, clock, mayNotify, failed });
  const name = randomBytes(12).toString('hex');
  const made = {
    ...{ secretKey: `sk_test_${name}`, publishableKey: `pk_test_${name}` },
    webhookSecret: `whsec_${randomBytes(24).toString('hex')}`,
  };
  const { secretKey, publishableKey, webhookSecret } = kept === null ? made : account.parse(kept);
  return {
    url: simulator.url,
    credentials: { secretKey, publishableKey, webhookSecret, apiUrl: simulator.url },
    notify: (url) => void simulator.register(secretKey, { url, secret: webhookSecret }),
    close: () => simulator.close(),
  };
}

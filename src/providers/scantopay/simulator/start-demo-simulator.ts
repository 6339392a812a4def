import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DemoSimulator, DemoSimulatorOptions } from '../../second-party.ts';
import { startScantopaySimulator } from './start-scantopay-simulator.ts';

const credentials = z.object({
  username: z.string(),
  password: z.string(),
  notificationKey: z.string(),
  currency: z.string(),
});

/** Starts the simulated Scan to Pay with one merchant. */
export async function startDemoSimulator(options: DemoSimulatorOptions): Promise<DemoSimulator> {
  const { port, clock, kept, notifyOrigin } = options;
  const made = {
    ...{ username: 'merchant-25', password: randomBytes(16).toString('hex') },
    ...{ notificationKey: randomBytes(16).toString('hex'), currency: options.currency },
  };
  const held = kept === null ? made : credentials.parse(kept);
  const simulator = await startScantopaySimulator({
    ...{ port, clock, ...held, notificationUrl: null, notifyOrigins: [notifyOrigin] },
  });
  simulator.runByItself();
  return {
    url: simulator.url,
    credentials: { ...held, apiUrl: simulator.url },
    notify: (url) => simulator.setNotificationUrl(new URL(url).origin === notifyOrigin ? url : null),
    close: () => simulator.close(),
  };
}

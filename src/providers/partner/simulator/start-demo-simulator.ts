import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DemoSimulator, DemoSimulatorOptions } from '../../second-party.ts';
import { startPartnerSimulator } from './start-partner-simulator.ts';

const TICK_MS = 250;

const credentials = z.object({ merchantCode: z.string(), secretKey: z.string() });

/** Starts a simulated partner gateway of the Bluecom contract with one merchant, whose requests say where to notify. */
export async function startDemoSimulator(options: DemoSimulatorOptions): Promise<DemoSimulator> {
  const { port, clock, kept, notifyOrigin, failed } = options;
  const made = {
    merchantCode: `M${randomBytes(4).toString('hex').toUpperCase()}`,
    secretKey: randomBytes(24).toString('hex'),
  };
  const { merchantCode, secretKey } = kept === null ? made : credentials.parse(kept);
  const merchants = [{ wire: 'bluecom', merchantCode, secretKeys: [secretKey] }] as const;
  const mayNotify = ({ origin }: URL) => origin === notifyOrigin;
  const simulator = await startPartnerSimulator({ host: '127.0.0.1', port, clock, merchants, mayNotify });
  const loop = setInterval(() => void simulator.tick().catch(failed), TICK_MS);
  return {
    url: simulator.url,
    credentials: { profile: 'bluecom', merchantCode, secretKey, apiUrl: simulator.url },
    notify: () => {},
    close: async () => {
      clearInterval(loop);
      await simulator.close();
    },
  };
}

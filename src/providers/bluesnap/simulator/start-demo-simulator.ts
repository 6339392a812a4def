import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import type { DemoSimulator, DemoSimulatorOptions } from '../../second-party.ts';
import type { Account } from './account.ts';
import { startBluesnapSimulator } from './start-bluesnap-simulator.ts';

const RESEND_CHECK_MS = 1_000;

const credentials = z.object({
  apiUser: z.string(),
  apiPassword: z.string(),
  merchantId: z.string(),
  ipnKey: z.string(),
});

/** Starts the simulated BlueSnap with one merchant. */
export async function startDemoSimulator(options: DemoSimulatorOptions): Promise<DemoSimulator> {
  const { port, clock, kept, notifyOrigin, failed } = options;
  const made = {
    ...{ apiUser: 'API_demo', apiPassword: randomBytes(16).toString('hex') },
    ...{ merchantId: String(randomInt(100_000, 1_000_000)), ipnKey: randomBytes(16).toString('hex') },
  };
  const held = kept === null ? made : credentials.parse(kept);
  let ipnUrl: string | null = null;
  const account: Account = {
    ...{ user: held.apiUser, password: held.apiPassword, merchantId: held.merchantId, ipnKey: held.ipnKey },
    ...{ dataProtectionKey: null, requireReceipt: false },
    // Known only once the gateway has an account for this merchant.
    get ipnUrl() {
      return ipnUrl;
    },
  };
  const simulator = await startBluesnapSimulator({ port, clock, account });
  const resending = setInterval(() => void simulator.tick().catch(failed), RESEND_CHECK_MS);
  return {
    url: simulator.url,
    credentials: { ...held, apiUrl: simulator.url },
    notify: (url) => {
      ipnUrl = new URL(url).origin === notifyOrigin ? url : null;
    },
    close: async () => {
      clearInterval(resending);
      await simulator.close();
    },
  };
}

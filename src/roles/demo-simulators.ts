import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SIMULATORS, type Simulator } from '../config.ts';
import { Problem } from '../kernel/problem.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { notificationUrlOf } from '../provider-accounts/account.ts';
import { addProviderAccount } from '../provider-accounts/add-provider-account.ts';
import { setAccountStatus } from '../provider-accounts/change-provider-account.ts';
import { openOwnAccount } from '../provider-accounts/open-provider-account.ts';
import { startSimulator } from '../providers/registry.ts';
import type { DemoSimulator } from '../providers/second-party.ts';
import type { Gateway } from './gateway.ts';

/** A simulator that runs in this process, and the demo tenant's account that leads to it. */
export interface OpenSimulator {
  readonly provider: Simulator;
  readonly providerAccountId: string;
  readonly url: string;
}

export interface OpenSimulators {
  readonly open: readonly OpenSimulator[];
  close(): Promise<void>;
}

interface Tenant {
  readonly id: string;
  readonly currency: string;
}

const keptSimulator = z.strictObject({
  port: z.int().min(1).max(65_535),
  providerAccountId: z.string(),
  credentials: z.record(z.string(), z.unknown()),
});
type KeptSimulator = z.output<typeof keptSimulator>;

const keptSimulators = z.strictObject({
  tenantId: z.string(),
  simulators: z.partialRecord(z.enum(SIMULATORS), keptSimulator),
});

/** After the sandbox's 100, so that a payment that names no account goes on as it did. */
const PRIORITY = 200;

/**
 * Starts the simulators of the configuration and gives the demo tenant an account at each, in test mode. Ports and
 * accounts are those of the start before as long as the ports are free; where one is taken, the account that leads there
 * is disabled and another one made. What a simulator knew ends with its process.
 */
export async function openSimulators(gateway: Gateway, tenantId: string): Promise<OpenSimulators> {
  if (gateway.config.simulators.length === 0) return { open: [], close: async () => {} };
  return forTenants([tenantId], () => openAll(gateway, tenantId));
}

async function openAll(gateway: Gateway, tenantId: string): Promise<OpenSimulators> {
  const { config, payments } = gateway;
  const { currency } = await payments.readTenant(tenantId);
  const tenant: Tenant = { id: tenantId, currency };
  const file = join(config.dataDir, 'simulators.json');
  const kept = await readKept(file, tenant);
  const started: DemoSimulator[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((simulator) => simulator.close()));
  };
  try {
    const simulators = { ...kept };
    for (const provider of config.simulators) {
      simulators[provider] = await open(gateway, tenant, provider, kept[provider] ?? null, started);
      // At once: an account that nobody remembers would be made again at the next start.
      await write(file, { tenantId, simulators });
    }
    const shown = config.simulators.flatMap((provider): OpenSimulator[] => {
      const its = simulators[provider];
      if (its === undefined) return [];
      return [{ provider, providerAccountId: its.providerAccountId, url: `http://127.0.0.1:${its.port}` }];
    });
    return { open: shown, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  gateway: Gateway,
  tenant: Tenant,
  provider: Simulator,
  kept: KeptSimulator | null,
  started: DemoSimulator[],
): Promise<KeptSimulator> {
  const { payments, config } = gateway;
  const owner = { tenantId: tenant.id, mode: 'test' } as const;
  const known = kept !== null && (await isKnown(gateway, owner, kept.providerAccountId)) ? kept : null;
  const again = known === null ? null : await startAgain(gateway, tenant, provider, known);
  if (known !== null && again === null) {
    // Whoever listens there now is somebody else, and is to get no credentials.
    await payments.database.transaction((tx) =>
      setAccountStatus(payments, tx, owner, known.providerAccountId, 'disabled'),
    );
  }
  const simulator = again ?? (await start(gateway, tenant, provider, 0, null));
  started.push(simulator);
  const { credentials, url } = simulator;
  const added = { provider, name: `Simulated ${provider}`, credentials, priority: PRIORITY };
  const account =
    again !== null && known !== null
      ? known
      : await payments.database.transaction((tx) => addProviderAccount(payments, tx, owner, added));
  const { providerAccountId } = account;
  simulator.notify(notificationUrlOf(config.urls.hooks, { provider, providerAccountId }));
  return { port: Number(new URL(url).port), providerAccountId, credentials: { ...credentials } };
}

/** On the port of the start before; null where that is taken. */
async function startAgain(
  gateway: Gateway,
  tenant: Tenant,
  provider: Simulator,
  { port, credentials }: KeptSimulator,
): Promise<DemoSimulator | null> {
  try {
    return await start(gateway, tenant, provider, port, credentials);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'EADDRINUSE') throw error;
    gateway.log.warn({ provider, port }, 'The port of a simulator is taken; it gets another one and a new account');
    return null;
  }
}

function start(
  { clock, config, log }: Gateway,
  { currency }: Tenant,
  provider: Simulator,
  port: number,
  kept: KeptSimulator['credentials'] | null,
): Promise<DemoSimulator> {
  return startSimulator(provider, {
    ...{ port, clock, currency, kept },
    notifyOrigin: new URL(config.urls.hooks).origin,
    failed: (error) => log.error({ error, provider }, 'A simulator failed'),
  });
}

async function isKnown(
  { payments }: Gateway,
  owner: { readonly tenantId: string; readonly mode: 'test' },
  providerAccountId: string,
): Promise<boolean> {
  try {
    await openOwnAccount(payments, owner, providerAccountId);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return false;
    throw error;
  }
}

async function readKept(file: string, { id }: Tenant): Promise<Partial<Record<Simulator, KeptSimulator>>> {
  try {
    const kept = keptSimulators.parse(JSON.parse(await readFile(file, 'utf8')));
    return kept.tenantId === id ? kept.simulators : {};
  } catch {
    return {};
  }
}

/** For this machine's user only, since it holds credentials. */
async function write(file: string, kept: z.input<typeof keptSimulators>): Promise<void> {
  const half = `${file}.${process.pid}`;
  await writeFile(half, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  await chmod(half, 0o600);
  await rename(half, file);
}

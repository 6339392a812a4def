import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createApiKey, createOperatorKey } from '../access/api-key.ts';
import { createTenant } from '../tenants/create-tenant.ts';
import { tenantSettings } from '../tenants/settings.ts';
import type { Gateway } from './gateway.ts';

const demoCredentials = z.strictObject({
  tenant: z.strictObject({
    id: z.string(),
    appName: z.string(),
    appSecret: z.string(),
    apiKey: z.string(),
    webhookSecret: z.string(),
  }),
  operator: z.strictObject({ apiKey: z.string() }),
});
/** The demo tenant's and operator's secrets, kept so that a second start prints them again. */
export type DemoCredentials = z.output<typeof demoCredentials>;

/**
 * The demo tenant and an operator's key: those of the start before where the database still has them, else new ones.
 * The file is for this machine's user only.
 */
export async function ensureDemo(gateway: Gateway): Promise<DemoCredentials> {
  const file = join(gateway.config.dataDir, 'demo.json');
  const kept = await readKept(file);
  if (kept !== null && (await isKnown(gateway, kept.tenant.id))) return kept;
  const created = await createDemo(gateway);
  const half = `${file}.${process.pid}`;
  await writeFile(half, `${JSON.stringify(created, null, 2)}\n`, { mode: 0o600 });
  await chmod(half, 0o600);
  await rename(half, file);
  return created;
}

async function readKept(file: string): Promise<DemoCredentials | null> {
  try {
    return demoCredentials.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

async function isKnown({ tenants }: Gateway, tenantId: string): Promise<boolean> {
  return tenants.readTenant(tenantId).then(
    () => true,
    () => false,
  );
}

async function createDemo({ tenants, clock, payments }: Gateway): Promise<DemoCredentials> {
  const db = payments.database.query;
  // A name of its own each time: the file may be gone while an older demo tenant still has the plain one.
  const appName = `demo-shop-${clock.now().epochMilliseconds.toString(36)}`;
  const created = await createTenant(tenants, {
    name: 'Corner Coffee',
    appName,
    currency: 'EUR',
    settings: tenantSettings.parse({ branding: { primaryColor: '#1d5c4a' } }),
  });
  const { tenantId } = created.tenant;
  const shopKey = { tenantId, mode: 'test', name: 'Demo shop', scopes: ['*'] } as const;
  return {
    tenant: {
      id: tenantId,
      appName,
      appSecret: created.appSecret,
      apiKey: await createApiKey(db, clock, shopKey),
      webhookSecret: created.webhookSecrets.test,
    },
    operator: { apiKey: await createOperatorKey(db, clock, 'Demo operator') },
  };
}

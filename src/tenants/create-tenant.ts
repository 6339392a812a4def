import { createApiKey, createAppSecret } from '../access/api-key.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { createSigningSecret, DEFAULT_SECRET } from '../notifications/signing-secrets.ts';
import { noteAct } from '../platform/act.ts';
import { type Database, violatedConstraint } from '../platform/database.ts';
import { alsoForTenants, forInstallation } from '../platform/tenant-scope.ts';
import { createProviderAccount } from '../provider-accounts/create-provider-account.ts';
import { checkSettings } from './check-settings.ts';
import type { TenantSettings } from './settings.ts';
import { insertTenant, selectTenant } from './store.ts';
import type { Tenant } from './tenant.ts';

export interface TenantContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Fresh credentials at the sandbox, so that every tenant can pay in test mode from the first minute. */
  readonly newSandboxCredentials: () => unknown;
  /** What the installation keeps for nobody longer. */
  readonly retentionDaysMax: number;
}

export interface NewTenant {
  readonly name: string;
  readonly appName: string;
  readonly currency: string;
  readonly parentTenantId?: string | undefined;
  readonly settings: TenantSettings;
}

/** A new tenant with every secret it was given; none of them is seen again. */
export interface CreatedTenant {
  readonly tenant: Tenant;
  readonly appSecret: string;
  readonly liveAppSecret: string;
  readonly apiKeys: { readonly test: string; readonly live: string };
  readonly webhookSecrets: { readonly test: string; readonly live: string };
}

/**
 * Makes a tenant with its data key, credentials, default signing secrets and an account at the sandbox, in one
 * transaction.
 * @throws Problem app_name_taken, not_found (the parent), validation_failed (settings)
 */
export async function createTenant(context: TenantContext, input: NewTenant): Promise<CreatedTenant> {
  const { database, clock, retentionDaysMax } = context;
  const given = new Set(Object.keys(input.settings));
  const settings = checkSettings(input.settings, { pointer: '/settings', given, retentionDaysMax });
  const { parentTenantId } = input;
  const readParent = (id: string) => forInstallation('directory', () => selectTenant(database.query, id));
  if (parentTenantId !== undefined && (await readParent(parentTenantId)) === null) {
    throw new Problem('not_found', 'There is no such parent tenant.');
  }
  const tenant: Tenant = {
    tenantId: newId('ten', clock),
    parentTenantId: input.parentTenantId ?? null,
    name: input.name,
    appName: input.appName,
    currency: input.currency,
    status: 'active',
    mayHaveChildren: false,
    settings,
    settingsVersion: 1,
    logo: null,
    createdAt: clock.now(),
  };
  try {
    return await alsoForTenants([tenant.tenantId], () => insertWithCredentials(context, tenant));
  } catch (error) {
    if (violatedConstraint(error) !== 'tenants_app_name_key') throw error;
    throw new Problem('app_name_taken', 'Another tenant has this app name.', {
      errors: [{ pointer: '/appName', detail: 'Must not be taken' }],
    });
  }
}

/** The sandbox itself knows no cut-off; a day lets people try both sides of it. */
const SANDBOX_CUT_OFF = { afterSeconds: 86_400 };

async function insertWithCredentials(context: TenantContext, tenant: Tenant): Promise<CreatedTenant> {
  const { sealer, clock } = context;
  const { tenantId } = tenant;
  const dataKey = await sealer.newDataKey(tenantId);
  return context.database.transaction(async (tx) => {
    await insertTenant(tx, tenant);
    noteAct({ targetId: tenantId });
    await sealer.storeDataKey(tx, dataKey);
    const sealing = { db: tx, sealer, clock };
    await createProviderAccount(sealing, {
      tenantId,
      mode: 'test',
      provider: 'sandbox',
      name: 'Sandbox',
      priority: 100,
      credentials: context.newSandboxCredentials(),
      reversalCutOff: SANDBOX_CUT_OFF,
    });
    const owner = { tenantId, endpointId: DEFAULT_SECRET };
    const key = { tenantId, name: 'First key', scopes: ['*'] as const };
    return {
      tenant,
      appSecret: await createAppSecret(tx, clock, tenantId, 'test'),
      liveAppSecret: await createAppSecret(tx, clock, tenantId, 'live'),
      apiKeys: {
        test: await createApiKey(tx, clock, { ...key, mode: 'test' }),
        live: await createApiKey(tx, clock, { ...key, mode: 'live' }),
      },
      webhookSecrets: {
        test: await createSigningSecret(sealing, { ...owner, mode: 'test' }),
        live: await createSigningSecret(sealing, { ...owner, mode: 'live' }),
      },
    };
  });
}

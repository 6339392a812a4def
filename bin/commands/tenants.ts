import { recordCommand } from '../../src/audit/record-own-act.ts';
import { readConfig } from '../../src/config.ts';
import { isCurrency } from '../../src/kernel/currency.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { SYSTEM } from '../../src/keys/sealer.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import { withGateway } from '../../src/roles/borrow-gateway.ts';
import * as api from '../../src/tenants/api.ts';
import { createTenant } from '../../src/tenants/create-tenant.ts';
import { listTenants } from '../../src/tenants/list-tenants.ts';
import { findTenant } from '../../src/tenants/read-tenant.ts';
import { removeTenant } from '../../src/tenants/remove-tenant.ts';
import { rotateAppSecret } from '../../src/tenants/rotate-secret.ts';

interface CreateOptions {
  readonly name: string;
  readonly appName: string;
  readonly currency: string;
  readonly parent?: string;
  readonly json?: boolean;
}

/** `tollgate tenants create`. */
export async function runCreateTenant(options: CreateOptions): Promise<void> {
  const { name, appName, currency, parent: parentTenantId } = options;
  const body = api.createTenant.body?.safeParse({ name, appName, currency, parentTenantId });
  if (body === undefined || !body.success) {
    const errors = (body?.error.issues ?? []).map(({ path, message }) => ({
      pointer: optionOf(path),
      detail: message,
    }));
    throw new Problem('validation_failed', isCurrency(currency) ? 'An option breaks a rule.' : 'Unknown currency.', {
      errors,
    });
  }
  const created = await withGateway(readConfig(), (gateway) =>
    recordCommand(
      gateway.payments,
      {
        tenantId: SYSTEM,
        mode: null,
        action: 'tenants create',
        target: { type: 'tenant', id: null },
        class: 'security',
      },
      () => createTenant(gateway.tenants, body.data),
    ),
  );
  const { tenant, ...secrets } = created;
  const answer = { id: tenant.tenantId, appName: tenant.appName, ...secrets };
  if (options.json === true) return console.log(JSON.stringify(answer));
  console.log(`Created ${answer.id} (${answer.appName}). These secrets are shown once:`);
  console.log(`  app secret (test)      ${answer.appSecret}\n  app secret (live)      ${answer.liveAppSecret}`);
  console.log(`  API key (test)         ${answer.apiKeys.test}\n  API key (live)         ${answer.apiKeys.live}`);
  console.log(
    `  webhook secret (test)  ${answer.webhookSecrets.test}\n  webhook secret (live)  ${answer.webhookSecrets.live}`,
  );
}

/** `appName` is `--app-name` where people type it. */
function optionOf(path: readonly PropertyKey[]): string {
  return `--${path.join('-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `tollgate tenants list`. */
export async function runListTenants({ json = false }: { readonly json?: boolean }): Promise<void> {
  const tenants = await withGateway(readConfig(), (gateway) => listTenants(gateway.payments.database));
  if (json) return console.log(JSON.stringify(tenants.map(({ tenantId: id, ...rest }) => ({ id, ...rest }))));
  for (const { tenantId, appName, currency, status, name } of tenants) {
    console.log([tenantId, appName.padEnd(24), currency, status.padEnd(9), name].join('  '));
  }
}

interface RotateOptions {
  readonly mode: string;
  readonly overlap: string;
  readonly json?: boolean;
}

/** `tollgate tenants rotate-secret <tenant>`. */
export async function runRotateSecret(tenant: string, options: RotateOptions): Promise<void> {
  const { mode } = options;
  const overlapSeconds = Number(options.overlap);
  if (mode !== 'test' && mode !== 'live') throw new Problem('validation_failed', '--mode must be test or live.');
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > 604_800) {
    throw new Problem('validation_failed', '--overlap must be 0 to 604800 seconds.');
  }
  const secret = await withGateway(readConfig(), async ({ payments: { database, clock } }) => {
    const { tenantId } = await findTenant(database, tenant);
    return recordCommand(
      { database, clock },
      { tenantId, mode, action: 'tenants rotate-secret', target: { type: 'tenant', id: tenantId }, class: 'security' },
      () => rotateAppSecret({ database, clock }, tenantId, mode, overlapSeconds),
    );
  });
  console.log(
    options.json === true
      ? JSON.stringify({ mode, appSecret: secret })
      : `New app secret (${mode}), shown once: ${secret}`,
  );
}

interface RemoveOptions {
  readonly confirm: string;
  readonly json?: boolean;
}

/** `tollgate tenants remove <tenant>`. */
export async function runRemoveTenant(idOrName: string, { confirm, json = false }: RemoveOptions): Promise<void> {
  const { tenantId, status } = await withGateway(readConfig(), async ({ tenants }) => {
    const found = await findTenant(tenants.database, idOrName);
    const { tenantId } = found;
    return forTenants([tenantId], () => removeTenant(tenants, { tenantId, appName: confirm }));
  });
  if (json) return console.log(JSON.stringify({ id: tenantId, status }));
  const next = status === 'suspended' ? ' Run this again in two minutes to destroy its keys.' : '';
  console.log(`${tenantId} is ${status}.${next}`);
}

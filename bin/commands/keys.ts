import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { readKeyStatus } from '../../src/keys/read-status.ts';
import { type Rotation, rotateKeys } from '../../src/keys/rotate-keys.ts';
import { keyStatusJson } from '../../src/keys/routes.ts';
import { SYSTEM } from '../../src/keys/sealer.ts';
import { withGateway } from '../../src/roles/borrow-gateway.ts';
import { findTenant } from '../../src/tenants/read-tenant.ts';

interface StatusOptions {
  readonly tenant?: string;
  readonly json?: boolean;
}

/** `tollgate keys status`. */
export async function runKeyStatus({ tenant, json = false }: StatusOptions): Promise<void> {
  const status = await withGateway(readConfig(), async ({ keys }) => {
    const tenantId = tenant === undefined ? null : await tenantIdOf(keys, tenant);
    return readKeyStatus({ ...keys, db: keys.database.query }, tenantId);
  });
  if (json) return console.log(JSON.stringify(keyStatusJson(status)));
  for (const { id, primary, loaded, dataKeys } of status.masterKeys) {
    const role = [primary ? 'primary' : 'previous', ...(loaded ? [] : ['NOT LOADED'])].join(', ');
    console.log(`master key  ${id}  wraps ${dataKeys} data keys  (${role})`);
  }
  const { primary, readable, oldestPrimaryAt, resealingTenants } = status.dataKeys;
  console.log(`data keys   ${primary} seal, the oldest since ${oldestPrimaryAt ?? 'never'}; ${readable} only open`);
  console.log(`resealing   ${resealingTenants} tenants`);
  for (const { version, state, masterKeyId, createdAt } of status.versions) {
    console.log(`  version ${version}  ${state.padEnd(9)}  ${createdAt}  under ${masterKeyId}`);
  }
  for (const { kid, state, createdAt } of status.tokenKeys) console.log(`token key   ${kid}  ${state}  ${createdAt}`);
}

interface RotateOptions {
  readonly what: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

/** `tollgate keys rotate`: turn after turn until nothing remains. Exit code 1 where some data key could not be wrapped anew. */
export async function runRotateKeys({ what, tenant, json = false }: RotateOptions): Promise<void> {
  const { changed, refused } = await withGateway(readConfig(), async ({ keys }) => {
    const rotation = await rotationOf(keys, what, tenant);
    let done = 0;
    for (;;) {
      const turn = await rotateKeys(keys, rotation);
      done += turn.changed;
      if (!json && turn.remaining > 0) console.log(`${done} done, ${turn.remaining} remain`);
      if (turn.remaining === 0 || turn.changed === 0) return { changed: done, refused: turn.refused };
    }
  });
  if (refused.length > 0) process.exitCode = 1;
  if (json) return console.log(JSON.stringify({ what, changed, refused }));
  console.log(`${changed} rotated.${what === 'data' ? ' The worker seals anew what is under older versions.' : ''}`);
  for (const { tenantId, version } of refused) console.log(`Not unwrapped by its master key: ${tenantId} ${version}`);
}

type Keys = Parameters<typeof rotateKeys>[0];

async function rotationOf(keys: Keys, what: string, tenant: string | undefined): Promise<Rotation> {
  if (tenant !== undefined && what !== 'data')
    throw new Problem('validation_failed', '--tenant goes with --what data.');
  if (what === 'master' || what === 'tokens') return { what };
  if (what !== 'data') throw new Problem('validation_failed', '--what must be master, data or tokens.');
  if (tenant === undefined) return { what, createdBefore: systemClock.now() };
  return { what, tenantId: await tenantIdOf(keys, tenant) };
}

async function tenantIdOf({ database }: Keys, tenant: string): Promise<string> {
  return tenant === SYSTEM ? SYSTEM : (await findTenant(database, tenant)).tenantId;
}

import { readFile } from 'node:fs/promises';
import { describeFinding } from '../../src/audit/finding.ts';
import { keyRing, publishedKeys } from '../../src/audit/signing-key.ts';
import { verifyAudit } from '../../src/audit/verify-audit.ts';
import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { SYSTEM } from '../../src/keys/sealer.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { schemaIsCurrent } from '../../src/platform/migrate.ts';
import { forInstallation } from '../../src/platform/tenant-scope.ts';
import { withDatabase } from '../../src/roles/borrow-gateway.ts';
import { findTenant } from '../../src/tenants/read-tenant.ts';

interface VerifyOptions {
  readonly tenant?: string;
  readonly checkpoints?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** `tollgate audit verify`: reads only. Exit code 1 where anything is not as it was written. */
export async function runVerifyAudit({ tenant, checkpoints, key, json = false }: VerifyOptions): Promise<void> {
  const started = performance.now();
  const verification = await withRecord(async (database) => {
    const keys = key === undefined ? await ownKeys(database) : [(await readFile(key, 'utf8')).trim()];
    return verifyAudit(database.query, {
      tenantId: tenant === undefined ? null : await chainNamed(database, tenant),
      checkpoints: checkpoints ?? null,
      keys: keyRing(keys),
      now: systemClock.now(),
    });
  });
  const { entries, checkpoints: signed, findings } = verification;
  if (findings.length > 0) process.exitCode = 1;
  const seconds = (performance.now() - started) / 1_000;
  if (json) return console.log(JSON.stringify({ ...verification, seconds: Number(seconds.toFixed(2)) }));
  for (const finding of findings) console.log(describeFinding(finding));
  const outcome = findings.length === 0 ? 'everything is as it was written' : `${findings.length} faults, told above`;
  console.log(`${entries} entries and ${signed} checkpoints in ${seconds.toFixed(1)} s: ${outcome}.`);
  if (checkpoints === undefined || key === undefined) console.log(WEAK);
}

const WEAK =
  'Who owns the database can rewrite it whole. Give --checkpoints and --key copies from elsewhere, which nobody there can change.';

/** `tollgate audit key`: the public keys, to be kept elsewhere. */
export async function runShowAuditKey({ json = false }: { readonly json?: boolean }): Promise<void> {
  const keys = await withRecord((database) => publishedKeys(database.query));
  if (json) return console.log(JSON.stringify(keys.map(({ keyId: id, ...rest }) => ({ id, ...rest }))));
  if (keys.length === 0) throw new Problem('not_found', 'Nothing was signed yet; the worker does within a minute.');
  for (const { publicKey } of keys) console.log(publicKey);
}

async function ownKeys(database: Database): Promise<readonly string[]> {
  return (await publishedKeys(database.query)).map(({ publicKey }) => publicKey);
}

async function chainNamed(database: Database, tenant: string): Promise<string> {
  return tenant === SYSTEM ? SYSTEM : (await findTenant(database, tenant)).tenantId;
}

function withRecord<T>(work: (database: Database) => Promise<T>): Promise<T> {
  return withDatabase(readConfig(), async ({ url }) => {
    if (!(await schemaIsCurrent(url))) {
      throw new Problem('unavailable', 'The schema is not the one of this version; see `tollgate migrate`.');
    }
    const database = openDatabase({ url, connectionsMax: 1, applicationName: 'tollgate audit' });
    try {
      return await forInstallation('sweep', () => work(database));
    } finally {
      await database.close();
    }
  });
}

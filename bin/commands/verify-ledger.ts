import { readConfig } from '../../src/config.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { describeDifference, verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { schemaIsCurrent } from '../../src/platform/migrate.ts';
import { forInstallation } from '../../src/platform/tenant-scope.ts';
import { withDatabase } from '../../src/roles/borrow-gateway.ts';
import { findTenant } from '../../src/tenants/read-tenant.ts';

interface Options {
  readonly tenant?: string;
  readonly json?: boolean;
}

/** `tollgate ledger verify`: reads only, so it neither migrates nor opens anything sealed. Exit code 1 when anything differs. */
export async function runVerifyLedger({ tenant, json = false }: Options): Promise<void> {
  const verification = await withDatabase(readConfig(), async ({ url }) => {
    if (!(await schemaIsCurrent(url))) {
      throw new Problem('unavailable', 'The schema is not the one of this version; see `tollgate migrate`.');
    }
    const database = openDatabase({ url, connectionsMax: 1, applicationName: 'tollgate ledger verify' });
    try {
      return await forInstallation('sweep', async () => {
        const only = tenant === undefined ? {} : { tenantId: (await findTenant(database, tenant)).tenantId };
        return verifyLedger(database.query, only);
      });
    } finally {
      await database.close();
    }
  });
  const { tenants, transfers, differencesFound, differences } = verification;
  if (differencesFound > 0) process.exitCode = 1;
  if (json) return console.log(JSON.stringify(verification));
  for (const difference of differences) console.log(describeDifference(difference));
  const more = differencesFound > differences.length ? `, the first ${differences.length} of them above` : '';
  const outcome = differencesFound === 0 ? 'everything agrees' : `${differencesFound} differences${more}`;
  console.log(`${transfers} transfers of ${tenants} tenants: ${outcome}.`);
}

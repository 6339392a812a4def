import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { withDatabase } from '../../src/roles/borrow-gateway.ts';
import { openSystem } from '../../src/roles/open-system.ts';
import { openWaysOut } from '../../src/roles/open-ways-out.ts';
import type { Check } from '../../src/system/check.ts';
import { checkInstallation } from '../../src/system/check-installation.ts';

const MARKS: Readonly<Record<Check['status'], string>> = {
  ok: ' ok ',
  warning: 'warn',
  failed: 'FAIL',
  unknown: '  ? ',
};

/** `tollgate doctor`: looks at everything, also at what does not run. Exit code 1 where something has failed. */
export async function runDoctor({ json = false }: { readonly json?: boolean }): Promise<void> {
  const config = readConfig();
  const checks = await withDatabase(config, async ({ url }) => {
    const database = openDatabase({ url, connectionsMax: 2, applicationName: 'tollgate doctor' });
    const ways = openWaysOut(config, new Set());
    try {
      const http = ways.privateHttp;
      return await checkInstallation(openSystem(config, { database, databaseUrl: url, clock: systemClock, http }));
    } finally {
      await Promise.all([database.close(), ways.close()]);
    }
  });
  const hasFailed = checks.some(({ status }) => status === 'failed');
  if (hasFailed) process.exitCode = 1;
  if (json) return console.log(JSON.stringify({ ok: !hasFailed, checks }));
  for (const { name, status, detail, fix } of checks) {
    console.log(`[${MARKS[status]}] ${name.padEnd(11)} ${detail}`);
    if (fix !== null) console.log(`       ${' '.repeat(11)} → ${fix}`);
  }
}

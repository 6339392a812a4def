import { readConfig } from '../../src/config.ts';
import { toDecimal } from '../../src/kernel/money.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { reportJson } from '../../src/reconciliation/account-json.ts';
import { type AccountRun, type Period, runReconciliation } from '../../src/reconciliation/run-reconciliation.ts';
import { withGateway } from '../../src/roles/borrow-gateway.ts';
import type { Gateway } from '../../src/roles/gateway.ts';
import { listTenants } from '../../src/tenants/list-tenants.ts';
import { findTenant } from '../../src/tenants/read-tenant.ts';

interface Options {
  readonly tenant?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** `tollgate reconcile run`. Exit code 1 when anything differs, cannot be explained or could not be read. */
export async function runReconcile(options: Options): Promise<void> {
  const period = periodOf(options);
  const runs = await withGateway(readConfig(), async (gateway) => {
    const all: AccountRun[] = [];
    for (const tenantId of await tenantsOf(gateway, options.tenant)) {
      const context = { ...gateway.payments, log: gateway.log };
      all.push(...(await runReconciliation(context, { tenantId, providerAccountId: options.account, period })));
    }
    return all;
  });
  const isRight = runs.every((run) => run.isRight);
  if (!isRight) process.exitCode = 1;
  if (options.json === true) {
    const accounts = runs.map((run) => ({ ...run, reports: run.reports.map(reportJson) }));
    return console.log(JSON.stringify({ isRight, accounts }));
  }
  for (const run of runs) for (const line of describe(run)) console.log(line);
  console.log(`${runs.length} accounts: ${isRight ? 'everything agrees' : 'see above'}.`);
}

async function tenantsOf({ payments: { database } }: Gateway, named: string | undefined): Promise<readonly string[]> {
  if (named !== undefined) return [(await findTenant(database, named)).tenantId];
  return (await listTenants(database)).map(({ tenantId }) => tenantId);
}

function periodOf({ from, to }: Options): Period | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined) throw new Problem('validation_failed', '--to needs --from.');
  return { from: instantOf('--from', from), to: to === undefined ? null : instantOf('--to', to) };
}

function instantOf(option: string, text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch {
    throw new Problem('validation_failed', `${option} must be an instant such as 2026-11-21T00:00:00Z.`);
  }
}

function describe({ tenantId, providerAccountId, provider, reports, failures }: AccountRun): readonly string[] {
  const account = `${tenantId} ${providerAccountId} ${provider}`;
  return [
    ...reports.map((report) => {
      const { currency, unexplained, exceptionsOpen, ledgerReceivable } = report;
      const owed = toDecimal({ amount: ledgerReceivable, currency });
      const left = unexplained === 0n ? '' : `, ${toDecimal({ amount: unexplained, currency })} unexplained`;
      return `${account} ${currency}: ${owed} owed, ${exceptionsOpen} exceptions open${left}`;
    }),
    ...failures.map((failure) => `${account} could not be read: ${failure}`),
  ];
}

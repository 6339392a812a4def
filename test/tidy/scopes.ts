import { type Finding, isCode, isTest, lineAt, type SourceFile } from './source.ts';

/**
 * Where work of the installation is opened (`forInstallation` in src/platform/tenant-scope.ts), which reads rows of every
 * tenant, and why that cannot be done for the tenants that it is about. Everything else is.
 */
const OPENED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'bin/commands/audit.ts': { sweep: 'all chains are proven, for whoever runs the installation' },
  'bin/commands/verify-ledger.ts': { sweep: 'all books are added up, for whoever runs the installation' },
  'src/access/authenticate-caller.ts': { directory: 'whose credentials these are is what is asked' },
  'src/access/log-in-tenant.ts': { directory: 'whose app name this is is what is asked' },
  'src/access/session-callers.ts': { directory: 'a person may belong to several tenants, or to their parents' },
  'src/acknowledgments/admit-payments.ts': { sweep: 'the open fuses of all are one short list in memory' },
  'src/acknowledgments/keep-epoch.ts': { sweep: 'a new epoch says how many deadlines it leaves to people' },
  'src/approvals/jobs.ts': { sweep: 'what a process left unfinished is anybody’s' },
  'src/audit/store.ts': { directory: 'a refused key is recorded with its tenant, which did not get in' },
  'src/audit/take-checkpoints.ts': { audit: 'one signature covers all chains' },
  'src/audit/verify-audit.ts': { sweep: 'one signature covers all chains' },
  'src/domains/check-domain.ts': { directory: 'who else holds the host is what is asked' },
  'src/domains/find-host.ts': { directory: 'whose host this is is what is asked' },
  'src/events/relay-outbox.ts': { relay: 'what waits in a shard is anybody’s; it is passed on for those whose it is' },
  'src/inbound/receive-partner-ipn.ts': { directory: 'a partner’s message names an attempt and no tenant' },
  'src/keys/load-master-key.ts': { keys: 'a master key wraps the keys of all' },
  'src/keys/read-status.ts': { keys: 'a master key wraps the keys of all' },
  'src/keys/reseal-values.ts': { keys: 'whose pass is due is what is asked' },
  'src/keys/rewrap-data-keys.ts': { keys: 'a master key wraps the keys of all' },
  'src/keys/rotate-data-key.ts': { keys: 'the oldest keys are anybody’s' },
  'src/ledger/verify-ledger.ts': { sweep: 'all books are added up' },
  'src/limits/keep-limits.ts': { sweep: 'who has limits at all is one short list in memory' },
  'src/notifications/sending/find-forgotten-lanes.ts': {
    lanes: 'forgotten lanes are woken together',
    sweep: 'forgotten lanes are anybody’s',
  },
  'src/overview/store.ts': { overview: 'the hours of all are summed up with those of each' },
  'src/partners/find-signer.ts': { directory: 'a partner’s request names a merchant code and no tenant' },
  'src/payments/digest-emails.ts': { sweep: 'payments from before the digests are anybody’s' },
  'src/payments/read-payment.ts': { directory: 'whose payment a checkout token opens is what is asked' },
  'src/platform/lanes.ts': { lanes: 'due work is claimed across tenants' },
  'src/platform/metrics.ts': { sweep: 'the measures are the installation’s' },
  'src/provider-accounts/open-provider-account.ts': {
    directory: 'a notification’s address names an account and no tenant',
  },
  'src/qr-codes/find-qr-code.ts': { directory: 'whose code was scanned is what is asked' },
  'src/retention/erase-expired.ts': { retention: 'who has something to be emptied is what is asked' },
  'src/retention/tend-partitions.ts': { retention: 'a partition has rows of all' },
  'src/roles/all.ts': { lanes: 'the ready check reads one row, whosever' },
  'src/roles/borrow-gateway.ts': { operator: 'who starts commands here runs the installation' },
  'src/roles/worker.ts': { audit: 'one signature covers all chains, and what is over is emptied in all' },
  'src/system/check-installation.ts': { sweep: 'the checks are the installation’s' },
  'src/tenants/create-tenant.ts': { directory: 'the parent is another tenant than the one that is made' },
  'src/tenants/routes.ts': { directory: 'a tenant’s children are other tenants' },
};

const OPENING = /\bforInstallation\(\s*(?:'(\w+)')?/g;
/** Where it is defined, and told of callers by their kind. */
const HOME = 'src/platform/tenant-scope.ts';

/** Rows of every tenant are read in listed places alone; what is listed and not done any more is found too. */
export function scopes(files: readonly SourceFile[], opened = OPENED): Finding[] {
  const seen = new Set<string>();
  const findings = files
    .filter(({ path }) => /^(?:src|bin)\//.test(path) && path !== HOME && isCode(path) && !isTest(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(OPENING)].flatMap(({ index, 1: work }) => {
        seen.add(`${path} ${work}`);
        if (work !== undefined && opened[path]?.[work] !== undefined) return [];
        const message = `opens work of the installation (${work ?? 'not named'}): do it for its tenants, or give the reason in test/tidy/scopes.ts`;
        return [{ path, line: lineAt(text, index), rule: 'scopes', message }];
      }),
    );
  const idle = Object.entries(opened).flatMap(([path, works]) =>
    Object.keys(works).flatMap((work) => {
      if (seen.has(`${path} ${work}`)) return [];
      const message = `${path} opens no work named ${work} any more: take it out`;
      return [{ path: 'test/tidy/scopes.ts', line: 1, rule: 'scopes', message }];
    }),
  );
  return [...findings, ...idle];
}

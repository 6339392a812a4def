import { AsyncLocalStorage } from 'node:async_hooks';
import { assert } from '../kernel/assert.ts';

/**
 * Work that belongs to no tenant or to all of them, by what it is. Each reads rows of every tenant and writes only the
 * tables that the database lists for it (`scope_covers` in db/schema.sql). Who may open one stands in
 * test/tidy/scopes.ts.
 */
export type InstallationWork =
  /** Finds out whose something is, before the tenant is known: credentials, tokens, hosts, addresses of providers. */
  | 'directory'
  /** Claims lanes and gives them back. */
  | 'lanes'
  /** Passes on what the outbox holds. */
  | 'relay'
  /** What people and programs of the installation ask for. */
  | 'operator'
  /** People sign in, and may belong to several tenants. */
  | 'people'
  /** Keys are rotated, wrapped anew and looked at as a whole. */
  | 'keys'
  /** Looks over all tenants for what nobody has announced; what is found goes on under its tenant. */
  | 'sweep'
  /** Drops and empties what is too old. */
  | 'retention'
  /** Sums of all tenants. */
  | 'overview'
  /** Checkpoints and proofs of all chains. */
  | 'audit';

/**
 * Whose rows statements may touch. The database is told with each statement, in the same round trip, and shows and takes
 * no others, whatever the statement says.
 */
interface Scope {
  readonly tenants: Set<string>;
  work: InstallationWork | null;
  /** As the database is told; empty: nobody's. Null: to be made anew. */
  text: string | null;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Runs work that may touch the rows of these tenants and of nobody else. */
export function forTenants<T>(tenantIds: Iterable<string>, work: () => T): T {
  return scopes.run(newScope(tenantIds, null), work);
}

/** Runs work of the installation, which reads rows of every tenant and writes what is listed for it. */
export function forInstallation<T>(what: InstallationWork, work: () => T): T {
  return scopes.run(newScope(tenantsOf(what), what), work);
}

/** What the installation has of its own stands under a tenant's id that no tenant has. */
export const SYSTEM_TENANT = 'system';

/** Those that only find something need nothing of the installation's own. */
const FINDING = new Set<InstallationWork>(['directory', 'lanes', 'relay', 'sweep']);

function tenantsOf(what: InstallationWork): readonly string[] {
  return FINDING.has(what) ? [] : [SYSTEM_TENANT];
}

/** Runs work that may touch the rows of these tenants besides those that it may touch anyway. */
export function alsoForTenants<T>(tenantIds: Iterable<string>, work: () => T): T {
  const scope = scopes.getStore();
  const ids = [...tenantIds];
  if (scope !== undefined && ids.every((tenantId) => scope.tenants.has(tenantId))) return work();
  return scopes.run(newScope([...(scope?.tenants ?? []), ...ids], scope?.work ?? null), work);
}

/** The scope of one request: nobody's until it is known who asks; widened by `admitTenant`, for this request alone. */
export interface RequestScope {
  run<T>(work: () => T): T;
  /** From now on the rows of exactly this tenant, or what this work may. */
  become(of: { readonly tenantId: string } | { readonly work: InstallationWork }): void;
  /** And also the rows of this tenant. */
  add(tenantId: string): void;
}

/** Opens the scope of a request. */
export function openRequestScope(): RequestScope {
  const scope = newScope([], null);
  return {
    run: (work) => scopes.run(scope, work),
    add: (tenantId) => widen(scope, tenantId),
    become(of) {
      scope.tenants.clear();
      scope.work = null;
      for (const tenantId of 'work' in of ? tenantsOf(of.work) : [of.tenantId]) widen(scope, tenantId);
      if ('work' in of) scope.work = of.work;
      scope.text = null;
    },
  };
}

/**
 * Says that what runs here has found out, from a token or an address that only one tenant has, whose business it is about.
 * Does nothing where nothing runs in a scope.
 */
export function admitTenant(tenantId: string): void {
  const scope = scopes.getStore();
  if (scope !== undefined) widen(scope, tenantId);
}

function widen(scope: Scope, tenantId: string): void {
  checkIds([tenantId]);
  scope.tenants.add(tenantId);
  scope.text = null;
}

/** The scope in which something was asked for, to be given to `forScopes` when it is done together with others. */
export type AskedIn = Scope | undefined;

/** The scope that this code runs in. */
export function currentScope(): AskedIn {
  return scopes.getStore();
}

/** Runs what was asked for in several scopes: it may touch the rows of all their tenants and of nobody else. */
export function forScopes<T>(asked: readonly AskedIn[], work: () => T): T {
  const [first] = asked;
  if (asked.every((one) => one === first)) return first === undefined ? scopes.exit(work) : scopes.run(first, work);
  const works = new Set(asked.flatMap((one) => one?.work ?? []));
  assert(works.size <= 1, 'Work of the installation of two kinds is not done together');
  const [what = null] = works;
  return scopes.run(newScope(union(asked), what), work);
}

function union(asked: readonly AskedIn[]): Set<string> {
  const tenants = new Set<string>();
  for (const one of asked) for (const tenantId of one?.tenants ?? []) tenants.add(tenantId);
  return tenants;
}

/** What the database is told of the scope: ids of tenants and `*` with a work's name, by commas; empty: nobody's rows. */
export function scopeText(): string {
  const scope = scopes.getStore();
  if (scope === undefined) return '';
  scope.text ??= [...(scope.work === null ? [] : [`*${scope.work}`]), ...scope.tenants].join(',');
  return scope.text;
}

function newScope(tenantIds: Iterable<string>, work: InstallationWork | null): Scope {
  const tenants = new Set(tenantIds);
  checkIds(tenants);
  return { tenants, work, text: null };
}

/** Ids are ours; one with a comma or a star would say more than one tenant. */
function checkIds(tenantIds: Iterable<string>): void {
  for (const tenantId of tenantIds) assert(/^[\w-]+$/.test(tenantId), 'A tenant’s id is one word');
}

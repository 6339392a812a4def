import { type Finding, lineAt, type SourceFile } from './source.ts';

/** Tables that are not keyed by tenant first, and why; each is small and stays undistributed on Citus. */
export const DIRECTORIES: Readonly<Record<string, string>> = {
  api_keys: 'looked up by key id before the tenant is known',
  operator_keys: 'belong to those who run the installation, not to a tenant',
  signing_keys: 'sign access tokens of every tenant',
  audit_signing_keys: 'sign what all chains have come to',
  audit_checkpoints: 'say of many chains at once how far they have come',
  provider_account_tenants: 'a notification names its account in the path, before the tenant is known',
  partner_merchant_codes: 'a partner’s request names its merchant code, before the tenant is known',
  checkout_tokens: 'looked up by token before the tenant is known',
  qr_code_tokens: 'a scanned address is looked up before the tenant is known',
  proxy_storage: 'proxies share it, and certificates of the installation’s own hosts are no tenant’s',
  verified_domains: 'a request names its host, before the tenant is known',
  lanes: 'due work is claimed across tenants',
  processes: 'belong to the installation, not to a tenant',
  directory_keys: 'people are looked up with it before any tenant is known',
  users: 'a person may belong to several tenants',
  passkeys: 'belong to a person, and are looked up by credential before the person is known',
  recovery_codes: 'belong to a person',
  oidc_identities: 'belong to a person, and are looked up by issuer and subject before the person is known',
  sessions: 'belong to a person, and are looked up by cookie before the person is known',
  setup_links: 'there is no tenant yet',
  sign_in_tries: 'are counted before it is known whether there is such a person',
  challenges: 'are looked up by what a browser sends back, before the person is known',
};

const SQL_CLOCK =
  /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)|\bcurrent_timestamp\b/gi;
const CREATE_TABLE =
  /\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?([\w."]+)\s*(\(|partition\s+of\b|as\b|$)/gi;
const ADD_PRIMARY_KEY =
  /\balter\s+table\s+(?:only\s+)?([\w."]+)\s+add\s+(?:constraint\s+\w+\s+)?primary\s+key\s*\(\s*(\w+)/gi;

function migrationsAmong(files: readonly SourceFile[]): SourceFile[] {
  return files
    .filter(({ path }) => path.startsWith('db/migrations/'))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** Migrations run in the order of their numbers, so a gap or a twin means that two people added one at once. */
export function migrationNumbers(files: readonly SourceFile[]): Finding[] {
  return migrationsAmong(files).flatMap(({ path }, index) => {
    const expected = String(index + 1).padStart(4, '0');
    const [, number, rest] = /^db\/migrations\/(\d{4})_([a-z0-9_]+)\.sql$/.exec(path) ?? [];
    if (number === expected) return [];
    const message = rest
      ? `renumber it: this place in the order is ${expected}`
      : `migrations are named ${expected}_what_it_adds.sql`;
    return [{ path, line: 1, rule: 'migration-numbers', message }];
  });
}

/** Every table can be distributed by tenant: `tenant_id` comes first in its primary key. */
export function tenantKeys(files: readonly SourceFile[]): Finding[] {
  const migrations = migrationsAmong(files).map((file) => ({ ...file, text: blank(file.text, true) }));
  const addedKeys = new Map(
    migrations.flatMap(({ text }) =>
      [...text.matchAll(ADD_PRIMARY_KEY)].map((add) => [plain(add[1]), add[2]] as const),
    ),
  );
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const { path, text } of migrations) {
    for (const create of text.matchAll(CREATE_TABLE)) {
      const table = plain(create[1]);
      // A partition has the key of its parent.
      if (create[2]?.startsWith('partition')) continue;
      seen.add(table);
      const body = create[2] === '(' ? balanced(text, create.index + create[0].length) : '';
      const first = firstKeyColumn(body) ?? addedKeys.get(table);
      const message = refusalOf(table, first);
      if (message) findings.push({ path, line: lineAt(text, create.index), rule: 'tenant-keys', message });
    }
  }
  for (const table of Object.keys(DIRECTORIES)) {
    if (migrations.length === 0 || seen.has(table)) continue;
    const message = `${table} stands in DIRECTORIES but in no migration: take it out`;
    findings.push({ path: 'test/tidy/migrations.ts', line: 1, rule: 'tenant-keys', message });
  }
  return findings;
}

/** A row's time comes from the application's clock, so that tests and test clocks can move it. */
export function migrationClock(files: readonly SourceFile[]): Finding[] {
  return migrationsAmong(files).flatMap(({ path, text }) =>
    [...blank(text, false).matchAll(SQL_CLOCK)].map((match) => ({
      path,
      line: lineAt(text, match.index),
      rule: 'migration-clock',
      message: `${match[0]}: no clock in the schema; the statement that writes the row passes the instant`,
    })),
  );
}

function refusalOf(table: string, firstKeyColumn: string | undefined): string | null {
  if (firstKeyColumn === undefined) return `${table} has no primary key: give it one that begins with tenant_id`;
  if (firstKeyColumn === 'tenant_id') {
    return table in DIRECTORIES ? `${table} is keyed by tenant: take it out of DIRECTORIES` : null;
  }
  if (table in DIRECTORIES) return null;
  return `${table} is keyed by ${firstKeyColumn}: begin with tenant_id, or list it in test/tidy/migrations.ts with the reason`;
}

function plain(name: string | undefined): string {
  return (name ?? '').replaceAll('"', '').replace(/^.*\./, '').toLowerCase();
}

/** Everything up to the parenthesis that closes the one before `start`. */
function balanced(text: string, start: number): string {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

function firstKeyColumn(body: string): string | undefined {
  const [, asConstraint] = /\bprimary\s+key\s*\(\s*"?(\w+)/i.exec(body) ?? [];
  if (asConstraint) return asConstraint.toLowerCase();
  const [, asColumn] = /(?:^|,)\s*"?(\w+)"?[^,]*\bprimary\s+key\b/i.exec(body) ?? [];
  return asColumn?.toLowerCase();
}

/** The same text at the same offsets with comments, and where asked strings and function bodies, overwritten. */
function blank(sql: string, strings: boolean): string {
  const pieces = /'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g;
  return sql.replace(pieces, (piece) => {
    const isComment = piece.startsWith('--') || piece.startsWith('/*');
    return isComment || strings ? piece.replace(/[^\n]/g, ' ') : piece;
  });
}

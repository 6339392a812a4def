import { describe, expect, it } from 'vitest';
import { DIRECTORIES, migrationClock, migrationNumbers, tenantKeys } from './migrations.ts';

const empty = (path: string) => ({ path, text: '' });

/** A migration beside one that has the listed directories, which the rule wants to see. */
function findingsIn(sql: string): string[] {
  const listed = Object.keys(DIRECTORIES).map((table) => `create table ${table} (id text primary key);`);
  const files = [
    { path: 'db/migrations/0001_directories.sql', text: listed.join('\n') },
    { path: 'db/migrations/0002_sample.sql', text: sql },
  ];
  return tenantKeys(files).map(({ line, message }) => `${line}: ${message}`);
}

describe('numbers of migrations', () => {
  it('have no gap, no twin and four digits', () => {
    const good = ['db/migrations/0001_tenants.sql', 'db/migrations/0002_keys.sql'].map(empty);
    expect(migrationNumbers(good)).toEqual([]);
    expect(migrationNumbers([...good, empty('db/migrations/0004_payments.sql')])).toHaveLength(1);
    expect(migrationNumbers([...good, empty('db/migrations/0002_other.sql')])).toHaveLength(1);
    expect(migrationNumbers([empty('db/migrations/1_tenants.sql')])).toHaveLength(1);
    expect(migrationNumbers([empty('db/migrations/0001_tenants.md')])).toHaveLength(1);
  });
});

describe('primary keys', () => {
  it.each([
    ['create table a (\n  id text,\n  tenant_id text,\n  primary key (id, tenant_id)\n);', 'a is keyed by id'],
    ['create table a (id text primary key, tenant_id text);', 'a is keyed by id'],
    ['create table a (tenant_id text, n numeric(10, 2), id text primary key);', 'a is keyed by id'],
    ['create table a (tenant_id text);', 'a has no primary key'],
    ['create table a (tenant_id text); -- primary key (tenant_id)', 'a has no primary key'],
    ["create table a (tenant_id text default 'primary key (tenant_id)');", 'a has no primary key'],
    ['create unlogged table if not exists public."a" (id text primary key);', 'a is keyed by id'],
    ['create table a (id text);\nalter table a add constraint a_pkey primary key (id);', 'a is keyed by id'],
    ['create table a as select 1;', 'a has no primary key'],
    ['create table lanes (tenant_id text primary key);', 'take it out of DIRECTORIES'],
  ])('begin with the tenant, unlike: %s', (sql, message) => {
    expect(findingsIn(sql)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['create table a (tenant_id text, id text, constraint a_pkey primary key (tenant_id, id));'],
    ['create table a (tenant_id text primary key);'],
    ['create table a (tenant_id text);\nalter table only a add primary key (tenant_id);'],
    ['create table a_2026 partition of a for values from (1) to (2);'],
    ['-- create table a (id text primary key);'],
  ])('are right in: %s', (sql) => {
    expect(findingsIn(sql)).toEqual([]);
  });

  it('name the line of the table', () => {
    expect(findingsIn('-- first\n\ncreate table a (id text primary key);')[0]).toMatch(/^3: /);
  });

  it('are excused only for tables that exist', () => {
    const findings = tenantKeys([{ path: 'db/migrations/0001_none.sql', text: 'select 1;' }]);
    expect(findings).toHaveLength(Object.keys(DIRECTORIES).length);
  });
});

describe('clocks in migrations', () => {
  const inMigration = (text: string) => migrationClock([{ path: 'db/migrations/0001_a.sql', text }]);

  it('are found in defaults and in functions', () => {
    expect(inMigration('create table a (at timestamptz default now());')).toHaveLength(1);
    expect(
      inMigration('create function f() returns trigger as $$\nbegin new.at = clock_timestamp(); end $$;'),
    ).toMatchObject([{ line: 2 }]);
  });

  it('may be spoken of in comments', () => {
    expect(inMigration('-- never now(), see kernel/clock.ts\nselect 1;')).toEqual([]);
  });
});

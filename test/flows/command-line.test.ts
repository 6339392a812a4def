import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { createLogger } from '../../src/platform/log.ts';
import { startTollgate } from '../../src/roles/all.ts';
import { call, until } from '../support/api-client.ts';
import { createTestDatabase } from '../support/database.ts';
import { runTollgate } from '../support/tollgate-process.ts';

describe('the command line', () => {
  test('a start with values that break a rule names each variable and its rule, never the value, and exits with 2', async () => {
    const bad = {
      PORT: 'eighty',
      TOLLGATE_INTERNAL_PORT: '70000',
      TOLLGATE_ROLES: 'api,cashier',
      DATABASE_URL: 'mysql://somebody:secret@host/db',
      TOLLGATE_MASTER_KEY: 'too short a secret',
      TOLLGATE_DEMO: 'perhaps',
    };
    const refused = await runTollgate(['start'], bad);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    for (const [name, value] of Object.entries(bad)) {
      expect(refused.stderr).toMatch(new RegExp(`^${name}: Must be `, 'm'));
      expect(refused.stderr).not.toContain(value);
    }
  });

  test('words that are no command, and a command without what it needs, exit with 2', async () => {
    const lines = [['fly'], ['tenants', 'create', '--name', 'x'], ['start', '--fast']];
    const refused = await Promise.all(lines.map((args) => runTollgate(args, {})));
    expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual(Array(3).fill([2, '']));
  });

  test('migrate as the owner gives the running role its rights, and says so once', async () => {
    const database = await createTestDatabase();
    const role = new URL(database.runtimeUrl).username;
    await database.run(`revoke insert on events from ${role}`);
    const environment = { DATABASE_URL: database.runtimeUrl, TOLLGATE_MASTER_KEY: newMasterKeyText() };
    const refused = await runTollgate(['tenants', 'list'], environment);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/lacks insert on events\. Run `npx tollgate migrate` with DATABASE_MIGRATE_URL/);
    const migrate = () => runTollgate(['migrate'], { ...environment, DATABASE_MIGRATE_URL: database.url });
    expect((await migrate()).stdout).toContain(`The rights of ${role} were set.`);
    expect((await migrate()).stdout).toMatch(/^No migration is pending; the schema is at \d+\.\n$/);
    expect((await runTollgate(['tenants', 'list'], environment)).code).toBe(0);
    await database.drop();
  });

  test('migrate refuses a database that is newer than the program, and a server on it is not ready', async () => {
    const database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_MASTER_KEY: newMasterKeyText() };
    const current = await runTollgate(['migrate', '--json'], environment);
    expect(current.stdout, current.stderr).toMatch(/^\{"applied":\[\],/);
    const config = readConfig({ ...environment, PORT: '0', TOLLGATE_INTERNAL_PORT: '0', TOLLGATE_ROLES: 'api' });
    const older = await startTollgate({ config, log: createLogger({ level: 'silent' }) });
    await database.run(`insert into migrations (number, name, checksum) values (9999, '9999_tomorrow.sql', 'x')`);
    const refused = await runTollgate(['migrate'], environment);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/newer/);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    const ready = await until(async () => {
      const answer = await call(`${older.internalUrl}/readyz`);
      return answer.status === 503 && answer;
    });
    expect(ready.body.checks).toEqual({ keys: 'ok', database: 'ok', schema: 'failed' });
    await older.stop();
    await database.drop();
  });
});

import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../kernel/assert.ts';
import { type AuditDesk, openAuditDesk } from './audit-desk-fixture.ts';
import { writeCheckpoints } from './checkpoint-folder.ts';
import { AUDIT_DAYS } from './entry.ts';
import { keyRing, publishedKeys } from './signing-key.ts';
import { eraseExpiredEntries } from './store.ts';
import { type CheckpointContext, takeCheckpoints } from './take-checkpoints.ts';
import { verifyAudit } from './verify-audit.ts';

let desk: AuditDesk;
let file: string;
let signed: string;

/** Five entries of one tenant, three of another and of the installation; signed twice, and written to the folder. */
beforeAll(async () => {
  desk = await openAuditDesk();
  await desk.append('ten_a', 3);
  await desk.append('ten_b', 3);
  await takeCheckpoints(desk.context);
  await desk.append('ten_a', 2);
  await desk.append('system', 3, { class: 'security', mode: null, actor: 'operator:op_1' });
  await takeCheckpoints(desk.context);
  await writeCheckpoints(desk.context.database.query, desk.folder);
  file = join(desk.folder, 'checkpoints-2026-11.jsonl');
  signed = await readFile(file, 'utf8');
  for (const table of ['audit_entries', 'audit_heads', 'audit_checkpoints', 'audit_checkpointed']) {
    await desk.owner.run(`create table saved_${table} as select * from ${table}`);
  }
});
afterAll(() => desk.close());

beforeEach(async () => {
  for (const table of ['audit_entries', 'audit_heads', 'audit_checkpoints', 'audit_checkpointed']) {
    await desk.owner.run(`truncate ${table}`);
    await desk.owner.run(`insert into ${table} select * from saved_${table}`);
  }
  await writeFile(file, signed);
});

async function verify(
  options: { readonly checkpoints?: string | null; readonly tenantId?: string; hours?: number } = {},
) {
  const { database, clock } = desk.context;
  const keys = keyRing((await publishedKeys(database.query)).map(({ publicKey }) => publicKey));
  const { checkpoints = file, tenantId = null, hours = 1 } = options;
  return verifyAudit(database.query, { tenantId, checkpoints, keys, now: clock.now().add({ hours }) });
}

async function findings(options: Parameters<typeof verify>[0] = {}): Promise<readonly string[]> {
  const found = (await verify(options)).findings;
  return found.map(({ kind, tenantId, number }) => `${kind} ${tenantId ?? '-'} ${number}`);
}

const attack = (statement: string) => desk.owner.run(statement);

/** What whoever owns the database can always do: write a chain that is right in itself. */
const REWRITE = `
  do $$ declare old record; begin
    create temporary table was as select * from audit_entries where tenant_id = 'ten_a' order by seq;
    delete from audit_entries where tenant_id = 'ten_a';
    delete from audit_heads where tenant_id = 'ten_a';
    for old in select * from was where KEPT order by seq loop
      perform append_audit_entry('ten_a', old.at, old.class, json_build_object('mode', old.mode, 'actor', ACTOR,
        'address', old.address, 'correlationId', old.correlation_id, 'action', old.action, 'targetType', old.target_type,
        'targetId', old.target_id, 'outcome', old.outcome, 'details', old.details));
    end loop;
    drop table was;
  end $$`;
const rewrite = (kept: string, actor = 'old.actor') => REWRITE.replace('KEPT', kept).replace('ACTOR', actor);

const EMPTIED = `
  update audit_entries set mode = null, actor = null, address = null, correlation_id = null, action = null,
    target_type = null, target_id = null, outcome = null, details = null where seq = 2 and tenant_id = 'ten_a'`;

test('what nobody touched is proven, from the folder, from a file of it and from the copies inside', async () => {
  const proven = { entries: 11, checkpoints: 2, findings: [] };
  expect(await verify()).toEqual(proven);
  expect(await verify({ checkpoints: desk.folder })).toEqual(proven);
  expect(await verify({ checkpoints: null })).toEqual(proven);
  expect(await verify({ tenantId: 'ten_b' })).toEqual({ entries: 3, checkpoints: 2, findings: [] });
});

describe('whoever owns the database is found out', () => {
  test.for([
    [
      'an edited actor',
      `update audit_entries set actor = 'key:key_2' where seq = 2 and tenant_id = 'ten_a'`,
      'edited ten_a 2',
    ],
    [
      'an edited value',
      `update audit_entries set details = replace(details::text, 'Caf', 'Cof')::json where seq = 4 and tenant_id = 'ten_a'`,
      'edited ten_a 4',
    ],
    [
      'text moved from one field to the next',
      `update audit_entries set actor = 'key:key_1192', address = '.0.2.7' where seq = 1 and tenant_id = 'ten_a'`,
      'edited ten_a 1',
    ],
    [
      'another time',
      `update audit_entries set at = at + interval '1 ms' where seq = 3 and tenant_id = 'ten_b'`,
      'broken ten_b 3',
    ],
    [
      'another class',
      `update audit_entries set class = 'security' where seq = 3 and tenant_id = 'ten_b'`,
      'broken ten_b 3',
    ],
    ['a deletion in the middle', `delete from audit_entries where seq = 2 and tenant_id = 'ten_a'`, 'missing ten_a 2'],
    [
      'a deletion of the beginning',
      `delete from audit_entries where seq <= 2 and tenant_id = 'ten_a'`,
      'missing ten_a 1',
    ],
    [
      'two that changed places',
      `update audit_entries set seq = -seq where tenant_id = 'ten_a' and seq in (2, 3);
       update audit_entries set seq = 5 + seq where tenant_id = 'ten_a' and seq < 0`,
      'broken ten_a 2',
    ],
    [
      'one that was put in between',
      `update audit_entries set seq = seq + 101 where tenant_id = 'ten_a' and seq >= 3;
       update audit_entries set seq = seq - 100 where tenant_id = 'ten_a' and seq > 100;
       insert into audit_entries select tenant_id, 3, at, class, content_hash, hash, mode, 'key:key_9', address,
         correlation_id, action, target_type, target_id, outcome, details
         from audit_entries where tenant_id = 'ten_a' and seq = 2`,
      'edited ten_a 3',
    ],
    [
      'one that was moved from another tenant',
      `update audit_entries set tenant_id = 'ten_b', seq = 4 where tenant_id = 'ten_a' and seq = 5;
       update audit_heads h set entries = 4, hash = e.hash from audit_entries e
         where h.tenant_id = 'ten_b' and e.tenant_id = 'ten_b' and e.seq = 4`,
      'broken ten_b 4',
    ],
    ['one that was emptied before its time', EMPTIED, 'erased_early ten_a 2'],
    ['the end gone', `delete from audit_entries where seq = 5 and tenant_id = 'ten_a'`, 'cut_off ten_a 5'],
    ['all of it gone', `delete from audit_entries where tenant_id = 'ten_b'`, 'cut_off ten_b 3'],
    ['its head gone', `delete from audit_heads where tenant_id = 'ten_b'`, 'head ten_b 3'],
  ] as const)('by %s', async ([, statement, found]) => {
    for (const one of [
      'alter table audit_entries drop constraint if exists audit_entries_seq_check',
      ...statement.split(/;\s/),
    ])
      await attack(one);
    expect(await findings()).toContain(found);
  });

  test('by the end gone with its head set back, which only what was signed can tell', async () => {
    await attack(`delete from audit_entries where seq = 5 and tenant_id = 'ten_a'`);
    await attack(`update audit_heads h set entries = 4, hash = e.hash from audit_entries e
      where h.tenant_id = 'ten_a' and e.tenant_id = 'ten_a' and e.seq = 4`);
    expect(await findings()).toEqual(['signed_missing ten_a 5']);
  });

  test('by a chain that was written anew without one entry, or with another actor', async () => {
    await attack(rewrite('seq <> 2'));
    expect(await findings()).toEqual(['signed_other ten_a 3']);
    await attack(rewrite('true', `'key:key_9'`));
    expect(await findings()).toEqual(['signed_other ten_a 3']);
  });

  test('by a chain and the copies inside written anew, where a copy from elsewhere is at hand', async () => {
    await attack(rewrite('true', `'key:key_9'`));
    await attack('delete from audit_checkpoints');
    await attack('delete from audit_checkpointed');
    await takeCheckpoints(desk.context);
    expect(await findings({ checkpoints: null })).toEqual([]);
    expect(await findings()).toContain('signed_other ten_a 3');
    expect(await findings()).toContain('checkpoint_other - 1');
  });
});

describe('a file of checkpoints is found out', () => {
  const lines = () => signed.trimEnd().split('\n');

  test('that was cut short', async () => {
    await writeFile(file, `${lines()[0]}\n`);
    expect(await findings()).toEqual(['checkpoints_end - 2']);
    // The writer may be a few seconds behind.
    expect(await findings({ hours: 0 })).toEqual([]);
  });

  test('of which half a line is left, unless the whole of it follows', async () => {
    await truncate(file, signed.length - 20);
    expect(await findings()).toEqual(['checkpoint_unreadable - 2', 'checkpoints_end - 2']);
    await appendFile(file, `\n${lines()[1]}\n`);
    expect(await findings()).toEqual([]);
  });

  test('in which a line is missing, or was changed', async () => {
    await desk.append('ten_b', 1);
    await takeCheckpoints(desk.context);
    await writeCheckpoints(desk.context.database.query, desk.folder);
    const three = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(three).toHaveLength(3);
    await writeFile(file, `${three[0]}\n${three[2]}\n`);
    expect(await findings()).toEqual(['checkpoint_missing - 2']);
    await writeFile(file, three.join('\n').replace('"ten_a",5', '"ten_a",4'));
    expect(await findings()).toEqual(['checkpoint_forged - 2', 'checkpoint_missing - 2']);
  });

  test('that is signed by a key nobody gave', async () => {
    const { database, clock } = desk.context;
    const { findings: found } = await verifyAudit(database.query, {
      ...{ tenantId: null, checkpoints: file, keys: new Map(), now: clock.now() },
    });
    expect(found.map(({ kind }) => kind)).toEqual(['checkpoint_unknown_key', 'checkpoint_unknown_key']);
  });

  test('that is of another database, and nothing is added to it', async () => {
    await attack('delete from audit_checkpoints');
    await expect(writeCheckpoints(desk.context.database.query, desk.folder)).rejects.toThrow(/Was it set back/);
    expect(await readFile(file, 'utf8')).toBe(signed);
  });
});

test('a folder is brought up to date from where it stands, also behind half a line, by any number of processes', async () => {
  await writeFile(file, signed.slice(0, -30));
  const { query } = desk.context.database;
  await Promise.all([writeCheckpoints(query, desk.folder), writeCheckpoints(query, desk.folder)]);
  expect(await findings()).toEqual([]);
});

test('what is over is emptied and still proven; what is not stays, whoever asks', async () => {
  const { database, clock } = desk.context;
  const old = (days: number) => ({ at: clock.now().subtract({ hours: days * 24 }) });
  await desk.append('ten_c', 1, { ...old(AUDIT_DAYS.security + 400), class: 'security' });
  await desk.append('ten_c', 1, { ...old(AUDIT_DAYS.security + 400), class: 'change' });
  await desk.append('ten_c', 1, { class: 'security' });
  await desk.append('ten_c', 1, { ...old(AUDIT_DAYS.money + 400), class: 'money' });
  expect(await eraseExpiredEntries(database.query, 1)).toBe(1);
  expect(await eraseExpiredEntries(database.query, 100)).toBe(1);
  expect(await eraseExpiredEntries(database.query, 100)).toBe(0);
  const rows = await desk.owner.run(`select seq::int, actor from audit_entries where tenant_id = 'ten_c' order by seq`);
  expect(rows.map(({ actor }) => actor)).toEqual([null, 'key:key_1', 'key:key_1', null]);
  expect(await findings({ tenantId: 'ten_c' })).toEqual([]);
  const [days] = await desk.owner.run(
    `select audit_days('security') as security, audit_days('change') as change, audit_days('money') as money`,
  );
  expect(present(days, 'the days')).toEqual(AUDIT_DAYS);
});

test('whoever watches from outside is told of each checkpoint by the digest of its very line', async () => {
  const { database } = desk.context;
  const told: { readonly number: number; readonly hash: string }[] = [];
  const witness: CheckpointContext['witness'] = async (_tx, { number, hash }) => {
    told.push({ number, hash });
  };
  await desk.append('ten_a', 1);
  await takeCheckpoints({ ...desk.context, witness });
  const [last] = await desk.owner.run<{ number: string; hash: string }>(
    `select number::text, encode(sha256(convert_to(line, 'UTF8')), 'hex') as hash from audit_checkpoints
     order by audit_checkpoints.number desc limit 1`,
  );
  expect(told).toEqual([{ number: Number(last?.number), hash: last?.hash }]);
  await desk.append('ten_a', 1);
  const failing = takeCheckpoints({ ...desk.context, witness: () => Promise.reject(new Error('no mail')) });
  await expect(failing).rejects.toThrow('no mail');
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from audit_checkpoints`.execute(database.query);
  expect(rows).toEqual([{ n: Number(last?.number) }]);
});

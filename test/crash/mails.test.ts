import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { raiseAlarm } from '../../src/mail/raise-alarm.ts';
import { createLogger } from '../../src/platform/log.ts';
import { type Gateway, openGateway } from '../../src/roles/gateway.ts';
import { until } from '../support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type SupervisedGateway, superviseGateway } from '../support/gateway-supervisor.ts';
import { type MailBox, startMailBox } from '../support/mail-box.ts';

let database: TestDatabase;
let box: MailBox;
let office: Gateway;
let worker: SupervisedGateway;

beforeAll(async () => {
  [database, box] = await Promise.all([createTestDatabase(), startMailBox()]);
  const environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATE_URL: database.url,
    TOLLGATE_DATA_DIR: tmpdir(),
    TOLLGATE_MASTER_KEY: newMasterKeyText(),
    TOLLGATE_ROLES: 'worker',
    TOLLGATE_OPERATOR_EMAIL: 'operator@gateway.example',
    SMTP_URL: box.url,
    SMTP_FROM: 'tollgate@gateway.example',
  };
  const log = createLogger({ level: 'silent' });
  office = await openGateway({
    ...{ config: readConfig(environment), databaseUrl: database.runtimeUrl, sandboxUrl: 'http://127.0.0.1:9' },
    ...{ clock: systemClock, log },
  });
  const onDeath = async () => {
    await database.run(`update lanes set leased_until = '-infinity' where kind = 'mail' and leased_until is not null`);
  };
  worker = await superviseGateway({ environment, aheadMs: () => 0, onDeath });
});
afterAll(async () => {
  await worker.close();
  await Promise.all([office.close(), box.close()]);
  await database.drop();
});

test('a mail whose sender is killed before it is recorded comes again, seen to be the same, and is then recorded', async () => {
  await worker.arm({ name: 'mail-unrecorded', occurrence: 1 });
  await office.payments.database.transaction((tx) =>
    raiseAlarm(office.mail, tx, {
      ...{ tenantId: 'system', mode: 'live', kind: 'ack_epoch_begun', key: '1' },
      facts: { epoch: 2 },
    }),
  );
  await until(async () => worker.deaths.length > 0, 20_000);
  await worker.whenUp();
  await until(async () => box.received.length === 2, 20_000);
  const rows = await until(async () => {
    const all = await database.run<{ state: string; tries_made: number }>('select state, tries_made from mails');
    return all.every(({ state }) => state === 'sent') && all;
  });
  expect(worker.deaths).toEqual(['SIGKILL']);
  expect(rows).toEqual([{ state: 'sent', tries_made: 1 }]);
  expect(new Set(box.received.map(({ headers }) => headers['message-id'])).size).toBe(1);
  expect(box.received[0]).toMatchObject({ to: ['operator@gateway.example'], from: 'tollgate@gateway.example' });
});

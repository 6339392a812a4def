import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../../test/support/installation.ts';
import { type MailBox, startMailBox } from '../../test/support/mail-box.ts';
import { mailContextOf, workOffMails } from '../../test/support/mail-stage.ts';
import { ManualClock } from '../kernel/clock.ts';
import { ALARMS, type AlarmKind } from './alarm.ts';
import { type Alarm, raiseAlarm } from './raise-alarm.ts';
import type { SendMailsContext } from './send-mails.ts';

let tollgate: Installation;
let box: MailBox;
let tenantId: string;
let context: SendMailsContext;

beforeAll(async () => {
  box = await startMailBox();
  tollgate = await startInstallation({
    clock: new ManualClock('2026-03-01T00:00:00Z'),
    environment: { TOLLGATE_ROLES: 'api' },
  });
});
afterAll(async () => {
  await tollgate.close();
  await box.close();
});
beforeEach(async () => {
  box.received.length = 0;
  tenantId = (await tollgate.createTenant()).tenant.tenantId;
  context = mailContextOf(tollgate, box, async () => 'admin@shop.example');
});

const work = () => workOffMails(context);

function alarm(changes: Partial<Alarm> = {}): Alarm {
  return {
    tenantId,
    mode: 'live',
    productId: null,
    kind: 'fuse_open',
    key: 'we_1 3',
    facts: { endpoint: 'we_1', 'in a row': 5, address: '<script>alert(1)</script>', said: 'one\r\nTwo: three' },
    ...changes,
  };
}

describe('an alarm', () => {
  test('goes out at once by itself, and the same one never twice', async () => {
    const raise = (changes = {}) => context.database.transaction((tx) => raiseAlarm(context, tx, alarm(changes)));
    expect(await Promise.all([raise(), raise(), raise({ key: 'we_1 4' })])).toEqual(
      expect.arrayContaining([true, true, false]),
    );
    await work();
    expect(await raise()).toBe(false);
    await work();
    expect(box.received).toHaveLength(2);
  });

  test('says in test mode that it is a test, and shows what it is told without obeying it', async () => {
    await context.database.transaction((tx) => raiseAlarm(context, tx, alarm({ mode: 'test' })));
    await work();
    const [mail] = box.received;
    expect(mail?.headers.subject).toMatch(/^\[test\] Too many notifications are not acknowledged/);
    expect(mail?.text).toContain('in a row: 5');
    expect(mail?.text).toContain('said: one Two: three');
    expect(mail?.html).toContain('&lt;script&gt;');
    expect(mail?.html).not.toContain('<script>');
    expect(mail?.html).not.toMatch(/<img|<a |https?:/);
  });
});

test('every alarm has words of its own', async () => {
  const kinds = Object.keys(ALARMS) as AlarmKind[];
  for (const kind of kinds) await context.database.transaction((tx) => raiseAlarm(context, tx, alarm({ kind })));
  await work();
  const subjects = box.received.map(({ headers }) => headers.subject);
  expect(new Set(subjects).size).toBe(kinds.length);
});

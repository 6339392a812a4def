import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../../test/support/installation.ts';
import { type MailBox, startMailBox } from '../../test/support/mail-box.ts';
import { mailContextOf, workOffMails } from '../../test/support/mail-stage.ts';
import { ManualClock } from '../kernel/clock.ts';
import { ALARMS, type AlarmKind } from './alarm.ts';
import { type Alarm, raiseAlarm } from './raise-alarm.ts';
import type { SendMailsContext } from './send-mails.ts';

let clock: ManualClock;
let tollgate: Installation;
let box: MailBox;
let tenantId: string;
let context: SendMailsContext;

beforeAll(async () => {
  clock = new ManualClock('2026-03-01T00:00:00Z');
  box = await startMailBox();
  tollgate = await startInstallation({
    clock,
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
const raise = (changes: Partial<Alarm> = {}) =>
  context.database.transaction((tx) => raiseAlarm(context, tx, alarm(changes)));

function alarm(changes: Partial<Alarm> = {}): Alarm {
  return {
    tenantId,
    mode: 'live',
    productId: null,
    kind: 'ack_fuse_opened',
    facts: { endpoint: 'we_1', 'in a row': 5, address: '<script>alert(1)</script>', said: 'one\r\nTwo: three' },
    ...changes,
  };
}

describe('an alarm', () => {
  test('goes out at once by itself, and the same one never twice', async () => {
    await Promise.all([raise({ key: 'we_1 3' }), raise({ key: 'we_1 3' }), raise({ key: 'we_1 4' })]);
    await work();
    await raise({ key: 'we_1 3' });
    await work();
    expect(box.received).toHaveLength(2);
  });

  test('without a key goes out at once, and what follows of its kind in one mail a quarter of an hour later', async () => {
    await raise();
    await work();
    expect(box.received).toHaveLength(1);
    for (let count = 0; count < 12; count++) await raise();
    await raise({ kind: 'ack_deadline_failed' });
    await work();
    expect(box.received).toHaveLength(2);
    clock.advance({ minutes: 15 });
    await work();
    expect(box.received).toHaveLength(3);
    expect(box.received[2]?.text).toContain('And 2 more of the kind');
  });

  test('about the whole installation goes to whoever runs it', async () => {
    context = mailContextOf(tollgate, box, async (_db, concerned) => `${concerned.tenantId}@gateway.example`);
    await raise({ tenantId: 'system', kind: 'ack_epoch_begun' });
    await work();
    expect(box.received.map(({ to }) => to)).toEqual([['system@gateway.example']]);
  });

  test('says in test mode that it is a test, and shows what it is told without obeying it', async () => {
    await raise({ mode: 'test' });
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
  for (const kind of kinds) await raise({ kind });
  await work();
  const subjects = box.received.map(({ headers }) => headers.subject);
  expect(new Set(subjects).size).toBe(kinds.length);
});

import { assert, asyncProperty, constantFrom, integer, array as listOf, record } from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../../test/support/installation.ts';
import { type MailBox, startMailBox } from '../../test/support/mail-box.ts';
import { mailContextOf, workOffMails } from '../../test/support/mail-stage.ts';
import { ManualClock } from '../kernel/clock.ts';
import { claimLanes } from '../platform/lanes.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { ENTRIES_MAX } from './mail.ts';
import { type MailContext, type News, queueNews } from './queue-mail.ts';
import { raiseAlarm } from './raise-alarm.ts';
import { MAIL_LEASE_MS, type SendMailsContext, sendMails } from './send-mails.ts';

let clock: ManualClock;
let tollgate: Installation;
let box: MailBox;
let tenantId: string;
let context: SendMailsContext;
let named: string | null;

beforeAll(async () => {
  clock = new ManualClock('2026-03-01T00:00:00Z');
  box = await startMailBox();
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api' } });
});
afterAll(async () => {
  await tollgate.close();
  await box.close();
});
beforeEach(async () => {
  clock.advance({ hours: 24 * 30 });
  tenantId = (await tollgate.createTenant()).tenant.tenantId;
  named = 'admin@shop.example';
  context = mailContextOf(tollgate, box, async () => named);
});
afterEach(() => {
  box.received.length = 0;
  box.judge = () => null;
});

function news(what = 'exhausted', entry: News['entry'] = { what }): News {
  return { tenantId, mode: 'live', productId: null, kind: 'delivery_failures', what, entry };
}

/** In a transaction of the tenants' whose news it brings. */
const tellBy = (by: MailContext, all: readonly News[]) =>
  forTenants(
    all.map((one) => one.tenantId),
    () => context.database.transaction((tx) => queueNews(by, tx, all)),
  );
const tell = (...all: News[]) => tellBy(context, all);

const work = (with_: SendMailsContext = context) => workOffMails(with_);

async function rows() {
  return tollgate.database.run<{
    state: string;
    tries_made: number;
    last_error: string | null;
    facts: { counts: Record<string, number>; entries: { what: string; number?: number }[] };
    scheduled_at: Date;
  }>('select * from mails where tenant_id = $1 order by created_at, kind desc, mail_id', [tenantId]);
}

/** What a claim that was not given back would cost: its time has run out. */
const endLeases = () => tollgate.database.run(`update lanes set leased_until = '-infinity' where kind = 'mail'`);

describe('S3.30 news of one kind', () => {
  test('that come together are one mail, which counts all of them and names the first ten', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, number) => tell(news('exhausted', { what: 'exhausted', number }))),
    );
    await work();
    expect(box.received).toEqual([]);
    clock.advance({ seconds: 60 });
    await work();
    expect(box.received).toHaveLength(1);
    expect(box.received[0]?.headers.subject).toBe('40 notifications could not be delivered');
    expect(box.received[0]?.text).toContain('And 30 more');
    const [row, ...others] = await rows();
    expect([row?.state, row?.facts.entries.length, others]).toEqual(['sent', ENTRIES_MAX, []]);
  });

  test('are at most one mail an hour, however they come, and none is left out', async () => {
    const steps = listOf(
      record({
        count: integer({ min: 0, max: 4 }),
        seconds: integer({ min: 0, max: 1_500 }),
        works: constantFrom(true, false),
      }),
      { minLength: 1, maxLength: 25 },
    );
    const property = asyncProperty(steps, async (plan) => {
      tenantId = (await tollgate.createTenant()).tenant.tenantId;
      box.received.length = 0;
      let told = 0;
      for (const { count, seconds, works } of plan) {
        if (count > 0) await tell(...Array.from({ length: count }, () => news()));
        told += count;
        clock.advance({ seconds });
        if (works) await work();
      }
      clock.advance({ hours: 2 });
      await work();
      const sent = await rows();
      expect(sent.every(({ state }) => state === 'sent')).toBe(true);
      expect(box.received).toHaveLength(sent.length);
      expect(sent.reduce((sum, { facts }) => sum + (facts.counts.exhausted ?? 0), 0)).toBe(told);
      const times = sent.map((row) => row.scheduled_at.getTime());
      for (const [index, time] of times.slice(1).entries()) {
        expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(3_600_000);
      }
    });
    await assert(property, { numRuns: 15 });
  });

  test('for several addresses, modes or tenants are not mixed', async () => {
    const other = (await tollgate.createTenant()).tenant.tenantId;
    const byProduct: MailContext = {
      ...context,
      findRecipient: async (_db, { productId }) => `${productId}@shop.example`,
    };
    await tellBy(byProduct, [
      { ...news(), productId: 'a' },
      { ...news(), productId: 'b' },
      { ...news(), productId: 'a', mode: 'test' },
      { ...news(), productId: 'a', tenantId: other },
      { ...news(), productId: 'a' },
    ]);
    const counts = await tollgate.database.run<{ n: number }>(
      `select (facts -> 'counts' ->> 'exhausted')::int as n from mails where tenant_id = any($1) order by 1`,
      [[tenantId, other]],
    );
    expect(counts.map(({ n }) => n)).toEqual([1, 1, 1, 2]);
  });

  test('that come while a mail goes out begin the next one', async () => {
    await tell(news());
    clock.advance({ seconds: 60 });
    box.judge = () => ({ code: 451, message: 'Later' });
    await work();
    await tell(news(), news());
    box.judge = () => null;
    clock.advance({ minutes: 2 });
    await work();
    expect(box.received.map(({ headers }) => headers.subject)).toEqual(['1 notification could not be delivered']);
    clock.advance({ hours: 1 });
    await work();
    expect(box.received.map(({ headers }) => headers.subject)[1]).toBe('2 notifications could not be delivered');
  });

  test('of a transaction that is rolled back are no news', async () => {
    const failing = forTenants([tenantId], () =>
      context.database.transaction(async (tx) => {
        await queueNews(context, tx, [news()]);
        throw new Error('rolled back');
      }),
    );
    await expect(failing).rejects.toThrow('rolled back');
    expect(await rows()).toEqual([]);
  });
});

describe('a mail', () => {
  test('whose sender dies before it is recorded goes out again under the same Message-ID', async () => {
    await tell(news());
    clock.advance({ seconds: 60 });
    const { sender } = context;
    const dying: SendMailsContext = {
      ...context,
      sender: {
        domain: sender?.domain ?? '',
        async send(mail) {
          await sender?.send(mail);
          throw new Error('died');
        },
      },
    };
    await expect(work(dying)).rejects.toThrow('died');
    expect((await rows())[0]).toMatchObject({ state: 'pending', tries_made: 0 });
    await endLeases();
    await work();
    const ids = box.received.map(({ headers }) => headers['message-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(await rows()).toMatchObject([{ state: 'sent', tries_made: 1 }]);
  });

  test('is left to whoever holds the lane now', async () => {
    await tell(news());
    clock.advance({ seconds: 60 });
    const [lane] = await claimLanes(context.database.query, 'mail', clock.now(), 1, MAIL_LEASE_MS);
    await endLeases();
    await work();
    expect(box.received).toHaveLength(1);
    if (lane !== undefined) await forTenants([tenantId], () => sendMails(context, lane));
    expect(box.received).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'sent', tries_made: 1 }]);
  });

  test('that is refused for good has failed', async () => {
    await tell(news());
    clock.advance({ seconds: 60 });
    box.judge = () => ({ code: 550, message: 'No such user' });
    await work();
    expect(await rows()).toMatchObject([
      { state: 'failed', tries_made: 1, last_error: expect.stringContaining('550') },
    ]);
  });

  test('that is not taken is tried ten times over more than two days, and has then failed', async () => {
    await tell(news());
    clock.advance({ seconds: 60 });
    const begun = clock.now();
    box.judge = () => ({ code: 451, message: 'Later' });
    for (let tries = 1; tries <= 10; tries++) {
      await work();
      expect((await rows())[0]).toMatchObject({ tries_made: tries, state: tries === 10 ? 'failed' : 'pending' });
      if (tries === 10) break;
      const [{ due_at: dueAt } = { due_at: new Date() }] = await tollgate.database.run<{ due_at: Date }>(
        'select due_at from mails where tenant_id = $1',
        [tenantId],
      );
      clock.set(dueAt.toISOString());
    }
    expect(clock.now().since(begun).total('hours')).toBeGreaterThan(48);
  });

  test('is skipped where nobody is named, or where it waited for a week', async () => {
    named = null;
    await tell(news());
    clock.advance({ minutes: 2 });
    await work();
    expect(await rows()).toMatchObject([{ state: 'skipped', last_error: 'Nobody is named to be told' }]);
    named = 'admin@shop.example';
    await tell(news());
    clock.advance({ hours: 24 * 8 });
    await work();
    expect((await rows())[1]).toMatchObject({ state: 'skipped', last_error: 'Too old to be news' });
    expect(box.received).toEqual([]);
  });

  test('stays where it is without a mail server, and no queue counts as late for it', async () => {
    await tell(news());
    clock.advance({ minutes: 2 });
    await work({ ...context, sender: null });
    expect(await rows()).toMatchObject([{ state: 'pending', tries_made: 0 }]);
    clock.advance({ minutes: 15 });
    await work();
    expect(box.received).toHaveLength(1);
  });

  test('that cannot be put into words holds up no other', async () => {
    await tell(news());
    const alarm = { tenantId, mode: 'live', productId: null, kind: 'ack_fuse_opened', key: '1', facts: {} } as const;
    await context.database.transaction((tx) => raiseAlarm(context, tx, alarm));
    clock.advance({ seconds: 60 });
    const broken: SendMailsContext = {
      ...context,
      compose: async (db, mail) => {
        if (mail.kind === 'delivery_failures') throw new Error('broken');
        return context.compose(db, mail);
      },
    };
    await work(broken);
    expect(box.received).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'pending', tries_made: 1 }, { state: 'sent' }]);
  });
});

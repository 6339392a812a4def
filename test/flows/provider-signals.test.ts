import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { call, until } from '../support/api-client.ts';
import { parallel } from '../support/parallel.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import type { SignedNotification } from '../support/sandbox-notifier.ts';
import { openSignalStage, type PaymentPicture, type SignalStage, type Subject } from '../support/signal-stage.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';

let clock: ManualClock;
let stage: SignalStage;

beforeAll(async () => {
  clock = stoppedClock();
  stage = await openSignalStage(clock);
  // Opens the account at the sandbox, so that what follows is one request each.
  await stage.shop.merchant.pay();
});
afterEach(() => stage.money.expectSound());
afterAll(() => stage.close());

const MANUAL = { amount: 5000, captureMethod: 'manual' };
const WAITING = `select 1 from inbound_events where state = 'pending'`;

describe('A4 of notifications that come fifty times at the same instant', () => {
  const ROUNDS = 5;
  const COPIES = 50;
  /** Payments of which the gateway has not heard the last news: one of each kind, and the news of each. */
  async function unheard(): Promise<readonly (readonly [Subject, readonly string[]])[]> {
    const approved = await stage.begin({ amount: 1250 }, 'tok_pending_then_approve');
    const captured = await stage.begin(MANUAL);
    await stage.office.act(captured.attemptId, 'captures', { amount: 2000, final: false });
    await stage.office.act(captured.attemptId, 'captures', { amount: 1000, final: true });
    const refunded = await stage.begin({ amount: 5000 });
    await stage.office.act(refunded.attemptId, 'refunds', { amount: 1000 });
    const reversed = await stage.begin({ amount: 5003 });
    await stage.act(reversed, 'reversals');
    const disputed = await stage.begin({ amount: 5000 }, 'tok_dispute_won');
    const asked = await stage.begin(MANUAL);
    await stage.act(asked, 'capture', { amount: 1003, final: false });
    await stage.act(asked, 'capture', { amount: 2000, final: false });
    await stage.act(asked, 'refunds', { amount: 1003 });
    return [
      [approved, ['charge.captured']],
      [captured, ['capture.succeeded']],
      [refunded, ['refund.succeeded']],
      [reversed, ['reversal.succeeded']],
      [disputed, ['dispute.opened']],
      [asked, ['capture.succeeded', 'refund.succeeded']],
    ];
  }

  const PAID = ['payment.created', 'payment.processing', 'payment.succeeded', 'capture.succeeded'];
  const CAPTURE = 'provider_receivable > sales';
  const REFUND = 'refunds > provider_receivable';
  const PICTURES = [
    { events: PAID, ledger: [`capture 1250 ${CAPTURE}`] },
    {
      events: [...PAID, 'payment.authorized', 'capture.succeeded'],
      ledger: [`capture 1000 ${CAPTURE}`, `capture 2000 ${CAPTURE}`],
    },
    {
      events: [...PAID, 'refund.created', 'refund.succeeded'],
      ledger: [`capture 5000 ${CAPTURE}`, `refund 1000 ${REFUND}`],
    },
    {
      events: [...PAID, 'reversal.succeeded', 'payment.reversed'],
      ledger: [`capture 5003 ${CAPTURE}`, 'reversal 5003 sales > provider_receivable'],
    },
    {
      events: [...PAID, 'dispute.opened', 'dispute.funds_withdrawn'],
      ledger: [`capture 5000 ${CAPTURE}`, 'dispute_withdrawn 5000 disputed_funds > provider_receivable'],
    },
    {
      events: [
        ...['payment.created', 'payment.processing', 'payment.authorized', 'capture.succeeded', 'capture.succeeded'],
        ...['refund.created', 'refund.succeeded'],
      ],
      ledger: [`capture 1003 ${CAPTURE}`, `capture 2000 ${CAPTURE}`, `refund 1003 ${REFUND}`],
    },
  ];

  test('each is answered 200 and has one effect', async () => {
    const rounds = await parallel(ROUNDS, unheard);
    await stage.later(2);
    const subjects = rounds.flat();
    const news = subjects.flatMap(([{ attemptId }, types]) =>
      stage.bank.sentAbout(attemptId).filter(({ body }) => types.includes(JSON.parse(body).type)),
    );
    expect(news).toHaveLength(ROUNDS * 9);
    const [since, answers] = [clock.now(), new Set<string>()];
    await inParallel(news, 2, async (one) => {
      for (const { status, text } of await parallel(COPIES, () => stage.bank.deliver(one)))
        answers.add(`${status} ${text}`);
    });
    expect(answers).toEqual(new Set(['200 ']));
    // In the storm the bank may answer a question too late, and business time has to pass until it is asked again.
    await until(async () => {
      clock.advance({ seconds: 1 });
      return (await stage.tollgate.database.run(WAITING)).length === 0;
    });
    const verdicts = await stage.shop.verdicts(since);
    expect(verdicts.filter((verdict) => verdict === 'accepted')).toHaveLength(news.length);
    expect(verdicts.filter((verdict) => verdict === 'duplicate')).toHaveLength(news.length * (COPIES - 1));
    for (const [index, [subject]] of subjects.entries()) {
      const { ledger, events } = await stage.pictureOf(subject);
      const wanted = PICTURES[index % PICTURES.length];
      expect({ ledger, events }).toEqual({ ledger: wanted?.ledger, events: wanted?.events.toSorted() });
    }
    expect(await stage.setAside()).toEqual([]);
  }, 60_000);
});

/** Lives of a payment, as the bank tells them; what the gateway hears of each by itself differs. */
const LIVES: Readonly<Record<string, { readonly told: number; readonly end: object; live(): Promise<Subject> }>> = {
  'two captures and a refund that fails late': {
    told: 6,
    end: { status: 'succeeded', amountCaptured: 5003, amountRefunded: 0 },
    async live() {
      const payment = await stage.begin({ ...MANUAL, amount: 5003 });
      await stage.act(payment, 'capture', { amount: 2000, final: false });
      await stage.act(payment, 'refunds', { amount: 1006 });
      await stage.act(payment, 'capture', { amount: 3003 });
      return payment;
    },
  },
  'everything at the bank’s own counter': {
    told: 5,
    end: { status: 'succeeded', amountCaptured: 3500, amountRefunded: 700 },
    async live() {
      const payment = await stage.begin(MANUAL, 'tok_pending_then_approve');
      await stage.later(2);
      await stage.office.act(payment.attemptId, 'captures', { amount: 2000, final: false });
      await stage.office.act(payment.attemptId, 'refunds', { amount: 700 });
      await stage.office.act(payment.attemptId, 'captures', { amount: 1500, final: true });
      return payment;
    },
  },
  'a capture that is taken back': {
    told: 3,
    end: { status: 'failed', amountCaptured: 0 },
    async live() {
      const payment = await stage.begin(MANUAL);
      await stage.act(payment, 'capture', { amount: 3006 });
      return payment;
    },
  },
  'a reversal after a refund that failed': {
    told: 5,
    end: { status: 'reversed', amountCaptured: 0, amountRefunded: 0, reversed: true },
    async live() {
      const payment = await stage.begin({ amount: 5003 });
      await stage.act(payment, 'refunds', { amount: 1006 });
      await stage.later(2);
      await stage.shop.merchant.send('POST', `/payments/${payment.id}/sync`);
      await stage.act(payment, 'reversals');
      return payment;
    },
  },
  'an authorization given back at the counter': {
    told: 4,
    end: { status: 'succeeded', amountCaptured: 2000 },
    async live() {
      const payment = await stage.begin(MANUAL, 'tok_pending_then_approve');
      await stage.later(2);
      await stage.office.act(payment.attemptId, 'captures', { amount: 2000, final: false });
      await stage.office.act(payment.attemptId, 'void');
      return payment;
    },
  },
  'a dispute that is won, and a refund at the counter': {
    told: 5,
    end: { status: 'succeeded', amountCaptured: 5000, amountRefunded: 700 },
    async live() {
      const payment = await stage.begin({ amount: 5000 }, 'tok_dispute_won');
      await stage.office.act(payment.attemptId, 'refunds', { amount: 700 });
      await stage.later(2);
      await stage.shop.merchant.send('POST', `/payments/${payment.id}/sync`);
      const { data } = (await stage.shop.merchant.send('GET', `/disputes?paymentId=${payment.id}`)).body;
      await stage.shop.merchant.send('POST', `/disputes/${data[0].id}/evidence`, { body: { text: 'Signed.' } });
      return payment;
    },
  },
};

describe('A5 in any order, and some of them twice, the notifications of', () => {
  const ORDERS = 10;

  test.each(Object.entries(LIVES))('%s end the same', async (name, { told, end, live }) => {
    const draw = seeded(name);
    const payments = await parallel(ORDERS + 1, live);
    await stage.later(2);
    await inParallel([...payments.entries()], 4, async ([index, { attemptId }]) => {
      const sent = stage.bank.sentAbout(attemptId);
      expect(sent.map(typeOf)).toHaveLength(told);
      // The first payment hears all once and in order: it is what the others must come to.
      const order = index === 0 ? sent : shuffled([...sent, ...sent.filter(() => draw() < 0.3)], draw);
      for (const notification of order) expect((await stage.bank.deliver(notification)).status).toBe(200);
    });
    await untilQuiet(stage.tollgate.database);
    const [inOrder, ...others] = await Promise.all(payments.map(async (one) => comparable(await stage.pictureOf(one))));
    expect(inOrder?.payment).toMatchObject(end);
    for (const picture of others) expect(picture).toEqual(inOrder);
    expect(await stage.setAside()).toEqual([]);
  });
});

describe('A6 a notification that is applied before our own call has its answer', () => {
  let early: SignalStage;
  /** The bank answers our call only once its notification is taken; by then it is applied, too. */
  const courier = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = { 'sandbox-signature': String(incoming.headers['sandbox-signature']) };
    const { status } = await call(`${early.tollgate.apiUrl}${incoming.url}`, {
      rawBody: Buffer.concat(chunks),
      headers,
    });
    await until(async () => (await early.tollgate.database.run(WAITING)).length === 0);
    response.writeHead(status).end();
  });

  beforeAll(async () => {
    courier.listen(0, '127.0.0.1');
    await once(courier, 'listening');
    const hooks = `http://127.0.0.1:${(courier.address() as AddressInfo).port}`;
    early = await openSignalStage(clock, { TOLLGATE_HOOKS_URL: hooks });
  });
  afterEach(() => early.money.expectSound());
  afterAll(async () => {
    await early.close();
    courier.closeAllConnections();
    courier.close();
  });

  const BEGUN = ['payment.created', 'payment.processing'];
  const AUTHORIZED = [...BEGUN, 'payment.authorized'];
  const PAID = [...BEGUN, 'capture.succeeded', 'payment.succeeded'];

  test.each([
    ['an authorization', MANUAL, [], 'authorized', AUTHORIZED],
    ['a charge', { amount: 5000 }, [], 'succeeded', PAID],
    ['a capture', MANUAL, [['capture', 2000]], 'succeeded', [...PAID, 'payment.authorized']],
    ['a capture under way', MANUAL, [['capture', 2003]], 'authorized', AUTHORIZED],
    ['a refund', { amount: 5000 }, [['refunds', 2000]], 'succeeded', [...PAID, 'refund.created', 'refund.succeeded']],
    ['a refund under way', { amount: 5000 }, [['refunds', 2004]], 'succeeded', [...PAID, 'refund.created']],
    [
      'a reversal',
      { amount: 5000 },
      [['reversals', null]],
      'reversed',
      [...PAID, 'reversal.succeeded', 'payment.reversed'],
    ],
    ['a reversal under way', { amount: 5003 }, [['reversals', null]], 'succeeded', PAID],
  ] as const)('has %s told once', async (_, fields, operations, status, events) => {
    const payment = await early.begin(fields, 'tok_ipn_before_answer');
    for (const [what, amount] of operations) await early.act(payment, what, amount === null ? {} : { amount });
    const picture = await early.pictureOf(payment);
    expect({ status: picture.payment.status, events: picture.events }).toEqual({ status, events: events.toSorted() });
    const moved = await early.tollgate.database.run<{ source: string }>(
      `select source from signals where payment_id = $1 and outcome = 'applied' and kind like '%_reported'`,
      [payment.id],
    );
    expect(moved.map(({ source }) => source)).toEqual(Array(1 + operations.length).fill('notification'));
    expect(await early.setAside()).toEqual([]);
  });
});

function typeOf({ body }: SignedNotification): string {
  return JSON.parse(body).type;
}

/** An authorization that is heard of only after it was captured is not told any more, and never twice. */
function comparable(picture: PaymentPicture): PaymentPicture {
  const isAuthorized = (type: string) => type === 'payment.authorized';
  expect(picture.events.filter(isAuthorized).length).toBeLessThanOrEqual(1);
  return { ...picture, events: picture.events.filter((type) => !isAuthorized(type)) };
}

/** The same numbers from 0 to 1 for the same text. Source: mulberry32, which passes gjrand. */
function seeded(text: string): () => number {
  let state = [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) | 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const again = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<One>(items: readonly One[], draw: () => number): readonly One[] {
  return items
    .map((item) => ({ item, place: draw() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

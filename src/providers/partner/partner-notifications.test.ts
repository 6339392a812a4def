import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProviderEvent } from '../provider-webhook.ts';
import { type PartnerStage, startPartnerStage } from './partner-fixture.ts';

let stage: PartnerStage;
beforeEach(async () => {
  stage = await startPartnerStage();
});
afterEach(() => stage.stop());

async function created(): Promise<string> {
  const input = stage.input();
  await stage.provider.create(stage.call(), input);
  return input.attemptId;
}

/** What became of each notification that arrived, read when it came. */
async function outcomes(): Promise<string[]> {
  const read = await Promise.all(stage.received.map((webhook) => stage.parse(webhook)));
  return read.map((each) => (each.kind === 'events' ? `events ${each.events.length}` : each.kind));
}

async function events(): Promise<ProviderEvent[]> {
  const read = await Promise.all(stage.received.map((webhook) => stage.parse(webhook)));
  return read.flatMap((each) => (each.kind === 'events' ? each.events : []));
}

describe('notifications that', () => {
  test('come twice are one fact', async () => {
    const name = await created();
    stage.simulator.notify('duplicate');
    await stage.simulator.approve(name);
    const [one, other] = await events();
    expect(stage.received).toHaveLength(2);
    expect([one?.dedupeKey, one?.contentHash]).toEqual([other?.dedupeKey, other?.contentHash]);
    const [first, second] = stage.received.map(({ body }) => JSON.parse(Buffer.from(body).toString()).nonce);
    expect(first).not.toBe(second);
  });

  test('come in another order each tell what happened when it did', async () => {
    const name = await created();
    stage.simulator.notify('held');
    await stage.simulator.decline(name);
    await stage.simulator.approveLate(name);
    expect(stage.received).toHaveLength(0);
    await stage.simulator.release('backwards');
    const [late, early] = await events();
    expect(late?.fact).toMatchObject({ report: { state: 'captured' } });
    expect(early?.fact).toMatchObject({ report: { state: 'declined' } });
    // One key for the one payment, as the contract has it: of the second fact its content tells that it is another.
    expect(late?.dedupeKey).toBe(early?.dedupeKey);
    expect(late?.contentHash).not.toBe(early?.contentHash);
  });

  test.each([
    ['badly_signed', 'rejected'],
    ['unsigned', 'rejected'],
    ['stale', 'rejected'],
  ] as const)('are %s are turned away, and sent again', async (mode, expected) => {
    const name = await created();
    stage.simulator.notify(mode);
    await stage.simulator.approve(name);
    expect(await outcomes()).toEqual([expected]);
    stage.clock.advance({ seconds: 5 });
    await stage.simulator.tick();
    expect(stage.received).toHaveLength(2);
  });

  test('never come leave the question', async () => {
    const name = await created();
    stage.simulator.notify('dropped');
    await stage.simulator.approve(name);
    expect(stage.received).toHaveLength(0);
    const answer = await stage.provider.retrieve(stage.call(), { attemptId: name });
    expect(answer).toMatchObject({ report: { state: 'captured' } });
  });

  test('nobody acknowledges are repeated on a schedule, each fresh enough to be believed', async () => {
    const name = await created();
    stage.acknowledge(false);
    await stage.simulator.approve(name);
    for (const seconds of [5, 30, 120, 600, 3_600, 21_600, 86_400]) {
      stage.clock.advance({ seconds });
      await stage.simulator.tick();
    }
    expect(stage.received).toHaveLength(7);
    const keys = new Set<string>();
    for (const webhook of stage.received) {
      const clock = { now: () => webhook.receivedAt };
      const outcome = await stage.provider.parseWebhook(stage.call({ clock }), webhook);
      if (outcome.kind === 'events')
        for (const { dedupeKey, contentHash } of outcome.events) keys.add(dedupeKey + contentHash);
    }
    expect(keys.size).toBe(1);
  });

  test('are acknowledged are not repeated', async () => {
    await stage.simulator.approve(await created());
    stage.clock.advance({ hours: 8 });
    await stage.simulator.tick();
    expect(stage.received).toHaveLength(1);
  });
});

test('a refund that ends later is told under our id', async () => {
  const name = await created();
  await stage.simulator.approve(name);
  stage.simulator.endRefunds('later');
  const providerRef = stage.simulator.find(name)?.providerRef ?? '';
  const input = stage.input({ attemptId: name });
  const wanted = stage.refundInput(input, providerRef);
  await stage.provider.refund?.(stage.call(), wanted);
  await stage.simulator.endRefund(name, wanted.refundId, 'done');
  const told = (await events()).map(({ fact }) => fact).at(-1);
  expect(told).toMatchObject({ about: 'refund', refund: { refundId: wanted.refundId, state: 'succeeded' } });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { CreateInput } from '../provider.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import { type BluesnapStage, type StageOptions, startBluesnapStage } from './bluesnap-fixture.ts';

let stage: BluesnapStage;
/** The gateway's door: reads each notification with the adapter and answers as that wants it. */
const outcomes: WebhookOutcome[] = [];
const door = createServer(async (incoming, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = '', headersDistinct, socket } = incoming;
  const request: RawWebhook = {
    ...{ method, query: {}, headers: headersDistinct as Record<string, string[]>, body: Buffer.concat(chunks) },
    ...{ remoteAddress: socket.remoteAddress ?? '', receivedAt: stage.clock.now() },
  };
  const outcome = await stage.provider.parseWebhook(stage.call(), request);
  outcomes.push(outcome);
  const reply = outcome.kind === 'events' ? outcome.replies.accepted : outcome.reply;
  response.writeHead(reply.status, { 'content-type': reply.contentType ?? 'text/plain' }).end(reply.body ?? '');
});

let ipnUrl: string;
beforeEach(async () => {
  outcomes.length = 0;
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  ipnUrl = `http://127.0.0.1:${(door.address() as AddressInfo).port}/hooks/bluesnap/pa_1`;
  await open({});
});
afterEach(async () => {
  await stage.stop();
  door.closeAllConnections();
  door.close();
  await once(door, 'close');
});

async function open({ account, credentials }: StageOptions): Promise<void> {
  stage = await startBluesnapStage({ account: { ipnUrl, ...account }, ...(credentials ? { credentials } : {}) });
}

async function reopen(options: StageOptions): Promise<void> {
  await stage.stop();
  await open(options);
}

async function paid(changes: Partial<CreateInput> = {}, decline?: string): Promise<CreateInput> {
  const created = stage.input(changes);
  await stage.pay(created, decline);
  await stage.simulator.tick();
  return created;
}

function events(): ProviderEvent[] {
  return outcomes.flatMap((outcome) => (outcome.kind === 'events' ? outcome.events : []));
}

const states = () =>
  events().map(({ fact }) => {
    if (fact.about === 'attempt') return fact.report.state;
    return fact.about === 'dispute' ? `dispute ${fact.dispute.state}` : fact.about;
  });

/** Whether the simulator waits to send anything again. */
async function sendsAgain(): Promise<boolean> {
  const before = stage.simulator.notifications.length;
  stage.clock.advance({ hours: 5 });
  await stage.simulator.tick();
  return stage.simulator.notifications.length > before;
}

describe('what BlueSnap tells arrives', () => {
  test('of a capture and its authorization', async () => {
    const created = await paid({ captureMethod: 'manual', amount: { amount: 123_456_789n, currency: 'EUR' } });
    const captureId = newId('cap', stage.clock);
    const amount = { amount: 100_000_000n, currency: 'EUR' };
    const { attemptId, notificationUrl } = created;
    await stage.provider.capture?.(stage.call(), { attemptId, captureId, amount, final: true, notificationUrl });
    await stage.simulator.tick();
    expect(events().map(({ attempt, fact }) => ({ attempt, fact }))).toEqual([
      { attempt: { attemptId }, fact: { about: 'attempt', report: { state: 'authorized', amount: created.amount } } },
      { attempt: { attemptId }, fact: { about: 'attempt', report: { state: 'captured', amount } } },
    ]);
    expect(await sendsAgain()).toBe(false);
  });

  test('of a decline, with the bank’s reason', async () => {
    await paid({}, 'INSUFFICIENT_FUNDS');
    expect(events()[0]?.fact).toMatchObject({ report: { decline: { reason: 'insufficient_funds' } } });
  });

  test('of a review and its end', async () => {
    const created = stage.input();
    await stage.provider.create(stage.call(), created);
    const clientData = stage.simulator.approve(created.attemptId);
    stage.simulator.enterCard(clientData.pfToken ?? '', 'review');
    await stage.provider.complete?.(stage.call(), { attemptId: created.attemptId, created, clientData });
    await stage.simulator.tick();
    stage.simulator.console.declineReview(created.attemptId);
    await stage.simulator.tick();
    expect(states()).toEqual(['pending', 'declined']);
    expect(await stage.provider.retrieve(stage.call(), { attemptId: created.attemptId })).toEqual({
      kind: 'not_found',
    });
  });

  test('of two refunds as two facts, each to be asked about, under the number that the answer to it had', async () => {
    const created = await paid();
    const { attemptId, notificationUrl } = created;
    const refs: string[] = [];
    for (const amount of [100n, 200n]) {
      const refundId = newId('re', stage.clock);
      const money = { amount, currency: 'EUR' };
      const answer = await stage.provider.refund?.(stage.call(), {
        attemptId,
        refundId,
        amount: money,
        notificationUrl,
      });
      if (answer?.kind === 'answered') refs.push(answer.refund.providerRef);
    }
    await stage.simulator.tick();
    const told = events().filter(({ fact }) => fact.about === 'refund');
    expect(told.map(({ fact }) => fact.about === 'refund' && fact.refund.providerRef)).toEqual(refs);
    expect(new Set(told.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
    expect(told.some(({ authoritative }) => authoritative)).toBe(false);
  });

  test('of a chargeback and how it ended, under the number that the transaction has for it', async () => {
    const { attemptId } = await paid();
    for (const status of ['NEW', 'WORKING', 'COMPLETED_PENDING', 'COMPLETED_WON']) {
      stage.simulator.console.chargeback(attemptId, status);
      await stage.simulator.tick();
    }
    expect(states().slice(1)).toEqual(['dispute opened', 'dispute opened', 'dispute under_review', 'dispute won']);
    const { fact } = present(events()[1], 'the chargeback');
    const found = await stage.provider.retrieve(stage.call(), { attemptId });
    const ref = found.kind === 'answered' ? found.disputes[0]?.providerRef : null;
    expect(fact.about === 'dispute' && fact.dispute.providerRef).toBe(ref);
  });
});

describe('what goes wrong on the way', () => {
  test('twice the same is one fact with one content', async () => {
    stage.simulator.breakNotifications('duplicate');
    await paid();
    const [one, two] = events();
    expect(two).toEqual(one);
    expect(events()).toHaveLength(2);
  });

  test('the wrong signature is refused, and the resend of the same too', async () => {
    stage.simulator.breakNotifications('badly_signed');
    await paid();
    expect(outcomes).toMatchObject([{ kind: 'rejected', reason: 'bad_signature', reply: { status: 401 } }]);
    expect(await sendsAgain()).toBe(true);
  });

  test('a resend of hours later, stamped anew, is proof again', async () => {
    door.closeAllConnections();
    door.close();
    await once(door, 'close');
    await paid();
    door.listen(Number(new URL(ipnUrl).port), '127.0.0.1');
    await once(door, 'listening');
    expect(await sendsAgain()).toBe(true);
    expect(events()).toMatchObject([{ authoritative: true }]);
  });
});

describe('receipts', () => {
  test('satisfy the one who waits for them', async () => {
    await reopen({ account: { dataProtectionKey: 'protection key', requireReceipt: true } });
    await paid();
    expect(states()).toEqual(['captured']);
    expect(await sendsAgain()).toBe(false);
  });

  test('of another key do not', async () => {
    const account = { dataProtectionKey: 'protection key', requireReceipt: true };
    await reopen({ account, credentials: { dataProtectionKey: 'another key' } });
    await paid();
    expect(await sendsAgain()).toBe(true);
  });
});

test('without a signing key BlueSnap’s authKey makes hints of what it tells', async () => {
  await reopen({ account: { ipnKey: null, dataProtectionKey: 'protection key' } });
  await paid();
  expect(events()).toMatchObject([{ authoritative: false, fact: { report: { state: 'captured' } } }]);
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../kernel/assert.ts';
import type { ProviderEvent, WebhookOutcome } from '../../provider-webhook.ts';
import { created, PASSWORD, type ScantopayStage, startScantopayStage } from '../scantopay-fixture.ts';

let stage: ScantopayStage;
beforeEach(async () => {
  stage = await startScantopayStage();
});
afterEach(() => stage.stop());

const outcomes = (): Promise<WebhookOutcome[]> =>
  Promise.all(stage.simulator.notifications.map((each) => stage.provider.parseWebhook(stage.call(), each)));

async function events(): Promise<ProviderEvent[]> {
  return (await outcomes()).flatMap((outcome) => (outcome.kind === 'events' ? outcome.events : []));
}

const told = async () =>
  (await events()).map(({ fact }) => (fact.about === 'attempt' ? fact.report.state : fact.about));

function statusOf(id: number): string | undefined {
  return stage.simulator.ledger.transactions.find((each) => each.id === id)?.status;
}

function beSilent(): void {
  stage.receiver.answer = 'never';
  stage.simulator.faultNotifications({ patienceMs: 20 });
}

async function pass(seconds: number): Promise<void> {
  stage.clock.advance({ seconds });
  await stage.simulator.tick();
  await stage.simulator.tick();
}

function ask(method: string, path: string, body?: unknown, password = PASSWORD): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`merchant-25:${password}`).toString('base64')}`;
  return fetch(`${stage.simulator.url}${path}`, {
    ...{ method, headers: { authorization, 'content-type': 'application/json' }, redirect: 'manual' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('the 45 seconds', () => {
  it('a payment that is acknowledged with 200 stands', async () => {
    const { providerRef } = await created(stage);
    const id = await stage.simulator.approve(providerRef);
    await pass(45);
    await pass(3_600);
    expect(statusOf(id)).toBe('SUCCESS');
    expect(await told()).toEqual(['captured']);
    expect(stage.receiver.bodies).toHaveLength(1);
  });

  it.each([204, 201, 302, 400, 409, 500, 503])('an answer of %i gives the money back at once', async (status) => {
    stage.receiver.answer = status;
    const { providerRef } = await created(stage);
    const id = await stage.simulator.approve(providerRef);
    await pass(0);
    expect(statusOf(id)).toBe('END_REVERSED');
    expect(await told()).toEqual(['captured', 'reversal']);
  });

  it('the reply by which the adapter refuses a payment gives the money back', async () => {
    const { providerRef } = await created(stage);
    beSilent();
    const id = await stage.simulator.approve(providerRef);
    await expect.poll(() => stage.receiver.bodies.length).toBe(1);
    const [outcome] = await outcomes();
    const refusal = outcome?.kind === 'events' ? outcome.replies.refused : undefined;
    stage.receiver.answerLate(present(refusal, 'refusal').status);
    await expect.poll(() => statusOf(id)).toBe('PROCESS_REVERSAL');
    await pass(0);
    expect(statusOf(id)).toBe('END_REVERSED');
  });

  it('silence gives it back when the time is over and not before, and a late 200 changes nothing', async () => {
    beSilent();
    const { providerRef } = await created(stage);
    const id = await stage.simulator.approve(providerRef);
    await pass(44);
    expect(statusOf(id)).toBe('SUCCESS');
    await pass(1);
    expect(statusOf(id)).toBe('END_REVERSED');
    await expect.poll(() => stage.receiver.bodies.length).toBe(2);
    stage.receiver.answerLate(200);
    await pass(60);
    expect(statusOf(id)).toBe('END_REVERSED');
  });

  it('a receiver that is not there gives it back', async () => {
    stage.simulator.setNotificationUrl('http://127.0.0.1:1/hooks');
    const { providerRef } = await created(stage);
    const id = await stage.simulator.approve(providerRef);
    await pass(0);
    expect(statusOf(id)).toBe('END_REVERSED');
  });

  it('a reversal or refund that nobody acknowledges stays what it is', async () => {
    const { providerRef } = await created(stage);
    const id = await stage.simulator.approve(providerRef);
    stage.receiver.answer = 500;
    stage.simulator.refundAtPortal(id, 100n);
    await pass(60);
    await pass(60);
    expect(stage.simulator.ledger.transactions.map(({ status }) => status)).toEqual(['SUCCESS', 'END_REFUNDED']);
  });

  it('a decline that nobody acknowledges stays a decline', async () => {
    stage.receiver.answer = 500;
    const { providerRef } = await created(stage);
    await stage.simulator.decline(providerRef, '51');
    await pass(60);
    expect(await told()).toEqual(['declined']);
  });
});

describe('notifications that go wrong', () => {
  it('copies of one are one fact', async () => {
    stage.simulator.faultNotifications({ copies: 3 });
    const { providerRef } = await created(stage);
    await stage.simulator.approve(providerRef);
    const all = await events();
    expect(all).toHaveLength(3);
    expect(new Set(all.map(({ dedupeKey, contentHash }) => `${dedupeKey} ${contentHash}`)).size).toBe(1);
  });

  it('held ones come later, and in the other order where so asked', async () => {
    stage.simulator.faultNotifications({ held: true });
    const { providerRef } = await created(stage);
    await stage.simulator.decline(providerRef, '51');
    await stage.simulator.approve(providerRef);
    expect(stage.simulator.notifications).toEqual([]);
    stage.simulator.faultNotifications({ reordered: true });
    await stage.simulator.tick();
    expect(await told()).toEqual(['captured', 'declined']);
  });

  it('a dropped one is nobody’s acknowledgement', async () => {
    stage.simulator.faultNotifications({ dropped: true });
    const { providerRef } = await created(stage);
    const id = await stage.simulator.approve(providerRef);
    await pass(45);
    expect(statusOf(id)).toBe('END_REVERSED');
    expect(stage.receiver.bodies).toEqual([]);
  });

  it('garbled ones and those of another key are refused', async () => {
    const { providerRef } = await created(stage);
    stage.simulator.faultNotifications({ garbled: true });
    await stage.simulator.approve(providerRef);
    stage.simulator.faultNotifications({});
    stage.simulator.setNotificationKey('ab'.repeat(16));
    await stage.simulator.approve((await created(stage)).providerRef);
    expect((await outcomes()).map((outcome) => outcome.kind === 'rejected' && outcome.reason)).toEqual([
      'bad_signature',
      'bad_signature',
    ]);
  });
});

describe('the rules', () => {
  it.each([
    ['POST', '/pluto/code/create', 401],
    ['POST', '/bluebox/secure/createTx', 401],
    ['POST', '/pluto/code/queryRef', 401],
    ['POST', '/pluto/code/transaction/stateByQr', 401],
    ['GET', '/pluto/code/0123456789', 401],
    ['DELETE', '/pluto/code/0123456789', 401],
    ['DELETE', '/pluto/purchase/1', 513],
    ['POST', '/pluto/purchase/1/refund', 513],
  ])('%s %s wants the password', async (method, path, status) => {
    const body = method === 'POST' ? {} : undefined;
    expect((await ask(method, path, body, 'another-password')).status).toBe(status);
  });

  const valid = { merchantReference: 'order-1', amount: 12.34, shortDescription: 'Coffee', useOnce: true };

  it.each([
    ['a reference beyond 45 characters', { merchantReference: 'x'.repeat(46) }, 400],
    ['no reference', { merchantReference: undefined }, 400],
    ['a description of 4 characters', { shortDescription: 'Four' }, 400],
    ['a description of 46 characters', { shortDescription: 'x'.repeat(46) }, 400],
    ['an amount as text', { amount: '12.34' }, 432],
    ['a negative amount', { amount: -1 }, 432],
    ['a merchant category of 3 digits', { mcc: '123' }, 400],
    ['a second reference of 11 characters', { rrn2: '12345678901' }, 400],
    ['a terminal of 41 characters', { terminalId: 'x'.repeat(41) }, 400],
  ])('refuses %s', async (_, change, status) => {
    expect((await ask('POST', '/pluto/code/create', { ...valid, ...change })).status).toBe(status);
    expect(stage.simulator.ledger.codes.size).toBe(0);
  });

  it('takes a reference once, for ever, and rounds a third decimal down', async () => {
    expect((await ask('POST', '/pluto/code/create', { ...valid, amount: 12.349 })).status).toBe(200);
    expect(stage.simulator.ledger.find('order-1').hundredths).toBe(1_234n);
    stage.clock.advance({ hours: 10_000 });
    const again = await ask('POST', '/pluto/code/create', valid);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('Duplicate')]);
  });

  it('knows no code and no transaction that it has not made', async () => {
    expect((await ask('GET', '/pluto/code/0123456789')).status).toBe(431);
    expect((await ask('DELETE', '/pluto/purchase/1')).status).toBe(404);
    expect((await ask('GET', '/pluto/elsewhere')).status).toBe(404);
  });

  it('refunds parts up to the whole and nothing after that', async () => {
    const { providerRef } = await created(stage);
    const id = await stage.simulator.approve(providerRef);
    const amounts = [100, 49.5, 0.01];
    const statuses: number[] = [];
    for (const amount of amounts) statuses.push((await ask('POST', `/pluto/purchase/${id}/refund`, { amount })).status);
    expect(statuses).toEqual([200, 200, 432]);
    expect((await ask('DELETE', `/pluto/purchase/${id}`)).status).toBe(400);
  });

  it('a code is used up by a payment and survives a decline', async () => {
    const { providerRef } = await created(stage);
    await stage.simulator.decline(providerRef, '51');
    await stage.simulator.approve(providerRef);
    await expect(stage.simulator.approve(providerRef)).rejects.toThrow('Used');
  });

  it('a checkout is told of at its own address, which lies on this machine', async () => {
    const method = { type: 'scantopay', flow: 'hosted' };
    stage.simulator.setNotificationUrl(null);
    const { attemptId } = await created(stage, { method });
    await stage.simulator.approve(attemptId);
    expect(stage.receiver.bodies).toHaveLength(1);
  });
});

describe('the hosted page', () => {
  it.each([
    ['approve', 'SUCCESS', 'captured'],
    ['decline', 'FAILED', 'declined'],
    ['cancel', 'CANCELLED', 'canceled'],
  ])('%s goes back to the shop with %s, and the notification tells', async (decision, status, state) => {
    const { attemptId } = await created(stage, { method: { type: 'scantopay', flow: 'hosted' } });
    const { code } = stage.simulator.ledger.find(attemptId);
    const page = `${stage.simulator.url}/pay/${code}`;
    expect(await (await fetch(page)).text()).toContain('ZAR 149.50');
    const body = new URLSearchParams({ decision });
    const answer = await fetch(page, { method: 'POST', body, redirect: 'manual' });
    const location = new URL(answer.headers.get('location') ?? '');
    const transactionId = String(stage.simulator.ledger.transactions[0]?.id);
    expect(answer.status).toBe(302);
    expect(Object.fromEntries(location.searchParams)).toEqual({ order: '7', transactionId, status });
    expect(await told()).toEqual([state]);
  });

  it('two decisions at once are none', async () => {
    const { providerRef } = await created(stage);
    const page = `${stage.simulator.url}/pay/${providerRef}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(page, { method: 'POST', headers, body: 'decision=approve&decision=cancel' });
    expect(answer.status).toBe(400);
    expect(stage.simulator.ledger.transactions).toEqual([]);
  });
});

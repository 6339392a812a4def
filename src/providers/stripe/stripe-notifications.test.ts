import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import { eventsIn, paidBy, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const parse = (webhook: RawWebhook) => stage.provider.parseWebhook(stage.call(), webhook);
const reasonOf = (outcome: WebhookOutcome) =>
  outcome.kind === 'rejected' ? `${outcome.reason} ${outcome.reply.status}` : outcome.kind;

async function sent(type: string): Promise<RawWebhook | undefined> {
  const all = await stage.notifications();
  return all[stage.simulator.notifications.findLastIndex((each) => each.type === type)];
}

describe('a notification of which the owner has to be asked for', () => {
  const dispute = async () => {
    const input = stage.input();
    const answer = await stage.provider.create(stage.call(), input);
    const providerRef = answer.kind === 'answered' ? answer.providerRef : '';
    stage.simulator.approve(providerRef);
    stage.simulator.dispute(providerRef);
    return { input, notice: present(await sent('charge.dispute.created'), 'notice') };
  };

  test('names the attempt that the PaymentIntent carries', async () => {
    const { input, notice } = await dispute();
    expect((await eventsIn(stage, notice))[0]?.attempt).toEqual({ attemptId: input.attemptId });
  });

  test.each([
    ['is lost', { kind: 'lose', executed: false }],
    ['is a 500', { kind: 'answer', executed: false, status: 500, body: '{"error":{"type":"api_error"}}' }],
    ['is a 429', { kind: 'answer', executed: false, status: 429, body: '{"error":{"type":"invalid_request_error"}}' }],
    ['is a 401', { kind: 'answer', executed: false, status: 401, body: '{"error":{"type":"invalid_request_error"}}' }],
    ['is about something else', { kind: 'answer', executed: false, status: 200, body: '{}' }],
  ] as const)('is sent again by Stripe where the answer %s', async (_, fault) => {
    const { notice } = await dispute();
    stage.simulator.failNext(fault);
    expect(reasonOf(await parse(notice))).toBe('not_configured 503');
    expect(reasonOf(await parse(notice))).toBe('events');
  });

  test('tells nothing where the PaymentIntent is not there, or is not ours', async () => {
    const { notice } = await dispute();
    const error = { type: 'invalid_request_error', code: 'resource_missing' };
    stage.simulator.failNext({ kind: 'answer', executed: false, status: 404, body: JSON.stringify({ error }) });
    expect(await parse(notice)).toMatchObject({ kind: 'events', events: [] });
  });

  test('is not asked about before it is verified', async () => {
    const { notice } = await dispute();
    const before = stage.simulator.requests.length;
    await parse({ ...notice, body: Buffer.from(`${Buffer.from(notice.body)} `) });
    expect(stage.simulator.requests.length).toBe(before);
  });
});

describe('notifications that go wrong', () => {
  /** Has something paid for, with its notifications spoiled, and gives what has come of them. */
  const pay = async (fault: Parameters<StripeStage['simulator']['setNotificationFault']>[0]) => {
    const before = (await stage.notifications()).length;
    stage.simulator.setNotificationFault(fault);
    await stage.provider.create(stage.call(), stage.input({ method: paidBy('pm_card_visa') }));
    stage.simulator.setNotificationFault('none');
    return async () => (await stage.notifications()).slice(before);
  };
  const read = async (webhooks: readonly RawWebhook[]) => {
    const events: ProviderEvent[] = [];
    for (const webhook of webhooks) events.push(...(await eventsIn(stage, webhook)));
    return events;
  };

  test('and come twice have the same key and content', async () => {
    const [one, two, ...others] = await read(await (await pay('duplicate'))());
    expect(one?.dedupeKey).toMatch(/^evt_/);
    expect(two).toEqual(one);
    expect(others).toEqual([]);
  });

  test('and never come tell nothing', async () => {
    expect(await (await pay('dropped'))()).toEqual([]);
  });

  test('and come late come whole', async () => {
    const come = await pay('delayed');
    expect(await come()).toEqual([]);
    stage.clock.advance({ minutes: 1 });
    expect(await read(await come())).toMatchObject([{ fact: { report: { state: 'captured' } } }]);
  });

  test.each([
    ['bad_signature', 'bad_signature'],
    ['stale', 'stale_timestamp'],
  ] as const)('and are %s are rejected', async (fault, reason) => {
    const spoiled = await (await pay(fault))();
    expect(spoiled.length).toBeGreaterThan(0);
    for (const webhook of spoiled) {
      expect(await stage.provider.parseWebhook(stage.call(), webhook)).toMatchObject({ kind: 'rejected', reason });
    }
  });

  test('and come in another order tell the same facts', async () => {
    const straight = await (await pay('none'))();
    const turned = await (await pay('reordered'))();
    const types = (webhooks: readonly RawWebhook[]) =>
      webhooks.map(({ body }) => JSON.parse(Buffer.from(body).toString()).type as string);
    expect(types(turned)).toEqual(types(straight).toReversed());
    const facts = async (webhooks: readonly RawWebhook[]) => (await read(webhooks)).map(({ fact }) => fact);
    expect(await facts(turned)).toEqual(await facts(straight));
  });
});

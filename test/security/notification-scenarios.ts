import { present } from '../../src/kernel/assert.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import type { Scenario, Stage } from './refusal-stage.ts';
import { readOldMessage, replayOldEvents, resendOldEvent } from './retention-scenarios.ts';

/** Three months ago nothing had happened, so that no replay of it does anything. */
const BEGAN = systemClock.now();
const LONG_AGO = {
  since: BEGAN.subtract({ hours: 24 * 90 }).toString(),
  until: BEGAN.subtract({ hours: 24 * 89 }).toString(),
};

async function partnerEndpoint({ shop }: Stage): Promise<string> {
  const body = { url: 'https://shop.example/partner', dialect: 'partner', eventTypes: ['payment.succeeded'] };
  return (await shop.send('POST', '/webhook-endpoints', { body })).body.id;
}

async function replayed(stage: Stage): Promise<{ readonly id: string; readonly endpointId: string }> {
  const endpointId = await partnerEndpoint(stage);
  // Paused, so that the replay goes on for as long as the scenario takes.
  await stage.shop.send('PATCH', `/webhook-endpoints/${endpointId}`, { body: { status: 'paused' } });
  const answer = await stage.shop.send('POST', `/webhook-endpoints/${endpointId}/replay`, { body: LONG_AGO });
  return { id: answer.body.id, endpointId };
}

/** What makes the tools for notifications refuse. */
export const NOTIFICATION_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  testWebhookEndpoint: {
    async state_conflict(stage) {
      const endpointId = await partnerEndpoint(stage);
      // A key that is gone can sign nothing.
      await stage.tollgate.database.run('update signing_secrets set expires_at = created_at where endpoint_id = $1', [
        endpointId,
      ]);
      return stage.shop.send('POST', `/webhook-endpoints/${endpointId}/test`);
    },
  },
  simulateEvent: {
    async state_conflict(stage) {
      const path = `/webhook-endpoints/${await partnerEndpoint(stage)}/simulate`;
      return stage.shop.send('POST', path, { body: { eventType: 'payment.created' } });
    },
  },
  createSimulation: {
    target_not_allowed: ({ shop }) =>
      shop.send('POST', '/simulations', { body: { url: 'https://169.254.169.254/', eventType: 'payment.succeeded' } }),
    state_conflict: ({ shop }) =>
      shop.send('POST', '/simulations', {
        body: { url: 'https://shop.example/', dialect: 'partner', eventType: 'payment.created' },
      }),
  },
  getDeliveryMessage: {
    event_expired: readOldMessage,
    state_conflict: ({ shop, orphanedDeliveryId }) => shop.send('GET', `/deliveries/${orphanedDeliveryId}/message`),
  },
  resendEvent: {
    event_expired: resendOldEvent,
    async state_conflict(stage) {
      const { shop } = stage;
      await shop.create();
      const { body } = await shop.send('GET', '/events?type=payment.created&limit=1');
      const endpointId = await partnerEndpoint(stage);
      return shop.send('POST', `/events/${body.data[0].id}/resend`, { body: { endpointId } });
    },
  },
  replayWebhookEndpoint: {
    event_expired: replayOldEvents,
    async state_conflict(stage) {
      const { endpointId } = await replayed(stage);
      return stage.shop.send('POST', `/webhook-endpoints/${endpointId}/replay`, { body: LONG_AGO });
    },
  },
  createListener: {
    async state_conflict({ shop }) {
      const answers: Answer[] = [];
      for (let count = 0; count <= 20; count++) answers.push(await shop.send('POST', '/listeners', { body: {} }));
      return present(answers.at(-1), 'the last answer');
    },
  },
  cancelReplay: {
    async state_conflict(stage) {
      const { id } = await replayed(stage);
      await stage.shop.send('POST', `/replays/${id}/cancel`);
      return stage.shop.send('POST', `/replays/${id}/cancel`);
    },
  },
};

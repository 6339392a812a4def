import { type TryContext, tryAddress, tryEndpoint } from '../notifications/try-endpoint.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { sampleEvent, testEvent } from './sample-event.ts';
import { spendTrial } from './spend-trial.ts';
import { trialJson } from './trial-json.ts';

/** What sends made-up notifications: tests and simulations. */
export function simulationRoutes(context: TryContext): readonly BoundEndpoint[] {
  const { clock } = context;
  return [
    bindEndpoint(api.testWebhookEndpoint, async ({ caller, params }) => {
      const admit = () => spendTrial(context, caller.tenantId);
      const trial = await tryEndpoint(context, caller, params.id, {
        trigger: 'test',
        admit,
        eventFor: (endpoint, known) => testEvent(endpoint, known, clock),
      });
      return { body: trialJson(trial) };
    }),
    bindEndpoint(api.simulateEvent, async ({ caller, params, body }) => {
      const admit = () => spendTrial(context, caller.tenantId);
      const trial = await tryEndpoint(context, caller, params.id, {
        trigger: 'simulation',
        admit,
        eventFor: (endpoint, { object }) => sampleEvent(body.eventType, endpoint, object, clock),
      });
      return { body: trialJson(trial) };
    }),
    bindEndpoint(api.createSimulation, async ({ caller, body }) => {
      const admit = () => spendTrial(context, caller.tenantId);
      const { madeSecret, ...trial } = await tryAddress(context, caller, {
        ...body,
        admit,
        eventFor: (endpoint, { object }) => sampleEvent(body.eventType, endpoint, object, clock),
      });
      return { body: { ...trialJson(trial), secret: madeSecret } };
    }),
  ];
}

import { exampleEndpoint, type TryContext, tryAddress, tryEndpoint } from '../notifications/try-endpoint.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { editSample } from './edit-sample.ts';
import { sampleEvent, testEvent } from './sample-event.ts';
import { spendTrial } from './spend-trial.ts';
import { trialJson } from './trial-json.ts';

/** Of the endpoint that samples about endpoints speak of. */
const EXAMPLE_URL = 'https://shop.example/webhooks';

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
        eventFor: (endpoint, { object }) =>
          editSample(sampleEvent(body.eventType, endpoint, object, clock), body.object, caller.mode),
      });
      return { body: trialJson(trial) };
    }),
    bindEndpoint(api.createSimulation, async ({ caller, body }) => {
      const admit = () => spendTrial(context, caller.tenantId);
      const { url, dialect, secret } = body;
      const { madeSecret, ...trial } = await tryAddress(context, caller, {
        ...{ url, dialect, secret, admit },
        eventFor: (endpoint, { object }) =>
          editSample(sampleEvent(body.eventType, endpoint, object, clock), body.object, caller.mode),
      });
      return { body: { ...trialJson(trial), secret: madeSecret } };
    }),
    bindEndpoint(api.getEventSample, async ({ caller: { tenantId, mode }, query: { type } }) => {
      const example = exampleEndpoint(context, { tenantId, mode, url: EXAMPLE_URL, dialect: 'standard' });
      const { object } = sampleEvent(type, example.endpoint, example.object, clock);
      return { body: { type, data: { object: object as Record<string, unknown> } } };
    }),
  ];
}

import type { Sealer } from '../keys/sealer.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api-listeners.ts';
import { acknowledgeEvents, type FollowContext, nextEvents, startListening, stopListening } from './follow-events.ts';
import type { Listener } from './listener.ts';
import { eventsJson } from './routes-events.ts';

/** What programs follow events by that nobody can call. */
export function listenerRoutes(context: FollowContext & { readonly sealer: Sealer }): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.createListener, async ({ caller, body }) => ({
      body: listenerJson(await startListening(context, caller, body.eventTypes)),
    })),
    bindEndpoint(api.getListenerEvents, async ({ caller, params, query: { limit, waitSeconds } }) => {
      const events = await nextEvents(context, caller, params.id, { limit, waitMs: waitSeconds * 1_000 });
      return { body: { data: await eventsJson(context.sealer, events) } };
    }),
    bindEndpoint(api.acknowledgeListenerEvents, async ({ caller, params, body }) => ({
      body: { acknowledged: await acknowledgeEvents(context, caller, params.id, body.eventIds) },
    })),
    bindEndpoint(api.deleteListener, async ({ caller, params }) => ({
      body: listenerJson(await stopListening(context, caller, params.id)),
    })),
  ];
}

function listenerJson({ listenerId, mode, eventTypes, createdAt, expiresAt }: Listener): api.ListenerAnswer {
  return {
    id: listenerId,
    object: 'listener',
    mode,
    eventTypes: [...eventTypes],
    createdAt: createdAt.toString(),
    expiresAt: expiresAt.toString(),
  };
}

import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';

const change = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('ready'),
      resumed: z.boolean().meta({ description: 'false: changes may have been missed, so read anew what is shown.' }),
    }),
    z.strictObject({
      type: z.literal('changed'),
      eventType: z.string().meta({ description: 'What happened, such as payment.succeeded.' }),
      eventId: z.string(),
      object: z.string().nullable().meta({ description: 'The noun of what changed, such as refund.' }),
      id: z.string().nullable(),
      version: z.int().nullable().meta({ description: 'Where it has one.' }),
      paymentId: z.string().nullable().meta({ description: 'The payment that it belongs to.' }),
      at: instant,
    }),
  ])
  .meta({ id: 'Change' });
export type ChangeAnswer = z.infer<typeof change>;

export const streamChanges = endpoint({
  id: 'streamChanges',
  method: 'GET',
  path: '/api/v1/changes',
  summary: 'Be told what changes',
  description:
    'Server-sent events, each with one Change: first `ready`, then what happens, in the mode of your credentials. Changes ' +
    'say what to read anew and carry nothing of it; they come at least once. Send the last id in Last-Event-ID to go on ' +
    'where a stream ended: `ready` then says whether that was possible. A comment comes every 15 seconds, a stream ends ' +
    'after ten minutes, and within five seconds of the credentials. For programs that must miss nothing there are ' +
    'listeners and endpoints.',
  tag: 'Panel',
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  answer: { status: 200, schema: change, description: 'Changes.', mediaType: 'text/event-stream' },
  problems: [],
});

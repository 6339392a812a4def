import { z } from 'zod';

/** What counts as acknowledged, and what happens if it is not. */
export const ackPolicy = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('retry') }),
    z.strictObject({ type: z.literal('receipt') }),
    z.strictObject({
      type: z.literal('reverse_on_no_ack'),
      windowSeconds: z.int().min(5).max(600).default(45),
      fuse: z
        .strictObject({
          consecutive: z.int().min(1).max(1_000).default(5),
          rate: z.number().min(0).max(1).default(0.9),
        })
        .default({ consecutive: 5, rate: 0.9 })
        .meta({
          description: 'Unacknowledged in a row, or a rate of acknowledgement, from which nothing is reversed.',
        }),
      whenOpen: z
        .enum(['refuse', 'hold'])
        .default('refuse')
        .meta({ description: 'What becomes of new payments then.' }),
    }),
  ])
  .meta({ id: 'AckPolicy' });
export type AckPolicy = z.output<typeof ackPolicy>;

/** Sent again by the schedule, and nothing else. */
export const RETRY: AckPolicy = { type: 'retry' };

const ATTEMPT_MS = 15_000;
/** The work of a lane must fit into its lease; a longer window is several attempts. */
const WINDOW_ATTEMPT_MAX_MS = 60_000;

/** The event that tells of a payment's success; of an authorization where the tenant captures by itself. */
export const ARMING_EVENTS: readonly string[] = ['payment.succeeded', 'payment.authorized'];

/** How long a whole attempt may take. Where silence costs money, the receiver has the whole window. */
export function attemptTimeoutMs(policy: AckPolicy, eventType: string): number {
  if (policy.type !== 'reverse_on_no_ack' || !ARMING_EVENTS.includes(eventType)) return ATTEMPT_MS;
  return Math.min(policy.windowSeconds * 1_000, WINDOW_ATTEMPT_MAX_MS);
}

import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { currency, instant } from '../kernel/shapes.ts';

const count = z.int().min(0);
const rate = z.number().min(0).max(1).nullable();

const activity = {
  created: count.meta({ description: 'Payments created.' }),
  approved: count.meta({ description: 'Payments that were paid, or authorized where they are captured later.' }),
  declined: count.meta({ description: 'Payments that were tried and came to nothing.' }),
  successRate: rate.meta({ description: 'approved of those that were tried and are over; null: none is.' }),
  captures: count,
  captured: z.int().meta({ description: 'Volume: what was captured, less what failed afterwards.' }),
  refunds: count,
  refunded: z.int(),
  reversed: z.int(),
  disputes: count.meta({ description: 'Disputes opened.' }),
  disputed: z.int().meta({ description: 'What providers withdrew for disputes, less what they gave back.' }),
};

const overview = z
  .strictObject({
    object: z.literal('overview'),
    mode: z.enum(['live', 'test']),
    since: instant,
    until: instant.meta({ description: 'Exclusive.' }),
    bucket: z.enum(['hour', 'day']),
    currencies: z.array(
      z.strictObject({
        currency: z.string(),
        ...activity,
        series: z.array(z.strictObject({ at: instant, ...activity })).meta({ description: 'Every bucket, in order.' }),
      }),
    ),
    acknowledgments: z
      .strictObject({
        since: instant.meta({ description: 'What is older than eight days is not kept.' }),
        attempts: count,
        acknowledged: count,
        rate,
        series: z.array(z.strictObject({ at: instant, attempts: count, acknowledged: count, rate })),
      })
      .meta({ description: 'Tries to tell endpoints, by the machine’s time.' }),
    attention: z
      .strictObject({
        stuckPayments: count.meta({ description: 'Attempts without an outcome for over 15 minutes.' }),
        stuckOperations: count.meta({ description: 'Captures, refunds and reversals that are pending for so long.' }),
        openExceptions: count.meta({ description: 'Differences between statements and books.' }),
        notificationsSetAside: count.meta({ description: 'Of providers; they wait for a person.' }),
        openFuses: count,
        openCircuits: count.meta({ description: 'Provider accounts that lately do not answer.' }),
        unwellEndpoints: count.meta({ description: 'Failing or disabled.' }),
        deliveriesWaiting: count,
        oldestWaitingSince: instant.nullable(),
      })
      .meta({ description: 'What wants somebody now, whatever the period. Counted up to 10000.' }),
  })
  .meta({ id: 'Overview' });
export type OverviewAnswer = z.infer<typeof overview>;

const period = {
  since: instant.optional().meta({ description: 'Seven days before the end unless given.' }),
  until: instant.optional().meta({ description: 'Now unless given. At most 400 days after the beginning.' }),
  bucket: z.enum(['hour', 'day']).optional().meta({ description: 'Hours up to 72 of them, else days (UTC).' }),
  currency: currency.optional(),
};

const description =
  'By the time at which things happened: a refund counts when it was made, not when its payment was. The period is widened ' +
  'to whole hours or days. Exact to the moment: sums of hours that are over, and what was written since.';

export const getOverview = endpoint({
  id: 'getOverview',
  method: 'GET',
  path: '/api/v1/overview',
  summary: 'See how payments go',
  description,
  tag: 'Panel',
  access: { by: 'tenant', scope: 'payment:read' },
  idempotency: 'none',
  query: z.strictObject(period),
  answer: { status: 200, schema: overview, description: 'The numbers.' },
  problems: [],
});

export const getOverviewAsOperator = endpoint({
  id: 'getOverviewAsOperator',
  method: 'GET',
  path: '/api/v1/operator/overview',
  summary: 'See how payments of all tenants go',
  description: `${description} Acknowledgments of the last 24 hours at most. In test mode, payments under a test clock count when they were seen.`,
  tag: 'Operator',
  access: { by: 'operator', permission: 'overview:read' },
  idempotency: 'none',
  query: z.strictObject({ ...period, mode: z.enum(['live', 'test']).default('live') }),
  answer: { status: 200, schema: overview, description: 'The numbers.' },
  problems: [],
});

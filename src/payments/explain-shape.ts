import { z } from 'zod';
import { instant } from '../kernel/shapes.ts';
import { paymentStatus } from './payment-shape.ts';

/** Why a payment is as it is; browser-safe. */

const about = z
  .strictObject({
    object: z.enum(['attempt', 'capture', 'refund', 'reversal', 'signal']),
    id: z.string(),
  })
  .meta({ id: 'DoubtSubject' });

const doubt = z
  .strictObject({
    about,
    since: instant,
    nextQuestionAt: instant.nullable().meta({ description: 'When the provider is asked, or the request repeated.' }),
    tries: z.int().meta({ description: 'Questions without an answer so far.' }),
  })
  .meta({ id: 'Doubt', description: 'Sent to the provider, and not known what came of it.' });

const route = z
  .strictObject({
    attemptId: z.string(),
    providerAccountId: z.string(),
    code: z.string().meta({ description: 'Why this account; docs/routing.md lists the codes.' }),
    isProbe: z.boolean().meta({ description: 'It was sent there to see whether the account answers again.' }),
    passedOver: z.array(z.strictObject({ providerAccountId: z.string(), codes: z.array(z.string()) })),
    failedOverFrom: z
      .array(
        z.strictObject({
          attemptId: z.string(),
          providerAccountId: z.string(),
          state: z.enum(['not_sent', 'refused']),
          code: z.string().meta({ description: 'Why nothing came of it there.' }),
        }),
      )
      .meta({ description: 'The accounts that the same confirmation came to before, the first in front.' }),
  })
  .meta({ id: 'ExplainedRoute' });

export const explanation = z
  .strictObject({
    paymentId: z.string(),
    status: paymentStatus,
    because: z.string().meta({ description: 'Why it is in this status, as one or more sentences.' }),
    since: instant.meta({ description: 'When it came into this status.' }),
    lastSignal: z
      .strictObject({
        id: z.string(),
        at: instant,
        source: z.string(),
        kind: z.string(),
        outcome: z.string(),
        note: z.string().nullable(),
      })
      .nullable(),
    waitingFor: z.array(
      z.strictObject({
        who: z.enum(['shopper', 'provider', 'tenant', 'operator', 'clock']),
        what: z.string(),
        until: instant.nullable().meta({ description: 'When the wait ends or something is done about it.' }),
      }),
    ),
    possible: z.array(
      z.strictObject({
        action: z.enum(['confirm', 'capture', 'cancel', 'refund', 'reverse', 'sync']),
        allowed: z.boolean(),
        why: z.string(),
      }),
    ),
    doubts: z.array(doubt),
    route: route.nullable().meta({ description: 'Where the latest attempt went and why; null: there was none.' }),
    money: z.strictObject({
      currency: z.string(),
      amount: z.int(),
      authorized: z.int(),
      capturable: z.int(),
      captured: z.int(),
      capturePending: z.int(),
      refundable: z.int(),
      refunded: z.int(),
      refundPending: z.int(),
    }),
  })
  .meta({ id: 'PaymentExplanation' });
export type Explanation = z.infer<typeof explanation>;

export const paymentInDoubt = z
  .strictObject({
    ...doubt.shape,
    paymentId: z.string(),
    mode: z.enum(['live', 'test']),
    note: z.string().nullable().meta({ description: 'Of a signal: why it was set aside.' }),
  })
  .meta({ id: 'PaymentInDoubt', description: 'What a person may have to look at.' });
export type PaymentInDoubt = z.infer<typeof paymentInDoubt>;

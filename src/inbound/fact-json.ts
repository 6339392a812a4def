import { z } from 'zod';
import { JsonText } from '../platform/binary-column.ts';
import type { ProviderEvent } from '../providers/provider-webhook.ts';

/** The stored form of verified provider events: what JSON cannot carry goes as text. */

const money = z.strictObject({ amount: z.string().transform(BigInt), currency: z.string() });
const instant = z.string().transform((text) => Temporal.Instant.from(text));

const charged = {
  chargeRef: z.string().exactOptional(),
  instrument: z
    .strictObject({
      type: z.enum(['card', 'account', 'wallet']),
      brand: z.string().exactOptional(),
      bin: z.string().exactOptional(),
      last4: z.string().exactOptional(),
      accountType: z.string().exactOptional(),
    })
    .exactOptional(),
  authCode: z.string().exactOptional(),
};

const report = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('requires_action'),
    nextAction: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('redirect'), url: z.string(), embeddable: z.boolean() }),
      z.strictObject({
        type: z.literal('qr'),
        payload: z.string(),
        imageUrl: z.string().exactOptional(),
        deepLink: z.string().exactOptional(),
      }),
      z.strictObject({
        type: z.literal('client'),
        clientSecret: z.string(),
        publishableKey: z.string().exactOptional(),
      }),
      z.strictObject({ type: z.literal('deep_link'), url: z.string() }),
    ]),
    expiresAt: instant.exactOptional(),
  }),
  z.strictObject({ state: z.literal('pending') }),
  z.strictObject({
    state: z.literal('authorized'),
    amount: money,
    authorizationExpiresAt: instant.exactOptional(),
    ...charged,
  }),
  z.strictObject({ state: z.literal('captured'), amount: money, ...charged }),
  z.strictObject({
    state: z.literal('declined'),
    decline: z.strictObject({
      reason: z.enum([
        'insufficient_funds',
        'expired_card',
        'incorrect_cvc',
        'lost_or_stolen',
        'fraud',
        'authentication_failed',
        'do_not_honor',
        'limit_exceeded',
        'other',
      ]),
      providerCode: z.string().exactOptional(),
      message: z.string().exactOptional(),
    }),
  }),
  z.strictObject({ state: z.literal('canceled'), afterAuthorization: z.boolean().exactOptional() }),
  z.strictObject({ state: z.literal('expired'), afterAuthorization: z.boolean().exactOptional() }),
]);

const operation = {
  providerRef: z.string(),
  amount: money,
  state: z.enum(['pending', 'succeeded', 'failed']),
  failureCode: z.string().exactOptional(),
};
const capture = z.strictObject({ ...operation, captureId: z.string().nullable(), final: z.boolean() });
const refund = z.strictObject({
  ...operation,
  refundId: z.string().nullable(),
  mayBeOurs: z.literal(true).exactOptional(),
});
const reversal = z.strictObject({ ...operation, reversalId: z.string().nullable() });
const total = z.string().transform(BigInt);
const dispute = z.strictObject({
  providerRef: z.string(),
  state: z.enum(['inquiry', 'opened', 'under_review', 'won', 'lost', 'expired']),
  amount: money,
  reason: z.string(),
  evidenceDueAt: instant.exactOptional(),
  withdrawn: total,
  reinstated: total,
  asOf: instant,
});

const storedFacts = z.array(
  z.strictObject({
    dedupeKey: z.string(),
    contentHash: z.string(),
    attempt: z.union([
      z.strictObject({ attemptId: z.string(), providerRef: z.string().exactOptional() }),
      z.strictObject({ providerRef: z.string() }),
    ]),
    occurredAt: instant,
    authoritative: z.boolean(),
    fact: z.discriminatedUnion('about', [
      z.strictObject({ about: z.literal('attempt'), report }),
      z.strictObject({ about: z.literal('capture'), capture }),
      z.strictObject({ about: z.literal('refund'), refund }),
      z.strictObject({ about: z.literal('reversal'), reversal }),
      z.strictObject({ about: z.literal('dispute'), dispute }),
    ]),
  }),
);

/** Facts as JSON for a column of it; amounts are texts. */
export function factsToJson(events: readonly ProviderEvent[]): JsonText {
  return new JsonText(
    JSON.stringify(events, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}

/** Facts out of a jsonb column. @throws ZodError where the column holds something else */
export function factsFromJson(json: unknown): readonly ProviderEvent[] {
  return storedFacts.parse(json);
}

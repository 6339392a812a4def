import { z } from 'zod';
import { instant } from '../kernel/shapes.ts';
import type { KeyFinding, RawWebhook, WebhookDescription } from '../providers/provider-webhook.ts';
import type { CheckedFact, NotificationCheck } from './check-notification.ts';
import { INBOUND_VERDICTS } from './inbound-event.ts';
import { masked } from './inbound-event-json.ts';

/** Enough to tell two signatures apart by eye, and none that a receiver would take. */
const SHOWN_OF_EXPECTED = 8;
const MEMBERS_MAX = 200;
const VALUE_CHARACTERS_MAX = 4_000;

/** A notification as somebody pasted it. */
export const pastedNotification = z
  .strictObject({
    body: z.string().max(200_000).meta({ description: 'The body as it was sent, every character of it.' }),
    headers: z
      .record(z.string().max(100), z.union([z.string().max(8_000), z.array(z.string().max(8_000)).max(20)]))
      .default({})
      .meta({ description: 'The headers it came with; names in any case.' }),
    method: z.enum(['POST', 'GET']).default('POST'),
    receivedAt: instant.optional().meta({ description: 'As of when its age is judged; now unless given.' }),
    remoteAddress: z.string().max(64).default('').meta({
      description: 'Where it came from; for providers whose notifications are taken from their addresses alone.',
    }),
  })
  .meta({ id: 'CheckNotification' });

const keyFinding = z.strictObject({
  key: z
    .enum(['current', 'previous'])
    .meta({ description: 'previous: that of before a rotation, within its overlap.' }),
  verdict: z.enum(['valid', 'invalid', 'missing', 'ambiguous', 'no_key']),
  expected: z
    .string()
    .nullable()
    .meta({ description: 'What this key signs the text with; null where only the other side can.' }),
  expectedShown: z.enum(['whole', 'beginning', 'nothing']).meta({
    description:
      'beginning: 8 characters, since the key is good for live mode, where nobody may have contents signed here.',
  }),
});

export const notificationCheckObject = z
  .strictObject({
    object: z.literal('notification_check'),
    mode: z.enum(['live', 'test']),
    provider: z.string(),
    providerAccountId: z.string(),
    asOf: instant,
    verdict: z.enum([...INBOUND_VERDICTS, 'probe']).meta({ description: 'What the gateway would make of it.' }),
    explanation: z.string().meta({ description: 'The verdict and what would follow, in words.' }),
    replyStatus: z.int().meta({ description: 'The status that the sender would be answered with.' }),
    signature: z
      .strictObject({
        scheme: z.string(),
        signedText: z.string().nullable().meta({ description: 'The string to sign, exactly.' }),
        separator: z.string(),
        received: z.string().nullable(),
        keys: z.array(keyFinding),
        problem: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'null: this provider’s check cannot be shown in parts.' }),
    timestamp: z
      .strictObject({
        sent: z.string().nullable(),
        at: instant.nullable(),
        ageSeconds: z.int().nullable().meta({ description: 'Negative: from the future.' }),
        toleranceSeconds: z.int(),
        verdict: z.enum(['fresh', 'too_old', 'too_new', 'unreadable']),
      })
      .nullable()
      .meta({ description: 'null: such notifications carry no signed time.' }),
    members: z
      .array(z.strictObject({ name: z.string(), value: z.string(), means: z.string().nullable(), signed: z.boolean() }))
      .meta({ description: 'What was read, in the order in which it is signed; what no signature covers comes last.' }),
    facts: z
      .array(
        z.strictObject({
          about: z.enum(['attempt', 'capture', 'refund', 'reversal', 'dispute']),
          state: z.string(),
          isNew: z.boolean(),
          authoritative: z.boolean().meta({ description: 'false: the provider is asked before anything moves.' }),
          attemptId: z.string().nullable(),
          paymentId: z.string().nullable(),
          paymentStatus: z.string().nullable(),
        }),
      )
      .meta({ description: 'What it tells, once it is verified.' }),
  })
  .meta({ id: 'NotificationCheck' });

/** A pasted notification as if it had come over the wire. */
export function requestOf(pasted: z.output<typeof pastedNotification>, now: Temporal.Instant): RawWebhook {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(pasted.headers)) {
    const key = name.toLowerCase();
    headers[key] = [...(headers[key] ?? []), ...(typeof value === 'string' ? [value] : value)];
  }
  return {
    method: pasted.method,
    query: {},
    headers,
    body: new TextEncoder().encode(pasted.body),
    remoteAddress: pasted.remoteAddress,
    receivedAt: pasted.receivedAt === undefined ? now : Temporal.Instant.from(pasted.receivedAt),
  };
}

/** A check as the API shows it: card numbers masked, and no whole signature by a key that is good for live mode. */
export function notificationCheckJson(check: NotificationCheck): z.infer<typeof notificationCheckObject> {
  const { account, asOf, verdict, replyStatus, described } = check;
  const members = (described?.members ?? []).slice(0, MEMBERS_MAX);
  return {
    object: 'notification_check',
    mode: account.mode,
    provider: account.provider,
    providerAccountId: account.providerAccountId,
    asOf: asOf.toString(),
    verdict,
    explanation: explanationOf(check),
    replyStatus,
    signature: described === null ? null : signatureJson(check, described),
    timestamp: described === null || described.stamp === null ? null : timestampJson(asOf, described.stamp),
    members: members.map(({ name, value, means, signed }) => ({
      name: masked(name),
      value: masked(value.slice(0, VALUE_CHARACTERS_MAX)),
      ...{ means, signed },
    })),
    facts: check.facts.map(factJson),
  };
}

function signatureJson({ mayShowExpected }: NotificationCheck, described: WebhookDescription) {
  const { scheme, signedText, separator, received, keys, because = null } = described;
  return {
    ...{ scheme, separator, problem: because },
    signedText: signedText === null ? null : masked(signedText),
    received: received === null ? null : masked(received.slice(0, VALUE_CHARACTERS_MAX)),
    keys: keys.map((finding) => ({ ...finding, ...expectedShown(finding, mayShowExpected) })),
  };
}

/** One that the caller has in hand already tells nothing new; any other could be sent as if it were the provider's. */
function expectedShown(
  { verdict, expected }: KeyFinding,
  mayShow: boolean,
): { readonly expected: string | null; readonly expectedShown: 'whole' | 'beginning' | 'nothing' } {
  if (expected === null) return { expected: null, expectedShown: 'nothing' };
  if (mayShow || verdict === 'valid') return { expected, expectedShown: 'whole' };
  return { expected: `${expected.slice(0, SHOWN_OF_EXPECTED)}…`, expectedShown: 'beginning' };
}

function timestampJson(
  asOf: Temporal.Instant,
  { sent, at, toleranceSeconds }: NonNullable<WebhookDescription['stamp']>,
) {
  const text = sent === null ? null : masked(sent.slice(0, 100));
  if (at === null) {
    return { sent: text, at: null, ageSeconds: null, toleranceSeconds, verdict: 'unreadable' as const };
  }
  const ageMs = asOf.epochMilliseconds - at.epochMilliseconds;
  const isFresh = Math.abs(ageMs) <= toleranceSeconds * 1_000;
  const verdict = isFresh ? ('fresh' as const) : ageMs > 0 ? ('too_old' as const) : ('too_new' as const);
  return { sent: text, at: at.toString(), ageSeconds: Math.round(ageMs / 1_000), toleranceSeconds, verdict };
}

function factJson({ event, isNew, payment }: CheckedFact) {
  return {
    about: event.fact.about,
    state: stateOf(event.fact),
    isNew,
    authoritative: event.authoritative,
    attemptId: payment?.attemptId ?? null,
    paymentId: payment?.paymentId ?? null,
    paymentStatus: payment?.status ?? null,
  };
}

function stateOf(fact: CheckedFact['event']['fact']): string {
  switch (fact.about) {
    case 'attempt':
      return fact.report.state;
    case 'capture':
      return fact.capture.state;
    case 'refund':
      return fact.refund.state;
    case 'reversal':
      return fact.reversal.state;
    case 'dispute':
      return fact.dispute.state;
  }
}

const KEPT = 'It would be kept as evidence, and nothing would move.';

const VERDICTS: Readonly<Record<NotificationCheck['verdict'], string>> = {
  accepted: 'It verifies and would be taken.',
  duplicate: 'It verifies, and all that it says has come before: it would be acknowledged and not applied again.',
  conflicting_duplicate:
    'It verifies, and contradicts what came before about the same: it would be acknowledged and set aside.',
  nonce_reused: `Its nonce has come before with other content: it would be refused. ${KEPT}`,
  refused_unwanted: 'It verifies, and tells of money that the payment does not take: the provider would be told so.',
  bad_signature: `No key of this account made its signature: it would be refused. ${KEPT}`,
  stale_timestamp: `It is truly signed, and its timestamp is too far from the time of receipt: it would be refused. ${KEPT}`,
  malformed: `It cannot be read as this provider’s notification: it would be refused. ${KEPT}`,
  wrong_source: `It is not from whom this account takes notifications: it would be refused. ${KEPT}`,
  not_configured: 'The account has no usable keys: it would be turned away for now, and would come again.',
  probe: 'It only asks whether anybody listens: it would be answered, and nothing is kept.',
};

function explanationOf({ verdict, asks, facts }: NotificationCheck): string {
  const parts = [VERDICTS[verdict]];
  if (verdict === 'accepted') parts.push(...facts.filter(({ isNew }) => isNew).map(sentenceOf));
  if (verdict === 'accepted' && facts.length === 0) parts.push('It says nothing that the gateway acts on.');
  if (asks) parts.push('The provider would be asked about the attempt, and its answer counts.');
  return parts.join(' ');
}

function sentenceOf({ event, payment }: CheckedFact): string {
  if (payment === null) return 'No attempt of this account has its name: it would wait, and be set aside as unmatched.';
  const how = event.authoritative ? 'would be applied to' : 'is a hint: the provider would be asked about';
  return `Its ${event.fact.about} (${stateOf(event.fact)}) ${how} ${payment.paymentId}, which is ${payment.status}.`;
}

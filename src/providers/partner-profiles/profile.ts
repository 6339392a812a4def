/** What a signed partner gateway looks like on the wire, as data: adding a partner of this kind is a file of values. */
import { z } from 'zod';
import { isCurrency } from '../../kernel/currency.ts';

/** What a member of a message stands for, in our words. `orderId` is our attempt id. */
const MEANINGS = [
  'merchantCode',
  'orderId',
  'providerRef',
  'refundId',
  'eventType',
  'status',
  'amount',
  'currency',
  'description',
  'returnUrl',
  'ipnUrl',
  'expiresAt',
  'expiresIn',
  'paidAt',
  'timestamp',
  'nonce',
  'redirectUrl',
  'qrPayload',
  'found',
  'code',
  'message',
] as const;
export type Meaning = (typeof MEANINGS)[number];

/** A member's name; with a dot, a member of a member, which only answers have and no signature covers. */
const wireName = z.string().regex(/^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64})?$/);

/** `max`: longer text is cut where it is for people (a description), and refused everywhere else. */
const field = z.union([
  z.strictObject({
    wire: wireName,
    means: z.enum(MEANINGS),
    required: z.boolean().default(false),
    max: z.int().positive().exactOptional(),
  }),
  z.strictObject({ wire: wireName, literal: z.string() }),
]);

const message = z.strictObject({
  fields: z.array(field).min(1),
  /** Members that the signature leaves out; what they say is not trusted with money. */
  unsigned: z.array(z.string()).default([]),
  signature: z.enum(['required', 'if_present', 'none']),
});

const signing = z.strictObject({
  /** At most one that signs with a secret and one with a key pair; the credentials decide which of them it is. */
  methods: z
    .array(
      z.strictObject({
        algorithm: z.enum(['hmac-sha256', 'sha256', 'rsa-sha256']),
        encoding: z.enum(['hex-lower', 'hex-upper', 'base64']),
      }),
    )
    .min(1)
    .max(2),
  /** `listed`: the values of the message's fields as they stand there. `by_name`: of every member there is, sorted. */
  order: z.enum(['listed', 'by_name']),
  /** With `by_name`: only members whose name begins so. */
  namePrefix: z.string().default(''),
  separator: z.string().max(1),
  absent: z.enum(['empty', 'skipped']),
  /** `any`: a hexadecimal signature is taken in capitals and in small letters. */
  letterCase: z.enum(['exact', 'any']).default('exact'),
  place: z.discriminatedUnion('in', [
    z.strictObject({ in: z.literal('body'), member: wireName }),
    z.strictObject({ in: z.literal('header'), name: z.string().regex(/^[a-z0-9-]{1,64}$/) }),
  ]),
});

const path = z.string().regex(/^\/[A-Za-z0-9._~/-]*$/);
export const pathsOverride = z.strictObject({
  create: path.exactOptional(),
  query: path.exactOptional(),
  refund: path.exactOptional(),
});

const reply = z.strictObject({
  status: z.int().min(200).max(299),
  contentType: z.string().exactOptional(),
  body: z.string().exactOptional(),
});

const paymentState = z.enum(['pending', 'captured', 'declined', 'canceled', 'expired']);

const shape = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: z.string().min(1).max(80),
  paths: z.strictObject({ create: path, query: path, refund: path.exactOptional() }),
  signing,
  messages: z.strictObject({
    createRequest: message,
    createAnswer: message,
    queryRequest: message,
    queryAnswer: message,
    refundRequest: message.exactOptional(),
    refundAnswer: message.exactOptional(),
    /** The body of an answer with a status of 4xx. */
    refusal: message.exactOptional(),
    ipn: message,
    /** What the browser brings back; read by nobody, named here so that the page can be built. */
    browserReturn: message.exactOptional(),
  }),
  /** `minor_units`: an integer. `whole_units`: an integer of the currency's unit. `decimal_string`: with its digits. */
  amount: z.enum(['minor_units', 'whole_units', 'decimal_string']),
  currencies: z.union([z.literal('any'), z.array(z.string().refine(isCurrency)).min(1)]),
  /** How an instant is written; both are understood. */
  instants: z.enum(['rfc3339', 'unix_seconds']),
  /** How far an IPN's signed timestamp may be from now; null where the partner has none. */
  toleranceSeconds: z.int().positive().max(3_600).nullable(),
  /** The name under which the partner knows a payment: its own, or ours where its answers bring none. */
  reference: z.enum(['providerRef', 'orderId']),
  eventTypes: z.record(z.string(), z.enum(['payment', 'refund'])),
  statuses: z.strictObject({
    payment: z.record(z.string(), paymentState),
    query: z.record(z.string(), paymentState),
    refund: z.record(z.string(), z.enum(['pending', 'succeeded', 'failed'])),
  }),
  /** What the codes of answers say; of a code that is not here, nothing certain follows. */
  codes: z.record(z.string(), z.enum(['ok', 'refused', 'exists', 'not_found', 'invalid_credentials', 'not_executed'])),
  acknowledgement: reply,
  /** The body of a reply that is none; the status says why. */
  rejection: z.strictObject({ contentType: z.string(), body: z.string() }).nullable(),
  /** Whether its page may stand in a frame. */
  embeddable: z.boolean(),
  refunds: z.enum(['none', 'once', 'many']),
  unacknowledged: z.enum(['repeats', 'reverses']),
});

/** A profile, refused where its signatures could be read in two ways or would leave out what is relied on. */
export const partnerProfile = shape.superRefine((profile, context) => {
  for (const problem of problemsOf(profile)) context.addIssue({ code: 'custom', message: problem });
});

export type PartnerProfile = z.output<typeof shape>;
export type PartnerMessage = z.output<typeof message>;
export type MessageName = keyof PartnerProfile['messages'];
export type SigningMethod = PartnerProfile['signing']['methods'][number];
export type CodeMeaning = PartnerProfile['codes'][string];

/**
 * Whether the signed text can be read in one way only, so that a notification may be believed without asking. Without a
 * separator values can be cut elsewhere; where the members that happen to be there are sorted, they can be renamed.
 */
export function isUnambiguous({ signing: { separator, order } }: PartnerProfile): boolean {
  return separator !== '' && order === 'listed';
}

const RELIED_ON: Readonly<Partial<Record<MessageName, readonly Meaning[]>>> = {
  createRequest: ['merchantCode', 'orderId', 'amount'],
  queryRequest: ['merchantCode', 'orderId'],
  queryAnswer: ['orderId', 'status', 'amount'],
  refundRequest: ['merchantCode', 'orderId', 'refundId', 'amount'],
  refundAnswer: ['orderId', 'refundId', 'status', 'amount'],
  ipn: ['merchantCode', 'orderId', 'eventType', 'status', 'amount'],
};

const ALWAYS_SIGNED: readonly MessageName[] = ['createRequest', 'queryRequest', 'refundRequest', 'ipn'];
/** Those that we send are signed with the same secret as those that come, so no text may pass for another's. */
const INBOUND: readonly MessageName[] = ['createAnswer', 'queryAnswer', 'refundAnswer', 'refusal', 'ipn'];

function problemsOf(profile: PartnerProfile): readonly string[] {
  const messages = Object.entries(profile.messages) as [MessageName, PartnerMessage][];
  const problems = messages.flatMap(([name, each]) => messageProblems(profile, name, each));
  const kinds = profile.signing.methods.map(({ algorithm }) => algorithm === 'rsa-sha256');
  if (new Set(kinds).size !== kinds.length) problems.push('signing: one method for a secret and one for a key pair');
  if (/[\p{L}\p{N}\p{Cc}]/u.test(profile.signing.separator)) problems.push('signing: values contain such a separator');
  if (profile.signing.order === 'listed' && profile.signing.absent === 'skipped') {
    problems.push('signing: a skipped value of a list lets the next one take its place');
  }
  if ((profile.refunds !== 'none') !== hasRefunds(profile)) problems.push('refunds: messages and path go with them');
  if (profile.toleranceSeconds !== null && !signs(profile, profile.messages.ipn, 'timestamp')) {
    problems.push('ipn: a tolerance needs a signed timestamp');
  }
  if (profile.signing.order === 'listed') problems.push(...countProblems(messages));
  return problems;
}

function messageProblems(profile: PartnerProfile, name: MessageName, each: PartnerMessage): string[] {
  const { place } = profile.signing;
  const problems: string[] = [];
  const names = each.fields.map(({ wire }) => wire);
  if (new Set(names).size !== names.length) problems.push(`${name}: a member is there twice`);
  if (place.in === 'body' && names.includes(place.member)) problems.push(`${name}: the signature signs itself`);
  if (ALWAYS_SIGNED.includes(name) && each.signature !== 'required') problems.push(`${name}: must be signed`);
  for (const meaning of RELIED_ON[name] ?? []) {
    if (!signs(profile, each, meaning)) problems.push(`${name}: ${meaning} is missing or not signed`);
  }
  // A notification is believed as a whole, so nothing that it says may come from somebody else.
  const isRead = each.fields.filter((one) => 'means' in one && one.means !== 'message');
  if (name === 'ipn' && !isRead.every(({ wire }) => covers(profile, each, wire))) {
    problems.push('ipn: a member that is read is not signed');
  }
  const nested = names.filter((wire) => wire.includes('.'));
  if (nested.length > 0 && (!name.endsWith('Answer') || !nested.every((wire) => isLeftOut(each, wire)))) {
    problems.push(`${name}: members of members are never signed`);
  }
  return problems;
}

/** Values are joined without their names, so a text belongs to the one message that has as many of them. */
function countProblems(messages: readonly (readonly [MessageName, PartnerMessage])[]): string[] {
  const counts = messages
    .filter(([name, { signature }]) => signature !== 'none' && name !== 'browserReturn')
    .map(([name, each]) => [name, each.fields.filter(({ wire }) => !isLeftOut(each, wire)).length] as const);
  return counts
    .filter(([name, count]) => INBOUND.includes(name) && counts.some(([other, its]) => other !== name && its === count))
    .map(([name]) => `${name}: another message has as many signed values`);
}

function signs(profile: PartnerProfile, each: PartnerMessage, meaning: Meaning): boolean {
  return each.fields.some((one) => 'means' in one && one.means === meaning && covers(profile, each, one.wire));
}

/** Whether a signature covers a member of this name. */
export function covers({ signing }: PartnerProfile, each: PartnerMessage, wire: string): boolean {
  if (signing.place.in === 'body' && wire === signing.place.member) return false;
  return !isLeftOut(each, wire) && (signing.order === 'listed' || wire.startsWith(signing.namePrefix));
}

/** Whether the signature leaves a member out, by its name or the name of the member it lies in. */
function isLeftOut({ unsigned }: PartnerMessage, wire: string): boolean {
  const [top = wire] = wire.split('.');
  return unsigned.includes(top);
}

function hasRefunds({ messages, paths }: PartnerProfile): boolean {
  return messages.refundRequest !== undefined && messages.refundAnswer !== undefined && paths.refund !== undefined;
}

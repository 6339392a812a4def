import { createHash } from 'node:crypto';
import { ManualClock } from '../src/kernel/clock.ts';
import type {
  DialectEndpoint,
  DialectEvent,
  DialectKey,
  EncodedMessage,
} from '../src/notifications/dialects/dialect.ts';
import { encodeEncrypted } from '../src/notifications/dialects/encrypted.ts';
import { encryptedPlaintextOf } from '../src/notifications/dialects/encrypted-notification.ts';
import { findDialect } from '../src/notifications/dialects/find-dialect.ts';
import { encodePartner } from '../src/notifications/dialects/partner.ts';
import { standardPublicKeyOf } from '../src/notifications/dialects/standard-key-pair.ts';
import type { DialectId, PartnerProfileId } from '../src/notifications/endpoint.ts';
import {
  VECTOR_EVENTS,
  type VectorEvent,
  VND_DECLINED,
  VND_EXPIRED,
  VND_PAID,
  VND_REFUNDED,
} from './dialect-vector-events.ts';
import {
  ANY_2XX,
  type Answers,
  ENCRYPTED_KEYS,
  EXACTLY_200,
  LEGACY_KEYS,
  PARTNER_KEYS,
  PROTECTION_KEYS,
  receiptAnswers,
  SIGNING_KEYS,
  STANDARD_KEYS,
} from './dialect-vector-keys.ts';

/** A message as it is published: what is said, with which keys and when, and the exact bytes that come of it. */
interface Vector {
  readonly name: string;
  readonly at: string;
  readonly keys: readonly object[];
  readonly endpoint?: { readonly merchantCode: string; readonly profile: PartnerProfileId };
  /** Where a dialect takes a random value, the one that was taken here. */
  readonly random?: Readonly<Record<string, string>>;
  /** The name of one in events.json. */
  readonly event: string;
  /** null: the dialect has no word for the event, and nothing is sent. */
  readonly request: { readonly method: 'POST'; readonly headers: object; readonly body: string } | null;
  readonly plaintext?: string;
  readonly acknowledgedBy: readonly Answers[number][];
  readonly notAcknowledgedBy: readonly Answers[number][];
}

interface Other {
  readonly name: string;
  readonly keys: readonly DialectKey[];
  readonly about?: string;
  readonly profile?: PartnerProfileId;
}

interface Plan {
  readonly dialect: DialectId;
  readonly keys: readonly DialectKey[];
  /** Vectors with other keys or another profile, of the first event unless another one is named. */
  readonly others: readonly Other[];
  readonly answers: (keys: readonly DialectKey[]) => { readonly yes: Answers; readonly no: Answers };
}

const PLANS: readonly Plan[] = [
  {
    dialect: 'standard',
    keys: STANDARD_KEYS.slice(0, 1),
    others: [
      { name: 'a rotation: both secrets sign', keys: STANDARD_KEYS.slice(0, 2) },
      {
        name: 'with an Ed25519 key beside the secret',
        keys: [...STANDARD_KEYS.slice(0, 1), ...STANDARD_KEYS.slice(2, 3)],
      },
      { name: 'a rotation of both: two of each sign', keys: STANDARD_KEYS },
    ],
    answers: () => ANY_2XX,
  },
  {
    dialect: 'bluesnap',
    keys: SIGNING_KEYS.slice(0, 1),
    others: [
      {
        name: 'with a data protection key: authKey',
        keys: [...SIGNING_KEYS.slice(0, 1), ...PROTECTION_KEYS.slice(0, 1)],
      },
      { name: 'a rotation: the old key signs until it ends', keys: SIGNING_KEYS },
    ],
    answers: () => EXACTLY_200,
  },
  {
    dialect: 'bluesnap-receipt',
    keys: [...SIGNING_KEYS.slice(0, 1), ...PROTECTION_KEYS.slice(0, 1)],
    others: [
      {
        name: 'a rotation of the data protection key: a receipt of either is one',
        keys: [...SIGNING_KEYS.slice(0, 1), ...PROTECTION_KEYS],
      },
    ],
    answers: receiptAnswers,
  },
  {
    dialect: 'encrypted',
    keys: ENCRYPTED_KEYS.slice(0, 1),
    others: [{ name: 'a rotation: the old key encrypts until it ends, and kid names it', keys: ENCRYPTED_KEYS }],
    answers: () => EXACTLY_200,
  },
  {
    dialect: 'encrypted-legacy',
    keys: LEGACY_KEYS.slice(0, 1),
    others: [{ name: 'a rotation: the old key encrypts until it ends', keys: LEGACY_KEYS }],
    answers: () => EXACTLY_200,
  },
  {
    dialect: 'partner',
    keys: PARTNER_KEYS.slice(0, 1),
    others: [
      { name: 'a rotation: the old secret signs until it ends', keys: PARTNER_KEYS },
      ...['payment.succeeded', VND_PAID, VND_DECLINED, VND_EXPIRED, VND_REFUNDED].map((about) => ({
        ...{ name: `neopay: ${about}`, about, profile: 'neopay' as const, keys: PARTNER_KEYS.slice(0, 1) },
      })),
    ],
    answers: () => EXACTLY_200,
  },
];

const MERCHANT_CODE = 'BLUESHOP';

/** The published test vectors, by path: one file for each dialect, and one of the events that they are about. */
export function generateDialectVectors(): ReadonlyMap<string, string> {
  const events = VECTOR_EVENTS.map(({ name, event }) => ({ name, event: bodyOf(event), payment: event.payment }));
  const files = PLANS.map((plan) => {
    const file = { dialect: plan.dialect, page: `../${plan.dialect}.md`, vectors: vectorsOf(plan) };
    return [plan.dialect, file] as const;
  });
  return new Map(
    [['events', { events }] as const, ...files].map(([name, file]) => [
      `docs/dialects/vectors/${name}.json`,
      `${JSON.stringify(file, null, 2)}\n`,
    ]),
  );
}

function vectorsOf(plan: Plan): readonly Vector[] {
  const [first] = VECTOR_EVENTS;
  const others = plan.others.map((other) => ({
    ...other,
    event: VECTOR_EVENTS.find(({ name }) => name === other.about) ?? first,
  }));
  return [
    ...VECTOR_EVENTS.map((event) => vectorOf(plan, event, { name: event.name, keys: plan.keys })),
    ...others.flatMap(({ event, ...other }) => (event === undefined ? [] : [vectorOf(plan, event, other)])),
  ];
}

function vectorOf({ dialect, answers }: Plan, about: VectorEvent, { name, keys, profile = 'bluecom' }: Other): Vector {
  const { at, event } = about;
  const now = Temporal.Instant.from(at);
  const random = randomOf(dialect, name);
  const endpoint = { merchantCode: MERCHANT_CODE, partnerKeyId: null, profile };
  const message = encode(dialect, event, endpoint, keys, now, random);
  const { yes, no } = answers(keys);
  const isEncrypted = dialect === 'encrypted' || dialect === 'encrypted-legacy';
  return {
    ...{ name, at, keys: keys.map(withPublicKey) },
    ...(dialect === 'partner' ? { endpoint: { merchantCode: MERCHANT_CODE, profile } } : {}),
    ...(random === null || message === null ? {} : { random }),
    event: about.name,
    request: message === null ? null : { method: 'POST', headers: message.headers, body: String(message.body) },
    ...(isEncrypted && message !== null ? { plaintext: encryptedPlaintextOf(event, now) ?? '' } : {}),
    acknowledgedBy: message === null ? [] : yes,
    notAcknowledgedBy: message === null ? [] : no,
  };
}

function encode(
  dialect: DialectId,
  event: DialectEvent,
  endpoint: DialectEndpoint,
  keys: readonly DialectKey[],
  at: Temporal.Instant,
  random: Readonly<Record<string, string>> | null,
): EncodedMessage | null {
  if (dialect === 'encrypted') return encodeEncrypted(event, keys, { at, iv: Buffer.from(random?.iv ?? '', 'hex') });
  if (dialect === 'partner') return encodePartner(event, endpoint, keys, { at, nonce: random?.nonce ?? '' });
  return findDialect(dialect).encode(event, endpoint, keys, new ManualClock(at));
}

/** A receiver has the public half only. */
function withPublicKey(key: DialectKey): object {
  return key.kind === 'ed25519' ? { ...key, publicKey: standardPublicKeyOf(key.text) } : key;
}

/** What stands in for chance, so that the files come out the same each time. */
function randomOf(dialect: DialectId, name: string): Readonly<Record<string, string>> | null {
  const digest = createHash('sha256').update(`${dialect}: ${name}`).digest('hex');
  if (dialect === 'encrypted') return { iv: digest.slice(0, 24) };
  return dialect === 'partner' ? { nonce: digest.slice(0, 32) } : null;
}

/** An event as GET /events/{id} shows it. */
function bodyOf({ eventId, type, apiVersion, createdAt, mode, tenantId, object }: DialectEvent) {
  return { id: eventId, type, apiVersion, createdAt: createdAt.toString(), mode, tenantId, data: { object } };
}

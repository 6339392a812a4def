/** For tests only: what partners do wrong, each with the case that finds it and what the report says of it. */
import { SIGNED } from '../bluecom-messages-fixture.ts';
import { type Answer, type Asked, answerKind, type Fault, type Members, signed } from './broken-partner-fixture.ts';

/** The same answer with other members, signed anew. */
function resigned(answer: Answer, asked: Asked, changes: Members): Answer {
  return { ...answer, members: signed(answerKind(answer, asked), { ...answer.members, ...changes }) };
}

const isOk = ({ status }: Answer) => status === 200;
const created = (change: (answer: Answer, asked: Asked) => Answer): Fault => ({
  answered: (answer, asked) => (asked.kind === 'create' && isOk(answer) ? change(answer, asked) : null),
});
const queried = (change: (answer: Answer, asked: Asked) => Answer): Fault => ({
  answered: (answer, asked) => (asked.kind === 'query' && isOk(answer) ? change(answer, asked) : null),
});
const unsigned = ({ signature: _, ...members }: Members): Members => members;
const inCapitals = (members: Members): Members => ({ ...members, signature: String(members.signature).toUpperCase() });
const backwards = (list: string): string => list.split(' ').toReversed().join(' ');
const minutesAgo = (stamp: unknown, minutes: number) =>
  Temporal.Instant.from(String(stamp)).subtract({ minutes }).toString();

function provenAnyway(asked: Asked): Members {
  return asked.isProven ? asked.members : signed(asked.kind, asked.members);
}

/** Remembers something per order or refund of one run. */
function memory<Value>() {
  const values = new Map<string, Value>();
  return (key: unknown, value: Value): Value => {
    const known = values.get(String(key));
    if (known === undefined) values.set(String(key), value);
    return known ?? value;
  };
}

function chargesTwice(): Fault {
  const seen = new Set<string>();
  return {
    asked({ kind, members, isProven }) {
      if (kind !== 'refund' || !isProven || members.orderId === `att_${'0'.repeat(26)}`) return null;
      const refundId = String(members.refundId);
      if (!seen.has(refundId)) {
        seen.add(refundId);
        return null;
      }
      return signed('refund', { ...members, refundId: `${refundId}x` });
    },
    answered: (answer, asked) =>
      asked.kind === 'refund' && isOk(answer) ? resigned(answer, asked, { refundId: asked.members.refundId }) : null,
  };
}

function takesOtherAmounts(): Fault {
  const first = memory<Members>();
  return {
    asked: ({ kind, members, isProven }) => (kind === 'create' && isProven ? first(members.orderId, members) : null),
  };
}

function namesAnew(): Fault {
  const count = new Map<unknown, number>();
  return created((answer, asked) => {
    const times = (count.get(asked.members.orderId) ?? 0) + 1;
    count.set(asked.members.orderId, times);
    return times === 1 ? answer : resigned(answer, asked, { providerRef: `PG${times}` });
  });
}

/** A fault, the one case that finds it, and what the report says. */
export const FAULTS: readonly (readonly [string, () => Fault, string, RegExp])[] = [
  [
    'creations are answered unsigned',
    () => created((a) => ({ ...a, members: unsigned(a.members) })),
    'create-payment',
    /not signed/,
  ],
  [
    'creations are signed in another order',
    () => created((a) => ({ ...a, members: signed('created', a.members, backwards(SIGNED.created)) })),
    ...(['create-payment', /finds the signature of the answer invalid/] as const),
  ],
  [
    'creations are signed in capitals',
    () => created((a) => ({ ...a, members: inCapitals(a.members) })),
    'create-payment',
    /invalid/,
  ],
  [
    'a creation has a page and a QR code',
    () => created((a, asked) => resigned(a, asked, { qrPayload: '00020101' })),
    ...(['create-payment', /a redirectUrl and a qrPayload/] as const),
  ],
  [
    'a creation does not say until when',
    () => created((a, asked) => resigned(a, asked, { expiresAt: undefined })),
    'create-payment',
    /no expiresAt/,
  ],
  ['the page forbids frames', () => ({ pageHeaders: { 'x-frame-options': 'DENY' } }), 'hosted-page', /forbids frames/],
  [
    'the page forbids frames by its policy',
    () => ({ pageHeaders: { 'content-security-policy': "frame-ancestors 'none'" } }),
    ...(['hosted-page', /forbids frames/] as const),
  ],
  ['a repeated creation makes another payment', namesAnew, 'create-repeated', /second payment/],
  ['another amount under an order id is taken', takesOtherAmounts, 'create-other-amount', /two amounts/],
  [
    'unknown orders are answered 500',
    () => ({ answered: ({ members }) => (members.code === 'order_not_found' ? { status: 500, members: {} } : null) }),
    ...(['unknown-order', /answered 500/] as const),
  ],
  [
    'unsigned requests are taken',
    () => ({ asked: (asked) => (asked.members.signature === undefined ? provenAnyway(asked) : null) }),
    ...(['unsigned-request', /A create without a signature was answered 200.*A query.*A refund/] as const),
  ],
  [
    'wrong signatures are taken',
    () => ({ asked: (asked) => (asked.members.signature === undefined ? null : provenAnyway(asked)) }),
    ...(['wrong-signature', /A create with a wrong signature was answered 200/] as const),
  ],
  [
    'values with a separator are taken',
    () => ({
      asked: ({ kind, members }) =>
        /[|\n]/.test(String(members.description)) ? signed(kind, { ...members, description: 'cleaned' }) : null,
    }),
    ...(['separator-in-value', /read in two ways/] as const),
  ],
  [
    'old questions are answered',
    () => ({
      asked: ({ kind, members, isProven }) =>
        kind === 'query' && isProven ? signed('query', { ...members, timestamp: '2026-03-01T12:00:00Z' }) : null,
    }),
    ...(['clock-skew', /10 minutes ago: 200.*10 minutes ahead: 200/] as const),
  ],
  [
    'asking always says that it is pending',
    () => queried((a, asked) => resigned(a, asked, { status: 'PENDING', paidAt: undefined })),
    ...(['stuck-order', /asking for it says pending/] as const),
  ],
  [
    'amounts are written with a fraction',
    () =>
      queried((a, asked) => {
        const members = resigned(a, asked, { amount: Number(a.members.amount) / 100 }).members;
        return { ...a, members, raw: JSON.stringify(members).replace(/"amount":(\d+)/, '"amount":$1.00') };
      }),
    ...(['amounts', /100\.00/] as const),
  ],
  [
    'notifications tell another amount',
    () => ({ notified: (m) => signed('ipn', { ...m, amount: Number(m.amount) + 1 }) }),
    ...(['amounts', /in a notification: 10001/] as const),
  ],
  [
    'answers to questions are signed in capitals',
    () => queried((a) => ({ ...a, members: inCapitals(a.members) })),
    ...(['answer-signatures', /not signed as agreed/] as const),
  ],
  [
    'refusals are not signed',
    () => ({ answered: (a) => (a.status >= 400 ? { ...a, members: unsigned(a.members) } : null) }),
    ...(['answer-signatures', /missing/] as const),
  ],
  [
    'no notification tells of a cancellation',
    () => ({ notified: (m) => (m.status === 'CANCELLED' ? null : m) }),
    'cancel',
    /No notification came, though the order is canceled/,
  ],
  [
    'no notification tells of an expiry',
    () => ({ notified: (m) => (m.status === 'EXPIRED' ? null : m) }),
    'abandon',
    /No notification came/,
  ],
  [
    'notifications are signed in another order',
    () => ({ notified: (m) => signed('ipn', m, backwards(SIGNED.ipn)) }),
    ...(['ipn-signature', /Compare the string to sign/] as const),
  ],
  ['notifications are not signed', () => ({ notified: unsigned }), 'ipn-signature', /missing/],
  [
    'notifications are stamped long ago',
    () => ({ notified: (m) => signed('ipn', { ...m, timestamp: minutesAgo(m.timestamp, 10) }) }),
    ...(['ipn-timestamp', /age of 600 s/] as const),
  ],
  ['what nobody acknowledged is not sent again', () => ({ neverRepeats: true }), 'ipn-repeated', /did not come again/],
  [
    'repeats have the stamp of the first',
    () => {
      const stamps = memory<unknown>();
      const fact = (m: Members) => `${m.orderId} ${m.refundId} ${m.status}`;
      return { notified: (m) => signed('ipn', { ...m, timestamp: stamps(fact(m), m.timestamp) }) };
    },
    ...(['ipn-repeated', /has the timestamp of the first/] as const),
  ],
  [
    'notifications of a payment lack their time',
    () => ({ notified: (m) => signed('ipn', { ...m, paidAt: undefined }) }),
    ...(['happy-path', /no paidAt/] as const),
  ],
  ['a repeated refund is made twice', chargesTwice, 'refund-repeated', /made twice/],
  [
    'refunds are not notified',
    () => ({ notified: (m) => (m.eventType === 'REFUND' && Number(m.amount) < 10_000 ? null : m) }),
    ...(['refund-partial', /No notification names the refund/] as const),
  ],
  [
    'a whole refund is refused',
    () => ({
      asked: ({ kind, members, isProven }) =>
        kind === 'refund' && isProven && members.amount === 10_000
          ? {
              answer: { status: 409, members: signed('refused', { orderId: members.orderId, code: 'state_conflict' }) },
            }
          : null,
    }),
    ...(['refund-full', /answered 409 state_conflict/] as const),
  ],
];

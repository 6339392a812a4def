/** For tests only: partner gateways as the conformance suite needs them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newId } from '../../kernel/id.ts';
import type { Double, DoubleKind, MessageChanges, Traits } from '../conformance/double.ts';
import { bluecomProfile } from '../partner-profiles/bluecom-profile.ts';
import { neopayProfile } from '../partner-profiles/neopay-profile.ts';
import type { MessageName, PartnerProfile } from '../partner-profiles/profile.ts';
import type { Capabilities } from '../provider-capabilities.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { signedBody } from './bluecom-messages-fixture.ts';
import { SECRET, startPartnerStage } from './partner-fixture.ts';
import { createPartnerProvider } from './partner-provider.ts';
import { verifyMessage } from './verify-message.ts';

type Members = Record<string, unknown>;

/** What the two wires name differently. */
interface Dialect {
  readonly profile: PartnerProfile;
  readonly signature: string;
  readonly sign: (members: Members) => string;
  readonly change: (members: Members, changes: MessageChanges) => void;
  readonly amount: RegExp;
  readonly isMovement: (path: string, body: string) => boolean;
  /** The status that ends nothing, and where it stands. */
  readonly undecided: Members;
}

const COMMON = {
  proves: 'named_values',
  hints: true,
  batches: false,
  certificates: false,
  checksSource: false,
  lateSuccess: true,
  vectors: true,
  unpaid: 'pending',
  ends: ['declined', 'canceled', 'expired'],
  probes: [],
} as const;

const BLUECOM_TRAITS: Traits = {
  ...COMMON,
  amounts: [
    { money: { amount: 100n, currency: 'EUR' }, wire: '100' },
    { money: { amount: 100n, currency: 'JPY' }, wire: '100' },
    { money: { amount: 1_000n, currency: 'KWD' }, wire: '1000' },
    { money: { amount: 999_999_999_999n, currency: 'VND' }, wire: '999999999999' },
  ],
  deniesKeys: true,
  repeats: 'same_answer',
  namesAmounts: ['refund'],
  sendsAddresses: ['returnUrl', 'notificationUrl'],
  declines: { FAILED: 'other' },
  signsTime: true,
  refundsLater: true,
  acknowledgements: [{ credentials: {}, reply: { status: 200 } }],
  tells: {
    paid: ['attempt captured'],
    declined: ['attempt declined'],
    refunded: ['attempt captured', 'refund succeeded'],
  },
};

const NEOPAY_TRAITS: Traits = {
  ...COMMON,
  amounts: [
    { money: { amount: 100n, currency: 'VND' }, wire: '100' },
    { money: { amount: 999_999_999_999n, currency: 'VND' }, wire: '999999999999' },
    { money: { amount: 100n, currency: 'EUR' }, wire: null },
  ],
  // No code for a wrong hash is documented, and answers carry no proof of their own.
  deniesKeys: false,
  // The second use of an order is refused by a code that says no more.
  repeats: 'doubt',
  namesAmounts: [],
  sendsAddresses: ['returnUrl'],
  declines: { '1': 'other' },
  signsTime: false,
  refundsLater: false,
  // https://docs.neox.vn/docs/payment-gateway/transaction-management/ipn
  acknowledgements: [
    {
      credentials: {},
      reply: { status: 200, contentType: 'application/json', body: '{"respcode":0,"respmsg":"received"}' },
    },
  ],
  // Its hashes can be moved to other values, so that all it says is asked about.
  tells: { paid: ['attempt captured?'], declined: ['attempt declined?'] },
};

const BLUECOM: Dialect = {
  profile: bluecomProfile,
  signature: 'signature',
  sign: (members) => JSON.parse(signedBody('ipn', members)).signature,
  change: (members, { attemptId, amount, currency, ofUnknownType, planted }) => {
    if (attemptId !== undefined) members.orderId = attemptId;
    if (amount !== undefined) members.amount = Number(amount);
    if (currency !== undefined) members.currency = currency;
    if (ofUnknownType) members.eventType = 'PARADE';
    if (planted !== undefined) members.payer = planted;
  },
  amount: /"amount":(\d+)/,
  isMovement: (path) => path === '/create-payment' || path === '/refund',
  undecided: { status: 'PROCESSING' },
};

const UNHASHED = ['neo_SecureHash', 'neo_ExtData', 'neo_TransAmount', 'neo_PaymentMethod'];

const NEOPAY: Dialect = {
  profile: neopayProfile,
  signature: 'neo_SecureHash',
  sign: (members) => {
    const names = Object.keys(members).filter((name) => name.startsWith('neo_') && !UNHASHED.includes(name));
    const text = names.sort().map((name) => String(members[name]));
    return createHash('sha256')
      .update(`${text.join('')}${SECRET}`)
      .digest('hex')
      .toUpperCase();
  },
  change: (members, { attemptId, amount, currency, ofUnknownType, planted }) => {
    if (attemptId !== undefined) Object.assign(members, { neo_OrderID: attemptId, neo_MerchantTxnID: attemptId });
    if (amount !== undefined) members.neo_Amount = Number(amount);
    if (currency !== undefined) members.neo_Currency = currency;
    if (ofUnknownType) members.neo_Command = 'PARADE';
    if (planted !== undefined) members.neo_OrderInfo = planted;
  },
  amount: /"neo_Amount":(\d+)/,
  isMovement: (_path, body) => body.includes('"neo_Command":"PAY"'),
  undecided: { neo_ResponseCode: 99 },
};

/** A partner of the Bluecom contract, with a secret. */
export const BLUECOM_DOUBLE: DoubleKind = {
  name: 'partner(bluecom)',
  traits: BLUECOM_TRAITS,
  start: () => start('bluecom', BLUECOM),
};

/** NeoPay: one currency, no refunds by request, notifications that are hints. */
export const NEOPAY_DOUBLE: DoubleKind = {
  name: 'partner(neopay)',
  traits: NEOPAY_TRAITS,
  start: () => start('neopay', NEOPAY),
};

async function start(profile: 'bluecom' | 'neopay', dialect: Dialect): Promise<Double> {
  const { clock, simulator, received, call, input, stop } = await startPartnerStage({ profile });
  const credentialsAt = (apiUrl: string) => ({ ...call().credentials, apiUrl });
  const { amount: money, notificationUrl } = input({ amount: { amount: 125_000n, currency: currencyOf(dialect) } });
  let refundsFail = false;
  return {
    ...{
      clock,
      failures: [],
      url: simulator.url,
      capabilities: capabilitiesOf(dialect.profile, createPartnerProvider().capabilities),
    },
    ...{ money, notificationUrl, secrets: [SECRET], charging: [undefined] },
    accountAt: (url, timeoutMs) => ({
      provider: createPartnerProvider({ timeoutMs }),
      credentials: credentialsAt(url),
    }),
    wrongCredentials: (url) => ({ ...credentialsAt(url), secretKey: 'another secret, long enough' }),
    rotatedCredentials: (url) => ({ ...credentialsAt(url), secretKey: 'the secret after the rotation' }),
    keylessCredentials: (url) => {
      const { secretKey: _, ...keyless } = credentialsAt(url);
      return [keyless, { ...keyless, secretKey: '' }, { ...keyless, secretKey: ' '.repeat(40) }];
    },
    methods: { redirect: undefined, qr: undefined },
    offer: (type) => simulator.offer(type === 'qr' ? 'qr' : 'redirect'),
    nobody: { attemptId: newId('att', clock) },
    pay: async ({ ref }) => {
      await simulator.approve(ref.attemptId);
      return {};
    },
    decline: async ({ ref }) => {
      await simulator.decline(ref.attemptId);
      return {};
    },
    cancel: ({ ref }) => simulator.cancel(ref.attemptId),
    expire: async () => {
      clock.advance({ minutes: 20 });
      await simulator.tick();
    },
    payLate: async ({ ref }) => {
      clock.advance({ minutes: 20 });
      await simulator.tick();
      await simulator.approveLate(ref.attemptId);
    },
    payLater: async ({ ref }) => ({ clientData: {}, settle: () => simulator.approve(ref.attemptId) }),
    failRefunds: (refund) => {
      simulator.endRefunds('later');
      refundsFail = true;
      return refund;
    },
    settle: async () => {
      await simulator.tick();
      if (refundsFail) await failRefunds(simulator, received);
    },
    duplicateNotifications: () => simulator.notify('duplicate'),
    hint: async () => {
      const paid = received.at(-1);
      if (paid === undefined) throw new Error('Nothing was told');
      return resigned(dialect, paid, (members) => void Object.assign(members, dialect.undecided));
    },
    vectors: async () => vectorsOf(profile, dialect),
    notifications: async () => {
      await simulator.tick();
      return received;
    },
    signed: (message, changes) => resigned(dialect, message, (members) => dialect.change(members, changes)),
    withSignature: (message, signature) => {
      const { [dialect.signature]: _, ...members } = membersOf(message);
      return bodied(message, signature === null ? members : { ...members, [dialect.signature]: signature });
    },
    isMovement: ({ path, body }) => dialect.isMovement(path, body),
    amountIn: ({ body }) => dialect.amount.exec(body)?.[1] ?? null,
    keyIn: ({ body }) => {
      const { orderId, refundId, neo_OrderID } = JSON.parse(body);
      return [orderId ?? neo_OrderID, refundId].join();
    },
    withOtherAmount: (answer) => {
      const members = { ...JSON.parse(answer), amount: 1_350 };
      return signedBody('refunded', members);
    },
    count: ({ attemptId }) => simulator.countOrders(attemptId),
    countRefunds: ({ ref }) => simulator.find(ref.attemptId)?.refunds.size ?? 0,
    close: stop,
  };
}

function currencyOf({ profile }: Dialect): string {
  return profile.currencies === 'any' ? 'EUR' : (profile.currencies[0] ?? 'EUR');
}

/** One adapter speaks to all partners; what this one can do its profile says. */
function capabilitiesOf({ currencies, refunds }: PartnerProfile, adapter: Capabilities): Capabilities {
  return { ...adapter, currencies, refund: refunds === 'none' ? false : adapter.refund };
}

function membersOf({ body }: RawWebhook): Members {
  return JSON.parse(Buffer.from(body).toString());
}

function bodied(message: RawWebhook, members: Members): RawWebhook {
  return { ...message, body: Buffer.from(JSON.stringify(members)) };
}

function resigned(dialect: Dialect, message: RawWebhook, change: (members: Members) => void): RawWebhook {
  const { [dialect.signature]: _, ...members } = membersOf(message);
  change(members);
  return bodied(message, { ...members, [dialect.signature]: dialect.sign(members) });
}

/** Every refund that was asked for and has no end yet. */
async function failRefunds(
  simulator: Awaited<ReturnType<typeof startPartnerStage>>['simulator'],
  received: readonly RawWebhook[],
): Promise<void> {
  const names = new Set(received.map((message) => String(membersOf(message).orderId)));
  for (const name of names) {
    for (const refundId of simulator.find(name)?.refunds.keys() ?? [])
      await simulator.endRefund(name, refundId, 'failed');
  }
}

interface PublishedVector {
  readonly name: string;
  readonly message: MessageName | null;
  readonly fields: Members;
  readonly signature: string;
  readonly secretKey?: string;
}

function vectorsOf(name: 'bluecom' | 'neopay', { profile, signature: member }: Dialect) {
  const file = JSON.parse(readFileSync(new URL(`${name}-vectors.json`, import.meta.url), 'utf8'));
  const vectors: readonly PublishedVector[] = name === 'bluecom' ? file.hmac.vectors : file.vectors;
  return vectors.flatMap(({ name: title, message, fields, signature, secretKey = file.hmac?.secretKey }) => {
    if (message === null) return [];
    const verify = async (members: Members) =>
      verifyMessage(profile, { name: message, members }, [{ secretKey }]) === 'valid';
    const [first = ''] = Object.keys(fields);
    const other = { ...fields, [first]: `${String(fields[first])}x` };
    return [
      { name: title, isGenuine: true, verify: () => verify({ ...fields, [member]: signature }) },
      { name: `${title}, changed`, isGenuine: false, verify: () => verify({ ...other, [member]: signature }) },
    ];
  });
}

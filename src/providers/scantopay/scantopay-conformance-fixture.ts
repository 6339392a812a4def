/** For tests only: Scan to Pay as the conformance suite needs it. */
import { createDecipheriv } from 'node:crypto';
import { newId } from '../../kernel/id.ts';
import type { Double, DoubleKind, MessageChanges, Traits } from '../conformance/double.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { encrypt, NOTIFICATION_KEY, PASSWORD, startScantopayStage } from './scantopay-fixture.ts';
import { createScantopayProvider } from './scantopay-provider.ts';

const QR = { type: 'scantopay', flow: 'qr' } as const;
const HOSTED = { type: 'scantopay', flow: 'hosted' } as const;

const TRAITS: Traits = {
  // An account has one currency. https://developer.scantopay.io/docs/qr-payments-business-rules: two decimals.
  amounts: [
    { money: { amount: 1n, currency: 'ZAR' }, wire: '0.01' },
    { money: { amount: 14_950n, currency: 'ZAR' }, wire: '149.5' },
    { money: { amount: 1_999n, currency: 'ZAR' }, wire: '19.99' },
    { money: { amount: 999_999_999_999n, currency: 'ZAR' }, wire: '9999999999.99' },
    { money: { amount: 100n, currency: 'EUR' }, wire: null },
    { money: { amount: 100n, currency: 'JPY' }, wire: null },
    { money: { amount: 1_000n, currency: 'KWD' }, wire: null },
  ],
  deniesKeys: true,
  // The reference is the key, and a second use of it is refused without a word of the first.
  repeats: 'doubt',
  namesAmounts: [],
  sendsAddresses: ['returnUrl', 'notificationUrl'],
  unpaid: 'requires_action',
  ends: ['declined', 'canceled', 'expired'],
  // ISO 8583.
  declines: {
    '51': 'insufficient_funds',
    '05': 'do_not_honor',
    '43': 'lost_or_stolen',
    '54': 'expired_card',
    '59': 'fraud',
    '61': 'limit_exceeded',
    '96': 'other',
  },
  proves: 'key_only',
  signsTime: false,
  hints: true,
  batches: false,
  certificates: false,
  checksSource: false,
  // A declined payer may try the same code with another card.
  lateSuccess: true,
  refundsLater: true,
  vectors: false,
  acknowledgements: [{ credentials: {}, reply: { status: 200 } }],
  // https://developer.scantopay.io/docs/notifications: the portal's Check button.
  probes: [
    { method: 'GET', body: Buffer.alloc(0) },
    { method: 'POST', body: Buffer.from('{"result":"TEST"}') },
  ],
  tells: {
    paid: ['attempt captured'],
    declined: ['attempt declined'],
    refunded: ['attempt captured', 'refund succeeded'],
  },
};

/** Scan to Pay: codes, and a hosted checkout. */
export const SCANTOPAY_DOUBLE: DoubleKind = { name: 'scantopay', traits: TRAITS, start };

async function start(): Promise<Double> {
  const { clock, simulator, receiver, call, stop } = await startScantopayStage();
  const credentialsAt = (apiUrl: string) => ({ ...call().credentials, apiUrl });
  const { apiUrl: _, ...real } = credentialsAt('');
  return {
    ...{ clock, failures: [], url: simulator.url, capabilities: createScantopayProvider().capabilities },
    accountAt: (url, timeoutMs) => ({
      provider: createScantopayProvider({ timeoutMs }),
      credentials: credentialsAt(url),
    }),
    wrongCredentials: (url) => ({ ...credentialsAt(url), password: 'another password' }),
    rotatedCredentials: (url) => ({ ...credentialsAt(url), notificationKey: 'ff'.repeat(16) }),
    keylessCredentials: (url) => {
      const { notificationKey: _key, ...keyless } = credentialsAt(url);
      return [keyless, ...['', '0'.repeat(32), 'short'].map((notificationKey) => ({ ...keyless, notificationKey }))];
    },
    secrets: [PASSWORD, NOTIFICATION_KEY],
    hosts: { credentials: () => real, test: 'qa.scantopay.io', live: 'scantopay.live' },
    // 19.99 × 100 is 1998.9999999999998 for whoever computes it in floats.
    money: { amount: 1_999n, currency: 'ZAR' },
    notificationUrl: receiver.url,
    methods: { qr: QR, redirect: HOSTED, deep_link: { type: 'scantopay', flow: 'app', wallet: 'absa' } },
    charging: [QR, HOSTED],
    addressed: HOSTED,
    nobody: { attemptId: newId('att', clock), providerRef: '0123456789' },
    pay: async ({ ref }) => {
      await simulator.approve(ref.providerRef);
      return {};
    },
    decline: async ({ ref }, code) => {
      await simulator.decline(ref.providerRef, code);
      return {};
    },
    cancel: async ({ ref }) => void (await simulator.cancel(ref.providerRef)),
    expire: async () => clock.advance({ minutes: 20 }),
    payLate: async ({ ref }) => {
      await simulator.decline(ref.providerRef, '51');
      await simulator.approve(ref.providerRef);
    },
    payLater: async ({ ref }) => {
      simulator.lock(ref.providerRef);
      return { clientData: {}, settle: async () => void (await simulator.approve(ref.providerRef)) };
    },
    payUnrefundably: async ({ ref }) => {
      await simulator.approve(ref.providerRef, 'DEBIT');
      return {};
    },
    failRefunds: (input) => {
      simulator.letUndoingFail(true);
      return input;
    },
    // Until the end of the acquirers' day.
    endReversals: () => clock.advance({ hours: 24 }),
    settle: () => simulator.tick(),
    duplicateNotifications: () => simulator.faultNotifications({ copies: 2 }),
    hint: async () => {
      const paid = simulator.notifications.at(-1);
      if (paid === undefined) throw new Error('Nothing was told');
      return encrypted(paid, plainOf(paid).replace('"SUCCESS"', '"CODE_NOTIFY_SUCCESS"'));
    },
    // A merchant is told, or asks, and cannot do both.
    asking: async (ask) => {
      simulator.setNotificationUrl(null);
      const answer = await ask();
      simulator.setNotificationUrl(receiver.url);
      return answer;
    },
    notifications: async () => {
      await simulator.tick();
      return simulator.notifications;
    },
    signed: (message, changes) => encrypted(message, changed(plainOf(message), changes)),
    withSignature: (message, signature) => ({ ...message, body: Buffer.from(signature ?? plainOf(message)) }),
    isMovement: ({ method, path }) =>
      method === 'DELETE' || (method === 'POST' && /\/code\/create$|\/createTx$|\/refund$/.test(path)),
    amountIn: ({ body }) => /"amount":([\d.e+-]+)/.exec(body)?.[1] ?? null,
    keyIn: ({ method, path, body }) => /"(?:merchantR|r)eference":"(\w+)"/.exec(body)?.[1] ?? `${method} ${path}`,
    withOtherAmount: (answer) => answer,
    count: ({ attemptId }) =>
      [...simulator.ledger.codes.values()].filter((code) => code.reference === attemptId).length,
    countRefunds: ({ ref }) =>
      simulator.ledger.transactions.filter(({ kind, code }) => kind === 'refund' && code.reference === ref.attemptId)
        .length,
    close: stop,
  };
}

function plainOf({ body }: RawWebhook): string {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(NOTIFICATION_KEY, 'hex'), Buffer.alloc(16));
  return decipher.update(Buffer.from(body).toString(), 'base64', 'utf8') + decipher.final('utf8');
}

function encrypted(message: RawWebhook, plain: string): RawWebhook {
  return { ...message, body: Buffer.from(encrypt(plain)) };
}

/** In the text, since a number's digits count and a parser would write others. */
function changed(plain: string, { attemptId, amount, currency, ofUnknownType, planted }: MessageChanges): string {
  const decimal = amount === undefined ? null : `${amount / 100n}.${(amount % 100n).toString().padStart(2, '0')}00`;
  return plain
    .replace(/"reference":"\w+"/, (found) => (attemptId === undefined ? found : `"reference":"${attemptId}"`))
    .replace(/"amount":[\d.]+/, (found) => (decimal === null ? found : `"amount":${decimal}`))
    .replace(/"currencyCode":"\w+"/, (found) => (currency === undefined ? found : `"currencyCode":"${currency}"`))
    .replace(/"status":"\w+"/, (found) => (ofUnknownType ? '"status":"KETTLE_BOILED"' : found))
    .replace(/"clientMsisdn":"\d+"/, (found) => (planted === undefined ? found : `"clientMsisdn":"${planted}"`));
}

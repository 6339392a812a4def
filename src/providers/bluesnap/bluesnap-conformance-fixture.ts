/** For tests only: BlueSnap as the conformance suite needs it. */
import { createHmac } from 'node:crypto';
import { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { toDecimal } from '../../kernel/money.ts';
import type { Begun, ClientData, Double, DoubleKind, MessageChanges, Traits } from '../conformance/double.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { bluesnapCredentials } from './bluesnap-credentials.ts';
import { createBluesnapProvider } from './bluesnap-provider.ts';
import type { Card } from './simulator/account.ts';
import { startBluesnapSimulator } from './simulator/start-bluesnap-simulator.ts';

const ACCOUNT = {
  ...{ user: 'API_conformance', password: 'a password: of the suite', merchantId: '400088' },
  ...{ ipnUrl: null, ipnKey: 'key-of-the-suite', dataProtectionKey: null, requireReceipt: false },
} as const;

const TRAITS: Traits = {
  // https://developers.bluesnap.com/reference/currency-codes: decimals, of which the shekel takes none.
  amounts: [
    { money: { amount: 100n, currency: 'EUR' }, wire: '1.00' },
    { money: { amount: 1_999n, currency: 'EUR' }, wire: '19.99' },
    { money: { amount: 100n, currency: 'JPY' }, wire: '100' },
    { money: { amount: 1_000n, currency: 'KWD' }, wire: '1.000' },
    { money: { amount: 100n, currency: 'ILS' }, wire: '1' },
    { money: { amount: 105n, currency: 'ILS' }, wire: null },
    { money: { amount: 999_999_999_999n, currency: 'EUR' }, wire: '9999999999.99' },
  ],
  deniesKeys: true,
  repeats: 'same_answer',
  namesAmounts: ['charge', 'refund'],
  sendsAddresses: [],
  // Before the charge there is no more than a token, which has nobody's name on it.
  unpaid: 'not_found',
  ends: [],
  declines: {
    INSUFFICIENT_FUNDS: 'insufficient_funds',
    EXPIRED_CARD: 'expired_card',
    HIGH_RISK_ERROR: 'fraud',
    SOMETHING_NEW: 'other',
  },
  proves: 'every_byte',
  signsTime: true,
  hints: true,
  batches: false,
  certificates: false,
  checksSource: true,
  lateSuccess: false,
  // Cards are refunded at once; only bank debits take their time.
  refundsLater: false,
  vectors: false,
  acknowledgements: [
    { credentials: {}, reply: { status: 200 } },
    {
      credentials: { requireReceipt: true, dataProtectionKey: 'data protection key' },
      // MD5 of `OKdata protection key`, https://support.bluesnap.com/docs/ipn-setup
      reply: { status: 200, contentType: 'text/plain', body: '0454a3ec510be69fd8bda162ce9205ab' },
    },
  ],
  probes: [{ method: 'GET', body: Buffer.alloc(0) }],
  // A refund is told without our name for it, and so asked about.
  tells: {
    paid: ['attempt captured'],
    declined: ['attempt declined'],
    authorized: ['attempt authorized'],
    captured: ['attempt authorized', 'attempt captured'],
    refunded: ['attempt captured', 'refund succeeded?'],
    disputed: ['attempt captured', 'dispute opened'],
  },
};

/** BlueSnap: hosted fields, then a charge of ours. */
export const BLUESNAP_DOUBLE: DoubleKind = { name: 'bluesnap', traits: TRAITS, start };

async function start(): Promise<Double> {
  const clock = new ManualClock();
  const simulator = await startBluesnapSimulator({ clock, account: ACCOUNT });
  const { user, password, merchantId, ipnKey } = ACCOUNT;
  const credentialsAt = (apiUrl: string) =>
    bluesnapCredentials.parse({ apiUser: user, apiPassword: password, merchantId, ipnKey, apiUrl });
  const enter = ({ report }: Begun, card: Card): ClientData => {
    const action = report.state === 'requires_action' ? report.nextAction : null;
    if (action?.type !== 'client') throw new Error('There are no fields to fill in');
    simulator.enterCard(action.clientSecret, card);
    return { pfToken: action.clientSecret, firstName: 'Ada', lastName: 'Lovelace' };
  };
  return {
    ...{ clock, failures: [], url: simulator.url, capabilities: createBluesnapProvider().capabilities },
    accountAt: (url, timeoutMs) => ({
      provider: createBluesnapProvider({ timeoutMs }),
      credentials: credentialsAt(url),
    }),
    wrongCredentials: (url) => ({ ...credentialsAt(url), apiPassword: 'another password' }),
    rotatedCredentials: (url) => ({ ...credentialsAt(url), ipnKey: 'key-after-rotation' }),
    keylessCredentials: (url) => {
      const { ipnKey: _, ...keyless } = credentialsAt(url);
      return [
        ...[keyless, { ...keyless, ipnKey: '' }, { ...keyless, ipnKey: 'short', dataProtectionKey: ' ' }],
        // Nothing that was made with this one is in the message.
        { ...keyless, dataProtectionKey: 'a protection key' },
      ];
    },
    secrets: [password, ipnKey],
    hosts: {
      credentials: () => bluesnapCredentials.parse({ apiUser: user, apiPassword: password, merchantId, ipnKey }),
      test: 'sandbox.bluesnap.com',
      live: 'ws.bluesnap.com',
    },
    // 19.99 × 100 is 1998.9999999999998 for whoever computes it in floats.
    money: { amount: 1_999n, currency: 'EUR' },
    notificationUrl: 'https://hooks.example/hooks/bluesnap/pa_1',
    methods: { client: undefined },
    charging: [undefined],
    nobody: { attemptId: newId('att', clock) },
    pay: async (begun) => enter(begun, 'approve'),
    decline: async (begun, code) => enter(begun, { decline: code }),
    payLater: async (begun) => ({
      clientData: enter(begun, 'review'),
      settle: async () => simulator.console.approveReview(begun.ref.attemptId),
    }),
    dispute: async ({ ref }) => simulator.console.chargeback(ref.attemptId, 'NEW'),
    settle: () => simulator.tick(),
    duplicateNotifications: () => simulator.breakNotifications('duplicate'),
    hint: async ({ ref }) => {
      simulator.console.refund(ref.attemptId, 100n);
      await simulator.tick();
      const last = simulator.notifications.at(-1);
      if (last === undefined) throw new Error('Nothing was told');
      return last;
    },
    notifications: async () => {
      await simulator.tick();
      return simulator.notifications;
    },
    signed: (message, changes) => signed(message, changes),
    withSignature: (message, signature) => {
      const { 'bls-signature': _, ...headers } = message.headers;
      return { ...message, headers: signature === null ? headers : { ...headers, 'bls-signature': [signature] } };
    },
    isMovement: ({ method, path }) => method !== 'GET' && path.includes('/transactions'),
    amountIn: ({ body }) => /"amount":"([\d.]+)"/.exec(body)?.[1] ?? null,
    keyIn: ({ headers, body }) => headers['idempotency-key'] ?? body,
    withOtherAmount: (answer) => answer.replace(/"amount":19\.99\b/g, '"amount":13.5'),
    count: ({ attemptId }) => simulator.transactionsOf(attemptId).length,
    countRefunds: ({ ref }) => simulator.transactionsOf(ref.attemptId)[0]?.refunds.length ?? 0,
    close: () => simulator.close(),
  };
}

function signed(message: RawWebhook, changes: MessageChanges): RawWebhook {
  const form = new URLSearchParams(Buffer.from(message.body).toString());
  const { attemptId, amount, currency, ofUnknownType, planted } = changes;
  if (attemptId !== undefined) form.set('merchantTransactionId', attemptId);
  if (amount !== undefined) form.set('invoiceChargeAmount', toDecimal({ amount, currency: 'EUR' }));
  if (currency !== undefined) form.set('invoiceChargeCurrency', currency);
  if (ofUnknownType) form.set('transactionType', 'KETTLE_BOILED');
  if (planted !== undefined) for (const name of ['lastName', 'invoiceInfo', 'authKey']) form.set(name, planted);
  const body = form.toString();
  const stamp = message.headers['bls-ipn-timestamp']?.[0] ?? '';
  const signature = createHmac('sha256', ACCOUNT.ipnKey).update(stamp).update(body).digest('hex');
  return { ...message, body: Buffer.from(body), headers: { ...message.headers, 'bls-signature': [signature] } };
}

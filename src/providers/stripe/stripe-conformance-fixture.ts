/** For tests only: Stripe as the conformance suite needs it. */
import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import type { Double, DoubleKind, MessageChanges, Traits } from '../conformance/double.ts';
import type { RefundInput } from '../provider.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { merchantOf } from './simulator/merchant-fixture.ts';
import { type StripeSimulator, startStripeSimulator } from './simulator/start-stripe-simulator.ts';
import type { StripeCredentials } from './stripe-credentials.ts';
import { PUBLISHABLE_KEY, paidBy, SECRET_KEY } from './stripe-fixture.ts';
import { createStripeProvider } from './stripe-provider.ts';
import { verifyStripeSignature } from './verify-stripe-signature.ts';

const OTHER_WEBHOOK_SECRET = `whsec_${'7'.repeat(24)}`;
const REDIRECT = { type: 'stripe', flow: 'redirect' } as const;

const TRAITS: Traits = {
  // https://docs.stripe.com/currencies: zero-decimal, three-decimal and special cases.
  amounts: [
    { money: { amount: 100n, currency: 'EUR' }, wire: '100' },
    { money: { amount: 100n, currency: 'JPY' }, wire: '100' },
    { money: { amount: 1_000n, currency: 'KWD' }, wire: '1000' },
    { money: { amount: 1_001n, currency: 'KWD' }, wire: null },
    { money: { amount: 100n, currency: 'ISK' }, wire: '10000' },
    { money: { amount: 20_000n, currency: 'MGA' }, wire: '200' },
    { money: { amount: 20_001n, currency: 'MGA' }, wire: null },
    { money: { amount: 999_999_999_999n, currency: 'EUR' }, wire: '999999999999' },
  ],
  deniesKeys: true,
  repeats: 'same_answer',
  namesAmounts: ['charge', 'refund'],
  sendsAddresses: ['returnUrl'],
  unpaid: 'requires_action',
  ends: ['declined', 'canceled', 'expired'],
  declines: {
    insufficient_funds: 'insufficient_funds',
    lost_card: 'lost_or_stolen',
    stolen_card: 'lost_or_stolen',
    fraudulent: 'fraud',
    generic_decline: 'do_not_honor',
    card_velocity_exceeded: 'limit_exceeded',
    authentication_required: 'authentication_failed',
    something_new: 'other',
  },
  proves: 'every_byte',
  signsTime: true,
  hints: true,
  batches: false,
  certificates: false,
  checksSource: false,
  lateSuccess: false,
  refundsLater: true,
  vectors: true,
  acknowledgements: [{ credentials: {}, reply: { status: 200 } }],
  probes: [],
  // That the page is left, and how long an authorization lasts, is asked about.
  tells: {
    paid: ['attempt captured', 'attempt pending?'],
    declined: ['attempt pending', 'attempt declined'],
    authorized: ['attempt authorized?', 'attempt pending?'],
    captured: ['attempt authorized?', 'attempt pending?', 'attempt captured'],
    refunded: ['attempt captured', 'attempt pending?', 'refund succeeded'],
    // One event that it was opened, one that its money is withdrawn.
    disputed: ['attempt captured', 'attempt pending?', 'dispute opened', 'dispute opened'],
  },
};

/** Stripe: pages and charges without further ado. */
export const STRIPE_DOUBLE: DoubleKind = { name: 'stripe', traits: TRAITS, start };

async function start(): Promise<Double> {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const simulator = await startStripeSimulator({
    clock,
    failed: (error) => void failures.push(error),
    knownKeysOnly: true,
  });
  const webhookSecret = simulator.register(SECRET_KEY);
  const credentialsAt = (apiUrl: string): StripeCredentials => ({
    ...{ secretKey: SECRET_KEY, webhookSecret, publishableKey: PUBLISHABLE_KEY, apiUrl },
  });
  const failing: RefundInput[] = [];
  return {
    ...{ clock, failures, url: simulator.url, capabilities: createStripeProvider().capabilities },
    accountAt: (url, timeoutMs) => ({ provider: createStripeProvider({ timeoutMs }), credentials: credentialsAt(url) }),
    wrongCredentials: (url) => ({ ...credentialsAt(url), secretKey: `sk_test_${'9'.repeat(24)}` }),
    rotatedCredentials: (url) => ({ ...credentialsAt(url), webhookSecret: OTHER_WEBHOOK_SECRET }),
    keylessCredentials: (url) =>
      ['', 'whsec_', ' '].map((secret) => ({ ...credentialsAt(url), webhookSecret: secret })),
    secrets: [SECRET_KEY, webhookSecret],
    hosts: {
      credentials: (mode) => ({ secretKey: `sk_${mode}_${'5'.repeat(24)}`, webhookSecret }),
      test: 'api.stripe.com',
      live: 'api.stripe.com',
    },
    money: { amount: 1_250n, currency: 'EUR' },
    notificationUrl: 'https://pay.example/hooks/stripe/pa_1',
    methods: { redirect: REDIRECT, client: { type: 'stripe', flow: 'client' } },
    charging: [REDIRECT, paidBy('pm_card_visa')],
    ending: { declined: paidBy('pm_sim_processing'), canceled: { type: 'stripe', flow: 'client' } },
    nobody: { attemptId: newId('att', clock), providerRef: `pi_${'0'.repeat(24)}` },
    pay: async ({ ref, report }) => {
      if (report.state === 'requires_action') simulator.approve(ref.providerRef);
      return {};
    },
    decline: async ({ ref }, code) => {
      simulator.decline(ref.providerRef, code);
      return {};
    },
    cancel: async ({ ref }) => simulator.cancelAtConsole(ref.providerRef),
    expire: async () => {
      clock.advance({ hours: 25 });
      await simulator.tick();
    },
    payLater: async ({ ref }) => {
      simulator.startProcessing(ref.providerRef);
      return { clientData: {}, settle: async () => simulator.approve(ref.providerRef) };
    },
    dispute: async ({ ref }) => void simulator.dispute(ref.providerRef),
    failRefunds: (input) => {
      simulator.setRefundOutcome('pending');
      failing.push(input);
      return input;
    },
    settle: async () => {
      for (const input of failing.splice(0)) await failRefundsOf(simulator, input);
      await simulator.tick();
    },
    duplicateNotifications: () => simulator.setNotificationFault('duplicate'),
    hint: async () => {
      await simulator.tick();
      const left = simulator.notifications.findLast(({ type }) => type === 'checkout.session.completed');
      if (left === undefined) throw new Error('Nobody has left the page');
      return received(left);
    },
    vectors: async () => vectorsOf(webhookSecret),
    notifications: async () => {
      await simulator.tick();
      return simulator.notifications.map(received);
    },
    signed: (message, changes) => signed(webhookSecret, message, changes),
    withSignature: (message, signature) => {
      const { 'stripe-signature': _, ...headers } = message.headers;
      const header = `t=${secondsOf(message)},v1=${signature}`;
      return { ...message, headers: signature === null ? headers : { ...headers, 'stripe-signature': [header] } };
    },
    isMovement: ({ method }) => method === 'POST',
    amountIn: ({ body }) => {
      const form = new URLSearchParams(body);
      return form.get('line_items[0][price_data][unit_amount]') ?? form.get('amount') ?? form.get('amount_to_capture');
    },
    keyIn: ({ headers }) => headers['idempotency-key'] ?? null,
    withOtherAmount: (answer) => answer.replace(/"(amount|amount_total)": \d+/g, '"$1": 1350'),
    count: ({ method }) => simulator.count(method === REDIRECT ? 'checkout.session' : 'payment_intent'),
    countRefunds: () => simulator.count('refund'),
    close: () => simulator.close(),
  };
}

/** The scheme `v0` proves nothing to anybody and is left out, so that what is left is all proof. */
function received({ method, headers, body, sentAt }: StripeSimulator['notifications'][number]): RawWebhook {
  const signature = headers['stripe-signature']?.map((value) => value.replace(/,v0=[0-9a-f]+/, '')) ?? [];
  return {
    ...{ method, query: {}, headers: { ...headers, 'stripe-signature': signature }, body },
    ...{ remoteAddress: '127.0.0.1', receivedAt: Temporal.Instant.fromEpochMilliseconds(sentAt * 1_000) },
  };
}

function secondsOf({ receivedAt }: RawWebhook): number {
  return Math.floor(receivedAt.epochMilliseconds / 1_000);
}

function signed(secret: string, message: RawWebhook, changes: MessageChanges): RawWebhook {
  const event = JSON.parse(Buffer.from(message.body).toString());
  const { object } = event.data;
  const { attemptId, amount, currency, ofUnknownType, planted } = changes;
  if (attemptId !== undefined) {
    object.metadata.attempt_id = attemptId;
    if (object.client_reference_id !== undefined) object.client_reference_id = attemptId;
  }
  if (amount !== undefined) Object.assign(object, { amount: Number(amount), amount_received: Number(amount) });
  if (currency !== undefined) object.currency = currency.toLowerCase();
  if (ofUnknownType) event.type = 'kettle.boiled';
  if (planted !== undefined) Object.assign(object, { description: planted, receipt_email: planted });
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', secret)
    .update(`${secondsOf(message)}.${body}`)
    .digest('hex');
  const header = `t=${secondsOf(message)},v1=${signature}`;
  return { ...message, body: Buffer.from(body), headers: { ...message.headers, 'stripe-signature': [header] } };
}

/** The simulator's refunds wait until somebody says what became of them. */
async function failRefundsOf(simulator: StripeSimulator, { providerRef = '' }: RefundInput): Promise<void> {
  const object = simulator.object(providerRef);
  const intent = object.object === 'checkout.session' ? (object.payment_intent ?? '') : providerRef;
  const { body } = await merchantOf(simulator, SECRET_KEY)('GET', '/v1/refunds', { payment_intent: intent });
  for (const { id } of body.data as readonly { readonly id: string }[]) simulator.moveRefund(id, 'failed');
}

/** Signatures that Stripe's own library makes, which knows nothing of the adapter. */
function vectorsOf(secret: string) {
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'ping', data: { object: {} } }, null, 2);
  const timestamp = 1_767_225_600;
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  const verify = async (body: string) =>
    verifyStripeSignature({
      ...{ headers: [header], body: Buffer.from(body), secrets: [secret] },
      now: Temporal.Instant.fromEpochMilliseconds(timestamp * 1_000),
    }) === 'ok';
  return [
    { name: "a message that Stripe's library signed", isGenuine: true, verify: () => verify(payload) },
    { name: 'the same with another byte', isGenuine: false, verify: () => verify(payload.replace('evt_1', 'evt_2')) },
  ];
}

/** For tests only: the sandbox as the conformance suite needs it. */
import { createHmac } from 'node:crypto';
import { ManualClock } from '../../kernel/clock.ts';
import { newId, newSecret } from '../../kernel/id.ts';
import type { Begun, Double, DoubleKind, MessageChanges, Traits } from '../conformance/double.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { newSandboxCredentials } from './sandbox-credentials.ts';
import { startReceiver } from './sandbox-fixture.ts';
import { createSandboxProvider } from './sandbox-provider.ts';
import { startSandboxServer } from './server/start-sandbox-server.ts';

const token = (name: string) => ({ type: 'sandbox', token: name });

const TRAITS: Traits = {
  amounts: [
    { money: { amount: 100n, currency: 'EUR' }, wire: '100' },
    { money: { amount: 100n, currency: 'JPY' }, wire: '100' },
    { money: { amount: 1_000n, currency: 'KWD' }, wire: '1000' },
    { money: { amount: 999_999_999_999n, currency: 'EUR' }, wire: '999999999999' },
  ],
  deniesKeys: true,
  repeats: 'same_answer',
  namesAmounts: ['charge', 'refund'],
  sendsAddresses: ['returnUrl', 'notificationUrl'],
  unpaid: 'requires_action',
  ends: ['declined', 'canceled', 'expired'],
  declines: { insufficient_funds: 'insufficient_funds', fraud: 'fraud' },
  proves: 'every_byte',
  signsTime: true,
  hints: false,
  batches: false,
  certificates: false,
  checksSource: false,
  lateSuccess: true,
  refundsLater: true,
  vectors: false,
  acknowledgements: [{ credentials: {}, reply: { status: 200 } }],
  probes: [],
  tells: {
    paid: ['attempt captured'],
    declined: ['attempt declined'],
    authorized: ['attempt authorized'],
    captured: ['attempt authorized', 'capture succeeded'],
    refunded: ['attempt captured', 'refund succeeded'],
    disputed: ['attempt captured', 'dispute opened'],
  },
};

/** The sandbox, which has everything the contract knows. */
export const SANDBOX_DOUBLE: DoubleKind = { name: 'sandbox', traits: TRAITS, start };

async function start(): Promise<Double> {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const receiver = await startReceiver(clock);
  const log = { info: () => {}, error: (fault: unknown) => void failures.push(fault) };
  const sandbox = await startSandboxServer({ host: '127.0.0.1', port: 0, dataFile: ':memory:', clock, log });
  const credentials = newSandboxCredentials();
  const otherSecret = newSecret();
  const pass = async (duration: Temporal.DurationLike): Promise<void> => {
    await sandbox.tick();
    clock.advance(duration);
    await sandbox.tick();
  };
  return {
    ...{
      clock,
      failures,
      url: sandbox.url,
      capabilities: createSandboxProvider({ baseUrl: sandbox.url }).capabilities,
    },
    accountAt: (baseUrl, timeoutMs) => ({ provider: createSandboxProvider({ baseUrl, timeoutMs }), credentials }),
    wrongCredentials: () => ({ ...credentials, secretKey: newSecret() }),
    rotatedCredentials: () => ({ ...credentials, secretKey: otherSecret }),
    keylessCredentials: () => ['', 'short', ' '.repeat(40)].map((secretKey) => ({ ...credentials, secretKey })),
    secrets: [credentials.secretKey],
    money: { amount: 1_250n, currency: 'EUR' },
    notificationUrl: receiver.url,
    methods: { redirect: token('tok_redirect'), qr: token('tok_qr') },
    charging: [token('tok_redirect'), token('tok_approve')],
    disputing: token('tok_dispute_lost'),
    nobody: { attemptId: newId('att', clock) },
    pay: async (begun) => {
      if (begun.report.state === 'requires_action') await decide(begun, 'approve');
      return {};
    },
    decline: async (begun, code) => {
      await decide(begun, `decline_${code}`);
      return {};
    },
    cancel: (begun) => decide(begun, 'cancel'),
    expire: () => pass({ minutes: 20 }),
    payLate: async (begun) => {
      await decide(begun, 'approve_after_expiry');
      await pass({ minutes: 16 });
      await pass({ seconds: 10 });
    },
    payLater: async (begun) => {
      await decide(begun, 'approve_later');
      return { clientData: {}, settle: () => pass({ seconds: 6 }) };
    },
    dispute: () => pass({ seconds: 3 }),
    // The last digits of an amount say how it ends.
    failRefunds: (input) => ({ ...input, amount: { ...input.amount, amount: 1_204n } }),
    settle: async () => {
      await sandbox.tick();
      receiver.answerWith(200);
      await pass({ seconds: 3 });
    },
    // What is not acknowledged comes again.
    duplicateNotifications: () => receiver.answerWith(500),
    notifications: async () => {
      await sandbox.tick();
      return receiver.received;
    },
    signed: (message, changes) => signed(credentials.secretKey, message, changes),
    withSignature: (message, signature) => {
      const { 'sandbox-signature': _, ...headers } = message.headers;
      const header = `t=${secondsOf(message)},v1=${signature}`;
      return { ...message, headers: signature === null ? headers : { ...headers, 'sandbox-signature': [header] } };
    },
    isMovement: ({ method }) => method === 'POST',
    amountIn: ({ body }) => /"amount":(\d+)/.exec(body)?.[1] ?? null,
    keyIn: ({ body }) => /"reference":"(\w+)"/.exec(body)?.[1] ?? null,
    withOtherAmount: (answer) => answer.replace(/"(amount\w*)":1250\b/g, '"$1":1350'),
    count: ({ attemptId }) => sandbox.countCharges(attemptId),
    close: async () => {
      await sandbox.close();
      await receiver.close();
    },
  };
}

/** What the payer chooses on the bank's page. */
async function decide({ report }: Begun, decision: string): Promise<void> {
  if (report.state !== 'requires_action' || report.nextAction.type !== 'redirect') throw new Error('There is no page');
  const body = new URLSearchParams({ decision });
  const answer = await fetch(report.nextAction.url, { method: 'POST', body, redirect: 'manual' });
  if (answer.status !== 303) throw new Error(`The bank's page answered ${answer.status}`);
}

function secondsOf({ receivedAt }: RawWebhook): number {
  return Math.floor(receivedAt.epochMilliseconds / 1_000);
}

function signed(secret: string, message: RawWebhook, changes: MessageChanges): RawWebhook {
  const event = JSON.parse(Buffer.from(message.body).toString());
  const { charge } = event;
  const { attemptId, amount, currency, ofUnknownType, planted } = changes;
  if (attemptId !== undefined) charge.reference = attemptId;
  if (amount !== undefined) {
    const total = Number(amount);
    Object.assign(charge, { amount: total, amountAuthorized: total, amountCaptured: total });
  }
  if (currency !== undefined) charge.currency = currency;
  if (ofUnknownType) event.type = 'kettle.boiled';
  if (planted !== undefined) charge.action = { type: 'qr', payload: planted };
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', secret)
    .update(`${secondsOf(message)}.`)
    .update(body)
    .digest('hex');
  const header = `t=${secondsOf(message)},v1=${signature}`;
  return { ...message, body: Buffer.from(body), headers: { ...message.headers, 'sandbox-signature': [header] } };
}

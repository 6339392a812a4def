/** For tests only: the simulator, a receiver of its notifications, and the adapter between them, all on loopback. */
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { present } from '../../kernel/assert.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import type {
  AttemptRef,
  CreateInput,
  PaymentProvider,
  ProviderCall,
  RefundInput,
  ReversalInput,
} from '../provider.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import type { ScantopayCredentials } from './scantopay-credentials.ts';
import { createScantopayProvider } from './scantopay-provider.ts';
import type { SimulatedNotification } from './simulator/simulated-notifier.ts';
import { type ScantopaySimulator, startScantopaySimulator } from './simulator/start-scantopay-simulator.ts';

export const NOTIFICATION_KEY = '00112233445566778899aabbccddeeff';
export const PASSWORD = 'a-password-of-the-portal';

/** Shorter than the adapter's own, for answers that never come. */
const TIMEOUT_MS = 1_000;

export interface ScantopayStage {
  readonly clock: ManualClock;
  readonly provider: PaymentProvider<ScantopayCredentials>;
  readonly simulator: ScantopaySimulator;
  readonly receiver: StageReceiver;
  call(overrides?: Partial<ProviderCall<ScantopayCredentials>>): ProviderCall<ScantopayCredentials>;
  input(overrides?: Partial<CreateInput>): CreateInput;
  stop(): Promise<void>;
}

/** Keeps what it receives; answers with a status, or not at all. */
export interface StageReceiver {
  readonly url: string;
  readonly bodies: string[];
  answer: number | 'never';
  /** Answers those that have waited. */
  answerLate(status: number): void;
}

/** `polled`: the merchant has set no address for notifications. */
export async function startScantopayStage(options: { readonly polled?: boolean } = {}): Promise<ScantopayStage> {
  const clock = new ManualClock('2026-03-02T08:00:00Z');
  const { server, receiver } = await startReceiver();
  const [username, currency, notificationKey] = ['merchant-25', 'ZAR', NOTIFICATION_KEY] as const;
  const notificationUrl = options.polled ? null : receiver.url;
  const simulator = await startScantopaySimulator({
    ...{ clock, username, password: PASSWORD, currency, notificationKey, notificationUrl },
  });
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'scantopay-test' });
  const credentials = { username, password: PASSWORD, notificationKey, currency, apiUrl: simulator.url };
  return {
    ...{ clock, simulator, receiver, provider: createScantopayProvider({ timeoutMs: TIMEOUT_MS }) },
    call: (overrides = {}) => ({ mode: 'test', credentials, http, clock, ...overrides }),
    input: (overrides = {}) => ({
      attemptId: newId('att', clock),
      amount: { amount: 14_950n, currency },
      captureMethod: 'automatic',
      method: undefined,
      returnUrl: 'https://shop.example/back?order=7',
      notificationUrl: receiver.url,
      expiresAt: clock.now().add({ minutes: 15 }),
      ...overrides,
    }),
    stop: async () => {
      await http.close();
      await simulator.close();
      await closeServer(server);
    },
  };
}

async function startReceiver(): Promise<{ readonly server: Server; readonly receiver: StageReceiver }> {
  const waiting: ((status: number) => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    receiver.bodies.push(Buffer.concat(chunks).toString());
    if (receiver.answer === 'never') waiting.push((status) => response.writeHead(status).end());
    else response.writeHead(receiver.answer).end();
  });
  const receiver: StageReceiver = {
    ...{ url: `${await listenOnLoopback(server)}/hooks`, bodies: [], answer: 200 },
    answerLate: (status) => {
      for (const answer of waiting.splice(0)) answer(status);
    },
  };
  return { server, receiver };
}

/** The address of a server started on a free port of loopback. */
export async function listenOnLoopback(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

/** An attempt whose code the payer may use now. */
export async function created(
  stage: ScantopayStage,
  overrides: Partial<CreateInput> = {},
): Promise<Required<Omit<AttemptRef, 'chargeRef'>>> {
  const input = stage.input(overrides);
  const answer = await stage.provider.create(stage.call(), input);
  if (answer.kind !== 'answered') throw new Error(`Not created: ${JSON.stringify(answer)}`);
  return { attemptId: input.attemptId, providerRef: answer.providerRef };
}

export function refundInput(
  stage: ScantopayStage,
  attempt: AttemptRef,
  overrides: Partial<RefundInput> = {},
): RefundInput {
  const { clock, receiver } = stage;
  const amount = { amount: 14_950n, currency: 'ZAR' };
  return { ...attempt, refundId: newId('re', clock), amount, notificationUrl: receiver.url, ...overrides };
}

export function reversalInput(stage: ScantopayStage, attempt: AttemptRef): ReversalInput {
  const { clock, receiver } = stage;
  const amount = { amount: 14_950n, currency: 'ZAR' };
  return { ...attempt, reversalId: newId('rev', clock), amount, notificationUrl: receiver.url };
}

/** What the adapter made of the last notification. */
async function lastOutcome(stage: ScantopayStage): Promise<WebhookOutcome> {
  const last: SimulatedNotification = present(stage.simulator.notifications.at(-1), 'notification');
  return stage.provider.parseWebhook(stage.call(), last);
}

export async function lastEvent(stage: ScantopayStage): Promise<ProviderEvent> {
  const outcome = await lastOutcome(stage);
  if (outcome.kind !== 'events') throw new Error(`Not read: ${JSON.stringify(outcome)}`);
  return present(outcome.events[0], 'event');
}

/** A notification with this body, as the gateway hands it on. */
export function webhook(body: string | Uint8Array, overrides: Partial<RawWebhook> = {}): RawWebhook {
  return {
    ...{ method: 'POST', query: {}, headers: { 'content-type': ['text/plain'] }, remoteAddress: '192.0.2.7' },
    ...{ body: Buffer.from(body), receivedAt: Temporal.Instant.from('2026-03-02T08:00:00Z') },
    ...overrides,
  };
}

/** A message as the provider encrypts it. `padded: false` leaves the padding to the given bytes. */
export function encrypt(plain: string | Uint8Array, key = Buffer.from(NOTIFICATION_KEY, 'hex'), padded = true): string {
  const cipher = createCipheriv('aes-128-cbc', key, Buffer.alloc(16)).setAutoPadding(padded);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

/** A payment that was taken, in the provider's words. */
export const PAID = {
  transactionId: 4071,
  reference: 'att_01kaj2m3n4p5q6r7s8t9v0w1x2',
  amount: 7,
  currencyCode: 'ZAR',
  status: 'SUCCESS',
};

/** For tests only: a partner, a receiver of its notifications and the adapter between them, all on loopback. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import type { CreateInput, PaymentProvider, ProviderCall, RefundInput } from '../provider.ts';
import type { RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import type { PartnerCredentials } from './partner-credentials.ts';
import { createPartnerProvider } from './partner-provider.ts';
import type { SimulatedMerchant } from './simulator/merchant.ts';
import { type PartnerSimulator, startPartnerSimulator } from './simulator/start-partner-simulator.ts';

export const SECRET = 'a secret of the tests, long enough';
export const MERCHANT = 'SHOP_1';

/** A key pair of 2048 bits, PEM. */
export function newKeyPair(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

export interface PartnerStage {
  readonly provider: PaymentProvider<PartnerCredentials>;
  readonly clock: ManualClock;
  readonly simulator: PartnerSimulator;
  /** Every notification that arrived, as it came. */
  readonly received: RawWebhook[];
  /** Whether notifications are read by the adapter and answered with its reply; 500 otherwise. */
  acknowledge(doesAcknowledge: boolean): void;
  call(overrides?: Partial<ProviderCall<PartnerCredentials>>): ProviderCall<PartnerCredentials>;
  input(changes?: Partial<CreateInput>): CreateInput;
  refundInput(attempt: CreateInput, providerRef: string, changes?: Partial<RefundInput>): RefundInput;
  parse(webhook: RawWebhook): Promise<WebhookOutcome>;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly profile?: 'bluecom' | 'neopay';
  readonly keys?: 'secret' | 'rsa';
}

/** One partner, one merchant, one adapter. Time stands still until the clock is moved. */
export async function startPartnerStage({
  profile = 'bluecom',
  keys = 'secret',
}: StageOptions = {}): Promise<PartnerStage> {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const provider = createPartnerProvider();
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'partner-test' });
  const received: RawWebhook[] = [];
  let doesAcknowledge = true;
  const receiver = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const webhook: RawWebhook = {
      ...{ method: incoming.method ?? '', query: {}, headers: incoming.headersDistinct as Record<string, string[]> },
      ...{ body: Buffer.concat(chunks), remoteAddress: incoming.socket.remoteAddress ?? '', receivedAt: clock.now() },
    };
    received.push(webhook);
    const outcome = await provider.parseWebhook(call(), webhook);
    const reply = outcome.kind === 'events' ? outcome.replies.accepted : outcome.reply;
    const { status, contentType = 'text/plain', body = '' } = doesAcknowledge ? reply : { status: 500 };
    response.writeHead(status, { 'content-type': contentType }).end(body);
  });
  const ipnUrl = `${await listenOnLoopback(receiver)}/hooks`;
  // Only where they are used: making a pair takes a tenth of a second.
  const pairs = keys === 'rsa' ? { ours: newKeyPair(), theirs: newKeyPair() } : null;
  const merchant: SimulatedMerchant =
    pairs === null
      ? { wire: profile, merchantCode: MERCHANT, secretKeys: [SECRET], ipnUrl }
      : {
          ...{ wire: profile, merchantCode: MERCHANT, secretKeys: [], ipnUrl },
          rsa: { merchantPublicKey: pairs.ours.publicKey, partnerPrivateKey: pairs.theirs.privateKey },
        };
  const simulator = await startPartnerSimulator({ host: '127.0.0.1', port: 0, clock, merchants: [merchant] });
  const credentials: PartnerCredentials = {
    ...{ profile, merchantCode: MERCHANT, apiUrl: simulator.url },
    ...(pairs === null
      ? { secretKey: SECRET }
      : { publicKey: pairs.theirs.publicKey, privateKey: pairs.ours.privateKey }),
  };
  const currency = profile === 'neopay' ? 'VND' : 'EUR';
  function call(overrides: Partial<ProviderCall<PartnerCredentials>> = {}): ProviderCall<PartnerCredentials> {
    return { mode: 'test', credentials, http, clock, ...overrides };
  }
  return {
    ...{ provider, clock, simulator, received, call },
    acknowledge: (does) => {
      doesAcknowledge = does;
    },
    input: (changes = {}) => ({
      attemptId: newId('att', clock),
      amount: { amount: 125_000n, currency },
      captureMethod: 'automatic',
      method: undefined,
      returnUrl: 'https://shop.example/back?order=7',
      notificationUrl: ipnUrl,
      expiresAt: clock.now().add({ minutes: 15 }),
      description: 'Grüße, 茶 & <b>',
      ...changes,
    }),
    refundInput: ({ attemptId, amount }, providerRef, changes = {}) => ({
      ...{ attemptId, providerRef, refundId: newId('re', clock), amount, notificationUrl: ipnUrl },
      ...changes,
    }),
    parse: (webhook) => provider.parseWebhook(call(), webhook),
    stop: async () => {
      await http.close();
      await simulator.close();
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}

async function listenOnLoopback(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

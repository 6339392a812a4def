/** For tests only: a sandbox, a receiver of its notifications and an adapter between them, all on loopback. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { present } from '../../kernel/assert.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import type { CreateInput, PaymentProvider, ProviderCall } from '../provider.ts';
import type { ProviderEvent, RawWebhook } from '../provider-webhook.ts';
import { newSandboxCredentials, type SandboxCredentials } from './sandbox-credentials.ts';
import { createSandboxProvider } from './sandbox-provider.ts';
import { type SandboxServer, startSandboxServer } from './server/start-sandbox-server.ts';

export const SILENT = { info: () => {}, error: () => {} };

/** What everybody pays with here. */
export const PAID_WITH = {
  instrument: { type: 'card', brand: 'visa', bin: '424242', last4: '4242', accountType: 'credit' },
  authCode: '831000',
};

/** Receives notifications and keeps them as they came. */
export interface Receiver {
  readonly url: string;
  readonly received: RawWebhook[];
  /** The status of the answers; 200 until told otherwise. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

export async function startReceiver(clock: ManualClock): Promise<Receiver> {
  const received: RawWebhook[] = [];
  let status = 200;
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', headersDistinct, socket } = incoming;
    received.push({
      ...{ method, query: {}, headers: headersDistinct as Record<string, string[]>, body: Buffer.concat(chunks) },
      ...{ remoteAddress: socket.remoteAddress ?? '', receivedAt: clock.now() },
    });
    response.writeHead(status).end();
  });
  const url = `${await listenOnLoopback(server)}/hooks`;
  return {
    url,
    received,
    answerWith: (next) => {
      status = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The address of a server started on a free port of loopback. */
export async function listenOnLoopback(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address of loopback at which nobody listens any more. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  const url = await listenOnLoopback(server);
  server.close();
  await once(server, 'close');
  return url;
}

export interface World {
  readonly clock: ManualClock;
  readonly sandbox: SandboxServer;
  readonly receiver: Receiver;
  readonly provider: PaymentProvider<SandboxCredentials>;
  readonly call: ProviderCall<SandboxCredentials>;
  input(token: string | null, changes?: Partial<CreateInput>): CreateInput;
  close(): Promise<void>;
}

/** One sandbox, one receiver, one merchant of its own. Time stands still until the clock is moved. */
export async function startWorld(): Promise<World> {
  const clock = new ManualClock();
  const receiver = await startReceiver(clock);
  const sandbox = await startSandboxServer({ host: '127.0.0.1', port: 0, dataFile: ':memory:', clock, log: SILENT });
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'sandbox-test' });
  return {
    ...{ clock, receiver, sandbox },
    provider: createSandboxProvider({ baseUrl: sandbox.url }),
    call: { mode: 'test', credentials: newSandboxCredentials(), http, clock },
    input: (token, changes = {}) => ({
      attemptId: newId('att', clock),
      amount: { amount: 1250n, currency: 'EUR' },
      captureMethod: 'automatic',
      method: token === null ? undefined : { type: 'sandbox', token },
      returnUrl: 'https://shop.example/back?order=7',
      notificationUrl: receiver.url,
      expiresAt: clock.now().add({ minutes: 15 }),
      ...changes,
    }),
    close: async () => {
      await http.close();
      await sandbox.close();
      await receiver.close();
    },
  };
}

/** What the adapter read out of a notification when it came. Throws where it was rejected. */
export async function eventIn({ provider, call }: World, webhook: RawWebhook | undefined): Promise<ProviderEvent> {
  const came = present(webhook, 'notification');
  const outcome = await provider.parseWebhook({ ...call, clock: { now: () => came.receivedAt } }, came);
  if (outcome.kind !== 'events') throw new Error(`Notification was not read: ${JSON.stringify(outcome)}`);
  return present(outcome.events[0], 'event');
}

/** Lets time pass, with everything sent that was due before and after. */
export async function pass({ sandbox, clock }: World, duration: Temporal.DurationLike): Promise<void> {
  await sandbox.tick();
  clock.advance(duration);
  await sandbox.tick();
}

/** The states the received notifications tell of, in the order of their arrival. */
export async function statesReceived(world: World): Promise<string[]> {
  const events = await Promise.all(world.receiver.received.map((webhook) => eventIn(world, webhook)));
  return events.map(({ fact }) => stateTold(fact));
}

function stateTold(fact: ProviderEvent['fact']): string {
  switch (fact.about) {
    case 'attempt':
      return fact.report.state;
    case 'capture':
      return `capture ${fact.capture.state}`;
    case 'refund':
      return `refund ${fact.refund.state}`;
    case 'reversal':
      return `reversal ${fact.reversal.state}`;
    case 'dispute':
      return `dispute ${fact.dispute.state}`;
  }
}

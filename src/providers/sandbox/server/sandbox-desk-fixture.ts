/** For tests only: a sandbox in memory, a receiver of its notifications and a merchant with an account. */
import { ManualClock } from '../../../kernel/clock.ts';
import { type Receiver, SILENT, startReceiver } from '../sandbox-fixture.ts';
import { type Heard, type Merchant, merchantAt } from './merchant-fixture.ts';
import { type SandboxServer, startSandboxServer } from './start-sandbox-server.ts';

export interface SandboxDesk {
  readonly clock: ManualClock;
  readonly receiver: Receiver;
  readonly sandbox: SandboxServer;
  readonly merchant: Merchant;
  /** What is asked for at `/v1/charges/{reference}{path}`. */
  ask(reference: string, path: string, body: Record<string, unknown>): Promise<Heard>;
  read(reference: string): Promise<Heard['body']>;
  /** Captures, with what a test does not care about filled in. */
  capture(charge: string, reference: string, amount: number, final?: boolean): Promise<Heard>;
  refund(charge: string, reference: string, amount: number): Promise<Heard>;
  reverse(charge: string, reference: string, amount: number): Promise<Heard>;
  /** Lets time pass, with everything done that was due before and after. */
  pass(duration: Temporal.DurationLike): Promise<void>;
  /** What was told, in the order of arrival, with the state of the charge at that time. */
  told(): string[];
  /** The events as they came. */
  events(): Told[];
  close(): Promise<void>;
}

export interface Told {
  readonly type: string;
  readonly charge: Readonly<Record<string, unknown>>;
  readonly [part: string]: unknown;
}

/** A desk of its own; time stands still until it is told to pass. */
export async function startDesk(): Promise<SandboxDesk> {
  const clock = new ManualClock();
  const receiver = await startReceiver(clock);
  const sandbox = await startSandboxServer({ host: '127.0.0.1', port: 0, dataFile: ':memory:', clock, log: SILENT });
  const merchant = merchantAt(sandbox.url, clock);
  await merchant.say('PUT', '/v1/merchants/shop', { secretKey: merchant.secret });
  const ask: SandboxDesk['ask'] = (reference, path, body) => {
    return merchant.say('POST', `/v1/charges/${reference}${path}`, body);
  };
  const operation = (reference: string, amount: number) => {
    return { reference, amount, currency: 'EUR', notificationUrl: receiver.url };
  };
  const events = () => receiver.received.map(({ body }): Told => JSON.parse(Buffer.from(body).toString()));
  return {
    ...{ clock, receiver, sandbox, merchant, ask, events },
    read: async (reference) => (await merchant.say('GET', `/v1/charges/${reference}`)).body,
    capture: (charge, reference, amount, final = false) => {
      return ask(charge, '/captures', { ...operation(reference, amount), final });
    },
    refund: (charge, reference, amount) => ask(charge, '/refunds', operation(reference, amount)),
    reverse: (charge, reference, amount) => ask(charge, '/reversals', operation(reference, amount)),
    pass: async (duration) => {
      await sandbox.tick();
      clock.advance(duration);
      await sandbox.tick();
    },
    told: () => events().map(({ type, charge }) => `${type} (${charge.state})`),
    close: async () => {
      await sandbox.close();
      await receiver.close();
    },
  };
}

/** `409 state_conflict`, or `201 ok`. */
export function codeOf({ status, body }: Heard): string {
  return `${status} ${(body.error as { code?: string } | undefined)?.code ?? 'ok'}`;
}

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Clock } from '../../../kernel/clock.ts';
import { createOutboundHttp } from '../../../platform/outbound-http.ts';
import { isThisMachine, listen } from '../../second-party.ts';
import { type Account, newAccount, newStripeId } from './account.ts';
import { controlSimulator, type SimulatorControl } from './control-simulator.ts';
import { secondsOf } from './desk.ts';
import { type NotificationFault, Notifier, type SentNotification } from './notifier.ts';
import type { RefundOutcome } from './refunds.ts';
import type { RouteDesk } from './routes.ts';
import { type Fault, type HttpContext, type SeenRequest, serveHttp } from './serve-http.ts';

export interface StripeSimulatorOptions {
  readonly host?: string;
  /** 0, the default: any free one. */
  readonly port?: number;
  readonly clock: Clock;
  /** What failed in the simulator itself. */
  readonly failed: (error: unknown) => void;
  /** Takes the keys that were registered here and no others; unless given, every test key opens an account. */
  readonly knownKeysOnly?: boolean;
  /** Where notifications may go; default: this machine only, since anybody may register a receiver. */
  readonly mayNotify?: (url: URL) => boolean;
}

/** The other side, with a hand in everything that happens there. */
export interface StripeSimulator extends SimulatorControl {
  readonly url: string;
  /** Every notification that went out, oldest first. */
  readonly notifications: readonly SentNotification[];
  /** Every request to the API, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Registers a receiver of an account's events; without an address they are only kept. Answers its secret. */
  register(secretKey: string, endpoint?: { readonly url?: string; readonly secret?: string }): string;
  /** The next requests are answered badly, one each. */
  failNext(...faults: readonly Fault[]): void;
  setNotificationFault(fault: NotificationFault): void;
  /** How refunds that are asked for come out from now on. */
  setRefundOutcome(outcome: RefundOutcome): void;
  /** How many objects of a kind there are, over all accounts. */
  count(noun: string): number;
  /** Does everything that is due by the clock and waits for the notifications that are due. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

const TICK_MS = 1_000;
/** Test keys alone: there is no money here. */
const SECRET_KEY = /^[sr]k_test_[A-Za-z0-9_]{16,}$/;

/** Starts a payment provider that behaves as Stripe documents it and shares nothing with the adapter but the wire. */
export async function startStripeSimulator(options: StripeSimulatorOptions): Promise<StripeSimulator> {
  const { clock, host = '127.0.0.1', failed } = options;
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'Stripe/1.0 (simulator)' });
  const notifier = new Notifier(http);
  const server = createServer();
  const url = await listen(server, host, options.port ?? 0);
  const office = openOffice(options, notifier, url);
  const faults: Fault[] = [];
  const seen: SeenRequest[] = [];
  const held = new Set<ServerResponse>();
  const context: HttpContext = {
    ...office,
    nextFault: (path) => takeFault(faults, path),
    seen,
    held,
    nowMs: () => clock.now().epochMilliseconds,
    failed,
  };
  const control = controlSimulator(office);
  const drain = () => notifier.drain(secondsOf(clock));
  const tick = async (): Promise<void> => {
    control.expireDue();
    await drain();
  };
  server.on('request', (request, response) => void serveHttp(context, request, response).then(drain));
  const loop = setInterval(() => void tick().catch(failed), TICK_MS);
  return {
    ...control,
    ...{ url, notifications: notifier.sent, requests: seen, tick },
    register: office.register,
    failNext: (...next) => void faults.push(...next),
    setNotificationFault: (fault) => {
      notifier.fault = fault;
    },
    setRefundOutcome: office.setRefundOutcome,
    count: (noun) => office.accounts().reduce((sum, account) => sum + countOf(account, noun), 0),
    close: async () => {
      clearInterval(loop);
      const closed = once(server, 'close');
      server.close();
      for (const response of held) response.destroy();
      server.closeAllConnections();
      await closed;
      await drain();
      await http.close();
    },
  };
}

/** The accounts there are, and what can be done on behalf of one. */
interface Office extends Pick<HttpContext, 'accounts' | 'accountOf' | 'accountOfPublishable' | 'deskOf'> {
  readonly register: StripeSimulator['register'];
  readonly setRefundOutcome: StripeSimulator['setRefundOutcome'];
}

function openOffice(
  { clock, mayNotify = isThisMachine, knownKeysOnly = false }: StripeSimulatorOptions,
  notifier: Notifier,
  url: string,
): Office {
  const accounts = new Map<string, Account>();
  let refundOutcome: RefundOutcome = 'succeeded';
  const open = (secretKey: string): Account | null => {
    if (!SECRET_KEY.test(secretKey)) return null;
    const known = accounts.get(secretKey) ?? newAccount(secretKey);
    accounts.set(secretKey, known);
    return known;
  };
  return {
    accounts: () => [...accounts.values()],
    accountOf: (secretKey) => (knownKeysOnly ? (accounts.get(secretKey) ?? null) : open(secretKey)),
    accountOfPublishable: (key) => [...accounts.values()].find(({ publishableKey }) => publishableKey === key) ?? null,
    deskOf: (account) => {
      const now = secondsOf(clock);
      const tell: RouteDesk['tell'] = (type, object) => notifier.tell(account, type, object, now);
      return { account, now, pageOrigin: url, tell, nextRefund: () => refundOutcome, mayNotify };
    },
    register: (secretKey, endpoint = {}) => {
      const secret = endpoint.secret ?? newStripeId('whsec');
      open(secretKey)?.endpoints.push({ id: newStripeId('we'), url: endpoint.url ?? null, secret, types: ['*'] });
      return secret;
    },
    setRefundOutcome: (outcome) => {
      refundOutcome = outcome;
    },
  };
}

function countOf({ objects }: Account, noun: string): number {
  return [...objects.values()].filter(({ object }) => object === noun).length;
}

/** Takes out the first fault that is meant for the path. */
function takeFault(faults: Fault[], path: string): Fault | null {
  const at = faults.findIndex((fault) => !('path' in fault) || fault.path === undefined || fault.path === path);
  return (at < 0 ? undefined : faults.splice(at, 1)[0]) ?? null;
}

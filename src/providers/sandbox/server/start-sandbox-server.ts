import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Clock } from '../../../kernel/clock.ts';
import { isThisMachine, listen } from '../../second-party.ts';
import { advanceDue } from './advance-charge.ts';
import type { Desk } from './desk.ts';
import { serveHttp } from './http.ts';
import { Notifier, type SandboxLog } from './notifier.ts';
import { SandboxStore } from './store.ts';

export interface SandboxServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** A file that one server at a time may hold, or `:memory:`. */
  readonly dataFile: string;
  readonly clock: Clock;
  readonly log: SandboxLog;
  /** The origin at which browsers reach the bank page; default: the address listened on. */
  readonly publicUrl?: string;
  /**
   * Where notifications may go; default: this machine only. Anybody may open an account, so without a limit anybody
   * could make this server send requests into its network.
   */
  readonly mayNotify?: (url: URL) => boolean;
}

export interface SandboxServer {
  readonly url: string;
  /** Does everything that is due by the clock and waits for the notifications that are due. */
  tick(): Promise<void>;
  /** Charges with this reference, over all merchants. */
  countCharges(reference: string): number;
  close(): Promise<void>;
}

const TICK_MS = 100;

/** Starts the sandbox: a payment provider with its own store, which shares nothing with the gateway but the wire. */
export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const { clock, log, mayNotify = isThisMachine } = options;
  const store = new SandboxStore(options.dataFile);
  const notifier = new Notifier(store, clock, log);
  const server = createServer();
  const url = await listen(server, options.host, options.port).catch((error: unknown) => {
    store.close();
    throw error;
  });
  const publicUrl = options.publicUrl ?? url;
  const desk: Desk = { store, clock, bankPageUrl: (id) => new URL(`/bank/${id}`, publicUrl).href, mayNotify };
  server.on('request', (request, response) => void serveHttp({ desk, notifier, log }, request, response));
  const loop = setInterval(() => {
    try {
      advanceDue(desk);
      notifier.kick();
    } catch (error) {
      log.error({ error }, 'sandbox tick failed');
    }
  }, TICK_MS);
  return {
    url,
    tick: async () => {
      advanceDue(desk);
      await notifier.drain();
    },
    countCharges: (reference) => store.countCharges(reference),
    close: async () => {
      clearInterval(loop);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, notifier.close()]);
      store.close();
    },
  };
}

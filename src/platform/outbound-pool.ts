import { type Connection, msUntil, NotSent } from './outbound-connection.ts';

interface Waiter {
  /** Takes a free connection, or (null) the right to open one. */
  readonly take: (connection: Connection | null) => void;
  readonly refuse: (refusal: NotSent) => void;
}

/** The connections of one origin. */
interface Origin {
  /** Rights to a connection that are in use: opening, busy or idle. */
  open: number;
  readonly idle: Connection[];
  readonly waiting: Waiter[];
}

interface PoolOptions {
  /** @throws NotSent */
  readonly open: (url: URL, deadlineAt: number) => Promise<Connection>;
  readonly connectionsPerOriginMax: number;
}

/**
 * Keeps connections for reuse, a bounded number for each origin; those who find none free wait in line until their
 * deadline. We use this and not undici's Agent, since that one cannot say whether a request was still waiting, was
 * connecting or had been written when its time was up, nor to which address it went.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #origins = new Map<string, Origin>();
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** A kept connection for one request, to be given back; null: none is idle, so that one is to be acquired. */
  takeIdle(url: URL): Connection | null {
    // The one used last: the others may then grow old and close.
    return this.#closed === undefined ? (this.#origins.get(url.origin)?.idle.pop() ?? null) : null;
  }

  /** A connection for one request, to be given back. @throws NotSent */
  async acquire(url: URL, deadlineAt: number): Promise<Connection> {
    if (this.#closed !== undefined) throw closing();
    const origin = this.#origins.get(url.origin) ?? { open: 0, idle: [], waiting: [] };
    this.#origins.set(url.origin, origin);
    const idle = this.takeIdle(url);
    if (idle !== null) return idle;
    if (origin.open < this.#options.connectionsPerOriginMax) {
      origin.open++;
    } else {
      const handed = await waitInLine(origin.waiting, deadlineAt);
      if (handed !== null) return handed;
    }
    return this.#open(url, origin, deadlineAt);
  }

  /** Gives a connection back after a whole answer. */
  release(url: URL, connection: Connection): void {
    const origin = this.#origins.get(url.origin);
    if (origin === undefined || !connection.reusable || this.#closed !== undefined) {
      connection.destroy();
      return;
    }
    const next = origin.waiting.shift();
    if (next === undefined) origin.idle.push(connection);
    else next.take(connection);
  }

  /** Refuses what has not begun, lets what is under way end by its own deadline, and closes all connections. */
  close(): Promise<void> {
    if (this.#closed !== undefined) return this.#closed.promise;
    this.#closed = Promise.withResolvers<void>();
    for (const { idle, waiting } of this.#origins.values()) {
      for (const waiter of waiting.splice(0)) waiter.refuse(closing());
      for (const connection of idle.splice(0)) connection.destroy();
    }
    if (this.#origins.size === 0) this.#closed.resolve();
    return this.#closed.promise;
  }

  async #open(url: URL, origin: Origin, deadlineAt: number): Promise<Connection> {
    try {
      const connection = await this.#options.open(url, deadlineAt);
      connection.onClosed(() => {
        const index = origin.idle.indexOf(connection);
        if (index !== -1) origin.idle.splice(index, 1);
        this.#passOn(url, origin);
      });
      return connection;
    } catch (error) {
      this.#passOn(url, origin);
      throw error;
    }
  }

  /** A connection is gone: its place goes to the next in line, or is free. */
  #passOn(url: URL, origin: Origin): void {
    const next = origin.waiting.shift();
    if (next !== undefined) {
      next.take(null);
      return;
    }
    origin.open--;
    if (origin.open > 0) return;
    this.#origins.delete(url.origin);
    if (this.#origins.size === 0) this.#closed?.resolve();
  }
}

function waitInLine(line: Waiter[], deadlineAt: number): Promise<Connection | null> {
  return new Promise((resolve, reject) => {
    const waiter: Waiter = {
      take: (connection) => {
        clearTimeout(timer);
        resolve(connection);
      },
      refuse: (refusal) => {
        clearTimeout(timer);
        reject(refusal);
      },
    };
    const timer = setTimeout(() => {
      line.splice(line.indexOf(waiter), 1);
      reject(new NotSent('no_free_connection', 'All connections to this server were busy until the deadline'));
    }, msUntil(deadlineAt));
    line.push(waiter);
  });
}

function closing(): NotSent {
  return new NotSent('client_closed', 'This process is closing down');
}

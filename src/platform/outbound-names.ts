import { lookup, Resolver } from 'node:dns/promises';
import { RecentMap } from './recent-map.ts';

/** All addresses of a name, in text form. Rejects where there is none. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

interface NameCacheOptions {
  readonly resolve: ResolveName;
  readonly timeoutMs: number;
  /** How long an answer is used, from its arrival on. */
  readonly ttlMs: number;
}

interface CachedAnswer {
  readonly addresses: Promise<readonly string[]>;
  /** On the scale of performance.now(); infinite while the question is open, so that it is asked once only. */
  expiresAt: number;
}

const NAMES_MAX = 10_000;

/** Thrown where a name has not been resolved in time; carries a code as the errors of node:dns do. */
class NameTimeout extends Error {
  override readonly name = 'NameTimeout';
  readonly code = 'ETIMEOUT';
}

/** Keeps answers for a short time, asks once for all who wait for the same name, and ends the waiting in time. */
export function cacheNames({ resolve, timeoutMs, ttlMs }: NameCacheOptions): ResolveName {
  const answers = new RecentMap<CachedAnswer>(NAMES_MAX);
  return (hostname) => {
    const known = answers.get(hostname);
    if (known !== undefined && performance.now() < known.expiresAt) return known.addresses;
    const fresh: CachedAnswer = { addresses: withTimeout(resolve(hostname), timeoutMs), expiresAt: Infinity };
    answers.set(hostname, fresh);
    fresh.addresses.then(
      () => {
        fresh.expiresAt = performance.now() + ttlMs;
      },
      () => {
        if (answers.get(hostname) === fresh) answers.delete(hostname);
      },
    );
    return fresh.addresses;
  };
}

/** As the machine resolves, with its hosts file and search list; for installations that may call private targets. */
export const resolveAsMachine: ResolveName = async (hostname) => {
  const answers = await lookup(hostname, { all: true });
  return answers.map(({ address }) => address);
};

/**
 * By DNS alone, over sockets of its own. The machine's way would hold one of the few threads of this process for
 * seconds, so that a tenant whose name server never answers could stall password hashing and files for everybody.
 * Asks the machine's name servers unless told others (`address:port`).
 */
export function createDnsResolver(servers?: readonly string[]): ResolveName {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (addresses.length === 0 && failure !== undefined) throw failure.reason;
    return addresses;
  };
}

async function withTimeout(answer: Promise<readonly string[]>, timeoutMs: number): Promise<readonly string[]> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NameTimeout('The name was not resolved in time')), timeoutMs);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}

import type { FastifyRequest } from 'fastify';
import type { Config, Role } from '../config.ts';
import type { FindHost } from '../domains/find-host.ts';
import { Problem } from '../kernel/problem.ts';
import { hostOfHeader, namesNobody } from '../platform/host-name.ts';
import { exchangeOf } from '../platform/http/exchange.ts';
import { HEALTH_PATHS } from '../platform/http/health.ts';
import { SHORT_PATHS } from './panel.ts';

/** The roles that answer requests, by how their addresses begin; what is none of these is the API's. */
const PREFIXES: readonly (readonly [string, Role])[] = [
  ['/c/', 'checkout'],
  ['/q/', 'checkout'],
  ['/return/', 'checkout'],
  ['/api/v1/checkout-sessions/', 'checkout'],
  ['/hooks/', 'hooks'],
  ['/api/payment/', 'hooks'],
  ['/admin', 'admin'],
];

/** What a custom host serves: one tenant's pages and the interface behind them. */
const ON_CUSTOM_HOSTS = ['/c/', '/q/', '/api/v1/checkout-sessions/'] as const;

/** Which role an address belongs to. A test holds it against every route. */
export function roleOfPath(path: string): Role {
  if (SHORT_PATHS.some((short) => short === path)) return 'admin';
  return PREFIXES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'api';
}

/**
 * Refuses what a host does not serve: each role answers on its own host alone, once any was given a name; a tenant's own
 * host serves that tenant's checkout and nothing else; hosts of nobody serve nothing. Without names of its own an
 * installation answers everything at every host that is no tenant's.
 * @throws (from the returned function) Problem misdirected_request
 */
export function createHostRule(
  { urls, hasOwnHosts }: Pick<Config, 'urls' | 'hasOwnHosts'>,
  findHost: FindHost,
): (request: FastifyRequest) => Promise<void> {
  const rolesOf = rolesByHost(urls);
  return async (request) => {
    const name = hostOfHeader(request.host);
    const own = rolesOf.get(name);
    const path = request.url.split('?', 1)[0] ?? '';
    if (HEALTH_PATHS.has(path)) return;
    if (own !== undefined) {
      if (hasOwnHosts && !own.has(roleOfPath(path)) && !(own.has('admin') && isForPanel(path))) throw misdirected();
      return;
    }
    // By address come health checks and people at the machine itself; nobody can prove one as a host of theirs.
    if (namesNobody(name)) {
      if (hasOwnHosts) throw misdirected();
      return;
    }
    const host = await findHost(name);
    if (host === null) {
      if (hasOwnHosts) throw misdirected();
      return;
    }
    if (!ON_CUSTOM_HOSTS.some((prefix) => path.startsWith(prefix))) throw misdirected();
    exchangeOf(request).host = host;
  };
}

/** The panel asks for what it shows at the API's addresses, on its own host. */
function isForPanel(path: string): boolean {
  return path.startsWith('/api/v1/') && roleOfPath(path) === 'api';
}

function misdirected(): Problem {
  return new Problem('misdirected_request', 'This host does not serve this address.');
}

function rolesByHost(urls: Config['urls']): ReadonlyMap<string, ReadonlySet<Role>> {
  const roles = new Map<string, Set<Role>>();
  for (const role of ['api', 'checkout', 'hooks', 'admin'] as const) {
    const name = new URL(urls[role]).hostname.replace(/^\[|\]$/g, '');
    roles.set(name, (roles.get(name) ?? new Set<Role>()).add(role));
  }
  return roles;
}

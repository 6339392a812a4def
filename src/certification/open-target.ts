import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import { parseCredentials } from '../provider-accounts/credentials.ts';
import type { OpenAccount } from '../provider-accounts/open-provider-account.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import type { CertificationTarget } from './run-certification.ts';

const PARTNER = 'partner';

/** A stored account as a target. Its calls go out unrecorded: they are about no payment. */
export function accountTarget({ account, provider, call }: OpenAccount): CertificationTarget {
  const { name, providerAccountId } = account;
  return { provider, call, name, providerAccountId };
}

/**
 * A partner that has no account yet, by its address and by credentials out of a file.
 * @throws Problem validation_failed that names the field and the rule, never the value
 */
export function addressTarget(
  registry: ProviderRegistry,
  address: {
    readonly apiUrl: string;
    readonly credentials: Readonly<Record<string, unknown>>;
    readonly mode: Mode;
    readonly http: OutboundHttp;
    readonly clock: Clock;
  },
): CertificationTarget {
  const registered = registry.get(PARTNER);
  if (registered === undefined) throw new Error('The partner adapter is not registered');
  const { provider } = registered;
  const { apiUrl, credentials, mode, http, clock } = address;
  if (credentials.apiUrl !== undefined && credentials.apiUrl !== apiUrl) {
    throw new Problem(
      'validation_failed',
      'The credentials name another apiUrl than the address that is to be certified.',
    );
  }
  const parsed = parseCredentials(provider, mode, { ...credentials, apiUrl });
  const call = { mode, credentials: parsed, http, clock };
  return { provider, call, name: new URL(apiUrl).host, providerAccountId: null };
}

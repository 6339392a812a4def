import type { OutboundHttp } from '../platform/outbound-http.ts';
import type { PaymentProvider } from './provider.ts';
import { newSandboxCredentials } from './sandbox/sandbox-credentials.ts';
import { createSandboxProvider } from './sandbox/sandbox-provider.ts';
import {
  type SandboxServer,
  type SandboxServerOptions,
  startSandboxServer,
} from './sandbox/server/start-sandbox-server.ts';

interface RegistryOptions {
  /** Where the sandbox listens; it is a second party of our own, so it alone may be reached on a private address. */
  readonly sandboxUrl: string;
  readonly sandboxHttp: OutboundHttp;
  /** For everybody else's servers: public addresses only. */
  readonly publicHttp: OutboundHttp;
}

/** A provider and the way out that it may use. */
export interface RegisteredProvider {
  readonly provider: PaymentProvider;
  readonly http: OutboundHttp;
}

export type ProviderRegistry = ReadonlyMap<string, RegisteredProvider>;

/** Every provider there is. Adding one is its folder and one line here. */
export function createProviderRegistry(options: RegistryOptions): ProviderRegistry {
  const entries: readonly RegisteredProvider[] = [
    { provider: createSandboxProvider({ baseUrl: options.sandboxUrl }) as PaymentProvider, http: options.sandboxHttp },
  ];
  return new Map(entries.map((entry) => [entry.provider.id, entry]));
}

/** Starts the sandbox's own side: the second party of test mode. */
export function startSandbox(options: SandboxServerOptions): Promise<SandboxServer> {
  return startSandboxServer(options);
}

/** Credentials for a fresh account at the sandbox; the account opens itself at the first call. */
export function newSandboxAccount(): unknown {
  return newSandboxCredentials();
}

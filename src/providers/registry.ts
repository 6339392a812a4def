import type { Mode } from '../kernel/caller.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import { createBluesnapProvider } from './bluesnap/bluesnap-provider.ts';
import { createPartnerProvider } from './partner/partner-provider.ts';
import type { PaymentProvider } from './provider.ts';
import { newSandboxCredentials } from './sandbox/sandbox-credentials.ts';
import { createSandboxProvider } from './sandbox/sandbox-provider.ts';
import {
  type SandboxServer,
  type SandboxServerOptions,
  startSandboxServer,
} from './sandbox/server/start-sandbox-server.ts';
import { createScantopayProvider } from './scantopay/scantopay-provider.ts';
import type { DemoSimulator, DemoSimulatorOptions } from './second-party.ts';
import { createStripeProvider } from './stripe/stripe-provider.ts';

interface RegistryOptions {
  /** Where the sandbox listens; it is a second party of our own, so it alone may be reached on a private address. */
  readonly sandboxUrl: string;
  readonly sandboxHttp: OutboundHttp;
  /** For everybody else's servers: public addresses only. */
  readonly publicHttp: OutboundHttp;
  /** The same for test mode, where an installation may allow private addresses; unless given, the public way as well. */
  readonly testModeHttp?: OutboundHttp;
}

/** A provider and the way out that it may use in a mode. */
export interface RegisteredProvider {
  readonly provider: PaymentProvider;
  readonly http: (mode: Mode) => OutboundHttp;
}

export type ProviderRegistry = ReadonlyMap<string, RegisteredProvider>;

/** Every provider there is. Adding one is its folder and one line here. */
export function createProviderRegistry(options: RegistryOptions): ProviderRegistry {
  const { sandboxUrl, sandboxHttp, publicHttp, testModeHttp = publicHttp } = options;
  const http: RegisteredProvider['http'] = (mode) => (mode === 'test' ? testModeHttp : publicHttp);
  const entries: readonly RegisteredProvider[] = [
    { provider: createSandboxProvider({ baseUrl: sandboxUrl }) as PaymentProvider, http: () => sandboxHttp },
    { provider: createStripeProvider() as PaymentProvider, http },
    { provider: createBluesnapProvider() as PaymentProvider, http },
    { provider: createPartnerProvider() as PaymentProvider, http },
    { provider: createScantopayProvider() as PaymentProvider, http },
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

/** What of the simulators is needed only by who runs one; an installation without a demonstration loads none of it. */
const SIMULATORS = {
  stripe: () => import('./stripe/simulator/start-demo-simulator.ts'),
  bluesnap: () => import('./bluesnap/simulator/start-demo-simulator.ts'),
  scantopay: () => import('./scantopay/simulator/start-demo-simulator.ts'),
  partner: () => import('./partner/simulator/start-demo-simulator.ts'),
} as const;

/** Starts a provider's simulator for the demonstration. */
export async function startSimulator(
  provider: keyof typeof SIMULATORS,
  options: DemoSimulatorOptions,
): Promise<DemoSimulator> {
  const { startDemoSimulator } = await SIMULATORS[provider]();
  return startDemoSimulator(options);
}

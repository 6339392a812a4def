import type { FieldError } from '../kernel/problem.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Queryable } from '../platform/database.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import { accountCapabilities } from '../providers/provider-limits.ts';
import { type Circuit, CLOSED, stateOf } from '../routing/circuit.ts';
import { type RoutableAccount, type Route, type RoutedPayment, type RouteQuestion, route } from '../routing/route.ts';
import type { ProviderAccount } from './account.ts';
import { openCredentials } from './credentials.ts';
import type { AccountContext } from './open-provider-account.ts';
import { recognizeAccount } from './recognize-account.ts';
import { type AccountWithCircuit, type Owner, selectRoutableAccounts } from './store.ts';

/** The method a payment is confirmed with, as it was given; `undecided`: nobody has confirmed it yet. */
export type ChosenMethod = { readonly given: unknown } | 'undecided';

/** An account as the routing sees it. */
export interface RoutedAccount extends RoutableAccount {
  readonly stored: ProviderAccount;
  readonly circuit: Circuit;
  /** What the provider's schema says against the method; worked out for who asks, since most methods suit one account. */
  readonly methodErrors: () => readonly FieldError[];
}

export interface RoutedQuestion {
  readonly owner: Owner;
  readonly payment: Omit<RoutedPayment, 'mode'>;
  readonly method: ChosenMethod;
  /** Accounts that have turned this confirmation away. */
  readonly tried?: ReadonlySet<string>;
  /** Disabled ones too, which only adds reasons. */
  readonly all?: boolean;
}

/**
 * Where a payment may go, from the accounts and circuits as they are now: a disabled account gets no more payments.
 * One statement, which requests that arrive together share; writes nothing.
 */
export async function routePayment(context: AccountContext, question: RoutedQuestion): Promise<Route<RoutedAccount>> {
  return route(await readQuestion(context, question));
}

/** The same, as the question of the pure decision. */
export async function readQuestion(
  context: AccountContext,
  { owner: { tenantId, mode }, payment, method, tried, all = false }: RoutedQuestion,
): Promise<RouteQuestion<RoutedAccount>> {
  const found = await readRoutableAccounts(context.database.query, { tenantId, mode, all });
  const now = context.clock.now();
  const circuits = found.map(({ account: { providerAccountId }, circuit }) => {
    const { failures } = circuit ?? CLOSED;
    return [providerAccountId, { state: stateOf(circuit ?? CLOSED, now), failures }] as const;
  });
  return {
    payment: { ...payment, mode },
    method: typeOf(method),
    accounts: await Promise.all(
      found.map(({ account, circuit }) => routable(context, account, circuit ?? CLOSED, method)),
    ),
    circuits: new Map(circuits),
    ...(tried === undefined ? {} : { tried }),
  };
}

const readRoutableAccounts = createBatcherPerDatabase(readKnownAccounts, { itemsMax: 100 });

/** Requests that ask for the same accounts get the same objects, and so do those of the next moment. */
async function readKnownAccounts(
  db: Queryable,
  wanted: Parameters<typeof selectRoutableAccounts>[1],
): Promise<readonly (readonly AccountWithCircuit[])[]> {
  const recognized = new Map<ProviderAccount, ProviderAccount>();
  const recognize = (account: ProviderAccount): ProviderAccount => {
    const one = recognized.get(account) ?? recognizeAccount(db, account);
    recognized.set(account, one);
    return one;
  };
  const found = await selectRoutableAccounts(db, wanted);
  return found.map((accounts) => accounts.map((one) => ({ ...one, account: recognize(one.account) })));
}

async function routable(
  context: AccountContext,
  stored: ProviderAccount,
  circuit: Circuit,
  method: ChosenMethod,
): Promise<RoutedAccount> {
  const { providerAccountId, mode, priority, status, routing } = stored;
  const provider = context.registry.get(stored.provider)?.provider ?? null;
  const checked = method === 'undecided' ? undefined : provider?.method.safeParse(method.given);
  return {
    ...{ providerAccountId, mode, priority, status, routing, stored, circuit },
    capabilities: provider === null ? null : await capabilitiesOf(context, provider, stored),
    acceptsMethod: checked?.success === true,
    methodErrors: () =>
      (checked?.error?.issues ?? []).map(({ path, message }) => ({
        pointer: `/${['method', ...path.map(String)].join('/')}`,
        detail: message,
      })),
  };
}

interface Limited {
  readonly by: PaymentProvider;
  readonly capabilities: Promise<Capabilities | null>;
}

const limited = new WeakMap<ProviderAccount, Limited>();

/** Credentials are opened only where they say something about what the account can do, and once for each account. */
function capabilitiesOf(
  context: AccountContext,
  provider: PaymentProvider,
  stored: ProviderAccount,
): Capabilities | Promise<Capabilities | null> {
  if (provider.limits === undefined) return provider.capabilities;
  const known = limited.get(stored);
  if (known?.by === provider) return known.capabilities;
  const capabilities = limitedCapabilities(context, provider, stored);
  limited.set(stored, { by: provider, capabilities });
  // What failed may have failed for want of a connection.
  capabilities.catch(() => limited.delete(stored));
  return capabilities;
}

async function limitedCapabilities(
  { sealer }: AccountContext,
  provider: PaymentProvider,
  stored: ProviderAccount,
): Promise<Capabilities | null> {
  const credentials = provider.credentials.safeParse(await openCredentials(sealer, stored));
  return credentials.success ? accountCapabilities(provider, credentials.data) : null;
}

function typeOf(method: ChosenMethod): RouteQuestion<RoutedAccount>['method'] {
  if (method === 'undecided') return method;
  const { given } = method;
  if (given === undefined || given === null) return null;
  return typeof given === 'object' && 'type' in given ? String(given.type) : '';
}

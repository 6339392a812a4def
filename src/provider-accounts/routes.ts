import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import {
  type BoundEndpoint,
  bindEndpoint,
  type EndpointAnswer,
  type IdempotencyClaim,
} from '../platform/http/bind-endpoint.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import { accountCapabilities } from '../providers/provider-limits.ts';
import { notificationUrlOf, type ProviderAccount } from './account.ts';
import { addProviderAccount } from './add-provider-account.ts';
import * as api from './api.ts';
import { changeProviderAccount, setAccountStatus } from './change-provider-account.ts';
import { checkCredentials } from './check-credentials.ts';
import { inputSchema, openCredentials, overlapEnd } from './credentials.ts';
import type { AccountContext } from './open-provider-account.ts';
import { rotateCredentials } from './rotate-credentials.ts';
import { selectOwnAccount, selectOwnAccounts } from './store.ts';

interface ProviderAccountContext extends AccountContext {
  /** Where providers reach us. */
  readonly hooksUrl: string;
}

/** The provider accounts' endpoints, tied to their verbs. */
export function providerAccountRoutes(context: ProviderAccountContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    ...keyedRoutes(context),
    bindEndpoint(api.listProviderAccounts, async ({ caller, query }) => {
      const rows = await selectOwnAccounts(db, caller, query);
      return { body: pageOf(await Promise.all(rows.map((account) => accountJson(context, account))), query.limit) };
    }),
    bindEndpoint(api.getProviderAccount, async ({ caller, params }) => {
      const account = await selectOwnAccount(db, caller, params.id);
      if (account === null) throw new Problem('not_found', 'There is no such provider account.');
      return { body: await accountJson(context, account) };
    }),
    bindEndpoint(api.updateProviderAccount, async ({ caller, params, body }) => {
      const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      const account = await context.database.transaction((tx) =>
        changeProviderAccount(context, tx, caller, params.id, changes),
      );
      return { body: await accountJson(context, account) };
    }),
    bindEndpoint(api.testProviderAccount, async ({ caller, params }) => ({
      body: { ...(await checkCredentials(context, caller, params.id)) },
    })),
    bindEndpoint(api.getProviders, async () => ({
      body: { data: [...context.registry.values()].map(({ provider }) => providerJson(provider)) },
    })),
  ];
}

/** Those whose first answer is kept with the key. */
function keyedRoutes(context: ProviderAccountContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.createProviderAccount, ({ caller, body, idempotency }) =>
      once('createProviderAccount', 201, caller, idempotency, (tx) => addProviderAccount(context, tx, caller, body)),
    ),
    bindEndpoint(api.rotateProviderAccount, ({ caller, params, body, idempotency }) =>
      once('rotateProviderAccount', 200, caller, idempotency, (tx) =>
        rotateCredentials(context, tx, caller, { ...body, providerAccountId: params.id }),
      ),
    ),
    bindEndpoint(api.disableProviderAccount, ({ caller, params, idempotency }) =>
      once('disableProviderAccount', 200, caller, idempotency, (tx) =>
        setAccountStatus(context, tx, caller, params.id, 'disabled'),
      ),
    ),
    bindEndpoint(api.enableProviderAccount, ({ caller, params, idempotency }) =>
      once('enableProviderAccount', 200, caller, idempotency, (tx) =>
        setAccountStatus(context, tx, caller, params.id, 'active'),
      ),
    ),
  ];

  function once(
    route: string,
    status: number,
    { tenantId, mode }: TenantCaller,
    claim: IdempotencyClaim | null,
    work: (tx: Queryable) => Promise<ProviderAccount>,
  ): Promise<EndpointAnswer<api.ProviderAccountAnswer>> {
    return runOnce(context, { tenantId, mode, route }, claim, async (tx) => ({
      status,
      body: await accountJson(context, await work(tx)),
    }));
  }
}

async function accountJson(
  { sealer, clock, hooksUrl, registry }: ProviderAccountContext,
  account: ProviderAccount,
): Promise<api.ProviderAccountAnswer> {
  const credentials = await openCredentials(sealer, account);
  const provider = registry.get(account.provider)?.provider;
  const parsed = provider?.credentials.safeParse(credentials);
  return {
    id: account.providerAccountId,
    object: 'provider_account',
    mode: account.mode,
    provider: account.provider,
    name: account.name,
    priority: account.priority,
    status: account.status,
    credentialsSet: Object.keys(credentials),
    capabilities:
      provider === undefined || parsed?.success !== true
        ? null
        : capabilitiesJson(accountCapabilities(provider, parsed.data)),
    previousCredentialsUntil: overlapEnd(account, clock)?.toString() ?? null,
    reversalCutOff: account.reversalCutOff,
    notificationUrl: notificationUrlOf(hooksUrl, account),
    createdAt: account.createdAt.toString(),
    updatedAt: account.updatedAt.toString(),
  };
}

function providerJson({ id, displayName, capabilities, credentials, method }: PaymentProvider): api.ProviderAnswer {
  return {
    id,
    object: 'provider',
    displayName,
    capabilities: capabilitiesJson(capabilities),
    credentials: { ...inputSchema(credentials) },
    method: { ...inputSchema(method) },
  };
}

function capabilitiesJson(capabilities: Capabilities): api.ProviderAnswer['capabilities'] {
  const { modes, currencies, nextActions, retrieveBy, forwards } = capabilities;
  return {
    ...capabilities,
    modes: [...modes],
    currencies: currencies === 'any' ? 'any' : [...currencies],
    nextActions: [...nextActions],
    retrieveBy: [...retrieveBy],
    forwards: [...forwards],
  };
}

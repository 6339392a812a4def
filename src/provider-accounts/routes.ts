import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { sentMembers } from '../kernel/sent-members.ts';
import type { Queryable } from '../platform/database.ts';
import {
  type BoundEndpoint,
  bindEndpoint,
  type EndpointAnswer,
  type IdempotencyClaim,
} from '../platform/http/bind-endpoint.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { CLOSED } from '../routing/circuit.ts';
import { readCircuits } from '../routing/read-circuits.ts';
import { resetCircuit } from '../routing/reset-circuit.ts';
import type { ProviderAccount } from './account.ts';
import { accountJson, circuitJson } from './account-json.ts';
import { addProviderAccount } from './add-provider-account.ts';
import * as api from './api.ts';
import { capabilitiesJson } from './capabilities-json.ts';
import { changeProviderAccount, lockAccount, setAccountStatus } from './change-provider-account.ts';
import { checkCredentials } from './check-credentials.ts';
import { inputSchema } from './credentials.ts';
import { explainRoute } from './explain-route.ts';
import type { AccountContext } from './open-provider-account.ts';
import { rotateCredentials } from './rotate-credentials.ts';
import * as routeApi from './route-api.ts';
import { selectAccount, selectOwnAccount, selectOwnAccounts } from './store.ts';

interface ProviderAccountContext extends AccountContext {
  /** Where providers reach us. */
  readonly hooksUrl: string;
  /** The currency of a tenant whose request names none. */
  readonly readTenant: (tenantId: string) => Promise<{ readonly currency: string }>;
}

/** The provider accounts' endpoints, tied to their verbs. */
export function providerAccountRoutes(context: ProviderAccountContext): readonly BoundEndpoint[] {
  const db = context.database.query;
  return [
    ...keyedRoutes(context),
    bindEndpoint(api.listProviderAccounts, async ({ caller, query }) => {
      const rows = await selectOwnAccounts(db, caller, query);
      return { body: pageOf(await toJson(context, db, rows), query.limit) };
    }),
    bindEndpoint(api.getProviderAccount, async ({ caller, params }) => {
      const account = await selectOwnAccount(db, caller, params.id);
      if (account === null) throw new Problem('not_found', 'There is no such provider account.');
      return { body: await oneToJson(context, db, account) };
    }),
    bindEndpoint(api.updateProviderAccount, async ({ caller, params, body }) => {
      const account = await context.database.transaction((tx) =>
        changeProviderAccount(context, tx, caller, params.id, sentMembers(body)),
      );
      return { body: await oneToJson(context, db, account) };
    }),
    bindEndpoint(api.testProviderAccount, async ({ caller, params }) => ({
      body: { ...(await checkCredentials(context, caller, params.id)) },
    })),
    bindEndpoint(routeApi.routeProviderAccounts, async ({ caller, body }) => {
      const currency = body.currency ?? (await context.readTenant(caller.tenantId)).currency;
      return { body: await explainRoute(context, caller, { ...body, currency }) };
    }),
    bindEndpoint(routeApi.resetCircuitAsOperator, async ({ params, query: { tenantId } }) => {
      const providerAccountId = params.id;
      if ((await selectAccount(db, tenantId, providerAccountId)) === null) {
        throw new Problem('not_found', 'There is no such provider account of this tenant.');
      }
      await context.database.transaction((tx) => resetCircuit(tx, context.clock, { tenantId, providerAccountId }));
      const circuit = (await readCircuits(db, tenantId, [providerAccountId])).get(providerAccountId) ?? CLOSED;
      return { body: { providerAccountId, circuit: circuitJson(circuit, context.clock) } };
    }),
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
    bindEndpoint(routeApi.resetCircuit, ({ caller, params, idempotency }) =>
      once('resetCircuit', 200, caller, idempotency, async (tx) => {
        const account = await lockAccount(tx, caller, params.id);
        await resetCircuit(tx, context.clock, account);
        return account;
      }),
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
      body: await oneToJson(context, tx, await work(tx)),
    }));
  }
}

async function oneToJson(
  context: ProviderAccountContext,
  db: Queryable,
  account: ProviderAccount,
): Promise<api.ProviderAccountAnswer> {
  const circuits = await readCircuits(db, account.tenantId, [account.providerAccountId]);
  return accountJson(context, account, circuits.get(account.providerAccountId));
}

/** A page of accounts of one tenant. */
async function toJson(
  context: ProviderAccountContext,
  db: Queryable,
  accounts: readonly ProviderAccount[],
): Promise<readonly api.ProviderAccountAnswer[]> {
  const [{ tenantId } = { tenantId: '' }] = accounts;
  const ids = accounts.map(({ providerAccountId }) => providerAccountId);
  const circuits = await readCircuits(db, tenantId, ids);
  return Promise.all(accounts.map((account) => accountJson(context, account, circuits.get(account.providerAccountId))));
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

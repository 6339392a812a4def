import { scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import { refundableAmount } from '../payments/payment.ts';
import { readPayment } from '../payments/read-payment.ts';
import type { Database } from '../platform/database.ts';
import type { EndpointRequest } from '../platform/http/bind-endpoint.ts';
import type { Tenant } from '../tenants/tenant.ts';

type Shown = Readonly<Record<string, string | number | null>>;
type Asked = Pick<EndpointRequest, 'params' | 'body' | 'idempotency'>;

interface ActRequest extends Asked {
  readonly caller: TenantCaller;
}

interface Act {
  /** Of programs too, whatever the setting says of them: else one that may would switch the second person off. */
  readonly ofEverybody?: true;
  /** What those who decide see of the request, without secrets; null where it needs nobody. */
  readonly shownIfDangerous: (
    context: { readonly database: Database; readonly tenant: Tenant },
    request: ActRequest,
  ) => Promise<Shown | null>;
}

/** Everything that may need a second person in a tenant, by the endpoint's id. */
export const ACTS: Readonly<Record<string, Act>> = {
  createRefund: { shownIfDangerous: refundAboveThreshold },
  createProviderAccount: {
    shownIfDangerous: async (_context, { body }) => {
      const { provider, name } = body as { readonly provider: string; readonly name?: string };
      return { provider, name: name ?? null };
    },
  },
  rotateProviderAccount: {
    shownIfDangerous: async (_context, { params, body }) => ({ providerAccountId: idOf(params), ...overlapOf(body) }),
  },
  rotateAppSecret: { shownIfDangerous: async (_context, { body }) => overlapOf(body) },
  createWebhookEndpoint: { shownIfDangerous: async (_context, { body }) => reversalSwitchedOn(body, {}) },
  updateWebhookEndpoint: {
    shownIfDangerous: async (_context, { params, body }) => reversalSwitchedOn(body, { endpointId: idOf(params) }),
  },
  inviteUser: { ofEverybody: true, shownIfDangerous: async (_context, { body }) => textsOf(body, ['role']) },
  updateUser: {
    ofEverybody: true,
    shownIfDangerous: async (_context, { params, body }) => moreRights(params, body),
  },
  updateSettings: {
    ofEverybody: true,
    async shownIfDangerous(_context, { body }) {
      const { fourEyes, refundApprovalAbove } = body as Readonly<Record<string, unknown>>;
      if (fourEyes === undefined && refundApprovalAbove === undefined) return null;
      return { settings: JSON.stringify({ fourEyes, refundApprovalAbove }) };
    },
  },
};

/** Everything that may need a second one of those who run the installation: what they see of it, or null. */
export const OPERATOR_ACTS: Readonly<Record<string, (request: Asked) => Shown | null>> = {
  rotateKeys: ({ body }) => textsOf(body, ['what', 'tenantId', 'createdBefore']),
  removeTenant: ({ params, body }) => ({ tenantId: idOf(params), ...textsOf(body, ['appName']) }),
  switchAckReversals({ body }) {
    // Stopping must never wait for anybody.
    const { enabled } = body as { readonly enabled: boolean };
    return enabled ? { enabled: 'on', ...textsOf(body, ['tenantId', 'reason']) } : null;
  },
  inviteOperatorUser: ({ body }) => textsOf(body, ['role']),
  updateOperatorUser: ({ params, body }) => moreRights(params, body),
};

/**
 * Who could switch the second person off would need none; looked at again when it is run.
 * @throws Problem forbidden
 */
export function checkMayChangeRules(act: string, { scopes }: Pick<TenantCaller, 'scopes'>, body: unknown): void {
  if (act !== 'updateSettings') return;
  const changed = ['fourEyes', 'refundApprovalAbove'].filter(
    (name) => (body as Readonly<Record<string, unknown>>)[name] !== undefined,
  );
  if (changed.length === 0 || scopeCovers(scopes, 'approval-rule:update')) return;
  throw new Problem('forbidden', 'This needs the scope approval-rule:update, which no wildcard covers.', {
    errors: changed.map((name) => ({
      pointer: `/${name}`,
      detail: 'Must be left out, or be sent by an administrator',
    })),
  });
}

interface RefundBody {
  readonly amount?: number;
  readonly reason: string;
  readonly reference?: string;
}

/** What was refunded before counts as well: many small refunds are a large one. */
async function refundAboveThreshold(
  { database, tenant }: { readonly database: Database; readonly tenant: Tenant },
  { caller, params, body, idempotency }: ActRequest,
): Promise<Shown | null> {
  const { amount: asked, reason, reference } = body as RefundBody;
  // The verb refuses it: asked for twice, it would be approved twice.
  if (idempotency === null && reference === undefined) return null;
  const { payment } = await readPayment(database.query, caller, idOf(params));
  const above = tenant.settings.refundApprovalAbove?.[payment.currency];
  if (above === undefined) return null;
  const amount = asked === undefined ? refundableAmount(payment) : amountFromJson(asked);
  if (payment.amountRefunded + amount <= BigInt(above)) return null;
  return { paymentId: payment.paymentId, amount: Number(amount), currency: payment.currency, reason };
}

function reversalSwitchedOn(body: unknown, shown: Shown): Shown | null {
  const { ackPolicy, url } = body as { readonly ackPolicy?: { readonly type: string }; readonly url?: string };
  if (ackPolicy?.type !== 'reverse_on_no_ack') return null;
  return { ...shown, ackPolicy: ackPolicy.type, url: url ?? null };
}

/** A second person whom the first one has let in by themselves is none. Suspending somebody must not wait. */
function moreRights(params: unknown, body: unknown): Shown | null {
  const { role, status } = body as { readonly role?: string; readonly status?: string };
  if (role === undefined && status !== 'active') return null;
  return { userId: idOf(params), role: role ?? null, status: status ?? null };
}

function overlapOf(body: unknown): Shown {
  return { overlapSeconds: (body as { readonly overlapSeconds: number }).overlapSeconds };
}

function textsOf(body: unknown, names: readonly string[]): Shown {
  const sent = body as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, typeof sent[name] === 'string' ? sent[name] : null]));
}

function idOf(params: unknown): string {
  return (params as { readonly id: string }).id;
}

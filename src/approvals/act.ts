import type { TenantCaller } from '../kernel/caller.ts';
import { amountFromJson } from '../kernel/money.ts';
import { refundableAmount } from '../payments/payment.ts';
import { readPayment } from '../payments/read-payment.ts';
import type { Database } from '../platform/database.ts';
import type { EndpointRequest } from '../platform/http/bind-endpoint.ts';
import type { Tenant } from '../tenants/tenant.ts';

type Shown = Readonly<Record<string, string | number | null>>;

interface ActRequest extends Pick<EndpointRequest, 'params' | 'body' | 'idempotency'> {
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

/** Everything that may need a second person, by the endpoint's id. */
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
  updateSettings: {
    ofEverybody: true,
    async shownIfDangerous(_context, { body }) {
      const { fourEyes, refundApprovalAbove } = body as Readonly<Record<string, unknown>>;
      if (fourEyes === undefined && refundApprovalAbove === undefined) return null;
      return { settings: JSON.stringify({ fourEyes, refundApprovalAbove }) };
    },
  },
};

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

function overlapOf(body: unknown): Shown {
  return { overlapSeconds: (body as { readonly overlapSeconds: number }).overlapSeconds };
}

function idOf(params: unknown): string {
  return (params as { readonly id: string }).id;
}

import type { TenantCaller } from '../kernel/caller.ts';
import { amountFromJson } from '../kernel/money.ts';
import type { Judged } from '../routing/route.ts';
import type { AccountContext } from './open-provider-account.ts';
import type { RouteAnswer } from './route-api.ts';
import { type RoutedAccount, routePayment } from './route-payment.ts';

interface Asked {
  readonly amount: number;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  /** null: a confirmation without a method; undefined: methods are not judged. */
  readonly method?: unknown;
  readonly providerAccountId?: string | undefined;
  readonly paymentId?: string | undefined;
}

/** Where a payment would go and why, with every account of the tenant and mode. Writes nothing. Amount in minor units. */
export async function explainRoute(
  context: AccountContext,
  owner: Pick<TenantCaller, 'tenantId' | 'mode'>,
  asked: Asked,
): Promise<RouteAnswer> {
  const { amount, currency, captureMethod, method, providerAccountId = null, paymentId = null } = asked;
  const { candidates, refused } = await routePayment(context, {
    owner,
    payment: { paymentId, amount: amountFromJson(amount), currency, captureMethod, providerAccountId },
    method: method === undefined ? 'undecided' : { given: method ?? undefined },
    all: true,
  });
  return {
    object: 'route',
    chosen: candidates[0]?.account.providerAccountId ?? null,
    candidates: candidates.map(judgedJson),
    refused: refused.map(judgedJson),
  };
}

function judgedJson({ account, circuit, reasons }: Judged<RoutedAccount>): RouteAnswer['candidates'][number] {
  const { providerAccountId, provider, name, priority, routing } = account.stored;
  const told = reasons.map(({ code, why }) => ({ code, why }));
  return { providerAccountId, provider, name, priority, weight: routing.weight, circuit, reasons: told };
}

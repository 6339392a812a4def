import type { TollgateApi } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { formatMoney } from '../../../src/kernel/money.ts';
import type { IconName } from '../../ui/icon.tsx';
import { ApiProblem } from '../api/problem.ts';

interface Hit {
  readonly id: string;
  readonly icon: IconName;
  readonly title: string;
  readonly subtitle: string;
  readonly to:
    | '/$tenantId/$mode/payments/$paymentId'
    | '/$tenantId/$mode/webhooks/$endpointId'
    | '/$tenantId/$mode/deliveries/$deliveryId';
  readonly params: { readonly paymentId: string; readonly endpointId: string; readonly deliveryId: string };
}

type Look = (signal: AbortSignal) => Promise<readonly Hit[]>;

const HITS_MAX = 5;

/** What a text names: an id by its prefix, else the reference or the order of a payment. Each is found by an index. */
export async function findAnything(
  api: TollgateApi,
  may: (permission: Permission) => boolean,
  text: string,
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  const looks = looksFor(api, may, text);
  const found = await Promise.all(looks.map((look) => look(signal).catch(ignoreUnknown)));
  return [...new Map(found.flat().map((hit) => [hit.id, hit])).values()];
}

function looksFor(api: TollgateApi, may: (permission: Permission) => boolean, text: string): readonly Look[] {
  const prefix = /^([a-z]+)_[0-9a-z]{26}$/.exec(text)?.[1];
  const mayPayments = may('payment:read');
  const mayWebhooks = may('webhook:read');
  if (prefix === 'pay')
    return mayPayments ? [async (signal) => [hitOfPayment(await api.payments.get(text, { signal }))]] : [];
  if (prefix === 'we' && mayWebhooks) {
    return [async (signal) => [hitOfEndpoint(await api.notifications.getWebhookEndpoint(text, { signal }))]];
  }
  if (prefix === 'whd' && mayWebhooks) {
    return [async (signal) => [hitOfDelivery(await api.notifications.getDelivery(text, { signal }))]];
  }
  if (!mayPayments || text.length > 64) return [];
  const list = (filter: { readonly reference?: string; readonly orderId?: string }): Look => {
    return async (signal) =>
      (await api.payments.list({ ...filter, limit: HITS_MAX }, { signal })).data.map(hitOfPayment);
  };
  return [list({ reference: text }), list({ orderId: text })];
}

/** An id of nothing is no failure of the search. */
function ignoreUnknown(error: unknown): readonly Hit[] {
  if (error instanceof ApiProblem && (error.status === 404 || error.status === 422)) return [];
  throw error;
}

const NOWHERE = { paymentId: '', endpointId: '', deliveryId: '' } as const;

type PaymentAnswer = Awaited<ReturnType<TollgateApi['payments']['get']>>;
type EndpointAnswer = Awaited<ReturnType<TollgateApi['notifications']['getWebhookEndpoint']>>;
type DeliveryAnswer = Awaited<ReturnType<TollgateApi['notifications']['getDelivery']>>;

function hitOfPayment({ id, reference, amount, currency, orderId }: PaymentAnswer): Hit {
  const money = formatMoney({ amount: BigInt(amount), currency }, navigator.language);
  return {
    ...{ id, icon: 'card', title: reference, subtitle: orderId === null ? money : `${money} · ${orderId}` },
    to: '/$tenantId/$mode/payments/$paymentId',
    params: { ...NOWHERE, paymentId: id },
  };
}

function hitOfEndpoint({ id, url, dialect }: EndpointAnswer): Hit {
  return {
    ...{ id, icon: 'signal', title: url, subtitle: dialect },
    to: '/$tenantId/$mode/webhooks/$endpointId',
    params: { ...NOWHERE, endpointId: id },
  };
}

function hitOfDelivery({ id, eventType }: DeliveryAnswer): Hit {
  return {
    ...{ id, icon: 'send', title: eventType, subtitle: id },
    to: '/$tenantId/$mode/deliveries/$deliveryId',
    params: { ...NOWHERE, deliveryId: id },
  };
}

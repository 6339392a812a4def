import { EVENT_TYPES } from '../events/event.ts';
import { present } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import { findPartnerOrders } from '../partners/find-partner-orders.ts';
import { type EffectiveAnswer, HELD_BECAUSE, type HeldBecause } from './api-endpoint-verbs.ts';
import type { EndpointContext } from './change-endpoint.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { findAdminEmail } from './find-admin-email.ts';
import type { Won } from './notification-settings.ts';
import { readSetups } from './read-setup.ts';
import { eventTypesOf, judgeEndpoint, NOT_TOLD, type NotificationScope, scopeOf } from './resolve-targets.ts';
import type { Owner } from './store.ts';
import { selectPaymentAddress } from './store-events.ts';
import { countWaiting } from './store-held.ts';

const WAITING_COUNTED_MAX = 10_000;

interface Question {
  readonly endpointId: string;
  readonly paymentId: string | null;
}

/** What of a payment decides where its events go, as far as it concerns the tenant's own endpoints. */
interface PaymentFacts {
  readonly productId: string | null;
  /** null where a partner made the payment: the address is then the partner's. */
  readonly ownUrl: string | null;
}

/**
 * Which setting won for an endpoint, and what it is sent, by the rules that events are sent by.
 * @throws Problem not_found
 */
export async function explainEndpoint(
  context: EndpointContext,
  { tenantId, mode }: Owner,
  { endpointId, paymentId }: Question,
): Promise<EffectiveAnswer> {
  const db = context.database.query;
  const owner = { tenantId, mode };
  const setup = (await readSetups(db, [tenantId]))(owner);
  const endpoint = setup.endpoints.find((each) => each.endpointId === endpointId);
  if (endpoint === undefined) throw new Problem('not_found', 'There is no such endpoint.');
  const payment =
    paymentId === null ? { productId: endpoint.productId, ownUrl: null } : await factsOf(context, owner, paymentId);
  const scope = scopeOf(setup, payment.productId);
  return {
    object: 'effective_webhook_endpoint',
    endpointId,
    paymentId,
    productId: payment.productId,
    isMain: endpoint === scope.main,
    settings: {
      ...ofEndpoint(scope, endpoint, payment),
      ...scope.settings,
      adminEmail: await findAdminEmail(db, context.sealer, { ...owner, productId: payment.productId }),
    },
    held: heldOf(scope, endpoint),
    waiting: await waitingOf(context, endpoint),
    events: EVENT_TYPES.map((type) => {
      const judged = judgeEndpoint(scope, endpoint, type);
      if (judged.told) return { type, sent: true, because: null, detail: 'It is sent.' };
      return { type, sent: false, because: judged.because, detail: NOT_TOLD[judged.because] };
    }),
  };
}

async function factsOf({ database }: EndpointContext, owner: Owner, paymentId: string): Promise<PaymentFacts> {
  const payment = await selectPaymentAddress(database.query, owner, paymentId);
  if (payment === null) throw new Problem('not_found', 'There is no such payment.');
  const { productId, notificationUrl } = payment;
  if (notificationUrl === null) return { productId, ownUrl: null };
  const partners = await findPartnerOrders(database.query, [{ tenantId: owner.tenantId, paymentId }]);
  return { productId, ownUrl: partners.has(paymentId) ? null : notificationUrl };
}

function ofEndpoint(scope: NotificationScope, endpoint: WebhookEndpoint, { ownUrl }: PaymentFacts) {
  const level = endpoint.productId === null ? 'tenant' : 'product';
  const own = <Value>(value: Value): Won<Value> => ({ value, level });
  const orDefault = <Value>(value: Value): Won<Value> => ({ value, level: value === null ? 'default' : level });
  const isReplaced = ownUrl !== null && endpoint === scope.main;
  return {
    url: isReplaced ? ({ value: present(ownUrl, 'an address'), level: 'payment' } as const) : own(endpoint.url),
    dialect: own(endpoint.dialect),
    ackPolicy: own(endpoint.ackPolicy),
    schedule: orDefault(endpoint.schedule === null ? null : [...endpoint.schedule]),
    rateLimit: orDefault(endpoint.rateLimit),
    eventTypes: own([...eventTypesOf(scope, endpoint)]),
  };
}

function heldOf({ settings }: NotificationScope, { status }: WebhookEndpoint): EffectiveAnswer['held'] {
  const because = heldBecause(settings.paused, status);
  return because === null ? null : { because, detail: HELD_BECAUSE[because] };
}

function heldBecause(paused: Won<boolean>, status: WebhookEndpoint['status']): HeldBecause | null {
  if (paused.value) return paused.level === 'product' ? 'product_paused' : 'tenant_paused';
  if (status === 'paused') return 'endpoint_paused';
  return status === 'disabled' ? 'endpoint_disabled' : null;
}

async function waitingOf({ database }: EndpointContext, { tenantId, endpointId }: WebhookEndpoint) {
  const { count, oldestAt } = await countWaiting(database.query, tenantId, endpointId, WAITING_COUNTED_MAX);
  return { count, oldestAt: oldestAt?.toString() ?? null };
}

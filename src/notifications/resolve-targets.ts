import type { Delivery } from './delivery.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { type WebhookEndpoint, wants } from './endpoint.ts';
import {
  type NotificationSettings,
  type ProductSettings,
  type WonSettings,
  wonSettings,
} from './notification-settings.ts';

/** What a tenant has set for the notifications of a mode. */
export interface NotificationSetup {
  /** All that are not deleted, the oldest first. */
  readonly endpoints: readonly WebhookEndpoint[];
  readonly settings: NotificationSettings;
  /** Settings of products that have some of their own. */
  readonly products: ReadonlyMap<string, ProductSettings>;
}

/** What counts for all payments of one product, or of none. */
export interface NotificationScope {
  readonly productId: string | null;
  readonly settings: WonSettings;
  readonly endpoints: readonly WebhookEndpoint[];
  /** Whose address a payment's own replaces; null: there is none. */
  readonly main: WebhookEndpoint | null;
  /** Where these payments' events may go, and which setting says so. */
  readonly told: ReadonlyMap<WebhookEndpoint, 'tenant' | 'product' | 'additional'>;
  /** Endpoints whose types count for the main one too. */
  readonly lending: readonly WebhookEndpoint[];
}

/** What a payment brings along that decides where its events go. */
export interface PaymentAddress {
  readonly notificationUrl: string | null;
  /** The partner that made the payment: the address is then the partner's, and replaces nothing. */
  readonly partnerKeyId: string | null;
}

/** Where one event goes. */
export type Target = Pick<Delivery, 'endpointId' | 'urlOverride' | 'partnerKeyId' | 'reason'>;

/** Why an endpoint is told of nothing, or not of this type of event. */
export const NOT_TOLD = {
  notifications_disabled: 'Notifications are switched off in the settings.',
  other_product: 'The endpoint is for payments of another product.',
  replaced_by_product: 'The product has an endpoint of its own, which takes this one’s place.',
  type_not_chosen: 'The endpoint’s event types do not include this one.',
  no_word_in_dialect: 'The endpoint’s dialect has no word for this type of event.',
} as const;
export type NotTold = keyof typeof NOT_TOLD;

type Judgement =
  | { readonly told: true; readonly reason: 'tenant' | 'product' | 'additional' }
  | { readonly told: false; readonly because: NotTold };

/**
 * What counts for the payments of a product. Endpoints of the product replace those of the tenant of the same kind: its
 * own main ones the tenant's main one, its additional ones the tenant's additional ones. The main endpoint is the oldest
 * that is not additional; further ones are told beside it.
 */
export function scopeOf(setup: NotificationSetup, productId: string | null): NotificationScope {
  const general = setup.endpoints.filter((endpoint) => endpoint.productId === null);
  const own = productId === null ? [] : setup.endpoints.filter((endpoint) => endpoint.productId === productId);
  const [generalMain, ...generalBeside] = general.filter(({ additional }) => !additional);
  const ownMain = own.filter(({ additional }) => !additional);
  const ownAdditional = own.filter(({ additional }) => additional);
  const mainOnes = ownMain.length > 0 ? ownMain : generalMain === undefined ? [] : [generalMain];
  const lending = ownAdditional.length > 0 ? ownAdditional : general.filter(({ additional }) => additional);
  return {
    productId,
    settings: wonSettings(setup.settings, productId === null ? null : (setup.products.get(productId) ?? null)),
    endpoints: setup.endpoints,
    main: mainOnes[0] ?? null,
    told: new Map([
      ...[...mainOnes, ...generalBeside].map(
        (endpoint) => [endpoint, endpoint.productId === null ? 'tenant' : 'product'] as const,
      ),
      ...lending.map((endpoint) => [endpoint, 'additional'] as const),
    ]),
    lending,
  };
}

/** Whether an endpoint is told of a type of event, and why it is or is not. */
export function judgeEndpoint(scope: NotificationScope, endpoint: WebhookEndpoint, eventType: string): Judgement {
  if (!scope.settings.enabled.value) return { told: false, because: 'notifications_disabled' };
  const reason = scope.told.get(endpoint);
  if (reason === undefined) {
    return { told: false, because: endpoint.productId === null ? 'replaced_by_product' : 'other_product' };
  }
  if (!isChosen(scope, endpoint, eventType)) return { told: false, because: 'type_not_chosen' };
  if (!findDialect(endpoint.dialect).speaks(eventType)) return { told: false, because: 'no_word_in_dialect' };
  return { told: true, reason };
}

/** The event types that an endpoint is told of: its own, and for the main one, where it is set so, those of the additional. */
export function eventTypesOf(scope: NotificationScope, endpoint: WebhookEndpoint): readonly string[] {
  if (!borrows(scope, endpoint)) return endpoint.eventTypes;
  const types = new Set([endpoint, ...scope.lending].flatMap(({ eventTypes }) => eventTypes));
  return types.has('*') ? ['*'] : [...types];
}

/** Whether the main endpoint is told of the additional ones' types too. */
function borrows({ settings, main, lending }: NotificationScope, endpoint: WebhookEndpoint): boolean {
  return endpoint === main && settings.additionalTypesAlsoToMain.value && lending.length > 0;
}

/**
 * Where an event goes. A payment's own address replaces the main endpoint's and keeps its dialect, key and policy;
 * without a main endpoint it stands alone, under the tenant's default secret. A partner's address replaces nothing, and
 * no setting of the tenant's keeps the partner from being told.
 */
export function targetsOf(scope: NotificationScope, payment: PaymentAddress, eventType: string): readonly Target[] {
  const { notificationUrl, partnerKeyId } = payment;
  const ownUrl = partnerKeyId === null ? notificationUrl : null;
  const targets: Target[] = [];
  if (partnerKeyId !== null && findDialect('partner').speaks(eventType)) {
    targets.push({ endpointId: null, urlOverride: notificationUrl, partnerKeyId, reason: 'partner' });
  }
  if (ownUrl !== null && scope.main === null && scope.settings.enabled.value) {
    targets.push({ endpointId: null, urlOverride: ownUrl, partnerKeyId: null, reason: 'payment' });
  }
  for (const endpoint of scope.told.keys()) {
    const judged = judgeEndpoint(scope, endpoint, eventType);
    if (!judged.told) continue;
    const { endpointId } = endpoint;
    targets.push(
      ownUrl !== null && endpoint === scope.main
        ? { endpointId, urlOverride: ownUrl, partnerKeyId: null, reason: 'payment' }
        : { endpointId, urlOverride: null, partnerKeyId: null, reason: judged.reason },
    );
  }
  return targets;
}

function isChosen(scope: NotificationScope, endpoint: WebhookEndpoint, eventType: string): boolean {
  if (wants(endpoint, eventType)) return true;
  return borrows(scope, endpoint) && scope.lending.some((additional) => wants(additional, eventType));
}

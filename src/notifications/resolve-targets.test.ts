import { describe, expect, test } from 'vitest';
import { PLAIN_SETTINGS, type WebhookEndpoint } from './endpoint.ts';
import {
  INHERITED,
  type NotificationSettings,
  PLAIN_NOTIFICATIONS,
  type ProductSettings,
} from './notification-settings.ts';
import { eventTypesOf, judgeEndpoint, type PaymentAddress, scopeOf, targetsOf } from './resolve-targets.ts';

const NOON = Temporal.Instant.from('2026-01-01T12:00:00Z');

/** Named after what they are for; made in the order they are listed in. */
function endpointNamed(endpointId: string, changes: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return {
    ...PLAIN_SETTINGS,
    ...{ tenantId: 'ten_1', endpointId, mode: 'test', url: `https://shop.example/${endpointId}` },
    eventTypes: ['payment.succeeded'],
    dialect: 'standard',
    merchantCode: null,
    status: 'active',
    description: null,
    createdAt: NOON,
    updatedAt: NOON,
    ...changes,
  };
}

const MAIN = endpointNamed('main');
const BESIDE = endpointNamed('beside');
const EXTRA = endpointNamed('extra', { additional: true, eventTypes: ['refund.succeeded'] });
const TICKETS = endpointNamed('tickets', { productId: 'prd_tickets' });
const TICKETS_BESIDE = endpointNamed('tickets-beside', { productId: 'prd_tickets' });
const TICKETS_EXTRA = endpointNamed('tickets-extra', {
  ...{ productId: 'prd_tickets', additional: true },
  eventTypes: ['payment.succeeded', 'refund.succeeded'],
});
const PARTNER = endpointNamed('partner', { dialect: 'partner', merchantCode: 'SHOP', eventTypes: ['*'] });

interface Case {
  readonly title: string;
  readonly endpoints: readonly WebhookEndpoint[];
  readonly settings?: Partial<NotificationSettings>;
  readonly ofProduct?: Partial<ProductSettings>;
  readonly product?: 'prd_tickets' | 'prd_other';
  readonly payment?: Partial<PaymentAddress>;
  readonly type?: string;
  /** `endpoint reason`, and where there is one the address. */
  readonly told: readonly string[];
}

const OWN = { notificationUrl: 'https://own.example/' };
const PARTNERS = { notificationUrl: 'https://partner.example/', partnerKeyId: 'key_1' };
const ALSO_TO_MAIN = { additionalTypesAlsoToMain: true };
const type = 'refund.succeeded';

const CASES: readonly Case[] = [
  { title: 'without endpoints and without an address nobody is told', endpoints: [], told: [] },
  {
    title: 'S3.12 the endpoints of the tenant get it',
    endpoints: [MAIN, BESIDE],
    told: ['main tenant', 'beside tenant'],
  },
  {
    title: 'S3.12 also where the payment is of a product',
    ...{ endpoints: [MAIN], product: 'prd_tickets', told: ['main tenant'] },
  },
  {
    title: 'S3.13 an endpoint of the product takes the place of the main one, and of no other',
    ...{ endpoints: [MAIN, BESIDE, TICKETS], product: 'prd_tickets', told: ['tickets product', 'beside tenant'] },
  },
  {
    title: 'S3.13 all endpoints of the product take that one place',
    ...{ endpoints: [MAIN, TICKETS, TICKETS_BESIDE], product: 'prd_tickets' },
    told: ['tickets product', 'tickets-beside product'],
  },
  {
    title: 'S3.13 for another product, and for none, it is as if they were not there',
    ...{ endpoints: [MAIN, TICKETS], product: 'prd_other', told: ['main tenant'] },
  },
  { title: 'S3.13 a payment of no product likewise', endpoints: [TICKETS, MAIN], told: ['main tenant'] },
  {
    title: 'S3.13 an endpoint of the product serves where the tenant has none',
    ...{ endpoints: [TICKETS], product: 'prd_tickets', told: ['tickets product'] },
  },
  {
    title: 'S3.19 an additional endpoint has types of its own',
    ...{ endpoints: [MAIN, EXTRA], type, told: ['extra additional'] },
  },
  {
    title: 'S3.19 its types go to the main one too where it is set so',
    ...{ endpoints: [MAIN, BESIDE, EXTRA], settings: ALSO_TO_MAIN, type },
    told: ['main tenant', 'extra additional'],
  },
  {
    title: 'S3.19 and those of the main one do not go to it',
    ...{ endpoints: [MAIN, EXTRA], settings: ALSO_TO_MAIN, told: ['main tenant'] },
  },
  {
    title: 'S3.26 additional endpoints of the product take the place of the tenant’s',
    ...{ endpoints: [MAIN, EXTRA, TICKETS_EXTRA], product: 'prd_tickets', type, told: ['tickets-extra additional'] },
  },
  {
    title: 'S3.26 the main one stays the tenant’s where the product has only additional ones, and gets their types',
    ...{ endpoints: [MAIN, TICKETS_EXTRA], product: 'prd_tickets', ofProduct: ALSO_TO_MAIN, type },
    told: ['main tenant', 'tickets-extra additional'],
  },
  {
    title: 'S3.19 a product may have it otherwise than its tenant',
    endpoints: [MAIN, EXTRA],
    ...{ settings: ALSO_TO_MAIN, ofProduct: { additionalTypesAlsoToMain: false }, product: 'prd_tickets', type },
    told: ['extra additional'],
  },
  {
    title: 'a payment’s own address takes the place of the main endpoint’s',
    ...{ endpoints: [MAIN, BESIDE], payment: OWN, told: ['main payment https://own.example/', 'beside tenant'] },
  },
  {
    title: 'a payment’s own address takes the place of the product’s main one, before the tenant’s',
    ...{ endpoints: [MAIN, TICKETS], product: 'prd_tickets', payment: OWN },
    told: ['tickets payment https://own.example/'],
  },
  {
    title: 'a payment’s own address gets the types of the main endpoint, and no others',
    ...{ endpoints: [MAIN, EXTRA], payment: OWN, type, told: ['extra additional'] },
  },
  {
    title: 'a payment’s own address stands alone where there is no main endpoint',
    ...{ endpoints: [EXTRA], payment: OWN, type },
    told: ['nobody payment https://own.example/', 'extra additional'],
  },
  {
    title: 'a partner’s address takes nobody’s place',
    ...{ endpoints: [MAIN], payment: PARTNERS, told: ['nobody partner https://partner.example/', 'main tenant'] },
  },
  {
    title: 'a dialect without a word for it is told nothing',
    ...{ endpoints: [PARTNER], type: 'payment.created', told: [] },
  },
  {
    title: 'S3.10 switched off, nobody is told, not at the payment’s own address either',
    ...{ endpoints: [MAIN, EXTRA], settings: { enabled: false }, payment: OWN, told: [] },
  },
  {
    title: 'S3.10 nor where that stands alone',
    ...{ endpoints: [], settings: { enabled: false }, payment: OWN, told: [] },
  },
  {
    title: 'S3.10 a partner is told of its payments all the same',
    ...{ endpoints: [MAIN], settings: { enabled: false }, payment: PARTNERS },
    told: ['nobody partner https://partner.example/'],
  },
  {
    title: 'S3.26 a product may be switched off alone',
    ...{ endpoints: [MAIN], ofProduct: { enabled: false }, product: 'prd_tickets', told: [] },
  },
  {
    title: 'S3.26 or stay on while its tenant is off',
    ...{ endpoints: [MAIN], settings: { enabled: false }, ofProduct: { enabled: true }, product: 'prd_tickets' },
    told: ['main tenant'],
  },
  {
    title: 'S3.11 a pause keeps nobody out: what is held must have somewhere to go',
    ...{ endpoints: [MAIN], settings: { paused: true }, told: ['main tenant'] },
  },
  {
    title: 'a disabled endpoint keeps its place: what comes is kept for it',
    ...{ endpoints: [{ ...MAIN, status: 'disabled' }], told: ['main tenant'] },
  },
];

function scopeFor({ endpoints, settings, ofProduct, product }: Omit<Case, 'title' | 'told'>) {
  const setup = {
    endpoints,
    settings: { ...PLAIN_NOTIFICATIONS, ...settings },
    products: new Map([['prd_tickets', { ...INHERITED, ...ofProduct }]]),
  };
  return scopeOf(setup, product ?? null);
}

describe('where an event goes: payment over product over tenant', () => {
  test.each(CASES)('$title', ({ payment, told, ...one }) => {
    const address = { notificationUrl: null, partnerKeyId: null, ...payment };
    const targets = targetsOf(scopeFor(one), address, one.type ?? 'payment.succeeded');
    const words = targets.map(({ endpointId, reason, urlOverride }) =>
      [endpointId ?? 'nobody', reason, urlOverride].filter((word) => word !== null).join(' '),
    );
    expect(words.sort()).toEqual([...told].sort());
  });
});

describe('S3.28 why an endpoint is not told', () => {
  test.each([
    ['notifications_disabled', MAIN, { endpoints: [MAIN], settings: { enabled: false } }],
    ['replaced_by_product', MAIN, { endpoints: [MAIN, TICKETS], product: 'prd_tickets' }],
    ['replaced_by_product', EXTRA, { endpoints: [MAIN, EXTRA, TICKETS_EXTRA], product: 'prd_tickets', type }],
    ['other_product', TICKETS, { endpoints: [MAIN, TICKETS] }],
    ['type_not_chosen', MAIN, { endpoints: [MAIN], type }],
    ['no_word_in_dialect', PARTNER, { endpoints: [PARTNER], type: 'payment.created' }],
  ] as const)('%s', (because, endpoint, one) => {
    const judged = judgeEndpoint(scopeFor(one), endpoint, 'type' in one ? one.type : 'payment.succeeded');
    expect(judged).toEqual({ told: false, because });
  });
});

test('S3.19 the main endpoint has the types of all additional ones beside its own', () => {
  const scope = scopeFor({ endpoints: [MAIN, BESIDE, EXTRA], settings: ALSO_TO_MAIN });
  expect(eventTypesOf(scope, MAIN)).toEqual(['payment.succeeded', 'refund.succeeded']);
  expect(eventTypesOf(scope, BESIDE)).toEqual(['payment.succeeded']);
  const all = endpointNamed('all', { additional: true, eventTypes: ['*'] });
  expect(eventTypesOf(scopeFor({ endpoints: [MAIN, all], settings: ALSO_TO_MAIN }), MAIN)).toEqual(['*']);
});

describe('S3.11 a pause', () => {
  const pausedIn = (tenant: boolean, product: boolean | null) =>
    scopeFor({ endpoints: [], settings: { paused: tenant }, ofProduct: { paused: product }, product: 'prd_tickets' })
      .settings.paused;

  test.each([
    [false, null, { value: false, level: 'tenant' }],
    [true, null, { value: true, level: 'tenant' }],
    [false, true, { value: true, level: 'product' }],
    [true, false, { value: true, level: 'tenant' }],
    [true, true, { value: true, level: 'tenant' }],
    [false, false, { value: false, level: 'tenant' }],
  ] as const)('of the tenant (%s) is not lifted by a product (%s)', (tenant, product, won) => {
    expect(pausedIn(tenant, product)).toEqual(won);
  });
});

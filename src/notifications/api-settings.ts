import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';

const TAG = 'Notifications';

const mode = z.enum(['live', 'test']);
const enabled = z.boolean().meta({
  description: 'Off: events become no deliveries. They stay listed and can be sent later.',
});
const paused = z.boolean().meta({
  description:
    'On: nothing is sent and nothing is dropped; what comes due is `held`. Administrators only: needs the scope ' +
    '`notification-settings:pause`, which no wildcard covers. A tenant’s pause holds its products too.',
});
const adminEmail = z
  .email('Must be an e-mail address')
  .max(254, 'Must be at most 254 characters')
  .meta({ description: 'Who is written to when notifications fail.' });
const additionalTypesAlsoToMain = z.boolean().meta({
  description: 'Types chosen for an additional endpoint go to the main one as well.',
});

const about = { object: z.literal('notification_settings'), mode, updatedAt: instant.nullable() };

const tenantSettings = z
  .strictObject({ ...about, enabled, paused, adminEmail: adminEmail.nullable(), additionalTypesAlsoToMain })
  .meta({ id: 'NotificationSettings' });

const productSettings = z
  .strictObject({
    ...about,
    productId: z.string(),
    enabled: enabled.nullable(),
    paused: paused.nullable(),
    adminEmail: adminEmail.nullable(),
    additionalTypesAlsoToMain: additionalTypesAlsoToMain.nullable(),
  })
  .meta({ id: 'ProductNotificationSettings', description: 'null: as the tenant has it.' });

export type TenantSettingsAnswer = z.output<typeof tenantSettings>;
export type ProductSettingsAnswer = z.output<typeof productSettings>;

const tenantChanges = {
  enabled: enabled.optional(),
  paused: paused.optional(),
  adminEmail: adminEmail.nullable().optional(),
  additionalTypesAlsoToMain: additionalTypesAlsoToMain.optional(),
};
const productChanges = {
  enabled: enabled.nullable().optional(),
  paused: paused.nullable().optional(),
  adminEmail: adminEmail.nullable().optional(),
  additionalTypesAlsoToMain: additionalTypesAlsoToMain.nullable().optional(),
};

const product = z.strictObject({ id: z.string().max(64) });

export const getNotificationSettings = endpoint({
  id: 'getNotificationSettings',
  method: 'GET',
  path: '/api/v1/notification-settings',
  summary: 'Read the settings of all notifications',
  tag: TAG,
  access: { by: 'tenant', scope: 'notification-settings:read' },
  idempotency: 'none',
  answer: { status: 200, schema: tenantSettings, description: 'The settings of the mode.' },
  problems: [],
});

export const updateNotificationSettings = endpoint({
  id: 'updateNotificationSettings',
  method: 'PATCH',
  path: '/api/v1/notification-settings',
  summary: 'Change the settings of all notifications',
  description: 'Of the mode of your credentials. Members that are left out stay as they are.',
  tag: TAG,
  access: { by: 'tenant', scope: 'notification-settings:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['enabled', 'paused', 'additionalTypesAlsoToMain'] },
  body: z.strictObject(tenantChanges).meta({ id: 'UpdateNotificationSettings' }),
  answer: { status: 200, schema: tenantSettings, description: 'The settings as they are now.' },
  problems: [],
  example: { adminEmail: 'payments@shop.example', additionalTypesAlsoToMain: true },
});

export const getProductNotificationSettings = endpoint({
  id: 'getProductNotificationSettings',
  method: 'GET',
  path: '/api/v1/products/{id}/notification-settings',
  summary: 'Read the notification settings of a product',
  tag: TAG,
  access: { by: 'tenant', scope: 'notification-settings:read' },
  idempotency: 'none',
  params: product,
  answer: { status: 200, schema: productSettings, description: 'The product’s own settings.' },
  problems: [],
});

export const updateProductNotificationSettings = endpoint({
  id: 'updateProductNotificationSettings',
  method: 'PATCH',
  path: '/api/v1/products/{id}/notification-settings',
  summary: 'Change the notification settings of a product',
  description: 'What is set here counts for payments of the product; null takes it back. A pause of the tenant stays.',
  tag: TAG,
  access: { by: 'tenant', scope: 'notification-settings:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['enabled', 'paused', 'additionalTypesAlsoToMain'] },
  params: product,
  body: z.strictObject(productChanges).meta({ id: 'UpdateProductNotificationSettings' }),
  answer: { status: 200, schema: productSettings, description: 'The product’s own settings as they are now.' },
  problems: [],
  example: { enabled: false },
});

const whose = z.strictObject({ tenantId: z.string().max(64), mode });

export const getNotificationSettingsAsOperator = endpoint({
  id: 'getNotificationSettingsAsOperator',
  method: 'GET',
  path: '/api/v1/operator/notification-settings',
  summary: "Read a tenant's settings of all notifications",
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant-notifications:read' },
  idempotency: 'none',
  query: whose,
  answer: { status: 200, schema: tenantSettings, description: 'The settings of the mode.' },
  problems: ['not_found'],
});

export const updateNotificationSettingsAsOperator = endpoint({
  id: 'updateNotificationSettingsAsOperator',
  method: 'PATCH',
  path: '/api/v1/operator/notification-settings',
  summary: "Change a tenant's settings of all notifications, the pause included",
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant-notifications:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['enabled', 'paused', 'additionalTypesAlsoToMain'] },
  query: whose,
  body: z.strictObject(tenantChanges).meta({ id: 'UpdateNotificationSettingsAsOperator' }),
  answer: { status: 200, schema: tenantSettings, description: 'The settings as they are now.' },
  problems: ['not_found'],
  example: { paused: true },
});

const ranges = z.array(z.string());

export const listEgressAddresses = endpoint({
  id: 'listEgressAddresses',
  method: 'GET',
  path: '/api/v1/egress-addresses',
  summary: 'List the addresses that notifications come from',
  description:
    'IP addresses and ranges (CIDR), by mode, for firewalls in front of receivers. They are what the operator says; ' +
    'an empty list says nothing. A signature proves more than an address: verify it in any case.',
  tag: TAG,
  access: { by: 'anyone' },
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z.strictObject({ live: ranges, test: ranges }).meta({ id: 'EgressAddresses' }),
    description: 'The addresses.',
  },
  problems: [],
});

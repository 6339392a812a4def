import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { currency, instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { settingsPatch } from './patch-settings.ts';
import { tenantSettings } from './settings.ts';

const tenant = z
  .strictObject({
    id: z.string(),
    object: z.literal('tenant'),
    parentTenantId: z.string().nullable(),
    name: z.string(),
    appName: z.string(),
    currency: z.string(),
    status: z.enum(['active', 'suspended', 'removed']),
    mayHaveChildren: z.boolean().meta({ description: 'Whether it may create tenants that it acts for.' }),
    settings: tenantSettings,
    createdAt: instant,
  })
  .meta({ id: 'Tenant' });
export type TenantAnswer = z.output<typeof tenant>;

const bothModes = z.strictObject({ test: z.string(), live: z.string() });

const newTenant = {
  name: line(100),
  appName: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'Must be 2 to 63 characters of a-z 0-9 -, not beginning with -')
    .meta({ description: 'The user name of the tenant’s back end; unique in the installation.' }),
  currency,
  settings: tenantSettings.prefault({}),
};

const createdTenant = z
  .strictObject({
    ...tenant.shape,
    appSecret: z.string(),
    liveAppSecret: z.string(),
    apiKeys: bothModes,
    webhookSecrets: bothModes.meta({
      description: 'Sign notifications to a payment’s own notificationUrl while the tenant has no endpoint.',
    }),
  })
  .meta({ id: 'CreatedTenant' });

export const createTenant = endpoint({
  id: 'createTenant',
  method: 'POST',
  path: '/api/v1/operator/tenants',
  summary: 'Create a tenant',
  description: 'Its secrets are in this answer and nowhere else: they are stored as hashes or sealed.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant:create' },
  stepUp: true,
  idempotency: 'none',
  audit: { class: 'security', shows: ['name', 'appName', 'currency', 'parentTenantId'] },
  body: z
    .strictObject({
      ...newTenant,
      parentTenantId: z
        .string()
        .max(64)
        .optional()
        .meta({ description: 'A PSP or super-merchant that may act for it.' }),
    })
    .meta({ id: 'CreateTenant' }),
  answer: { status: 201, schema: createdTenant, description: 'The tenant with its secrets.' },
  problems: ['app_name_taken', 'not_found'],
  example: { name: 'Bluecom Shop', appName: 'bluecom-shop', currency: 'ZAR' },
});

const one = z.strictObject({ id: z.string().max(64) });

export const getTenant = endpoint({
  id: 'getTenant',
  method: 'GET',
  path: '/api/v1/operator/tenants/{id}',
  summary: 'Read a tenant',
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: tenant, description: 'The tenant.' },
  problems: [],
});

export const updateTenant = endpoint({
  id: 'updateTenant',
  method: 'PATCH',
  path: '/api/v1/operator/tenants/{id}',
  summary: 'Suspend a tenant, let it work again, or let it have tenants of its own',
  description:
    'The credentials of a suspended tenant stop working within a second; its payments that are under way come to their end.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant:update' },
  stepUp: true,
  idempotency: 'none',
  params: one,
  body: z
    .strictObject({ status: z.enum(['active', 'suspended']).optional(), mayHaveChildren: z.boolean().optional() })
    .meta({ id: 'UpdateTenant' }),
  answer: { status: 200, schema: tenant, description: 'The tenant as it is now.' },
  problems: [],
  example: { status: 'suspended' },
});

export const createChildTenant = endpoint({
  id: 'createChildTenant',
  method: 'POST',
  path: '/api/v1/child-tenants',
  summary: 'Create a tenant that you act for',
  description:
    'Where the operator lets you. You act for it by X-Tollgate-Tenant; its own secrets are in this answer and nowhere else.',
  tag: 'Child tenants',
  access: { by: 'tenant', scope: 'child-tenant:create' },
  stepUp: true,
  idempotency: 'none',
  body: z.strictObject(newTenant).meta({ id: 'CreateChildTenant' }),
  answer: { status: 201, schema: createdTenant, description: 'The tenant with its secrets.' },
  problems: ['app_name_taken'],
  example: { name: 'Bluecom Kiosk', appName: 'bluecom-kiosk', currency: 'ZAR' },
});

export const listChildTenants = endpoint({
  id: 'listChildTenants',
  method: 'GET',
  path: '/api/v1/child-tenants',
  summary: 'List the tenants that you act for, newest first',
  tag: 'Child tenants',
  access: { by: 'tenant', scope: 'child-tenant:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(tenant), description: 'A page of tenants.' },
  problems: [],
});

export const rotateOwnAppSecret = endpoint({
  id: 'rotateAppSecret',
  method: 'POST',
  path: '/api/v1/app-secret/rotate',
  summary: 'Give your app name a new secret',
  description:
    'Of the mode of your credentials; the secret before goes on working until the overlap ends. Whoever has it may do all that a back end can, so only callers who may do all of it are given it.',
  tag: 'Access',
  access: { by: 'tenant', scope: 'app-secret:update' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'optional',
  body: z
    .strictObject({
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(86_400)
        .meta({ description: '0 for a secret that has leaked.' }),
    })
    .meta({ id: 'RotateAppSecret' }),
  answer: {
    status: 200,
    schema: z
      .strictObject({ mode: z.enum(['live', 'test']), appName: z.string(), appSecret: z.string() })
      .meta({ id: 'RotatedAppSecret' }),
    description: 'The new secret. Shown here only.',
  },
  problems: [],
  example: { overlapSeconds: 3_600 },
});

export const listTenants = endpoint({
  id: 'listTenants',
  method: 'GET',
  path: '/api/v1/operator/tenants',
  summary: 'List tenants, newest first',
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    parentTenantId: z.string().max(64).optional(),
    status: z.enum(['active', 'suspended', 'removed']).optional(),
    q: line(100).optional().meta({ description: 'A part of the name, or the beginning of the app name.' }),
  }),
  answer: { status: 200, schema: pageAnswer(tenant), description: 'A page of tenants.' },
  problems: [],
});

export const removeTenant = endpoint({
  id: 'removeTenant',
  method: 'POST',
  path: '/api/v1/operator/tenants/{id}/remove',
  summary: 'Suspend a tenant, then destroy its keys for ever',
  description:
    'The first call suspends it. A call two minutes later, when none of its payments is open any more, destroys its data keys: nobody can read its secrets and its customers’ data then, not from a copy of this database either. Ledger and amounts stay. What older backups still hold is told in the guide to keys.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant:delete' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'none',
  params: z.strictObject({ id: z.string().max(64) }),
  body: z
    .strictObject({
      appName: z.string().max(63).meta({ description: 'Of that very tenant, so that no other is removed by mistake.' }),
    })
    .meta({ id: 'RemoveTenant' }),
  answer: { status: 200, schema: tenant, description: 'The tenant: `suspended`, or `removed`.' },
  problems: ['state_conflict', 'not_found'],
  example: { appName: 'bluecom-shop' },
});

const logo = z.strictObject({
  url: z
    .string()
    .meta({ description: 'On the installation’s own host; your own domain serves it under the same path.' }),
  width: z.int().meta({ description: 'Of the image, in pixels; the page shows it smaller.' }),
  height: z.int(),
});

const color = z.string().meta({ example: '#1f4b99' });

const settings = z
  .strictObject({
    ...tenantSettings.shape,
    version: z.int().meta({ description: 'Counts the changes.' }),
    logo: logo.nullable().meta({ description: 'Set by PUT /api/v1/settings/logo.' }),
    effective: z
      .strictObject({
        name: z.string(),
        colors: z.strictObject({
          button: color,
          buttonText: color,
          accent: color.meta({ description: 'Edges and focus on white.' }),
          accentDark: color.meta({ description: 'The same in the dark color scheme.' }),
        }),
        languages: z.array(z.string()),
        warnings: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })),
      })
      .meta({ description: 'What the page makes of it, and what of it will look other than was asked.' }),
  })
  .meta({ id: 'Settings' });
export type SettingsAnswer = z.output<typeof settings>;

export const getSettings = endpoint({
  id: 'getSettings',
  method: 'GET',
  path: '/api/v1/settings',
  summary: "Read the tenant's settings",
  description: 'They hold in both modes.',
  tag: 'Settings',
  access: { by: 'tenant', scope: 'settings:read' },
  idempotency: 'none',
  answer: { status: 200, schema: settings, description: 'The settings.' },
  problems: [],
});

export const patchSettings = endpoint({
  id: 'updateSettings',
  method: 'PATCH',
  path: '/api/v1/settings',
  summary: "Change the tenant's settings",
  description:
    'A merge patch (RFC 7396): members that are given replace those that were, null takes one away, objects are merged, lists are replaced; what is left out stays. With `version`, only the settings that were read under it are changed.',
  tag: 'Settings',
  access: { by: 'tenant', scope: 'settings:update' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'none',
  audit: {
    class: 'change',
    shows: [
      'lateSuccess',
      'duplicatePayment',
      'returnOrigins',
      'appSchemes',
      'frameAncestors',
      'retention',
      'languages',
      'timeZone',
      'branding',
      'defaultMcc',
      'defaultTerminalId',
    ],
  },
  body: settingsPatch,
  answer: { status: 200, schema: settings, description: 'The settings as they are now.' },
  problems: ['state_conflict'],
  example: { returnOrigins: ['https://shop.example'] },
});

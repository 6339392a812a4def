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
    status: z.enum(['active', 'suspended']),
    settings: tenantSettings,
    createdAt: instant,
  })
  .meta({ id: 'Tenant' });
export type TenantAnswer = z.output<typeof tenant>;

const bothModes = z.strictObject({ test: z.string(), live: z.string() });

export const createTenant = endpoint({
  id: 'createTenant',
  method: 'POST',
  path: '/api/v1/operator/tenants',
  summary: 'Create a tenant',
  description: 'Its secrets are in this answer and nowhere else: they are stored as hashes or sealed.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant:create' },
  idempotency: 'none',
  body: z
    .strictObject({
      name: line(100),
      appName: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'Must be 2 to 63 characters of a-z 0-9 -, not beginning with -')
        .meta({ description: 'The user name of the tenant’s back end; unique in the installation.' }),
      currency,
      parentTenantId: z
        .string()
        .max(64)
        .optional()
        .meta({ description: 'A PSP or super-merchant that may act for it.' }),
      settings: tenantSettings.prefault({}),
    })
    .meta({ id: 'CreateTenant' }),
  answer: {
    status: 201,
    schema: z
      .strictObject({
        ...tenant.shape,
        appSecret: z.string(),
        liveAppSecret: z.string(),
        apiKeys: bothModes,
        webhookSecrets: bothModes.meta({
          description: 'Sign notifications to a payment’s own notificationUrl while the tenant has no endpoint.',
        }),
      })
      .meta({ id: 'CreatedTenant' }),
    description: 'The tenant with its secrets.',
  },
  problems: ['app_name_taken', 'not_found'],
  example: { name: 'Bluecom Shop', appName: 'bluecom-shop', currency: 'ZAR' },
});

export const listTenants = endpoint({
  id: 'listTenants',
  method: 'GET',
  path: '/api/v1/operator/tenants',
  summary: 'List tenants, newest first',
  tag: 'Operator',
  access: { by: 'operator', permission: 'tenant:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(tenant), description: 'A page of tenants.' },
  problems: [],
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
  idempotency: 'none',
  body: settingsPatch,
  answer: { status: 200, schema: settings, description: 'The settings as they are now.' },
  problems: ['state_conflict'],
  example: { returnOrigins: ['https://shop.example'] },
});

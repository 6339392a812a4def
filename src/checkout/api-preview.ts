import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { LANGUAGES } from '../tenants/languages.ts';
import { settingsPatch } from '../tenants/patch-settings.ts';
import { CHECKOUT_KINDS } from './page/sample-views.ts';

const query = z.strictObject({
  state: z
    .enum(CHECKOUT_KINDS, `Must be one of ${CHECKOUT_KINDS.join(', ')}`)
    .default('choose')
    .meta({ description: 'What has become of the payment on the page.' }),
  lang: z
    .enum(LANGUAGES, `Must be one of ${LANGUAGES.join(', ')}`)
    .optional()
    .meta({ description: 'A language; without it, the first that you offer.' }),
});

const framedQuery = query.extend({
  nonce: z
    .string()
    .regex(/^[A-Za-z0-9+/_-]{16,128}={0,2}$/, 'Must be a nonce of 16 to 128 characters of base64')
    .optional()
    .meta({
      description:
        'Of the policy of your own page, which a frame that a script has filled (`srcdoc`) goes by as well; without it, ' +
        'the page is for a frame or a window of its own.',
    }),
});

const preview = {
  tag: 'Settings',
  access: { by: 'tenant', scope: 'settings:read' },
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z.string(),
    mediaType: 'text/html',
    description:
      'The page as one file: style and logo are inside, scripts are not, and its policy lets it load or send nothing.',
  },
  problems: [],
} as const;

export const previewSettings = endpoint({
  ...preview,
  id: 'previewSettings',
  method: 'GET',
  path: '/api/v1/settings/preview',
  query,
  summary: 'Look at your hosted page',
  description: 'A payment that does not exist, as your shoppers would see it.',
});

export const previewUnsaved = endpoint({
  ...preview,
  id: 'previewUnsavedSettings',
  method: 'POST',
  path: '/api/v1/settings/preview',
  query: framedQuery,
  summary: 'Look at your hosted page with other settings',
  audit: 'nothing',
  description: 'Takes what a change of settings would, answers the page as it would be then, and changes nothing.',
  body: settingsPatch,
  example: { branding: { primaryColor: '#0b6e4f' } },
});

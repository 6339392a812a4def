import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { IMAGE_TYPES } from './image-header.ts';

const TAG = 'Settings';

const logo = z
  .strictObject({
    object: z.literal('logo'),
    url: z
      .string()
      .meta({ description: 'On the installation’s own host; your own domain serves it under the same path.' }),
    width: z.int().meta({ description: 'Of the image, in pixels; the page shows it smaller.' }),
    height: z.int(),
  })
  .meta({ id: 'Logo' });
export type LogoAnswer = z.output<typeof logo>;

export const putLogo = endpoint({
  id: 'putLogo',
  method: 'PUT',
  path: '/api/v1/settings/logo',
  summary: 'Set the logo',
  description:
    'Shown beside your name on the hosted page, in both modes. The image is drawn anew as a PNG of at most 384 × 108 pixels, without whatever else was in the file.',
  tag: TAG,
  access: { by: 'tenant', scope: 'settings:update' },
  idempotency: 'none',
  file: {
    mediaTypes: Object.values(IMAGE_TYPES),
    description: 'The image: at most 256 KiB, 16 to 4096 pixels wide and high, at most 4 million pixels.',
  },
  answer: { status: 200, schema: logo, description: 'The logo as it is served.' },
  problems: [],
});

export const deleteLogo = endpoint({
  id: 'deleteLogo',
  method: 'DELETE',
  path: '/api/v1/settings/logo',
  summary: 'Take the logo away',
  description: 'The page shows the first letter of your name instead. The image is deleted.',
  tag: TAG,
  access: { by: 'tenant', scope: 'settings:update' },
  idempotency: 'none',
  answer: { status: 204, schema: z.undefined(), description: 'There is no logo now.' },
  problems: [],
});

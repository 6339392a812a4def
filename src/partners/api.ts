import { z } from 'zod';
import { findCardNumber } from '../kernel/card-number.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { MERCHANT_CODE, PARTNER_ALGORITHMS, PARTNER_PRESENTATIONS } from './partner-key.ts';

const TAG = 'Partner keys';
const DAY_SECONDS = 86_400;

const one = z.strictObject({ id: z.string().max(64) });

// Bodies with keys are not searched for card numbers, since a key may look like one; what people write is searched here.
const NO_CARD = 'Must not hold a card number';
const name = line(100).refine((text) => !findCardNumber(text), NO_CARD);
const merchantCode = z
  .string()
  .regex(MERCHANT_CODE, 'Must be 3 to 64 characters of A-Z a-z 0-9 _ -')
  .refine((text) => !findCardNumber(text), NO_CARD)
  .meta({ description: 'The partner’s name in every message; unique in the installation, and never given twice.' });
const publicKey = z
  .string()
  .min(100, 'Must be a public key in PEM')
  .max(10_000)
  .meta({ description: 'The partner’s RSA public key in PEM, 2048 bits or more.' });
const presentation = z.enum(PARTNER_PRESENTATIONS).meta({
  description: 'What creations answer with: `redirectUrl`, or `qrPayload` for shops that cannot leave their own page.',
});

const keyFields = {
  id: z.string(),
  object: z.literal('partner_key'),
  mode: z.enum(['live', 'test']),
  merchantCode: z.string(),
  name: z.string(),
  algorithm: z.enum(PARTNER_ALGORITHMS),
  presentation,
  status: z.enum(['active', 'revoked']),
  previousKeyUntil: instant
    .nullable()
    .meta({ description: 'Until when requests signed with the key before a rotation are taken.' }),
  gatewayPublicKey: z
    .string()
    .nullable()
    .meta({ description: 'RSA keys: what our answers and notifications verify with once no rotation runs; PEM.' }),
  createdAt: instant,
  updatedAt: instant,
};

const partnerKey = z.strictObject(keyFields).meta({ id: 'PartnerKey' });
export type PartnerKeyAnswer = z.output<typeof partnerKey>;

const shownPartnerKey = z
  .strictObject({
    ...keyFields,
    secretKey: z
      .string()
      .nullable()
      .meta({ description: 'What both sides sign with; null for an RSA key. Shown here only.' }),
  })
  .meta({ id: 'ShownPartnerKey' });
export type ShownPartnerKeyAnswer = z.output<typeof shownPartnerKey>;

export const createPartnerKey = endpoint({
  id: 'createPartnerKey',
  method: 'POST',
  path: '/api/v1/partner-keys',
  summary: 'Let a partner use you as its provider',
  description:
    'In the mode of your API key. The partner signs its requests to /api/partner/create-payment, /query-payment and ' +
    '/refund with it, and we our answers and notifications: by HMAC-SHA256 with a generated secret, shown once, or by ' +
    'RSA-SHA256, each side with its own private key.',
  tag: TAG,
  access: { by: 'tenant', scope: 'partner-key:create' },
  stepUp: true,
  idempotency: 'optional',
  audit: { class: 'security', shows: ['overlapSeconds'] },
  secretsInBody: true,
  body: z
    .strictObject({
      merchantCode: merchantCode.optional(),
      name: name.optional().meta({ description: 'For people; the merchant code unless given.' }),
      algorithm: z.enum(PARTNER_ALGORITHMS).default('hmac-sha256'),
      publicKey: publicKey.optional(),
      presentation: presentation.default('redirect'),
    })
    .refine((body) => body.algorithm !== 'rsa-sha256' || body.publicKey !== undefined, {
      path: ['publicKey'],
      error: 'Is required for an RSA key',
    })
    .refine((body) => body.algorithm === 'rsa-sha256' || body.publicKey === undefined, {
      path: ['publicKey'],
      error: 'Must be left out unless the algorithm is rsa-sha256',
    })
    .meta({ id: 'CreatePartnerKey' }),
  answer: { status: 201, schema: shownPartnerKey, description: 'The key with its secret.' },
  problems: ['merchant_code_taken'],
  example: { merchantCode: 'BLUESHOP', name: 'Bluecom shop' },
});

export const listPartnerKeys = endpoint({
  id: 'listPartnerKeys',
  method: 'GET',
  path: '/api/v1/partner-keys',
  summary: 'List partner keys, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'partner-key:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(partnerKey), description: 'A page of keys, without their secrets.' },
  problems: [],
});

export const getPartnerKey = endpoint({
  id: 'getPartnerKey',
  method: 'GET',
  path: '/api/v1/partner-keys/{id}',
  summary: 'Read a partner key',
  tag: TAG,
  access: { by: 'tenant', scope: 'partner-key:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: partnerKey, description: 'The key, without its secret.' },
  problems: [],
});

export const rotatePartnerKey = endpoint({
  id: 'rotatePartnerKey',
  method: 'POST',
  path: '/api/v1/partner-keys/{id}/rotate',
  summary: 'Rotate a partner key',
  description:
    'Requests signed with the old secret are taken until the overlap ends; each answer is signed with the secret of its ' +
    'request, and notifications with the old one until then. A rotation within the overlap of another ends that one.',
  tag: TAG,
  access: { by: 'tenant', scope: 'partner-key:update' },
  stepUp: true,
  idempotency: 'optional',
  audit: { class: 'security', shows: ['overlapSeconds'] },
  params: one,
  secretsInBody: true,
  body: z
    .strictObject({
      publicKey: publicKey.optional(),
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * DAY_SECONDS)
        .default(DAY_SECONDS)
        .meta({ description: '0 for a secret that has leaked.' }),
    })
    .meta({ id: 'RotatePartnerKey' }),
  answer: { status: 200, schema: shownPartnerKey, description: 'The key with its new secret.' },
  problems: ['state_conflict'],
  example: { overlapSeconds: 3_600 },
});

export const revokePartnerKey = endpoint({
  id: 'revokePartnerKey',
  method: 'POST',
  path: '/api/v1/partner-keys/{id}/revoke',
  summary: 'Revoke a partner key',
  description:
    'At once and for ever: its requests are refused, and its partner is told nothing more, also not of open payments. ' +
    'Where a secret has leaked and the partner stays, rotate without an overlap instead.',
  tag: TAG,
  access: { by: 'tenant', scope: 'partner-key:update' },
  idempotency: 'optional',
  audit: { class: 'security' },
  params: one,
  answer: { status: 200, schema: partnerKey, description: 'The revoked key.' },
  problems: [],
});

import { z } from 'zod';
import { line, mcc, terminalId } from '../kernel/shapes.ts';

/** What a tenant decides about its payments and its page. */
export const tenantSettings = z
  .strictObject({
    branding: z
      .strictObject({
        displayName: line(60).optional(),
        primaryColor: z
          .string()
          .regex(/^#[0-9a-f]{6}$/i, 'Must be a color such as #0a6b3d')
          .default('#1f4b99'),
        logoUrl: z
          .url({ protocol: /^https$/, error: 'Must be an https address' })
          .max(2_048)
          .optional(),
        supportUrl: z
          .url({ protocol: /^(https|mailto)$/, error: 'Must be an https or mailto address' })
          .max(2_048)
          .optional(),
        legalUrl: z
          .url({ protocol: /^https$/, error: 'Must be an https address' })
          .max(2_048)
          .optional(),
      })
      .default({ primaryColor: '#1f4b99' }),
    returnOrigins: z
      .array(z.string().max(255))
      .max(50)
      .default([])
      .meta({ description: 'Where shoppers may be sent; none listed: any https address.' }),
    appSchemes: z
      .array(z.string().max(64))
      .max(20)
      .default([])
      .meta({ description: 'App schemes that a returnUrl may have, such as bluecomshop.' }),
    frameAncestors: z
      .array(z.string().max(255))
      .max(50)
      .default([])
      .meta({ description: 'Origins whose pages may frame the hosted page.' }),
    lateSuccess: z.enum(['accept', 'refund']).default('accept').meta({
      description:
        'Provider proof that a failed, expired or canceled payment was paid after all: keep it, or refund it.',
    }),
    duplicatePayment: z.enum(['refund', 'keep']).default('refund').meta({
      description: 'A second success of one payment: refund it, or keep it and only flag the payment.',
    }),
    defaultTerminalId: terminalId.optional(),
    defaultMcc: mcc.optional(),
    languages: z
      .array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Must be a language tag'))
      .max(40)
      .default([]),
  })
  .meta({ id: 'TenantSettings' });
export type TenantSettings = z.output<typeof tenantSettings>;

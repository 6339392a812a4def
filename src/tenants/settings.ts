import { z } from 'zod';
import type { Mode } from '../kernel/caller.ts';
import { currency, line, mcc, terminalId } from '../kernel/shapes.ts';

/** What the page shows for a tenant that has chosen none. */
export const PRIMARY_COLOR = '#1f4b99';

/** Two lines on a phone; what is longer belongs behind a link. */
const TEXT_CHARACTERS_MAX = 200;

const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Must be a language tag');

const legalUrl = link(/^https$/, 'Must be an https address');

const texts = z.record(language, line(TEXT_CHARACTERS_MAX)).meta({
  description: 'Plain text by language. Where the shopper’s is missing, that of your first language is shown.',
});

const branding = z.strictObject({
  displayName: line(60).optional(),
  primaryColor: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'Must be a color such as #0a6b3d')
    .default(PRIMARY_COLOR),
  supportUrl: link(/^(https|mailto|tel)$/, 'Must be an https, mailto or tel address').optional(),
  legalUrl: legalUrl.optional(),
  legalLinks: z
    .strictObject({ terms: legalUrl.optional(), privacy: legalUrl.optional(), imprint: legalUrl.optional() })
    .optional()
    .meta({ description: 'Shown at the foot of the page, each with its name in the shopper’s language.' }),
  texts: z.strictObject({ payNote: texts.optional(), resultNote: texts.optional() }).optional().meta({
    description: '`payNote` stands under the pay button, `resultNote` under the result.',
  }),
});
/** A week is what a busy receiver's outage and its replay take. */
const retentionDays = z.int().min(7, 'Must be 7 or more').max(3_660, 'Must be 3660 or less');

/** What a tenant decides about its payments and its page. */
export const tenantSettings = z
  .strictObject({
    branding: branding.default({ primaryColor: PRIMARY_COLOR }),
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
      .meta({ description: 'Origins whose pages may frame the hosted page; http only on this machine, in test mode.' }),
    lateSuccess: z.enum(['accept', 'refund']).default('accept').meta({
      description:
        'Provider proof that a failed, expired or canceled payment was paid after all: keep it, or refund it.',
    }),
    duplicatePayment: z.enum(['refund', 'keep']).default('refund').meta({
      description: 'A second success of one payment: refund it, or keep it and only flag the payment.',
    }),
    retention: z
      .strictObject({ eventsDays: retentionDays, deliveriesDays: retentionDays, inboundDays: retentionDays })
      .partial()
      .optional()
      .meta({
        description:
          'Days for which what happened, what you were told and what providers told us is kept in full; what is left out is as ' +
          'the installation has it. Payments and the ledger are kept for ever.',
      }),
    fourEyes: z.enum(['off', 'people', 'all']).default('off').meta({
      description:
        'Who needs a second person for dangerous acts: nobody, people at the panel, or programs as well. Changing it needs approval-rule:update.',
    }),
    refundApprovalAbove: z
      .record(currency, z.int().min(0).max(999_999_999_999))
      .optional()
      .meta({
        description:
          'By currency, in minor units: a refund that brings what was refunded of a payment above it needs a second person, where `fourEyes` asks for one. Changing it needs approval-rule:update.',
        example: { EUR: 50000 },
      }),
    defaultTerminalId: terminalId.optional(),
    defaultMcc: mcc.optional(),
    languages: z.array(language).max(40).default([]).meta({
      description: 'The languages the hosted page offers, in this order; none listed: all it speaks.',
    }),
    timeZone: z
      .string()
      .max(64)
      .default('UTC')
      .meta({ description: 'By which the hosted page writes times: a name of the IANA database.', example: 'UTC' }),
  })
  .meta({ id: 'TenantSettings' });
export type TenantSettings = z.output<typeof tenantSettings>;

/**
 * Settings as they were stored, by this version or another: what was not known then gets its default, and what is not
 * known now is passed over, so that old and new processes run side by side.
 */
export function readStoredSettings(stored: unknown): TenantSettings {
  const read = tenantSettings.safeParse(stored);
  if (read.success) return read.data;
  const known = structuredClone(stored);
  for (const issue of read.error.issues) {
    if (issue.code === 'unrecognized_keys') dropMembers(known, issue.path, issue.keys);
  }
  return tenantSettings.parse(known);
}

/** Who may frame the page of a payment: what this machine serves by http counts for tests alone. */
export function frameAncestorsOf({ frameAncestors }: TenantSettings, mode: Mode): readonly string[] {
  return mode === 'test' ? frameAncestors : frameAncestors.filter((origin) => origin.startsWith('https://'));
}

function dropMembers(root: unknown, path: readonly PropertyKey[], names: readonly string[]): void {
  let at = root;
  for (const step of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
  if (typeof at === 'object' && at !== null) for (const name of names) Reflect.deleteProperty(at, name);
}

/** An address that stands in a link. One with a user name looks like one of another host. */
function link(protocol: RegExp, rule: string) {
  return z
    .url({ protocol, error: rule })
    .max(2_048)
    .refine((text) => URL.parse(text)?.username === '', 'Must not contain a user name');
}

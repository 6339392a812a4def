import { z } from 'zod';
import { isCurrency } from './currency.ts';
import { AMOUNT_MAX } from './money.ts';

/** Field shapes shared by endpoint declarations; browser-safe. Sentences name the rule and never the value. */

export const amount = z
  .int('Must be a whole number of minor units, such as 1250 for 12.50')
  .min(1, 'Must be at least 1 minor unit')
  .max(Number(AMOUNT_MAX), `Must be at most ${AMOUNT_MAX} minor units`)
  .meta({ description: 'Whole minor units of the currency: 1250 is 12.50 EUR, 1250 JPY is 1250 yen.' });

export const currency = z
  .string()
  .refine(isCurrency, 'Must be an active ISO 4217 code in capitals, such as EUR')
  .meta({ description: 'ISO 4217 code in capitals.', example: 'EUR' });

export const reference = z
  .string()
  .regex(/^[A-Za-z0-9._:/-]{1,64}$/, 'Must be 1 to 64 characters of A-Z a-z 0-9 . _ : / -')
  .meta({ description: 'Your own id of this payment; unique for ever, per tenant and mode.' });

/** One line of text for people: no control characters, also none that turn the direction of writing, which have no business in a description or a name. */
export function line(max: number) {
  return z
    .string()
    .min(1, 'Must not be empty')
    .max(max, `Must be at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Co}\p{Cn}\p{Bidi_Control}]*$/u, 'Must not contain control characters');
}

const INSTANT_RULE = 'Must be an instant such as 2026-11-21T12:00:00Z';

export const instant = z.iso
  .datetime({ offset: true, abort: true, error: INSTANT_RULE })
  // Temporal takes nine digits of a second, and PostgreSQL no year 0 and none of five digits, which an offset can make.
  .refine((text) => /^[12]\d{3}-[^.]*(\.\d{1,9}(Z|[+-].*))?$/.test(text), INSTANT_RULE)
  .meta({ description: 'RFC 3339.' });

export const mcc = z.string().regex(/^\d{4}$/, 'Must be 4 digits');
export const terminalId = line(40);
export const subMerchantName = line(40);
export const rrn2 = z
  .string()
  .regex(/^[A-Za-z0-9]{1,12}$/, 'Must be 1 to 12 letters or digits')
  .transform((text) => text.padStart(12, '0'));

export const metadata = z
  .record(
    z.string().regex(/^[A-Za-z0-9_.-]{1,40}$/, 'Keys must be 1 to 40 characters of A-Z a-z 0-9 _ . -'),
    z.string().max(500, 'Values must be at most 500 characters'),
  )
  .refine((entries) => Object.keys(entries).length <= 50, 'Must have at most 50 entries')
  .meta({ description: 'Your own facts about the payment, at most 50; given back as they are, shown to no shopper.' });

export const pageQuery = {
  limit: z.coerce.number().int().min(1, 'Must be 1 to 100').max(100, 'Must be 1 to 100').default(20),
  cursor: z.string().max(64).optional().meta({ description: 'nextCursor of the page before.' }),
};

/** A page of objects, newest first. */
export function pageAnswer<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ data: z.array(item), hasMore: z.boolean(), nextCursor: z.string().nullable() });
}

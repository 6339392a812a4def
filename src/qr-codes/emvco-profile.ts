import { z } from 'zod';

/** Two digits of length cannot say more. */
const FIELD_CHARACTERS_MAX = 99;

/** What EMVCo calls alphanumeric special: the printable characters of ASCII, which every scanner's app can show. */
function printable(max: number) {
  return z
    .string()
    .min(1, 'Must not be empty')
    .max(max, `Must be at most ${max} characters`)
    .regex(/^[ -~]*$/, 'Must be printable ASCII');
}

const subfields = z
  .record(z.string().regex(/^\d\d$/, 'Must be two digits'), printable(FIELD_CHARACTERS_MAX))
  .refine((fields) => Object.keys(fields).length > 0, 'Must not be empty');

const account = z
  .strictObject({
    tag: z.string().regex(/^(2[6-9]|3\d|4\d|5[01])$/, 'Must be 26 to 51'),
    fields: z
      .record(z.string().regex(/^\d\d$/, 'Must be two digits'), z.union([printable(FIELD_CHARACTERS_MAX), subfields]))
      .refine(({ '00': scheme }) => typeof scheme === 'string' && scheme.length <= 32, {
        error: 'Must have the scheme’s globally unique identifier as 00, of at most 32 characters',
      })
      .meta({ description: 'By their two digits, as the scheme says; 00 is its globally unique identifier.' }),
  })
  .meta({ id: 'EmvcoAccount' });

/** Who is paid, and how, in the words of the EMVCo payload; browser-safe. */
export const emvcoProfile = z
  .strictObject({
    merchantName: printable(25),
    merchantCity: printable(15),
    countryCode: z.string().regex(/^[A-Z]{2}$/, 'Must be an ISO 3166-1 code such as ZA'),
    postalCode: printable(10).optional(),
    accounts: z
      .array(account)
      .min(1, 'Must name an account')
      .max(26)
      .refine((all) => new Set(all.map(({ tag }) => tag)).size === all.length, 'Must not name a tag twice'),
    billNumber: printable(25).optional(),
    storeLabel: printable(25).optional(),
    referenceLabel: printable(25)
      .optional()
      .meta({ description: 'Unless given, the reference where it fits, else what the address ends in.' }),
    terminalLabel: printable(25).optional().meta({ description: 'Unless given, the terminalId where it fits.' }),
    purpose: printable(25).optional(),
  })
  .meta({
    id: 'EmvcoProfile',
    description: 'Merchant account information of a scheme. EMV QRCPS, Merchant-Presented Mode 1.1.',
  });
export type EmvcoProfile = z.output<typeof emvcoProfile>;

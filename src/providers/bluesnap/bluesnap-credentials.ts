import { z } from 'zod';

/**
 * Shorter keys are refused. BlueSnap's own generator makes keys of nine characters, so that nothing longer can be asked
 * for; an empty one would verify anything signed with nothing.
 */
const KEY_CHARACTERS_MIN = 8;

const key = z.string().trim().min(KEY_CHARACTERS_MIN).max(200);

/** What a merchant enters. Notifications are verified by `ipnKey`, or without one by `dataProtectionKey`; else not at all. */
export const bluesnapCredentials = z
  .strictObject({
    apiUser: z
      .string()
      .regex(/^[^\s:\p{C}]{1,100}$/u)
      .meta({ title: 'API user name', description: 'Console, Settings, API Settings.' }),
    apiPassword: z
      .string()
      .regex(/^[^\p{C}]{1,200}$/u)
      .meta({ title: 'API password', secret: true }),
    merchantId: z
      .string()
      .regex(/^\d{1,20}$/)
      .meta({ title: 'Merchant ID' }),
    ipnKey: key.exactOptional().meta({
      title: 'IPN encryption key (signature)',
      description: 'Without it, notifications are verified by the Data Protection Key; without either, not believed.',
      secret: true,
    }),
    dataProtectionKey: key.exactOptional().meta({ title: 'Data Protection Key', secret: true }),
    requireReceipt: z.boolean().default(false).meta({ title: '“Require Notification Receipt” is switched on' }),
    checkSource: z.boolean().default(false).meta({ title: 'Take notifications from BlueSnap’s addresses only' }),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .exactOptional()
      .meta({ title: 'Address of a simulator (test mode only)' }),
  })
  .refine(({ requireReceipt, dataProtectionKey }) => !requireReceipt || dataProtectionKey !== undefined, {
    path: ['dataProtectionKey'],
    error: 'Receipts are made with the Data Protection Key',
  })
  .meta({ 'x-documentation': 'https://developers.bluesnap.com/v8976-Basics/docs/authentication' });

export type BluesnapCredentials = z.output<typeof bluesnapCredentials>;

/** The keys among several that may verify anything, wherever they came from. */
export function usableKeys(keys: readonly (string | undefined)[]): readonly string[] {
  return keys.filter((each) => each !== undefined && each.trim().length >= KEY_CHARACTERS_MIN).map(String);
}

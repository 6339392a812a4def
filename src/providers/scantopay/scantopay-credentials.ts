import { z } from 'zod';
import { currencyExponent, isCurrency } from '../../kernel/currency.ts';

const NOTIFICATION_KEY = /^[0-9a-fA-F]{32}$/;
const PASSWORD_CHARACTERS_MIN = 8;

/**
 * What the portal of Scan to Pay gives a merchant or PSP, and the currency its account was opened with.
 * Source: https://developer.scantopay.io/docs/authentication
 */
export const scantopayCredentials = z
  .strictObject({
    /** A colon would end the name within Basic authentication (RFC 7617 section 2). */
    username: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/)
      .meta({ title: 'API user name', description: 'Such as merchant-25 or psp-13; portal, tab API.' }),
    password: z
      .string()
      .min(PASSWORD_CHARACTERS_MIN)
      .max(200)
      .regex(/^\P{Cc}+$/u)
      .meta({ secret: true, title: 'API password' }),
    /** Without it no notification is believed, and the account has to be one that is polled. */
    notificationKey: z
      .string()
      .regex(NOTIFICATION_KEY)
      .refine((key) => !/^0+$/.test(key), 'Must not be all zeros')
      .meta({ secret: true, title: 'Notification key', description: '32 hexadecimal digits; portal, Notifications.' })
      .exactOptional(),
    currency: z
      .string()
      .refine((code) => isCurrency(code) && currencyExponent(code) <= 2, 'Must be a currency of at most two decimals')
      .meta({ title: 'Currency', description: 'The one the account was opened with, such as ZAR.' }),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .meta({ title: 'Address instead of the test system', description: 'A simulator or proxy; test mode only.' })
      .exactOptional(),
  })
  .meta({ 'x-documentation': 'https://developer.scantopay.io/docs/authentication' });

export type ScantopayCredentials = z.output<typeof scantopayCredentials>;

/** The 16 bytes that decrypt notifications; null where none are set, wherever the credentials came from. */
export function notificationKeyOf(credentials: ScantopayCredentials | undefined): Buffer | null {
  const key = credentials?.notificationKey ?? '';
  return NOTIFICATION_KEY.test(key) && !/^0+$/.test(key) ? Buffer.from(key, 'hex') : null;
}

/** Whether a request may be authenticated with these at all. */
export function canAuthenticate({ username, password }: ScantopayCredentials): boolean {
  return username !== '' && !username.includes(':') && password.trim().length >= PASSWORD_CHARACTERS_MIN;
}

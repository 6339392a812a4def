import { z } from 'zod';
import { line } from '../kernel/shapes.ts';
import { PASSWORD_CHARACTERS_MAX } from './user.ts';

/** Field shapes of what people type and browsers answer; browser-safe. */

export const email = z.email('Must be an e-mail address').max(254, 'Must be at most 254 characters');
export const personName = line(100);

/** What is typed where a password is known already: its rules may have changed since. */
export const knownPassword = z.string().min(1, 'Must not be empty').max(PASSWORD_CHARACTERS_MAX);
export const newPassword = z
  .string()
  .max(PASSWORD_CHARACTERS_MAX, `Must be at most ${PASSWORD_CHARACTERS_MAX} characters`)
  .meta({ description: 'At least 12 characters, 5 of them different; not the e-mail address.' });

export const totpCode = z
  .string()
  .regex(/^\d{6}$/, 'Must be 6 digits')
  .meta({ description: 'What the authenticator app shows now. Each code is good once.' });

export const linkToken = z.string().regex(/^(setup|invite)_[\w-]{43}$/, 'Must be what stands behind # in the link');
export const enrollment = z.string().regex(/^[\w-]{43}$/, 'Must be what the offer said');

/** Of the browser's `PublicKeyCredential`; the parts that matter are checked by what signs them. */
export const passkeyAnswer = z
  .looseObject({ id: z.string().max(1_400), response: z.looseObject({ clientDataJSON: z.string().max(4_096) }) })
  .meta({ description: 'The credential as its `toJSON()` gives it (WebAuthn level 3).' });

/** Of `navigator.credentials`; given to the browser as it is. */
export const passkeyOptions = z
  .looseObject({ challenge: z.string() })
  .meta({ description: 'For `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` (WebAuthn level 3).' });

const step = z.enum(['totp', 'passkey', 'enroll', 'done']).meta({
  description:
    'What is still to be done: give the code of an authenticator app (or a recovery code), use a passkey, set up a ' +
    'second factor, or nothing.',
});

export const stepAnswer = {
  status: 200,
  schema: z.strictObject({ step }).meta({ id: 'SignInStep' }),
  description: 'What comes next. The session stands in a cookie.',
} as const;

export const nothing = { status: 204, schema: z.undefined(), description: 'Done.' } as const;

import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line } from '../kernel/shapes.ts';
import {
  enrollment,
  knownPassword,
  newPassword,
  nothing,
  passkeyAnswer,
  passkeyOptions,
  personName,
  totpCode,
} from './shapes-people.ts';

const TAG = 'Your account';

const person = { tag: TAG, idempotency: 'none', access: { by: 'person' } } as const;
/** Also for somebody whom a link has let in to set up the first second factor. */
const enrolling = { ...person, access: { by: 'person', enrolling: true } } as const;
const recoveryCodes = z.array(z.string()).meta({
  description: 'To be written down. Shown once; each stands in for the authenticator app once.',
});
const codes = z.strictObject({ recoveryCodes });

const one = z.strictObject({ id: z.string().max(64) });

export const changeName = endpoint({
  id: 'changeName',
  ...person,
  method: 'PATCH',
  path: '/api/v1/me',
  summary: 'Change the name that others see',
  body: z.strictObject({ name: personName }).meta({ id: 'ChangeName' }),
  answer: nothing,
  problems: [],
});

export const changePassword = endpoint({
  id: 'changePassword',
  ...person,
  method: 'POST',
  path: '/api/v1/me/password',
  summary: 'Change the password',
  description: 'Signs out everywhere else.',
  secretsInBody: true,
  body: z
    .strictObject({
      currentPassword: knownPassword.optional().meta({ description: 'Left out by whoever has none.' }),
      newPassword,
    })
    .meta({ id: 'ChangePassword' }),
  answer: nothing,
  problems: ['proof_refused', 'step_up_required'],
});

export const offerTotp = endpoint({
  id: 'offerTotp',
  ...enrolling,
  method: 'POST',
  path: '/api/v1/me/totp',
  summary: 'Begin to set up an authenticator app',
  description: 'It counts from its first code on; another one counts until then.',
  answer: {
    status: 201,
    schema: z
      .strictObject({
        enrollment: z.string().meta({ description: 'Sent with the first code.' }),
        secret: z.string().meta({ description: 'Base32, to be typed.' }),
        uri: z.string().meta({ description: 'otpauth://…, as a QR code.' }),
      })
      .meta({ id: 'OfferedTotp' }),
    description: 'What the app is given, shown once.',
  },
  problems: ['step_up_required'],
});

export const confirmTotp = endpoint({
  id: 'confirmTotp',
  ...enrolling,
  method: 'POST',
  path: '/api/v1/me/totp/confirm',
  summary: 'Make the authenticator app count by its first code',
  description: 'New recovery codes come with it, in the place of those before.',
  secretsInBody: true,
  body: z.strictObject({ enrollment, code: totpCode }).meta({ id: 'ConfirmTotp' }),
  answer: {
    status: 200,
    schema: codes.meta({ id: 'ConfirmedTotp' }),
    description: 'The recovery codes.',
  },
  problems: ['proof_refused', 'step_up_required'],
});

export const removeTotp = endpoint({
  id: 'removeTotp',
  ...person,
  method: 'DELETE',
  path: '/api/v1/me/totp',
  summary: 'Take the authenticator app away',
  description: 'Never the last way in.',
  answer: nothing,
  problems: ['step_up_required', 'state_conflict'],
});

export const renewRecoveryCodes = endpoint({
  id: 'renewRecoveryCodes',
  ...person,
  method: 'POST',
  path: '/api/v1/me/recovery-codes',
  summary: 'Make new recovery codes',
  answer: {
    status: 201,
    schema: codes.meta({ id: 'RecoveryCodes' }),
    description: 'The codes; those before count no more.',
  },
  problems: ['step_up_required', 'state_conflict'],
});

const passkey = z
  .strictObject({ id: z.string(), label: z.string(), createdAt: instant, lastUsedAt: instant.nullable() })
  .meta({ id: 'Passkey' });

export const listPasskeys = endpoint({
  id: 'listPasskeys',
  ...person,
  method: 'GET',
  path: '/api/v1/me/passkeys',
  summary: 'List your passkeys',
  answer: { status: 200, schema: z.strictObject({ data: z.array(passkey) }), description: 'Newest first.' },
  problems: [],
});

export const offerPasskey = endpoint({
  id: 'offerPasskey',
  ...enrolling,
  method: 'POST',
  path: '/api/v1/me/passkeys/options',
  summary: 'Begin to add a passkey',
  answer: { status: 200, schema: passkeyOptions, description: 'What the browser needs to make a passkey.' },
  problems: ['step_up_required', 'state_conflict'],
});

export const addPasskey = endpoint({
  id: 'addPasskey',
  ...enrolling,
  method: 'POST',
  path: '/api/v1/me/passkeys',
  summary: 'Add the passkey that the browser has made',
  secretsInBody: true,
  body: z.strictObject({ label: line(60), passkey: passkeyAnswer }).meta({ id: 'AddPasskey' }),
  answer: nothing,
  problems: ['proof_refused', 'step_up_required', 'state_conflict'],
});

export const removePasskey = endpoint({
  id: 'removePasskey',
  ...person,
  method: 'DELETE',
  path: '/api/v1/me/passkeys/{id}',
  summary: 'Take a passkey away',
  description: 'Never the last way in.',
  params: one,
  answer: nothing,
  problems: ['step_up_required', 'state_conflict'],
});

export const listSessions = endpoint({
  id: 'listSessions',
  ...person,
  method: 'GET',
  path: '/api/v1/me/sessions',
  summary: 'List where you are signed in',
  answer: {
    status: 200,
    schema: z.strictObject({
      data: z.array(
        z
          .strictObject({
            id: z.string(),
            current: z.boolean(),
            method: z.enum(['password', 'recovery_code', 'passkey', 'oidc', 'link']),
            address: z.string(),
            userAgent: z.string(),
            createdAt: instant,
            lastSeenAt: instant,
            endsAt: instant,
          })
          .meta({ id: 'OwnSession' }),
      ),
    }),
    description: 'Newest first.',
  },
  problems: [],
});

export const revokeSession = endpoint({
  id: 'revokeSession',
  ...person,
  method: 'DELETE',
  path: '/api/v1/me/sessions/{id}',
  summary: 'Sign out in one place',
  params: one,
  answer: nothing,
  problems: [],
});

export const signOutEverywhere = endpoint({
  id: 'signOutEverywhere',
  ...person,
  method: 'DELETE',
  path: '/api/v1/me/sessions',
  summary: 'Sign out everywhere, here as well',
  answer: nothing,
  problems: [],
});

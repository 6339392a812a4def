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

const person = { by: 'person' } as const;
/** Also for somebody whom a link has let in to set up the first second factor. */
const enrolling = { by: 'person', enrolling: true } as const;

const one = z.strictObject({ id: z.string().max(64) });

const recoveryCodes = z.array(z.string()).meta({
  description: 'To be written down. Shown once; each stands in for the authenticator app once.',
});

export const changeName = endpoint({
  id: 'changeName',
  method: 'PATCH',
  path: '/api/v1/me',
  summary: 'Change the name that others see',
  tag: TAG,
  access: person,
  idempotency: 'none',
  body: z.strictObject({ name: personName }).meta({ id: 'ChangeName' }),
  answer: nothing,
  problems: [],
});

export const changePassword = endpoint({
  id: 'changePassword',
  method: 'POST',
  path: '/api/v1/me/password',
  summary: 'Change the password',
  description: 'Signs out everywhere else.',
  tag: TAG,
  access: person,
  idempotency: 'none',
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
  method: 'POST',
  path: '/api/v1/me/totp',
  summary: 'Begin to set up an authenticator app',
  description: 'It counts from its first code on; another one counts until then.',
  tag: TAG,
  access: enrolling,
  idempotency: 'none',
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
  method: 'POST',
  path: '/api/v1/me/totp/confirm',
  summary: 'Make the authenticator app count by its first code',
  description: 'New recovery codes come with it, in the place of those before.',
  tag: TAG,
  access: enrolling,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ enrollment, code: totpCode }).meta({ id: 'ConfirmTotp' }),
  answer: {
    status: 200,
    schema: z.strictObject({ recoveryCodes }).meta({ id: 'ConfirmedTotp' }),
    description: 'The recovery codes.',
  },
  problems: ['proof_refused', 'step_up_required'],
});

export const removeTotp = endpoint({
  id: 'removeTotp',
  method: 'DELETE',
  path: '/api/v1/me/totp',
  summary: 'Take the authenticator app away',
  description: 'Never the last way in.',
  tag: TAG,
  access: person,
  idempotency: 'none',
  answer: nothing,
  problems: ['step_up_required', 'state_conflict'],
});

export const renewRecoveryCodes = endpoint({
  id: 'renewRecoveryCodes',
  method: 'POST',
  path: '/api/v1/me/recovery-codes',
  summary: 'Make new recovery codes',
  tag: TAG,
  access: person,
  idempotency: 'none',
  answer: {
    status: 201,
    schema: z.strictObject({ recoveryCodes }).meta({ id: 'RecoveryCodes' }),
    description: 'The codes; those before count no more.',
  },
  problems: ['step_up_required', 'state_conflict'],
});

const passkey = z
  .strictObject({ id: z.string(), label: z.string(), createdAt: instant, lastUsedAt: instant.nullable() })
  .meta({ id: 'Passkey' });

export const listPasskeys = endpoint({
  id: 'listPasskeys',
  method: 'GET',
  path: '/api/v1/me/passkeys',
  summary: 'List your passkeys',
  tag: TAG,
  access: person,
  idempotency: 'none',
  answer: { status: 200, schema: z.strictObject({ data: z.array(passkey) }), description: 'Newest first.' },
  problems: [],
});

export const offerPasskey = endpoint({
  id: 'offerPasskey',
  method: 'POST',
  path: '/api/v1/me/passkeys/options',
  summary: 'Begin to add a passkey',
  tag: TAG,
  access: enrolling,
  idempotency: 'none',
  answer: { status: 200, schema: passkeyOptions, description: 'What the browser needs to make a passkey.' },
  problems: ['step_up_required', 'state_conflict'],
});

export const addPasskey = endpoint({
  id: 'addPasskey',
  method: 'POST',
  path: '/api/v1/me/passkeys',
  summary: 'Add the passkey that the browser has made',
  tag: TAG,
  access: enrolling,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ label: line(60), passkey: passkeyAnswer }).meta({ id: 'AddPasskey' }),
  answer: nothing,
  problems: ['proof_refused', 'step_up_required', 'state_conflict'],
});

export const removePasskey = endpoint({
  id: 'removePasskey',
  method: 'DELETE',
  path: '/api/v1/me/passkeys/{id}',
  summary: 'Take a passkey away',
  description: 'Never the last way in.',
  tag: TAG,
  access: person,
  idempotency: 'none',
  params: one,
  answer: nothing,
  problems: ['step_up_required', 'state_conflict'],
});

export const listSessions = endpoint({
  id: 'listSessions',
  method: 'GET',
  path: '/api/v1/me/sessions',
  summary: 'List where you are signed in',
  tag: TAG,
  access: person,
  idempotency: 'none',
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
  method: 'DELETE',
  path: '/api/v1/me/sessions/{id}',
  summary: 'Sign out in one place',
  tag: TAG,
  access: person,
  idempotency: 'none',
  params: one,
  answer: nothing,
  problems: [],
});

export const signOutEverywhere = endpoint({
  id: 'signOutEverywhere',
  method: 'DELETE',
  path: '/api/v1/me/sessions',
  summary: 'Sign out everywhere, here as well',
  tag: TAG,
  access: person,
  idempotency: 'none',
  answer: nothing,
  problems: [],
});

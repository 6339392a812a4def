import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line } from '../kernel/shapes.ts';
import {
  email,
  knownPassword,
  linkToken,
  newPassword,
  nothing,
  passkeyAnswer,
  passkeyOptions,
  personName,
  stepAnswer,
  totpCode,
} from './shapes-people.ts';

const TAG = 'Signing in';

/** The panel's own pages alone; browsers say so. */
const browser = { by: 'browser' } as const;
const person = { by: 'person' } as const;

export const signIn = endpoint({
  id: 'signIn',
  method: 'POST',
  path: '/api/v1/session',
  summary: 'Sign in by password',
  description: 'A password alone opens nothing: a second factor follows. After ten tries, half an hour of pause.',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ email, password: knownPassword }).meta({ id: 'SignIn' }),
  answer: stepAnswer,
  problems: [],
});

export const signInByTotp = endpoint({
  id: 'signInByTotp',
  method: 'POST',
  path: '/api/v1/session/totp',
  summary: 'Give the code of the authenticator app',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ code: totpCode }).meta({ id: 'SignInByTotp' }),
  answer: stepAnswer,
  problems: [],
});

export const signInByRecoveryCode = endpoint({
  id: 'signInByRecoveryCode',
  method: 'POST',
  path: '/api/v1/session/recovery-code',
  summary: 'Give a recovery code in the place of the authenticator app’s',
  description: 'Each is good once.',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ code: line(64) }).meta({ id: 'SignInByRecoveryCode' }),
  answer: stepAnswer,
  problems: [],
});

export const askForPasskey = endpoint({
  id: 'askForPasskey',
  method: 'POST',
  path: '/api/v1/session/passkey/options',
  summary: 'Begin to sign in by passkey',
  description: 'Whose passkey it is comes with the answer. A panel at an IP address has none.',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  answer: { status: 200, schema: passkeyOptions, description: 'What the browser needs to ask for a passkey.' },
  problems: ['state_conflict'],
});

export const signInByPasskey = endpoint({
  id: 'signInByPasskey',
  method: 'POST',
  path: '/api/v1/session/passkey',
  summary: 'Sign in by passkey',
  description: 'A passkey that has asked who its person is counts as both factors.',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ passkey: passkeyAnswer }).meta({ id: 'SignInByPasskey' }),
  answer: stepAnswer,
  problems: [],
});

export const beginOidc = endpoint({
  id: 'beginOidc',
  method: 'POST',
  path: '/api/v1/session/oidc',
  summary: 'Begin to sign in at the identity provider',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z.strictObject({ url: z.string() }).meta({ id: 'OidcStart' }),
    description: 'Where the browser goes. It comes back to the panel’s page /sign-in/oidc.',
  },
  problems: ['state_conflict'],
});

export const finishOidc = endpoint({
  id: 'finishOidc',
  method: 'POST',
  path: '/api/v1/session/oidc/return',
  summary: 'Come back from the identity provider',
  description: 'Who has not been here before must have been invited at the address that the provider has verified.',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z
    .strictObject({
      code: z.string().min(1).max(4_096),
      state: z.string().min(1).max(200),
      iss: z.string().max(500).optional(),
    })
    .meta({ id: 'OidcReturn' }),
  answer: stepAnswer,
  problems: ['state_conflict'],
});

export const lookAtLink = endpoint({
  id: 'lookAtLink',
  method: 'POST',
  path: '/api/v1/session/link',
  summary: 'See what a set-up link or an invitation is for',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ token: linkToken }).meta({ id: 'LinkToken' }),
  answer: {
    status: 200,
    schema: z
      .strictObject({
        kind: z.enum(['setup', 'invitation']),
        email: z.string().nullable().meta({ description: 'Whom the invitation is for; null: to be said.' }),
        role: z.string(),
        tenantName: z.string().nullable().meta({ description: 'null: the installation.' }),
        hasAccount: z.boolean().meta({ description: 'Then sign in, and join.' }),
      })
      .meta({ id: 'Link' }),
    description: 'What it is for.',
  },
  problems: [],
});

const newcomer = {
  token: linkToken,
  email: email.optional().meta({ description: 'With a set-up link; an invitation names it.' }),
  name: personName,
};

export const offerFirstPasskey = endpoint({
  id: 'offerFirstPasskey',
  method: 'POST',
  path: '/api/v1/session/link/passkey-options',
  summary: 'Begin to make an account with a passkey',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject(newcomer).meta({ id: 'Newcomer' }),
  answer: { status: 200, schema: passkeyOptions, description: 'What the browser needs to make a passkey.' },
  problems: ['state_conflict'],
});

export const acceptLink = endpoint({
  id: 'acceptLink',
  method: 'POST',
  path: '/api/v1/session/link/accept',
  summary: 'Make an account of a set-up link or an invitation',
  description: 'With a passkey that is all; with a password a second factor is set up next.',
  tag: TAG,
  access: browser,
  idempotency: 'none',
  secretsInBody: true,
  body: z
    .union([
      z.strictObject({ ...newcomer, password: newPassword }),
      z.strictObject({ ...newcomer, passkey: passkeyAnswer, label: line(60) }),
    ])
    .meta({ id: 'AcceptLink' }),
  answer: stepAnswer,
  problems: ['proof_refused', 'state_conflict'],
});

export const joinByLink = endpoint({
  id: 'joinByLink',
  method: 'POST',
  path: '/api/v1/session/link/join',
  summary: 'Follow an invitation with the account that one has',
  tag: TAG,
  access: person,
  idempotency: 'none',
  secretsInBody: true,
  body: z.strictObject({ token: linkToken }).meta({ id: 'JoinByLink' }),
  answer: nothing,
  problems: ['state_conflict'],
});

export const getSession = endpoint({
  id: 'getSession',
  method: 'GET',
  path: '/api/v1/session',
  summary: 'See who is signed in, and what they may do where',
  description:
    'The tenants that somebody may enter, by X-Tollgate-Tenant. Who runs the installation may enter all of them; the ' +
    'first hundred are shown.',
  tag: TAG,
  access: person,
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z
      .strictObject({
        sessionId: z.string(),
        user: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
        waysIn: z.strictObject({
          hasPassword: z.boolean(),
          hasTotp: z.boolean(),
          passkeys: z.int(),
          oidc: z.boolean(),
          recoveryCodesLeft: z.int(),
        }),
        operatorRole: z.string().nullable(),
        permissions: z.array(z.string()).meta({ description: 'In the installation.' }),
        memberships: z.array(
          z.strictObject({
            tenantId: z.string(),
            tenantName: z.string(),
            role: z.string(),
            permissions: z.array(z.string()),
          }),
        ),
        secondFactorUntil: instant.nullable().meta({ description: 'Until then dangerous acts are open.' }),
      })
      .meta({ id: 'Session' }),
    description: 'The session.',
  },
  problems: [],
});

export const signOut = endpoint({
  id: 'signOut',
  method: 'DELETE',
  path: '/api/v1/session',
  summary: 'Sign out',
  tag: TAG,
  access: { by: 'person', enrolling: true },
  idempotency: 'none',
  answer: nothing,
  problems: [],
});

export const askForStepUp = endpoint({
  id: 'askForStepUp',
  method: 'POST',
  path: '/api/v1/session/step-up/options',
  summary: 'Begin to prove a passkey once more',
  tag: TAG,
  access: person,
  idempotency: 'none',
  answer: { status: 200, schema: passkeyOptions, description: 'What the browser needs to ask for a passkey.' },
  problems: ['state_conflict'],
});

export const stepUp = endpoint({
  id: 'stepUp',
  method: 'POST',
  path: '/api/v1/session/step-up',
  summary: 'Prove the second factor once more',
  description: 'Dangerous acts are open for ten minutes after it.',
  tag: TAG,
  access: person,
  idempotency: 'none',
  secretsInBody: true,
  body: z
    .union([z.strictObject({ code: totpCode }), z.strictObject({ passkey: passkeyAnswer })])
    .meta({ id: 'StepUp' }),
  answer: {
    status: 200,
    schema: z.strictObject({ secondFactorUntil: instant }).meta({ id: 'SteppedUp' }),
    description: 'Until when.',
  },
  problems: ['proof_refused'],
});

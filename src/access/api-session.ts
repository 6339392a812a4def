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

const person = { tag: TAG, idempotency: 'none', access: { by: 'person' } } as const;
/** The panel's own pages alone; browsers say so. */
const browser = { tag: TAG, idempotency: 'none', access: { by: 'browser' } } as const;
const proving = { ...browser, method: 'POST', secretsInBody: true, answer: stepAnswer } as const;
const offered = {
  status: 200,
  schema: passkeyOptions,
  description: 'What the browser needs to ask for a passkey, or to make one.',
} as const;

export const signIn = endpoint({
  id: 'signIn',
  ...proving,
  path: '/api/v1/session',
  summary: 'Sign in by password',
  description: 'A password alone opens nothing: a second factor follows. After ten tries, half an hour of pause.',
  body: z.strictObject({ email, password: knownPassword }).meta({ id: 'SignIn' }),
  problems: [],
});

export const signInByTotp = endpoint({
  id: 'signInByTotp',
  ...proving,
  path: '/api/v1/session/totp',
  summary: 'Give the code of the authenticator app',
  body: z.strictObject({ code: totpCode }).meta({ id: 'SignInByTotp' }),
  problems: [],
});

export const signInByRecoveryCode = endpoint({
  id: 'signInByRecoveryCode',
  ...proving,
  path: '/api/v1/session/recovery-code',
  summary: 'Give a recovery code in the place of the authenticator app’s',
  description: 'Each is good once.',
  body: z.strictObject({ code: line(64) }).meta({ id: 'SignInByRecoveryCode' }),
  problems: [],
});

export const askForPasskey = endpoint({
  id: 'askForPasskey',
  ...browser,
  method: 'POST',
  path: '/api/v1/session/passkey/options',
  summary: 'Begin to sign in by passkey',
  description: 'Whose passkey it is comes with the answer. A panel at an IP address has none.',
  answer: offered,
  problems: ['state_conflict'],
});

export const signInByPasskey = endpoint({
  id: 'signInByPasskey',
  ...proving,
  path: '/api/v1/session/passkey',
  summary: 'Sign in by passkey',
  description: 'A passkey that has asked who its person is counts as both factors.',
  body: z.strictObject({ passkey: passkeyAnswer }).meta({ id: 'SignInByPasskey' }),
  problems: [],
});

export const beginOidc = endpoint({
  id: 'beginOidc',
  ...browser,
  method: 'POST',
  path: '/api/v1/session/oidc',
  summary: 'Begin to sign in at the identity provider',
  answer: {
    status: 200,
    schema: z.strictObject({ url: z.string() }).meta({ id: 'OidcStart' }),
    description: 'Where the browser goes. It comes back to the panel’s page /sign-in/oidc.',
  },
  problems: ['state_conflict'],
});

export const finishOidc = endpoint({
  id: 'finishOidc',
  ...proving,
  path: '/api/v1/session/oidc/return',
  summary: 'Come back from the identity provider',
  description: 'Who has not been here before must have been invited at the address that the provider has verified.',
  body: z
    .strictObject({
      code: z.string().min(1).max(4_096),
      state: z.string().min(1).max(200),
      iss: z.string().max(500).optional(),
    })
    .meta({ id: 'OidcReturn' }),
  problems: ['state_conflict'],
});

export const lookAtLink = endpoint({
  id: 'lookAtLink',
  ...browser,
  method: 'POST',
  secretsInBody: true,
  path: '/api/v1/session/link',
  summary: 'See what a set-up link or an invitation is for',
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
  ...browser,
  method: 'POST',
  path: '/api/v1/session/link/passkey-options',
  summary: 'Begin to make an account with a passkey',
  secretsInBody: true,
  body: z.strictObject(newcomer).meta({ id: 'Newcomer' }),
  answer: offered,
  problems: ['state_conflict'],
});

export const acceptLink = endpoint({
  id: 'acceptLink',
  ...proving,
  path: '/api/v1/session/link/accept',
  summary: 'Make an account of a set-up link or an invitation',
  description: 'With a passkey that is all; with a password a second factor is set up next.',
  body: z
    .union([
      z.strictObject({ ...newcomer, password: newPassword }),
      z.strictObject({ ...newcomer, passkey: passkeyAnswer, label: line(60) }),
    ])
    .meta({ id: 'AcceptLink' }),
  problems: ['proof_refused', 'state_conflict'],
});

export const joinByLink = endpoint({
  id: 'joinByLink',
  ...person,
  method: 'POST',
  path: '/api/v1/session/link/join',
  summary: 'Follow an invitation with the account that one has',
  secretsInBody: true,
  body: z.strictObject({ token: linkToken }).meta({ id: 'JoinByLink' }),
  answer: nothing,
  problems: ['state_conflict'],
});

export const getSession = endpoint({
  id: 'getSession',
  ...person,
  method: 'GET',
  path: '/api/v1/session',
  summary: 'See who is signed in, and what they may do where',
  description:
    'The tenants that somebody may enter, by X-Tollgate-Tenant. Who runs the installation may enter all of them; the ' +
    'first hundred are shown.',
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
  ...person,
  method: 'DELETE',
  path: '/api/v1/session',
  summary: 'Sign out',
  access: { by: 'person', enrolling: true },
  answer: nothing,
  problems: [],
});

export const askForStepUp = endpoint({
  id: 'askForStepUp',
  ...person,
  method: 'POST',
  path: '/api/v1/session/step-up/options',
  summary: 'Begin to prove a passkey once more',
  answer: offered,
  problems: ['state_conflict'],
});

export const stepUp = endpoint({
  id: 'stepUp',
  ...person,
  method: 'POST',
  path: '/api/v1/session/step-up',
  summary: 'Prove the second factor once more',
  description: 'Dangerous acts are open for ten minutes after it.',
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

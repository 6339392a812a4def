import { request } from './send.ts';

/** What is still to be done before somebody is in. */
export type Step = 'totp' | 'passkey' | 'enroll' | 'done';

interface StepAnswer {
  readonly step: Step;
}

const post = <Answer>(path: string, body?: object) =>
  request<Answer>({ method: 'POST', path: `/api/v1${path}`, ...(body === undefined ? {} : { body }) });

export const signIn = (email: string, password: string) => post<StepAnswer>('/session', { email, password });

/** Six digits are the app's; anything else can only be a recovery code. */
export const proveCode = (code: string) =>
  /^\d{6}$/.test(code)
    ? post<StepAnswer>('/session/totp', { code })
    : post<StepAnswer>('/session/recovery-code', { code });

export const askForPasskey = () => post<PublicKeyCredentialRequestOptionsJSON>('/session/passkey/options');
export const signInByPasskey = (passkey: unknown) => post<StepAnswer>('/session/passkey', { passkey });

/** How people sign in here, besides by password. */
export interface WaysIn {
  readonly passkeys: boolean;
  readonly oidc: boolean;
}

export const waysIn = () => request<WaysIn>({ method: 'GET', path: '/api/v1/session/ways-in' });
export const beginOidc = () => post<{ readonly url: string }>('/session/oidc');
export const finishOidc = (returned: { readonly code: string; readonly state: string; readonly iss?: string }) =>
  post<StepAnswer>('/session/oidc/return', returned);

/** What a set-up link or an invitation is for. */
export interface Link {
  readonly kind: 'setup' | 'invitation';
  /** null: to be said. */
  readonly email: string | null;
  readonly role: string;
  readonly tenantName: string | null;
  /** Then they sign in, and join. */
  readonly hasAccount: boolean;
}

export interface Newcomer {
  readonly token: string;
  readonly name: string;
  readonly email?: string;
}

export const lookAtLink = (token: string) => post<Link>('/session/link', { token });
export const acceptByPassword = (newcomer: Newcomer, password: string) =>
  post<StepAnswer>('/session/link/accept', { ...newcomer, password });
export const offerFirstPasskey = (newcomer: Newcomer) =>
  post<PublicKeyCredentialCreationOptionsJSON>('/session/link/passkey-options', newcomer);
export const acceptByPasskey = (newcomer: Newcomer, passkey: unknown, label: string) =>
  post<StepAnswer>('/session/link/accept', { ...newcomer, passkey, label });
export const joinByLink = (token: string) => post<unknown>('/session/link/join', { token });

/** What an authenticator app is given; shown once. */
export interface OfferedTotp {
  readonly enrollment: string;
  readonly secret: string;
  /** `otpauth://…`, as a QR code. */
  readonly uri: string;
}

export const offerTotp = () => post<OfferedTotp>('/me/totp');
export const confirmTotp = (enrollment: string, code: string) =>
  post<{ readonly recoveryCodes: readonly string[] }>('/me/totp/confirm', { enrollment, code });

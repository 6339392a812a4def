import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { Problem } from '../kernel/problem.ts';
import type { PanelAddress } from './panel-address.ts';

/** A browser's answer, as `toJSON()` of its credential gives it; what is in it is checked by the verifier. */
export type PasskeyAnswer = Readonly<Record<string, unknown>>;

/** What is kept of a new passkey. */
export interface NewPasskey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly signCount: bigint;
  readonly transports: readonly string[];
}

const NAME = 'Tollgate';
const TIMEOUT_MS = 300_000;
/** EdDSA, ES256, RS256: what every authenticator can do at least one of. */
const ALGORITHMS = [-8, -7, -257];

/** What a browser needs to make a passkey that names its person by itself and asks who they are each time. */
export async function newPasskeyOptions(
  panel: PanelAddress,
  challenge: string,
  person: {
    readonly userId: string;
    readonly email: string;
    readonly name: string;
    readonly known: readonly Uint8Array[];
  },
): Promise<Record<string, unknown>> {
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID: nameOf(panel),
    userID: new Uint8Array(Buffer.from(person.userId)),
    userName: person.email,
    userDisplayName: person.name,
    challenge: bytesOf(challenge),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: person.known.map((id) => ({ id: Buffer.from(id).toString('base64url') })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return { ...options };
}

/** What a browser needs to answer with a passkey; which one is for the person to choose. */
export async function passkeyRequestOptions(panel: PanelAddress, challenge: string): Promise<Record<string, unknown>> {
  const options = await generateAuthenticationOptions({
    rpID: nameOf(panel),
    challenge: bytesOf(challenge),
    timeout: TIMEOUT_MS,
    userVerification: 'required',
  });
  return { ...options };
}

/** The challenge that an answer says it answers; null where it cannot be read. Whether it does is for the verifier. */
export function challengeOf(answer: PasskeyAnswer): string | null {
  try {
    const { clientDataJSON } = answer.response as { readonly clientDataJSON: string };
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    return typeof challenge === 'string' && challenge.length <= 100 ? challenge : null;
  } catch {
    return null;
  }
}

/** The id of the credential that an answer says it is by; null where there is none. */
export function credentialIdOf({ id }: PasskeyAnswer): Buffer | null {
  return typeof id === 'string' && /^[\w-]{1,1400}$/.test(id) ? Buffer.from(id, 'base64url') : null;
}

/** The passkey that a browser made for this challenge; null where anything about it is wrong. */
export async function verifyNewPasskey(
  panel: PanelAddress,
  challenge: string,
  answer: PasskeyAnswer,
): Promise<NewPasskey | null> {
  const verified = await verifyRegistrationResponse({
    response: answer as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: panel.origin,
    expectedRPID: nameOf(panel),
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
    // The verifier throws at whatever it cannot read, and all of it came from outside.
  }).catch(() => null);
  if (verified?.verified !== true) return null;
  const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
  return {
    credentialId: Buffer.from(id, 'base64url'),
    publicKey: Buffer.from(publicKey),
    signCount: BigInt(counter),
    transports: (transports ?? []).filter((transport) => /^[a-z-]{1,20}$/.test(transport)).slice(0, 10),
  };
}

interface KnownPasskey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly signCount: bigint;
}

/** The authenticator's count after it signed this challenge, its person verified; null where anything is wrong. */
export async function verifyPasskey(
  panel: PanelAddress,
  challenge: string,
  answer: PasskeyAnswer,
  known: KnownPasskey,
): Promise<bigint | null> {
  const verified = await verifyAuthenticationResponse({
    response: answer as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: panel.origin,
    expectedRPID: nameOf(panel),
    requireUserVerification: true,
    credential: {
      id: known.credentialId.toString('base64url'),
      publicKey: new Uint8Array(known.publicKey),
      counter: Number(known.signCount),
    },
  }).catch(() => null);
  return verified?.verified === true ? BigInt(verified.authenticationInfo.newCounter) : null;
}

/** The person whom a discoverable passkey names; null: it does not say. */
export function userHandleOf(answer: PasskeyAnswer): string | null {
  const { userHandle } = answer.response as { readonly userHandle?: unknown };
  return typeof userHandle === 'string' ? Buffer.from(userHandle, 'base64url').toString('utf8') : null;
}

/** @throws Problem state_conflict where the panel is at an IP address */
function nameOf({ passkeyName }: PanelAddress): string {
  if (passkeyName !== null) return passkeyName;
  throw new Problem('state_conflict', 'Passkeys need a panel with a name: browsers make none for an IP address.');
}

function bytesOf(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'));
}

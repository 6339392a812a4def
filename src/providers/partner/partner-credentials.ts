import { z } from 'zod';
import type { Mode } from '../../kernel/caller.ts';
import { bluecomProfile } from '../partner-profiles/bluecom-profile.ts';
import { neopayProfile } from '../partner-profiles/neopay-profile.ts';
import { type PartnerProfile, partnerProfile, pathsOverride } from '../partner-profiles/profile.ts';
import { methodFor, rsaKeyOf, SECRET_CHARACTERS_MIN } from '../partner-profiles/signing-keys.ts';
import type { ModeFault } from '../provider-mode-faults.ts';

const BUILT_IN = { bluecom: bluecomProfile, neopay: neopayProfile } as const;

const pem = z.string().min(100).max(10_000);

const shape = z.strictObject({
  profile: z.union([z.enum(['bluecom', 'neopay']), partnerProfile]).meta({ title: 'Profile' }),
  merchantCode: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .meta({ title: 'Merchant code' }),
  secretKey: z
    .string()
    .min(SECRET_CHARACTERS_MIN)
    .max(512)
    .exactOptional()
    .meta({ secret: true, title: 'Secret key (HMAC or hash)' }),
  publicKey: pem.exactOptional().meta({ title: "The partner's RSA public key (PEM)" }),
  privateKey: pem.exactOptional().meta({ secret: true, title: 'Our RSA private key (PEM)' }),
  apiUrl: z.string().max(500).refine(isApiUrl, 'Must be an http(s) address without user, query or fragment').meta({
    title: 'API address',
  }),
  paths: pathsOverride.exactOptional().meta({ title: 'Paths, where they differ from the profile' }),
});

/** Either a secret, or the partner's public key with our private one; each of a kind that the profile signs with. */
export const partnerCredentials = shape.superRefine((credentials, context) => {
  if (!isUsable(credentials)) {
    const message = 'Needs a secretKey, or publicKey and privateKey (RSA, 2048 bits or more), as the profile signs';
    context.addIssue({ code: 'custom', message });
  }
});

export type PartnerCredentials = z.output<typeof shape>;

/** Money goes over no line that others can read. */
export function partnerModeFaults({ apiUrl }: PartnerCredentials, mode: Mode): readonly ModeFault[] {
  const isFine = mode === 'test' || new URL(apiUrl).protocol === 'https:';
  return isFine ? [] : [{ field: 'apiUrl', rule: 'Must begin with https:// in live mode' }];
}

/** The profile that an account works by. */
export function profileOf({ profile }: PartnerCredentials): PartnerProfile {
  return typeof profile === 'string' ? BUILT_IN[profile] : profile;
}

/** Whether the keys may sign and verify at all, wherever they came from: one kind, whole, long enough. */
export function isUsable(credentials: PartnerCredentials | undefined): credentials is PartnerCredentials {
  if (credentials === undefined) return false;
  const { secretKey, publicKey, privateKey } = credentials;
  const hasPair = publicKey !== undefined || privateKey !== undefined;
  if (hasPair === (secretKey !== undefined)) return false;
  if (methodFor(profileOf(credentials), credentials) === null) return false;
  return !hasPair || (rsaKeyOf('public', publicKey) !== null && rsaKeyOf('private', privateKey) !== null);
}

/** The address of one operation; null where the profile has no such operation. */
export function addressOf(credentials: PartnerCredentials, operation: 'create' | 'query' | 'refund'): string | null {
  const path = credentials.paths?.[operation] ?? profileOf(credentials).paths[operation];
  return path === undefined ? null : credentials.apiUrl.replace(/\/+$/, '') + path;
}

function isApiUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username + password + search + hash === '' && !/[?#]/.test(text);
}

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { newSecret } from '../../kernel/id.ts';

/** Shorter keys are refused by both sides; an empty one would verify anything signed with nothing. */
const SECRET_CHARACTERS_MIN = 16;

export const sandboxCredentials = z.strictObject({
  merchantCode: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/)
    .meta({ title: 'Merchant code', description: 'Any name that you choose: the sandbox opens an account under it.' }),
  secretKey: z
    .string()
    .min(SECRET_CHARACTERS_MIN)
    .max(200)
    .meta({ secret: true, title: 'Secret key', description: 'Any text of 16 characters or more.' }),
});

export type SandboxCredentials = z.output<typeof sandboxCredentials>;

/** Credentials of a merchant that the sandbox does not know yet; the first call opens its account. */
export function newSandboxCredentials(): SandboxCredentials {
  return { merchantCode: `m_${randomBytes(12).toString('hex')}`, secretKey: newSecret() };
}

/** Whether a key may be used to sign or verify at all, wherever it came from. */
export function isUsable(credentials: SandboxCredentials | undefined): credentials is SandboxCredentials {
  return credentials !== undefined && credentials.secretKey.trim().length >= SECRET_CHARACTERS_MIN;
}

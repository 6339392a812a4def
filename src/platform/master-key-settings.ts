import { z } from 'zod';

/** Which master keys are loaded beside the primary one, and how those that lie elsewhere are reached. */
export interface MasterKeySettings {
  /** Open what they wrapped and wrap nothing new. */
  readonly previous: readonly string[];
  readonly aws: {
    /** null: the public address of the key's region. */
    readonly url: string | null;
    readonly accessKeyId: string | null;
    readonly secretAccessKey: string | null;
    readonly sessionToken: string | null;
    /** Read anew when it changes; wins over the three above. */
    readonly credentialsFile: string | null;
    readonly profile: string;
  };
  readonly vault: {
    readonly url: string | null;
    readonly namespace: string | null;
    /** Read anew when it changes, since an agent renews what is in it. */
    readonly tokenFile: string | null;
  };
}

const LOCAL_KEY = '[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=';
/** The key itself: aliases can be pointed elsewhere, and what they wrapped would not open any more. */
const AWS_KEY = String.raw`aws-kms:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+`;
const VAULT_KEY = 'vault-transit:[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*/[A-Za-z0-9_.-]+';
const MASTER_KEY = new RegExp(`^(?:${LOCAL_KEY}|${AWS_KEY}|${VAULT_KEY})$`);
const RULE =
  'Must be 32 bytes as 64 hex digits or base64, aws-kms:<ARN of a key>, or vault-transit:<mount>/<name of a key>';
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'Must be an http or https address' })
  .transform((text) => text.replace(/\/+$/, ''));

/** The variables of the environment; each also with `_FILE` behind it. */
export const MASTER_KEY_VARIABLES = {
  TOLLGATE_MASTER_KEY: z.string().regex(MASTER_KEY, RULE).optional(),
  TOLLGATE_MASTER_KEYS_PREVIOUS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((key) => key !== ''))
    .pipe(z.array(z.string().regex(MASTER_KEY, `${RULE}; several with commas or lines between`)).max(16))
    .default([]),
  TOLLGATE_AWS_KMS_URL: httpUrl.optional(),
  AWS_ACCESS_KEY_ID: z.string().min(1).optional(),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  AWS_SESSION_TOKEN: z.string().min(1).optional(),
  AWS_SHARED_CREDENTIALS_FILE: z.string().min(1).optional(),
  AWS_PROFILE: z.string().min(1).default('default'),
  VAULT_ADDR: httpUrl.optional(),
  VAULT_NAMESPACE: z.string().min(1).optional(),
  VAULT_TOKEN_FILE: z.string().min(1).optional(),
};

type Values = z.output<z.ZodObject<typeof MASTER_KEY_VARIABLES>>;

/** What was set, and the faults of what does not go together: the variable's name, then the rule. */
export function masterKeysOf(set: Values): {
  readonly settings: MasterKeySettings;
  readonly faults: readonly string[];
} {
  const keys = [...(set.TOLLGATE_MASTER_KEY === undefined ? [] : [set.TOLLGATE_MASTER_KEY])];
  const all = [...keys, ...set.TOLLGATE_MASTER_KEYS_PREVIOUS];
  const faults: string[] = [];
  const hasAwsCredentials = set.AWS_ACCESS_KEY_ID !== undefined && set.AWS_SECRET_ACCESS_KEY !== undefined;
  if (all.some(isOfAws) && !hasAwsCredentials && set.AWS_SHARED_CREDENTIALS_FILE === undefined) {
    faults.push(
      'AWS_SHARED_CREDENTIALS_FILE: Must be set where a master key is in AWS KMS, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY',
    );
  }
  if (all.some(isOfVault)) {
    if (set.VAULT_ADDR === undefined) faults.push('VAULT_ADDR: Must be set where a master key is in Vault');
    if (set.VAULT_TOKEN_FILE === undefined) faults.push('VAULT_TOKEN_FILE: Must be set where a master key is in Vault');
  }
  if (keys.some((key) => set.TOLLGATE_MASTER_KEYS_PREVIOUS.includes(key))) {
    faults.push('TOLLGATE_MASTER_KEYS_PREVIOUS: Must not name the key of TOLLGATE_MASTER_KEY again');
  }
  return { faults, settings: settingsOf(set) };
}

function settingsOf(set: Values): MasterKeySettings {
  return {
    previous: set.TOLLGATE_MASTER_KEYS_PREVIOUS,
    aws: {
      url: set.TOLLGATE_AWS_KMS_URL ?? null,
      accessKeyId: set.AWS_ACCESS_KEY_ID ?? null,
      secretAccessKey: set.AWS_SECRET_ACCESS_KEY ?? null,
      sessionToken: set.AWS_SESSION_TOKEN ?? null,
      credentialsFile: set.AWS_SHARED_CREDENTIALS_FILE ?? null,
      profile: set.AWS_PROFILE,
    },
    vault: {
      url: set.VAULT_ADDR ?? null,
      namespace: set.VAULT_NAMESPACE ?? null,
      tokenFile: set.VAULT_TOKEN_FILE ?? null,
    },
  };
}

/** Whether a configured master key is one of AWS KMS. */
export function isOfAws(key: string): boolean {
  return key.startsWith('aws-kms:');
}

/** Whether a configured master key is one of Vault's transit engine. */
export function isOfVault(key: string): boolean {
  return key.startsWith('vault-transit:');
}

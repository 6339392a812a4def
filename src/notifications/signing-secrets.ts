import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { DialectKey } from './dialects/dialect.ts';
import { newStandardSecret } from './dialects/standard.ts';
import { insertSigningSecret, type SecretOwner, type SecretPurpose, selectSigningSecrets } from './store.ts';

/** Signs what goes to a payment's own address where the tenant has no endpoint. */
export const DEFAULT_SECRET = 'default';

/** What a secret of a purpose is to a dialect. */
export const KIND_OF_PURPOSE = {
  signing: 'secret',
  signing_ed25519: 'ed25519',
  data_protection: 'data_protection',
  notification: 'notification',
} as const satisfies Record<SecretPurpose, DialectKey['kind']>;

interface SecretContext {
  readonly db: Queryable;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** Stores a signing secret, generated unless given, and returns its text, the only time it is seen. */
export async function createSigningSecret(
  context: SecretContext,
  owner: SecretOwner,
  secret: string = newStandardSecret(),
): Promise<string> {
  await addSecret(context, owner, 'signing', secret);
  return secret;
}

/** Stores a secret beside those that are valid, and returns its id. */
export async function addSecret(
  { db, sealer, clock }: SecretContext,
  owner: SecretOwner,
  purpose: SecretPurpose,
  secret: string,
): Promise<string> {
  const secretId = newId('key', clock);
  const { tenantId, mode, endpointId } = owner;
  const sealed = await sealer.seal(secretPlace(owner, secretId), secret);
  await insertSigningSecret(db, { tenantId, mode, endpointId, secretId, purpose, sealed, createdAt: clock.now() });
  return secretId;
}

/** A secret that is valid now. */
export interface OpenSecret {
  readonly secretId: string;
  readonly purpose: SecretPurpose;
  readonly text: string;
  readonly createdAt: Temporal.Instant;
  /** null: until it is rotated. */
  readonly expiresAt: Temporal.Instant | null;
}

/** The valid secrets of an endpoint, of each purpose the newest first: two or three during a rotation. */
export async function openSecrets(
  { db, sealer, clock }: SecretContext,
  owner: SecretOwner,
): Promise<readonly OpenSecret[]> {
  const rows = await selectSigningSecrets(db, owner, clock.now());
  return Promise.all(
    rows.map(async (row) => ({
      secretId: row.secret_id,
      purpose: row.purpose as SecretPurpose,
      text: String(await sealer.open(secretPlace(owner, row.secret_id), row.secret_sealed)),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    })),
  );
}

/** The same as dialects take them. */
export async function openSigningSecrets(context: SecretContext, owner: SecretOwner): Promise<readonly DialectKey[]> {
  const secrets = await openSecrets(context, owner);
  return secrets.map(({ secretId, purpose, text }) => ({ keyId: secretId, kind: KIND_OF_PURPOSE[purpose], text }));
}

function secretPlace(owner: SecretOwner, secretId: string) {
  const row = `${owner.endpointId} ${owner.mode} ${secretId}`;
  return { tenantId: owner.tenantId, table: 'signing_secrets', column: 'secret_sealed', row };
}

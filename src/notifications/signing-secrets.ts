import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { DialectKey } from './dialects/dialect.ts';
import { newStandardSecret } from './dialects/standard.ts';
import { insertSigningSecret, type SecretOwner, type SecretPurpose, selectSigningSecrets } from './store.ts';

/** Signs what goes to a payment's own address where the tenant has no endpoint. */
export const DEFAULT_SECRET = 'default';

const KIND_OF_PURPOSE = {
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
  { db, sealer, clock }: SecretContext,
  owner: SecretOwner,
  secret: string = newStandardSecret(),
  purpose: SecretPurpose = 'signing',
): Promise<string> {
  const secretId = newId('key', clock);
  const sealed = await sealer.seal(secretPlace(owner, secretId), secret);
  await insertSigningSecret(db, { ...owner, secretId, purpose, sealed, createdAt: clock.now() });
  return secret;
}

/** The valid secrets of an endpoint, newest first: two during a rotation. */
export async function openSigningSecrets(
  { db, sealer, clock }: SecretContext,
  owner: SecretOwner,
): Promise<readonly DialectKey[]> {
  const rows = await selectSigningSecrets(db, owner, clock.now());
  return Promise.all(
    rows.map(async (row) => ({
      keyId: row.secret_id,
      kind: KIND_OF_PURPOSE[row.purpose as SecretPurpose],
      text: String(await sealer.open(secretPlace(owner, row.secret_id), row.secret_sealed)),
    })),
  );
}

function secretPlace(owner: SecretOwner, secretId: string) {
  const row = `${owner.endpointId} ${owner.mode} ${secretId}`;
  return { tenantId: owner.tenantId, table: 'signing_secrets', column: 'secret_sealed', row };
}

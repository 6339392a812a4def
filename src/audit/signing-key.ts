import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { type SealedPlace, type Sealer, SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { SigningKey } from './checkpoint.ts';
import { insertKey, type StoredKey, selectKeys } from './store-checkpoints.ts';

/** A key that checkpoints are verified with, as it is published. */
export interface PublishedKey {
  readonly keyId: string;
  readonly publicKey: string;
  readonly createdAt: Temporal.Instant;
}

/** The newest key, made on first use; the caller's transaction keeps others from making one at the same time. */
export async function openSigningKey(
  { sealer, clock }: { readonly sealer: Sealer; readonly clock: Clock },
  tx: Queryable,
): Promise<SigningKey> {
  const [newest] = await selectKeys(tx);
  if (newest === undefined) return makeKey(sealer, clock, tx);
  const der = await sealer.open(place(newest.keyId), newest.privateKeySealed);
  return { keyId: newest.keyId, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
}

/** All keys, newest first; old ones still verify what they have signed. */
export async function publishedKeys(db: Queryable): Promise<readonly PublishedKey[]> {
  return (await selectKeys(db)).map(({ keyId, publicKey, createdAt }) => ({ keyId, publicKey, createdAt }));
}

/** Public keys by the ids that checkpoints name. An id is the digest of its key, so that none can pass for another. */
export function keyRing(publicKeys: readonly string[]): ReadonlyMap<string, KeyObject> {
  return new Map(
    publicKeys.map((text) => {
      const der = Buffer.from(text, 'base64');
      return [keyIdOf(der), createPublicKey({ key: der, format: 'der', type: 'spki' })];
    }),
  );
}

async function makeKey(sealer: Sealer, clock: Clock, tx: Queryable): Promise<SigningKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const keyId = keyIdOf(der);
  const privateKeySealed = await sealer.seal(place(keyId), privateKey.export({ format: 'der', type: 'pkcs8' }));
  const key: StoredKey = { keyId, publicKey: der.toString('base64'), privateKeySealed, createdAt: clock.now() };
  await insertKey(tx, key);
  return { keyId, privateKey };
}

function keyIdOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex').slice(0, 32);
}

function place(keyId: string): SealedPlace {
  return { tenantId: SYSTEM, table: 'audit_signing_keys', column: 'private_key_sealed', row: keyId };
}

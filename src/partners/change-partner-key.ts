import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { openSecret } from './open-partner-key.ts';
import { type PartnerKey, partnerKeyPlace, previousPartnerKeyPlace } from './partner-key.ts';
import type { PartnerSecret } from './sign-partner-message.ts';
import { lockPartnerKey, type Owner, updatePartnerKey } from './store.ts';

interface KeyContext {
  readonly sealer: Sealer;
  readonly clock: Clock;
}

interface Rotation {
  readonly partnerKeyId: string;
  readonly secret: PartnerSecret;
  readonly overlapSeconds: number;
}

/**
 * Gives a key a new secret. Requests signed with the old one are taken until the overlap ends, in seconds from now; that
 * of a rotation before, if its overlap still runs, is given up. Runs in the caller's transaction.
 * @throws Problem not_found, state_conflict (revoked), validation_failed (the other algorithm)
 */
export async function rotatePartnerKey(
  { sealer, clock }: KeyContext,
  tx: Queryable,
  owner: Owner,
  { partnerKeyId, secret, overlapSeconds }: Rotation,
): Promise<PartnerKey> {
  const key = await lockKey(tx, owner, partnerKeyId);
  if (key.status === 'revoked') throw new Problem('state_conflict', 'This key was revoked; make a new one.');
  if (key.algorithm !== secret.algorithm) {
    const detail =
      key.algorithm === 'rsa-sha256' ? 'Is required for an RSA key' : 'Must be left out: this is no RSA key';
    throw new Problem('validation_failed', 'A key keeps its algorithm.', {
      errors: [{ pointer: '/publicKey', detail }],
    });
  }
  const now = clock.now();
  const old = JSON.stringify(await openSecret(sealer, key));
  const previousKey =
    overlapSeconds === 0
      ? null
      : { sealed: await sealer.seal(previousPartnerKeyPlace(key), old), until: now.add({ seconds: overlapSeconds }) };
  const keySealed = await sealer.seal(partnerKeyPlace(key), JSON.stringify(secret));
  return save(tx, { ...key, keySealed, previousKey, updatedAt: now });
}

/**
 * Ends a key at once and for ever: nothing it signed is taken, and the partner is told nothing more. Runs in the caller's
 * transaction.
 * @throws Problem not_found
 */
export async function revokePartnerKey(
  { clock }: Pick<KeyContext, 'clock'>,
  tx: Queryable,
  owner: Owner,
  partnerKeyId: string,
): Promise<PartnerKey> {
  const key = await lockKey(tx, owner, partnerKeyId);
  if (key.status === 'revoked') return key;
  return save(tx, { ...key, status: 'revoked', previousKey: null, updatedAt: clock.now() });
}

async function lockKey(tx: Queryable, owner: Owner, partnerKeyId: string): Promise<PartnerKey> {
  const key = await lockPartnerKey(tx, owner, partnerKeyId);
  if (key === null) throw new Problem('not_found', 'There is no such partner key.');
  return key;
}

async function save(tx: Queryable, key: PartnerKey): Promise<PartnerKey> {
  await updatePartnerKey(tx, key);
  return key;
}

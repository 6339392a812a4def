import type { Clock } from '../kernel/clock.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { type PartnerKey, partnerKeyPlace, previousPartnerKeyPlace } from './partner-key.ts';
import type { PartnerSecret } from './sign-partner-message.ts';
import { selectPartnerKey } from './store.ts';

export interface PartnerContext {
  readonly database: Database;
  readonly sealer: Sealer;
  /** The machine's time: overlaps and stamps go by it. */
  readonly clock: Clock;
}

/** A key with the secrets that are valid now, the newest first: two during a rotation. */
export interface OpenPartnerKey {
  readonly key: PartnerKey;
  readonly secrets: readonly PartnerSecret[];
}

/** The key that a partner is told with; null where there is none, or it was revoked. */
export async function openPartnerKey(
  context: PartnerContext,
  tenantId: string,
  partnerKeyId: string,
): Promise<OpenPartnerKey | null> {
  const key = await selectPartnerKey(context.database.query, tenantId, partnerKeyId);
  if (key === null || key.status === 'revoked') return null;
  const previous = previousSecretOf(context.clock, key);
  const current = await openSecret(context.sealer, key);
  return { key, secrets: previous === null ? [current] : [current, await openSealed(context.sealer, previous)] };
}

/** Whether a partner is still told under a key. */
export async function isPartnerTold(db: Queryable, tenantId: string, partnerKeyId: string): Promise<boolean> {
  const key = await selectPartnerKey(db, tenantId, partnerKeyId);
  return key?.status === 'active';
}

/** A key's current secret. */
export function openSecret(sealer: Sealer, key: PartnerKey): Promise<PartnerSecret> {
  return openSealed(sealer, { place: partnerKeyPlace(key), sealed: key.keySealed });
}

/** The sealed secret of before the last rotation; null outside its overlap. */
export function previousSecretOf(clock: Clock, key: PartnerKey) {
  const { previousKey } = key;
  if (previousKey === null || Temporal.Instant.compare(clock.now(), previousKey.until) >= 0) return null;
  return { place: previousPartnerKeyPlace(key), sealed: previousKey.sealed };
}

/** What was sealed by `JSON.stringify` of a secret. */
export async function openSealed(
  sealer: Sealer,
  { place, sealed }: { readonly place: Parameters<Sealer['open']>[0]; readonly sealed: Uint8Array },
): Promise<PartnerSecret> {
  return JSON.parse(String(await sealer.open(place, sealed)));
}

import { timingSafeEqual } from 'node:crypto';
import type { Scope } from '../kernel/endpoint.ts';

/** A key of a tenant or of the operator, without its secret. */
export interface AccessKey {
  readonly keyId: string;
  readonly name: string;
  /** What it may do: permissions, `resource:*`, or `*` for all that needs no administrator. */
  readonly grants: readonly (Scope | '*')[];
  readonly secretHash: Uint8Array;
  /** The secret before the last rotation, which works until then. */
  readonly previousSecret: { readonly hash: Uint8Array; readonly until: Temporal.Instant } | null;
  /** CIDR ranges from which alone it works; none: from everywhere. */
  readonly allowedAddresses: readonly string[];
  /** The actor, as in the record; null: made with the tenant, or from the command line. */
  readonly createdBy: string | null;
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant | null;
  readonly lastUsedAt: Temporal.Instant | null;
  readonly revokedAt: Temporal.Instant | null;
}

/** Whether the key still opens anything. */
export function keyStatus(
  { revokedAt, expiresAt }: Pick<AccessKey, 'revokedAt' | 'expiresAt'>,
  now: Temporal.Instant,
): 'active' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Temporal.Instant.compare(expiresAt, now) <= 0 ? 'expired' : 'active';
}

/**
 * Until when a secret opens a key: an instant that has not come yet, null where it has no end. undefined: it opens nothing,
 * being another, or the key being at its end.
 */
export function openUntil(
  key: Pick<AccessKey, 'secretHash' | 'previousSecret' | 'revokedAt' | 'expiresAt'>,
  secretHash: Uint8Array,
  now: Temporal.Instant,
): Temporal.Instant | null | undefined {
  if (keyStatus(key, now) !== 'active') return undefined;
  if (timingSafeEqual(key.secretHash, secretHash)) return key.expiresAt;
  const { previousSecret: previous } = key;
  if (previous === null || !timingSafeEqual(previous.hash, secretHash)) return undefined;
  if (Temporal.Instant.compare(previous.until, now) <= 0) return undefined;
  const endsFirst = key.expiresAt !== null && Temporal.Instant.compare(key.expiresAt, previous.until) < 0;
  return endsFirst ? key.expiresAt : previous.until;
}

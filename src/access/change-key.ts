import type { OperatorCaller, TenantCaller } from '../kernel/caller.ts';
import { scopeCovers } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Scope } from '../kernel/endpoint.ts';
import { newId, newSecret } from '../kernel/id.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { type AccessKey, keyStatus } from './access-key.ts';
import { canonicalRange } from './address-ranges.ts';
import { apiKeyText } from './api-key.ts';
import {
  brokenGrantRule,
  GRANTABLE_IN_TENANT,
  GRANTABLE_TO_OPERATORS,
  type Grantable,
  permissionsUnder,
} from './grant.ts';
import { hashSecret } from './secret-hash.ts';
import { apiKeyShelf, isUnboundKey, type KeyShelf, OPERATOR_KEY_SHELF } from './store-keys.ts';

/** Whose keys are changed, by whom, and what can be granted there. */
export interface KeyDesk {
  readonly shelf: KeyShelf;
  readonly grantable: Grantable;
  readonly clock: Clock;
  readonly actor: string;
  /** What the caller may do: keys are given no more than that. */
  readonly mine: readonly Scope[] | 'all';
  readonly idPrefix: 'key' | 'op';
  /** What the body calls the grants. */
  readonly field: 'scopes' | 'permissions';
  /** The text that programs send. */
  readonly textOf: (keyId: string, secret: string) => string;
}

/** Keys of the caller's tenant, in the caller's mode. */
export function tenantKeyDesk(clock: Clock, { tenantId, mode, actor, scopes }: TenantCaller): KeyDesk {
  return {
    ...{ clock, actor, mine: scopes, idPrefix: 'key', field: 'scopes', grantable: GRANTABLE_IN_TENANT },
    shelf: apiKeyShelf({ tenantId, mode }),
    textOf: (keyId, secret) => apiKeyText(mode, keyId, secret),
  };
}

/** Keys of those who run the installation. */
export function operatorKeyDesk(clock: Clock, { actor, permissions }: OperatorCaller): KeyDesk {
  return {
    ...{ clock, actor, mine: permissions, idPrefix: 'op', field: 'permissions', grantable: GRANTABLE_TO_OPERATORS },
    shelf: OPERATOR_KEY_SHELF,
    textOf: (keyId, secret) => `${keyId}.${secret}`,
  };
}

interface KeyFields {
  readonly name: string;
  readonly grants: readonly string[];
  readonly expiresAt: string | null;
  readonly allowedAddresses: readonly string[];
}

/** A key with its text, the only time it is seen. */
export interface ShownKey {
  readonly key: AccessKey;
  readonly text: string;
}

/** Enough for every program of a large shop; a limit, because each is a way in. */
const KEYS_MAX = 100;

/**
 * Makes a key, in the caller's transaction. @throws Problem validation_failed, state_conflict (too many), forbidden (by a
 * key that ends or is bound to addresses)
 */
export async function createKey(desk: KeyDesk, tx: Queryable, fields: KeyFields): Promise<ShownKey> {
  await refuseBound(desk, tx, null);
  const checked = checkFields(desk, fields);
  if ((await desk.shelf.count(tx)) >= KEYS_MAX) {
    throw new Problem('state_conflict', `There are ${KEYS_MAX} keys. Revoke those that nobody uses.`);
  }
  const secret = newSecret();
  const key: AccessKey = {
    keyId: newId(desk.idPrefix, desk.clock),
    ...checked,
    secretHash: hashSecret(secret),
    previousSecret: null,
    createdBy: desk.actor,
    createdAt: desk.clock.now(),
    lastUsedAt: null,
    revokedAt: null,
  };
  await desk.shelf.insert(tx, key);
  return { key, text: desk.textOf(key.keyId, secret) };
}

/** Changes what is given, in the caller's transaction. @throws Problem not_found, state_conflict, forbidden, validation_failed */
export async function changeKey(
  desk: KeyDesk,
  tx: Queryable,
  keyId: string,
  changes: { readonly [Name in keyof KeyFields]?: KeyFields[Name] | undefined },
): Promise<AccessKey> {
  const key = await lockUsable(desk, tx, keyId);
  await refuseBound(desk, tx, null);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const changed = {
    ...key,
    ...checkFields(desk, { ...key, expiresAt: key.expiresAt?.toString() ?? null, ...given }, given),
  };
  await desk.shelf.update(tx, changed);
  return changed;
}

/**
 * Gives a key a new secret, in the caller's transaction; the one before works until the overlap ends. A rotation within the
 * overlap of another ends that one. @throws Problem not_found, state_conflict, forbidden
 */
export async function rotateKey(
  desk: KeyDesk,
  tx: Queryable,
  keyId: string,
  overlapSeconds: number,
): Promise<ShownKey> {
  const key = await lockUsable(desk, tx, keyId);
  await refuseBound(desk, tx, keyId);
  const secret = newSecret();
  const previousSecret =
    overlapSeconds === 0 ? null : { hash: key.secretHash, until: desk.clock.now().add({ seconds: overlapSeconds }) };
  const rotated = { ...key, secretHash: hashSecret(secret), previousSecret };
  await desk.shelf.update(tx, rotated);
  return { key: rotated, text: desk.textOf(keyId, secret) };
}

/** Ends a key at once and for ever, in the caller's transaction; a second time changes nothing. @throws Problem not_found */
export async function revokeKey(desk: KeyDesk, tx: Queryable, keyId: string): Promise<AccessKey> {
  const key = await lockKey(desk, tx, keyId);
  if (key.revokedAt !== null) return key;
  const revoked = { ...key, revokedAt: desk.clock.now(), previousSecret: null };
  await desk.shelf.update(tx, revoked);
  return revoked;
}

async function lockKey({ shelf }: KeyDesk, tx: Queryable, keyId: string): Promise<AccessKey> {
  const key = await shelf.lock(tx, keyId);
  if (key === null) throw new Problem('not_found', 'There is no such key.');
  return key;
}

/** A new secret for a key is the key: who may not do what it may do must not get hold of it, nor make it last longer. */
async function lockUsable(desk: KeyDesk, tx: Queryable, keyId: string): Promise<AccessKey> {
  const key = await lockKey(desk, tx, keyId);
  if (keyStatus(key, desk.clock.now()) === 'revoked') {
    throw new Problem('state_conflict', 'The key is revoked. Make a new one.');
  }
  const covered = key.grants.flatMap((grant) => permissionsUnder(desk.grantable, grant));
  if (!covered.every((permission) => scopeCovers(desk.mine, permission))) {
    throw new Problem('forbidden', 'This key may do what you may not. Ask somebody who may do all of it.');
  }
  return key;
}

/** A key with an end, or one that is bound to addresses, would shed its bounds by making another. It may rotate itself. */
async function refuseBound({ actor }: KeyDesk, tx: Queryable, itself: string | null): Promise<void> {
  const [, callerKeyId] = /^(?:key|operator):((?:key|op)_\w+)$/.exec(actor) ?? [];
  if (callerKeyId === undefined || callerKeyId === itself) return;
  if (await isUnboundKey(tx, callerKeyId)) return;
  throw new Problem('forbidden', 'A key that ends, or is bound to addresses, changes no other keys.');
}

/** @throws Problem validation_failed; what is not given keeps what it is, also under a rule that is newer */
function checkFields(
  { grantable, mine, clock, field }: KeyDesk,
  { name, grants, expiresAt, allowedAddresses }: KeyFields,
  given: Readonly<Record<string, unknown>> = { grants, expiresAt, allowedAddresses },
): Pick<AccessKey, 'name' | 'grants' | 'expiresAt' | 'allowedAddresses'> {
  const errors: FieldError[] = [];
  if ('grants' in given) {
    for (const [index, grant] of grants.entries()) {
      const detail = brokenGrantRule(grantable, mine, grant);
      if (detail !== null) errors.push({ pointer: `/${field}/${index}`, detail });
    }
  }
  const ends = expiresAt === null ? null : Temporal.Instant.from(expiresAt);
  if ('expiresAt' in given && ends !== null && Temporal.Instant.compare(ends, clock.now()) <= 0) {
    errors.push({ pointer: '/expiresAt', detail: 'Must be in the future' });
  }
  const ranges = allowedAddresses.map((text, index) => {
    const range = canonicalRange(text);
    if (range === null) {
      errors.push({
        pointer: `/allowedAddresses/${index}`,
        detail: 'Must be an address or a CIDR range such as 203.0.113.0/24',
      });
    }
    return range ?? text;
  });
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  return {
    name,
    grants: [...new Set(grants)] as readonly (Scope | '*')[],
    expiresAt: ends,
    allowedAddresses: [...new Set(ranges)],
  };
}

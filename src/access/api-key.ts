import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Scope } from '../kernel/endpoint.ts';
import { newId, newSecret } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import { alsoForTenants } from '../platform/tenant-scope.ts';
import type { AccessKey } from './access-key.ts';
import { hashSecret } from './secret-hash.ts';
import { expireOtherAppSecrets, insertAppSecret } from './store.ts';
import { apiKeyShelf, OPERATOR_KEY_SHELF } from './store-keys.ts';

/** `sk_test_<id>.<secret>`; the id finds the row, the secret proves the holder. */
const API_KEY = /^sk_(test|live)_([0-9a-hjkmnp-tv-z]{26})\.([\w-]{22,86})$/;
const OPERATOR_KEY = /^(op_[0-9a-hjkmnp-tv-z]{26})\.([\w-]{22,86})$/;

interface ParsedKey {
  readonly keyId: string;
  readonly secretHash: Buffer;
}

/** The parts of an API key; null where the text has another shape. */
export function parseApiKey(text: string): (ParsedKey & { readonly mode: Mode }) | null {
  const [, mode, id, secret] = API_KEY.exec(text) ?? [];
  if (mode === undefined || id === undefined || secret === undefined) return null;
  return { mode: mode as Mode, keyId: `key_${id}`, secretHash: hashSecret(secret) };
}

export function parseOperatorKey(text: string): ParsedKey | null {
  const [, keyId, secret] = OPERATOR_KEY.exec(text) ?? [];
  if (keyId === undefined || secret === undefined) return null;
  return { keyId, secretHash: hashSecret(secret) };
}

interface NewApiKey {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly name: string;
  readonly scopes: readonly (Scope | '*')[];
}

/** Makes an API key without an end and returns its text, the only time it is seen. */
export async function createApiKey(
  db: Queryable,
  clock: Clock,
  { tenantId, mode, name, scopes }: NewApiKey,
): Promise<string> {
  const keyId = newId('key', clock);
  const secret = newSecret();
  const key = newKey(clock, { keyId, name, grants: scopes, secret });
  await alsoForTenants([tenantId], () => apiKeyShelf({ tenantId, mode }).insert(db, key));
  return apiKeyText(mode, keyId, secret);
}

/** What programs send: the mode, the id that finds the key and the secret that opens it. */
export function apiKeyText(mode: Mode, keyId: string, secret: string): string {
  return `sk_${mode}_${keyId.slice('key_'.length)}.${secret}`;
}

/** Makes a tenant's app secret of one mode and returns its text, the only time it is seen. */
export async function createAppSecret(db: Queryable, clock: Clock, tenantId: string, mode: Mode): Promise<string> {
  const secret = `as_${mode}_${newSecret()}`;
  await insertAppSecret(db, { tenantId, mode, secretHash: hashSecret(secret), createdAt: clock.now() });
  return secret;
}

/** Makes a key for the operator's API that has all a key can have, and returns its text, the only time it is seen. */
export async function createOperatorKey(
  db: Queryable,
  clock: Clock,
  name: string,
  permissions: readonly (Scope | '*')[] = ['*'],
): Promise<string> {
  const keyId = newId('op', clock);
  const secret = newSecret();
  await OPERATOR_KEY_SHELF.insert(db, newKey(clock, { keyId, name, grants: permissions, secret }));
  return `${keyId}.${secret}`;
}

function newKey(
  clock: Clock,
  { secret, ...key }: Pick<AccessKey, 'keyId' | 'name' | 'grants'> & { readonly secret: string },
): AccessKey {
  return {
    ...key,
    secretHash: hashSecret(secret),
    previousSecret: null,
    allowedAddresses: [],
    createdBy: null,
    createdAt: clock.now(),
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };
}

/** Ends every other app secret of the mode at an instant; the overlap of a rotation. */
export async function expireOlderAppSecrets(
  db: Queryable,
  keep: { readonly tenantId: string; readonly mode: Mode; readonly secret: string; readonly at: Temporal.Instant },
): Promise<void> {
  await expireOtherAppSecrets(db, { ...keep, secretHash: hashSecret(keep.secret) }, keep.at);
}

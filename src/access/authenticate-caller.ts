import { hash } from 'node:crypto';
import type { Caller, OperatorCaller, TenantCaller } from '../kernel/caller.ts';
import { scopeCovers } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Access } from '../kernel/endpoint.ts';
import { isId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import type { GuessLimit } from '../platform/rate-limit/guess-limit.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import { type AccessKey, openUntil } from './access-key.ts';
import type { AccessTokens } from './access-token.ts';
import { isWithinRanges } from './address-ranges.ts';
import { parseApiKey, parseOperatorKey } from './api-key.ts';
import { spelledOut } from './grant.ts';
import { appTarget, limitGuesses } from './limit-guesses.ts';
import { operatorPermissionsUnder } from './role.ts';
import { hashSecret } from './secret-hash.ts';
import { isActiveTenant, selectAppSecret } from './store.ts';
import { OPERATOR_KEY_SHELF, selectApiKey, touchKey } from './store-keys.ts';

interface CallerRequest {
  readonly access: Access;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
}

/** Finds out who calls. Throws rather than answering "nobody": there is no way to go on without a caller. */
export type AuthenticateCaller = (request: CallerRequest) => Promise<Caller>;

/** A credential that was just checked is believed this long, so a revoked one works for a second at most. */
const CREDENTIAL_CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/** What stands behind credentials that are right. */
interface Credential {
  readonly caller: TenantCaller | OperatorCaller;
  /** null: they have no end, or one that is looked at each time. */
  readonly until: Temporal.Instant | null;
  /** CIDR ranges from which alone they count; none: from everywhere. */
  readonly allowedAddresses: readonly string[];
}

/**
 * The caller behind a request's credentials: API key, access token, Basic (where the endpoint takes it), operator's key
 * or checkout token; acting for a child tenant where `X-Tollgate-Tenant` names one.
 * @throws Problem unauthenticated, forbidden (scope), not_found (a tenant that is not the caller's child),
 * too_many_requests (too many wrong credentials from there, or at this key)
 */
export function createAuthenticateCaller(
  db: Queryable,
  tokens: AccessTokens,
  clock: Clock,
  guesses: GuessLimit,
): AuthenticateCaller {
  const cache = new ExpiringCache<Credential>(CREDENTIAL_CACHE);
  return async ({ access, headers, params, remoteAddress }) => {
    if (access.by === 'anyone') return { by: 'anyone' };
    // Somebody who has signed in has a session, and no credentials that this function knows.
    if (access.by === 'person' || access.by === 'browser')
      throw new Problem('unauthenticated', 'Sign in at the panel.');
    if (access.by === 'checkoutToken') return { by: 'checkoutToken', token: params.token ?? '' };
    const header = headers.authorization;
    if (header === undefined) throw new Problem('unauthenticated', 'Send credentials in the Authorization header.');
    const name = hash('sha256', header, 'base64');
    const attempt = { remoteAddress, at: targetOf(header), secret: header };
    const credential = await cache.get(name, () =>
      limitGuesses({ guesses, clock }, attempt, () =>
        forInstallation('directory', () => checkCredentials(db, tokens, clock, header)),
      ),
    );
    refuseOutOfBounds(credential, clock.now(), remoteAddress);
    const { caller } = credential;
    if (access.by === 'operator') {
      if (caller.by !== 'operator') throw new Problem('forbidden', 'Only the operator may do this.');
      return caller;
    }
    if (caller.by !== 'tenant') throw new Problem('forbidden', 'This needs the credentials of a tenant.');
    if (isBasic(header) && access.basic !== true) throw new Problem('unauthenticated', BEARER_ONLY);
    if (!scopeCovers(caller.scopes, access.scope)) {
      throw new Problem('forbidden', `The key lacks the scope ${access.scope}.`);
    }
    return actingFor(db, caller, headers['x-tollgate-tenant']);
  };
}

const BEARER_ONLY = 'Send Authorization: Bearer with an API key or an access token.';

/** What was read a moment ago may have ended since, and who knows a key may call from anywhere. */
function refuseOutOfBounds({ until, allowedAddresses }: Credential, now: Temporal.Instant, address: string): void {
  if (until !== null && Temporal.Instant.compare(until, now) <= 0) {
    throw new Problem('unauthenticated', 'The key has expired.');
  }
  if (allowedAddresses.length === 0 || isWithinRanges(address, allowedAddresses)) return;
  throw new Problem('forbidden', 'This key does not work from your address.');
}

async function checkCredentials(
  db: Queryable,
  tokens: AccessTokens,
  clock: Clock,
  header: string,
): Promise<Credential> {
  const boundless = { until: null, allowedAddresses: [] };
  if (isBasic(header)) return { caller: await checkBasic(db, clock, header), ...boundless };
  const [, bearer] = /^Bearer +([\w.~+/=-]+)$/i.exec(header) ?? [];
  if (bearer === undefined) throw new Problem('unauthenticated', BEARER_ONLY);
  const apiKey = parseApiKey(bearer);
  if (apiKey !== null) return checkApiKey(db, clock, apiKey);
  const operatorKey = parseOperatorKey(bearer);
  if (operatorKey !== null) return checkOperatorKey(db, clock, operatorKey);
  const { tenantId, mode, appName } = await tokens.verify(bearer);
  if (!(await isActiveTenant(db, tenantId))) throw new Problem('unauthenticated', 'The tenant is not active.');
  return {
    caller: { by: 'tenant', tenantId, mode, scopes: 'all', actor: `app:${appName}`, person: null },
    ...boundless,
  };
}

async function checkApiKey(
  db: Queryable,
  clock: Clock,
  { keyId, mode, secretHash }: NonNullable<ReturnType<typeof parseApiKey>>,
): Promise<Credential> {
  const found = await selectApiKey(db, keyId);
  const until = found === null || found.mode !== mode ? undefined : openUntil(found.key, secretHash, clock.now());
  if (found === null || until === undefined) throw new Problem('unauthenticated', 'The API key is not valid.');
  const { tenantId, key } = found;
  forTenants([tenantId], () => noteUse(db, 'api_keys', key, clock.now()));
  const scopes = spelledOut(key.grants);
  return {
    caller: { by: 'tenant', tenantId, mode, scopes, actor: `key:${keyId}`, person: null },
    until,
    allowedAddresses: key.allowedAddresses,
  };
}

async function checkOperatorKey(
  db: Queryable,
  clock: Clock,
  { keyId, secretHash }: NonNullable<ReturnType<typeof parseOperatorKey>>,
): Promise<Credential> {
  const key = await OPERATOR_KEY_SHELF.find(db, keyId);
  const until = key === null ? undefined : openUntil(key, secretHash, clock.now());
  if (key === null || until === undefined) throw new Problem('unauthenticated', 'The operator key is not valid.');
  noteUse(db, 'operator_keys', key, clock.now());
  const permissions = operatorPermissionsUnder(key.grants);
  return {
    caller: { by: 'operator', actor: `operator:${keyId}`, permissions, person: null },
    until,
    allowedAddresses: key.allowedAddresses,
  };
}

const USE_NOTED_MINUTES = 1;

/** Beside the request, which does not wait for it and does not fail with it. */
function noteUse(db: Queryable, table: 'api_keys' | 'operator_keys', key: AccessKey, now: Temporal.Instant): void {
  const { keyId, lastUsedAt } = key;
  const isRecent =
    lastUsedAt !== null && Temporal.Instant.compare(lastUsedAt.add({ minutes: USE_NOTED_MINUTES }), now) > 0;
  if (!isRecent) touchKey(db, table, keyId, now).catch(() => undefined);
}

function isBasic(header: string): boolean {
  return /^Basic /i.test(header);
}

/** The key or app whose secret these credentials are tried at; null: they name none, as access tokens, which all begin alike. */
function targetOf(header: string): string | null {
  if (isBasic(header)) return appTarget(readBasic(header).appName);
  const [, prefix = null] = /^Bearer +((?:sk|op)_\w{1,40})\./i.exec(header) ?? [];
  return prefix;
}

function readBasic(header: string): { readonly appName: string; readonly secret: string; readonly colon: number } {
  const decoded = Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return { appName: decoded.slice(0, Math.max(colon, 0)), secret: decoded.slice(colon + 1), colon };
}

async function checkBasic(db: Queryable, clock: Clock, header: string): Promise<TenantCaller> {
  const { appName, secret, colon } = readBasic(header);
  // PostgreSQL's text has no U+0000: asking for such a name would fail as if the fault were ours.
  const row = appName.includes('\u0000')
    ? undefined
    : await selectAppSecret(db, appName, hashSecret(secret), clock.now());
  if (colon < 1 || row === undefined) throw new Problem('unauthenticated', 'The app name or secret is not valid.');
  return {
    by: 'tenant',
    tenantId: row.tenant_id,
    mode: row.mode as TenantCaller['mode'],
    scopes: 'all',
    actor: `app:${appName}`,
    person: null,
  };
}

/** A parent acts for its named children and for nobody else; a stranger's id looks like one that does not exist. */
async function actingFor(db: Queryable, caller: TenantCaller, childId: string | undefined): Promise<TenantCaller> {
  if (childId === undefined || childId === caller.tenantId) return caller;
  const isChild = () => forInstallation('directory', () => isActiveTenant(db, childId, caller.tenantId));
  if (!isId('ten', childId) || !(await isChild())) {
    throw new Problem('not_found', 'There is no such tenant among yours.');
  }
  return { ...caller, tenantId: childId };
}

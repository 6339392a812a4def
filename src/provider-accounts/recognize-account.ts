import { isDeepStrictEqual } from 'node:util';
import type { Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import type { ProviderAccount } from './account.ts';

/**
 * As long as an account is believed anywhere: a key that was destroyed ends the use of what was opened with it, although
 * the account's row stays as it is.
 */
const KNOWN = { lifetimeMs: 1_000, entriesMax: 10_000 };

const known = new WeakMap<Queryable, ExpiringCache<ProviderAccount>>();

/**
 * The object that stood for this account a moment ago, where nothing of the account has changed since, or else this one.
 * Who has opened credentials for an object need not do so again for every payment that is sent there.
 */
export function recognizeAccount(db: Queryable, read: ProviderAccount): ProviderAccount {
  let accounts = known.get(db);
  if (accounts === undefined) {
    accounts = new ExpiringCache(KNOWN);
    known.set(db, accounts);
  }
  const name = `${read.tenantId} ${read.providerAccountId}`;
  const before = accounts.peek(name);
  if (before !== undefined && isDeepStrictEqual(comparable(before), comparable(read))) return before;
  accounts.set(name, read);
  return read;
}

/** Instants have no members of their own: to a comparison of members all of them are alike. */
function comparable({ createdAt, updatedAt, previousCredentials, ...plain }: ProviderAccount): unknown {
  const previous = previousCredentials && {
    sealed: previousCredentials.sealed,
    until: previousCredentials.until.epochNanoseconds,
  };
  return { ...plain, previous, createdAt: createdAt.epochNanoseconds, updatedAt: updatedAt.epochNanoseconds };
}

import { inputSchema, openCredentials } from './credentials.ts';
import type { AccountContext, OpenAccount } from './open-provider-account.ts';
import { selectOwnAccounts } from './store.ts';

const PAGE = 100;

/**
 * Whether a secret of a test account is also one of a live account of the same tenant at the same provider: then what is
 * safe to show of a test key is not safe to show of this one. Says nothing about which.
 */
export async function sharesLiveSecret(
  { database, sealer }: Pick<AccountContext, 'database' | 'sealer'>,
  { account, provider, call }: OpenAccount,
): Promise<boolean> {
  const { properties = {} } = inputSchema(provider.credentials);
  const names = Object.keys(properties).filter((name) => properties[name]?.['x-secret'] === true);
  const secretsOf = (credentials: unknown): readonly string[] =>
    names.flatMap((name) => {
      const value: unknown = Reflect.get(Object(credentials), name);
      return typeof value === 'string' ? [value] : [];
    });
  const own = new Set([...secretsOf(call.credentials), ...secretsOf(call.previousCredentials)]);
  const owner = { tenantId: account.tenantId, mode: 'live' } as const;
  for (let cursor: string | undefined; ; ) {
    const page = await selectOwnAccounts(database.query, owner, { limit: PAGE, cursor });
    for (const live of page.slice(0, PAGE)) {
      if (live.provider !== account.provider) continue;
      if (secretsOf(await openCredentials(sealer, live)).some((secret) => own.has(secret))) return true;
    }
    if (page.length <= PAGE) return false;
    cursor = page[PAGE - 1]?.providerAccountId;
  }
}

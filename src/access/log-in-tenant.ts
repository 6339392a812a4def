import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import type { GuessLimit } from '../platform/rate-limit/guess-limit.ts';
import { admitTenant, forInstallation } from '../platform/tenant-scope.ts';
import { ACCESS_TOKEN_SECONDS, type AccessTokens } from './access-token.ts';
import { appTarget, limitGuesses } from './limit-guesses.ts';
import { hashSecret } from './secret-hash.ts';
import { selectAppSecret } from './store.ts';

export interface LogInContext {
  readonly database: Database;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  readonly guesses: GuessLimit;
}

interface LogIn {
  readonly appName: string;
  readonly appSecret: string;
}

interface GrantedToken {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly tenantId: string;
  readonly mode: Mode;
}

/**
 * Exchanges an app name and secret for an access token of the secret's mode. An unknown name and a wrong secret are one
 * look-up and one answer. A live secret sent in the clear is refused, though it has leaked by then.
 * @throws Problem unauthenticated, https_required, too_many_requests (wrong ones from there, or at this app)
 */
export async function logInTenant(
  context: LogInContext,
  { appName, appSecret }: LogIn,
  { secure, remoteAddress }: { readonly secure: boolean; readonly remoteAddress: string },
): Promise<GrantedToken> {
  const attempt = { remoteAddress, at: appTarget(appName), secret: `${appName}:${appSecret}` };
  const row = await limitGuesses(context, attempt, async () => {
    const { database, clock } = context;
    const found = await forInstallation('directory', () =>
      selectAppSecret(database.query, appName, hashSecret(appSecret), clock.now()),
    );
    if (found === undefined) throw new Problem('unauthenticated', 'The app name or secret is not valid.');
    return found;
  });
  admitTenant(row.tenant_id);
  const mode = row.mode as Mode;
  if (mode === 'live' && !secure)
    throw new Problem('https_required', 'Live credentials go over HTTPS only. Rotate this one.');
  const accessToken = await context.tokens.sign({ tenantId: row.tenant_id, mode, appName });
  return { accessToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_SECONDS, tenantId: row.tenant_id, mode };
}

import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';
import type { GuessLimit } from '../platform/rate-limit/guess-limit.ts';
import type { OidcProvider } from './oidc-provider.ts';
import type { PanelAddress } from './panel-address.ts';
import type { UserDirectory } from './user-directory.ts';

/** What the verbs about people work with. */
export interface PeopleContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly directory: UserDirectory;
  /** Wrong tries by the address they come from. */
  readonly guesses: GuessLimit;
  readonly panel: PanelAddress;
  /** Who else says who somebody is; null: nobody. */
  readonly oidc: OidcProvider | null;
}

/** The browser in front of us: where it is, and what it says of itself. */
export interface SignInClient {
  readonly remoteAddress: string;
  readonly userAgent: string;
  /** What stands in the session's cookie; null: nothing. */
  readonly sessionSecret: string | null;
}

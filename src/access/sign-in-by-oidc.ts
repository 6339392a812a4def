import { newId, newSecret } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { redeemInvitation } from './accept-link.ts';
import { answerChallenge, keepChallenge } from './challenge.ts';
import { limitSignIns, signInRefused } from './guard-tries.ts';
import type { OidcIdentity, OidcProvider, OidcReturn, OidcSecrets } from './oidc-provider.ts';
import { openSession } from './open-session.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { hashSecret } from './secret-hash.ts';
import type { SteppedIn } from './sign-in-by-password.ts';
import { type InvitationRow, selectInvitationsFor } from './store-invitations.ts';
import { insertIdentity, insertUser, selectIdentity, selectUserByEmail, selectUserById } from './store-users.ts';

/**
 * Begins to sign in elsewhere.
 * @returns where the browser goes, and what goes into its cookie, so that no other browser can come back in its place
 * @throws Problem state_conflict (no provider is set up), unavailable (it cannot be reached)
 */
export async function beginOidc(
  context: PeopleContext,
): Promise<{ readonly url: string; readonly browserSecret: string }> {
  const provider = providerOf(context);
  const browserSecret = newSecret();
  const secrets: OidcSecrets = { state: newSecret(), nonce: newSecret(), codeVerifier: newSecret() };
  const url = await provider.authorizationUrl(secrets).catch((error: unknown) => {
    throw new Problem('unavailable', 'The identity provider cannot be reached.', { cause: error });
  });
  const topic = { purpose: 'oidc', holder: holderOf(browserSecret), content: JSON.stringify(secrets) } as const;
  await keepChallenge(context, secrets.state, topic);
  return { url, browserSecret };
}

function providerOf({ oidc }: PeopleContext): OidcProvider {
  if (oidc === null) throw new Problem('state_conflict', 'No identity provider is set up.');
  return oidc;
}

function holderOf(browserSecret: string): string {
  return hashSecret(browserSecret).toString('hex');
}

/**
 * Ends signing in elsewhere: the browser has come back. Who has not been here before must have been invited at the address
 * that the provider has verified; their invitations are accepted by that.
 *
 * Phases: what we sent is found and used up; the provider is asked, no transaction open; the person; the session.
 * @throws Problem unauthenticated (it is not what we sent, or is too old, or was used; the person is suspended), forbidden
 * (nobody invited them), state_conflict (no provider is set up), too_many_requests
 */
export async function finishOidc(
  context: PeopleContext,
  client: SignInClient,
  returned: OidcReturn,
  browserSecret: string | null,
): Promise<SteppedIn> {
  const provider = providerOf(context);
  const userId = await limitSignIns(context, client, returned.state, async () => {
    const topic = { purpose: 'oidc', holder: browserSecret === null ? '' : holderOf(browserSecret) } as const;
    const content = await answerChallenge(context, returned.state, topic);
    if (content === null) throw signInRefused();
    const identity = await provider.identify(returned, JSON.parse(content) as OidcSecrets).catch(() => null);
    if (identity === null) throw signInRefused();
    const known = await personOf(context, identity);
    if ((await selectUserById(context.database.query, known))?.status !== 'active') throw signInRefused();
    return known;
  });
  const session = { userId, stage: 'signed_in', method: 'oidc', secondFactorAt: null } as const;
  const sessionSecret = await openSession(context, client, session);
  if (sessionSecret === null) throw signInRefused();
  return { step: 'done', sessionSecret };
}

async function personOf(context: PeopleContext, identity: OidcIdentity): Promise<string> {
  const { database, clock, directory } = context;
  const known = await selectIdentity(database.query, identity.issuer, identity.subject);
  if (known !== undefined) return known;
  const email = identity.verifiedEmail;
  const digest = email === null ? null : directory.digestOf(email);
  const found = digest === null ? undefined : await selectUserByEmail(database.query, digest);
  const invitations = digest === null ? [] : await selectInvitationsFor(database.query, digest, clock.now());
  if (email === null || digest === null || (found === undefined && invitations.length === 0)) {
    throw new Problem('forbidden', 'Nobody has invited this address, or the identity provider has not verified it.');
  }
  const userId = found?.userId ?? newId('usr', clock);
  const row = {
    userId,
    emailDigest: digest,
    emailSealed: await directory.seal(['users', 'email_sealed', userId], email),
    nameSealed: await directory.seal(['users', 'name_sealed', userId], (identity.name ?? email).slice(0, NAME_MAX)),
    passwordHash: null,
    createdAt: clock.now(),
  };
  await database.transaction(async (tx) => {
    // Somebody who came by another window in the meantime is asked to come again.
    if (found === undefined && !(await insertUser(tx, row))) throw signInRefused();
    await insertIdentity(tx, { ...identity, userId, createdAt: clock.now() });
    if (found === undefined) await redeemAll(tx, invitations, userId, clock.now());
  });
  return userId;
}

const NAME_MAX = 100;

async function redeemAll(
  tx: Queryable,
  invitations: readonly InvitationRow[],
  userId: string,
  now: Temporal.Instant,
): Promise<void> {
  const byTenant = new Map(invitations.map((invitation) => [invitation.tenantId, invitation] as const));
  for (const invitation of byTenant.values()) await redeemInvitation(tx, invitation, userId, now);
}

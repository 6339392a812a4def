import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { answerChallenge, newChallenge } from './challenge.ts';
import { refuseWeakPassword } from './change-password.ts';
import { proofRefused } from './guard-tries.ts';
import { openSession } from './open-session.ts';
import { challengeOf, type NewPasskey, newPasskeyOptions, type PasskeyAnswer, verifyNewPasskey } from './passkey.ts';
import { hashPassword } from './password.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { hashSecret } from './secret-hash.ts';
import type { SteppedIn } from './sign-in-by-password.ts';
import {
  acceptInvitation,
  type InvitationRow,
  isOpenSetupLink,
  selectInvitationByToken,
  useSetupLink,
} from './store-invitations.ts';
import { saveMembership, selectTenantName } from './store-memberships.ts';
import { insertPasskey } from './store-passkeys.ts';
import { insertUser, selectUserByEmail } from './store-users.ts';
import { canonicalPassword } from './user.ts';

/** What a link lets its holder become. */
type Link =
  | { readonly kind: 'setup'; readonly tokenHash: Buffer }
  | {
      readonly kind: 'invitation';
      readonly tokenHash: Buffer;
      readonly invitation: InvitationRow;
      readonly email: string;
    };

/** @throws Problem not_found: it was never ours, was used, withdrawn, or is too old */
async function findLink({ database, clock, directory }: PeopleContext, token: string): Promise<Link> {
  const tokenHash = hashSecret(token);
  const now = clock.now();
  if (token.startsWith('setup_') && (await isOpenSetupLink(database.query, tokenHash, now))) {
    return { kind: 'setup', tokenHash };
  }
  const invitation = await selectInvitationByToken(database.query, tokenHash, now);
  if (invitation === undefined) throw gone();
  const place = ['invitations', 'email_sealed', invitation.invitationId] as const;
  return { kind: 'invitation', tokenHash, invitation, email: await directory.open(place, invitation.emailSealed) };
}

function gone(): Problem {
  return new Problem('not_found', 'This link does not count, or not any more. Ask for another one.');
}

/**
 * What a link is for.
 * @throws Problem not_found
 */
export async function lookAtLink(context: PeopleContext, token: string) {
  const { database, directory } = context;
  const link = await findLink(context, token);
  if (link.kind === 'setup')
    return { kind: link.kind, email: null, role: 'owner', tenantName: null, hasAccount: false };
  const { email, invitation } = link;
  return {
    kind: link.kind,
    email,
    role: invitation.role,
    tenantName: invitation.tenantId === SYSTEM ? null : await selectTenantName(database.query, invitation.tenantId),
    hasAccount: (await selectUserByEmail(database.query, directory.digestOf(email))) !== undefined,
  };
}

/** Who somebody with a link says they are; the address is the invitation's, where there is one. */
export interface Newcomer {
  readonly token: string;
  readonly email?: string | undefined;
  readonly name: string;
}

/**
 * What a browser needs to make the first passkey of somebody who is not known yet.
 * @throws Problem not_found, validation_failed, state_conflict (the panel is at an IP address)
 */
export async function offerFirstPasskey(context: PeopleContext, newcomer: Newcomer): Promise<Record<string, unknown>> {
  const link = await findLink(context, newcomer.token);
  const email = emailOf(link, newcomer.email);
  const userId = newId('usr', context.clock);
  const holder = link.tokenHash.toString('hex');
  const challenge = await newChallenge(context, { purpose: 'passkey_of_link', holder, content: userId });
  return newPasskeyOptions(context.panel, challenge, { userId, email, name: newcomer.name, known: [] });
}

/** @throws Problem validation_failed */
function emailOf(link: Link, sent: string | undefined): string {
  if (link.kind === 'invitation' && sent === undefined) return link.email;
  if (link.kind === 'setup' && sent !== undefined) return sent;
  const detail = link.kind === 'setup' ? 'Is required' : 'Must be left out: the invitation names it';
  throw new Problem('validation_failed', undefined, { errors: [{ pointer: '/email', detail }] });
}

type FirstFactor = { readonly password: string } | { readonly passkey: PasskeyAnswer; readonly label: string };

/**
 * Makes an account of a link: with a passkey, which is enough, or with a password, which still needs a second factor to be
 * set up. The link is used up in the transaction that makes the account.
 * @throws Problem not_found (the link), validation_failed (a field, a weak password), proof_refused (the passkey is not
 * right), state_conflict (the address has an account: sign in and join)
 */
export async function acceptLink(
  context: PeopleContext,
  client: SignInClient,
  newcomer: Newcomer,
  factor: FirstFactor,
): Promise<SteppedIn> {
  const { database, clock, directory } = context;
  const link = await findLink(context, newcomer.token);
  const email = emailOf(link, newcomer.email);
  const { userId, passwordHash, passkey } = await prepare(context, link, email, factor);
  const now = clock.now();
  const row = {
    userId,
    emailDigest: directory.digestOf(email),
    emailSealed: await directory.seal(['users', 'email_sealed', userId], email),
    nameSealed: await directory.seal(['users', 'name_sealed', userId], newcomer.name),
    passwordHash,
    createdAt: now,
  };
  await database.transaction(async (tx) => {
    if (!(await insertUser(tx, row))) {
      throw new Problem('state_conflict', 'This address has an account. Sign in, then open the link again.');
    }
    if (passkey !== null && !(await insertPasskey(tx, passkeyRow(clock, userId, passkey)))) throw proofRefused();
    await redeem(tx, link, userId, now);
  });
  const secure = passkey !== null;
  const sessionSecret = await openSession(context, client, {
    userId,
    stage: secure ? 'signed_in' : 'enroll',
    method: secure ? 'passkey' : 'link',
    secondFactorAt: secure ? now : null,
  });
  if (sessionSecret === null) throw gone();
  return { step: secure ? 'done' : 'enroll', sessionSecret };
}

async function prepare(context: PeopleContext, link: Link, email: string, factor: FirstFactor) {
  if ('password' in factor) {
    refuseWeakPassword(factor.password, email, '/password');
    const passwordHash = await hashPassword(canonicalPassword(factor.password));
    return { userId: newId('usr', context.clock), passwordHash, passkey: null };
  }
  const challenge = challengeOf(factor.passkey);
  const topic = { purpose: 'passkey_of_link', holder: link.tokenHash.toString('hex') } as const;
  const userId = challenge === null ? null : await answerChallenge(context, challenge, topic);
  const passkey = challenge === null ? null : await verifyNewPasskey(context.panel, challenge, factor.passkey);
  if (userId === null || passkey === null) throw proofRefused();
  return { userId, passwordHash: null, passkey: { ...passkey, label: factor.label } };
}

function passkeyRow(clock: Clock, userId: string, passkey: NewPasskey & { readonly label: string }) {
  return { passkeyId: newId('pky', clock), userId, createdAt: clock.now(), ...passkey };
}

/** Uses a link up and gives the person what it stands for. @throws Problem not_found where somebody else was quicker */
async function redeem(tx: Queryable, link: Link, userId: string, now: Temporal.Instant): Promise<void> {
  if (link.kind === 'setup') {
    if (!(await useSetupLink(tx, link.tokenHash, now))) throw gone();
    await saveMembership(tx, { tenantId: SYSTEM, userId, role: 'owner', now });
    return;
  }
  await redeemInvitation(tx, link.invitation, userId, now);
}

/**
 * Uses an invitation up and makes its person a member.
 * @throws Problem not_found (somebody was quicker), state_conflict (they are a member already)
 */
export async function redeemInvitation(
  tx: Queryable,
  invitation: InvitationRow,
  userId: string,
  now: Temporal.Instant,
): Promise<void> {
  if (!(await acceptInvitation(tx, invitation, userId, now))) throw gone();
  const { tenantId, role } = invitation;
  if (await saveMembership(tx, { tenantId, userId, role, now })) return;
  throw new Problem('state_conflict', 'You are a member there already. Your role stays as it is.');
}

/**
 * Somebody who has an account follows an invitation: they become a member there as well.
 * @throws Problem not_found, forbidden (it is for another address), state_conflict (they are a member already)
 */
export async function joinByLink(context: PeopleContext, userId: string, token: string): Promise<void> {
  const { database, clock, directory } = context;
  const link = await findLink(context, token);
  if (link.kind === 'setup') throw new Problem('forbidden', 'This link is for somebody without an account.');
  const invited = await selectUserByEmail(database.query, directory.digestOf(link.email));
  if (invited?.userId !== userId) throw new Problem('forbidden', 'This invitation is for another address.');
  await database.transaction((tx) => redeemInvitation(tx, link.invitation, userId, clock.now()));
}

import { sql } from 'kysely';
import type { PageOptions } from '../kernel/page.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';

export interface InvitationRow {
  readonly tenantId: string;
  readonly invitationId: string;
  readonly emailDigest: Buffer;
  readonly emailSealed: Buffer;
  readonly role: string;
  readonly invitedBy: string;
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
}

export async function insertInvitation(
  db: Queryable,
  { tokenHash, ...invitation }: InvitationRow & { readonly tokenHash: Buffer },
): Promise<void> {
  await db
    .insertInto('invitations')
    .values({
      tenant_id: invitation.tenantId,
      invitation_id: invitation.invitationId,
      token_hash: tokenHash,
      email_digest: invitation.emailDigest,
      email_sealed: invitation.emailSealed,
      role: invitation.role,
      invited_by: invitation.invitedBy,
      created_at: invitation.createdAt,
      expires_at: invitation.expiresAt,
    })
    .execute();
}

const INVITATION = sql`
  select tenant_id as "tenantId", invitation_id as "invitationId", email_digest as "emailDigest",
    email_sealed as "emailSealed", role, invited_by as "invitedBy", created_at as "createdAt",
    expires_at as "expiresAt"
  from invitations`;

const OPEN = sql`accepted_at is null and revoked_at is null`;

/** Those of a tenant that wait for an answer, newest first. */
export async function selectOpenInvitations(
  db: Queryable,
  tenantId: string,
  { limit, cursor }: PageOptions,
  now: Temporal.Instant,
): Promise<readonly InvitationRow[]> {
  const { rows } = await sql<InvitationRow>`
    ${INVITATION}
    where tenant_id = ${tenantId} and ${OPEN} and expires_at > ${now}
      and (${cursor ?? null}::text is null or invitation_id < ${cursor ?? null})
    order by invitation_id desc limit ${limit + 1}`.execute(db);
  return rows;
}

/** The invitation of a token, where it still waits for an answer. */
export async function selectInvitationByToken(
  db: Queryable,
  tokenHash: Buffer,
  now: Temporal.Instant,
): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`
    ${INVITATION} where token_hash = ${tokenHash} and ${OPEN} and expires_at > ${now}`.execute(db);
  return rows[0];
}

/** Every invitation that waits for an answer of an e-mail address. */
export async function selectInvitationsFor(
  db: Queryable,
  emailDigest: Buffer,
  now: Temporal.Instant,
): Promise<readonly InvitationRow[]> {
  const { rows } = await sql<InvitationRow>`
    ${INVITATION} where email_digest = ${emailDigest} and ${OPEN} and expires_at > ${now}
    order by invitation_id limit 100`.execute(db);
  return rows;
}

/** False where it was answered or withdrawn meanwhile. */
export async function acceptInvitation(
  db: Queryable,
  { tenantId, invitationId }: Pick<InvitationRow, 'tenantId' | 'invitationId'>,
  userId: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update invitations set accepted_at = ${now}, accepted_by = ${userId}
    where tenant_id = ${tenantId} and invitation_id = ${invitationId} and ${OPEN} and expires_at > ${now}`.execute(db);
  return numAffectedRows === 1n;
}

export async function revokeInvitation(
  db: Queryable,
  tenantId: string,
  invitationId: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update invitations set revoked_at = ${now}
    where tenant_id = ${tenantId} and invitation_id = ${invitationId} and ${OPEN}`.execute(db);
  return numAffectedRows === 1n;
}

/** Withdraws what waits for an answer of one person in a tenant, and what that person has asked of others there. */
export async function revokeInvitationsAround(
  db: Queryable,
  tenantId: string,
  person: { readonly emailDigest: Buffer; readonly actor: string },
  now: Temporal.Instant,
): Promise<void> {
  await sql`
    update invitations set revoked_at = ${now}
    where tenant_id = ${tenantId} and ${OPEN} and (email_digest = ${person.emailDigest} or invited_by = ${person.actor})`.execute(
    db,
  );
}

export async function insertSetupLink(
  db: Queryable,
  link: { readonly tokenHash: Buffer; readonly createdAt: Temporal.Instant; readonly expiresAt: Temporal.Instant },
): Promise<void> {
  await db
    .insertInto('setup_links')
    .values({ token_hash: link.tokenHash, created_at: link.createdAt, expires_at: link.expiresAt, used_at: null })
    .execute();
}

export async function isOpenSetupLink(db: Queryable, tokenHash: Buffer, now: Temporal.Instant): Promise<boolean> {
  const { rows } = await sql`
    select from setup_links where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}
      and not exists (select from setup_links where used_at is not null)`.execute(db);
  return rows.length === 1;
}

/**
 * False where it does not count any more, or another one was used: `setup_links_used_key` lets one be used, ever. The
 * transaction is of no use any more then, as it is where another link is being used at the same moment.
 */
export async function useSetupLink(tx: Queryable, tokenHash: Buffer, now: Temporal.Instant): Promise<boolean> {
  try {
    const { numAffectedRows } = await sql`
      update setup_links set used_at = ${now}
      where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}
        and not exists (select from setup_links where used_at is not null)`.execute(tx);
    return numAffectedRows === 1n;
  } catch (error) {
    if (violatedConstraint(error) === 'setup_links_used_key') return false;
    throw error;
  }
}

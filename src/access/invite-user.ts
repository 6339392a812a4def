import type { Permission } from '../kernel/endpoint.ts';
import { newId, newSecret } from '../kernel/id.ts';
import { type Page, type PageOptions, pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { panelLink } from './panel-address.ts';
import type { PeopleContext } from './people-context.ts';
import { rightsOf } from './rights-of.ts';
import { hasAll, isOperatorRole, OPERATOR_ROLE_RIGHTS } from './role.ts';
import { hashSecret } from './secret-hash.ts';
import { type InvitationRow, insertInvitation, revokeInvitation, selectOpenInvitations } from './store-invitations.ts';

/** A week: people are on holiday. */
const LIFETIME = { hours: 24 * 7 };

/** Somebody who changes who may do what, and what they may do themselves there. */
export interface Inviter {
  /** `SYSTEM`: for the installation. */
  readonly tenantId: string;
  readonly actor: string;
  /** null: the command line, which has the database in its hands. */
  readonly permissions: readonly Permission[] | null;
}

interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly invitedBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/**
 * Invites somebody to a tenant, or to run the installation. The link is returned, the only time it is seen; it is for the
 * inviter to bring to the invited.
 * @throws Problem validation_failed (no such role), forbidden (a role with more rights than one's own)
 */
export async function inviteUser(
  { database, clock, directory, panel }: Pick<PeopleContext, 'database' | 'clock' | 'directory' | 'panel'>,
  { tenantId, actor, permissions }: Inviter,
  { email, role }: { readonly email: string; readonly role: string },
): Promise<Invitation & { readonly url: string }> {
  await refuseHigherRole(database.query, { tenantId, permissions }, role);
  const token = `invite_${newSecret()}`;
  const invitationId = newId('ivt', clock);
  const createdAt = clock.now();
  const invitation: InvitationRow = {
    ...{ tenantId, invitationId, role, invitedBy: actor, createdAt },
    emailDigest: directory.digestOf(email),
    emailSealed: await directory.seal(['invitations', 'email_sealed', invitationId], email),
    expiresAt: createdAt.add(LIFETIME),
  };
  // A transaction for one statement: the entry of the audit record belongs to it.
  await database.transaction((tx) => insertInvitation(tx, { ...invitation, tokenHash: hashSecret(token) }));
  return { ...shown(invitation, email), url: panelLink(panel, 'invitation', token) };
}

/**
 * Nobody gives what they do not have themselves.
 * @throws Problem validation_failed (no such role), forbidden
 */
export async function refuseHigherRole(
  db: Queryable,
  { tenantId, permissions }: Pick<Inviter, 'tenantId' | 'permissions'>,
  role: string,
): Promise<void> {
  const rights = await rightsOfRole(db, tenantId, role);
  if (rights === null) {
    const errors = [{ pointer: '/role', detail: 'Must be a role that there is' }];
    throw new Problem('validation_failed', undefined, { errors });
  }
  if (permissions === null || hasAll(permissions, rights)) return;
  throw new Problem('forbidden', 'This role may do more than you may.');
}

/** What a role may do where it counts; null: there is no such role, which allows nothing. */
export async function rightsOfRole(
  db: Queryable,
  tenantId: string,
  role: string,
): Promise<readonly Permission[] | null> {
  if (tenantId === SYSTEM) return isOperatorRole(role) ? OPERATOR_ROLE_RIGHTS[role] : null;
  const rights = await rightsOf(db, { tenantId, role });
  return rights.length === 0 ? null : rights;
}

/** The invitations of a tenant that wait for an answer, newest first. */
export async function listInvitations(
  { database, clock, directory }: PeopleContext,
  tenantId: string,
  page: PageOptions,
): Promise<Page<Invitation>> {
  const rows = await selectOpenInvitations(database.query, tenantId, page, clock.now());
  const invitations = await Promise.all(
    rows.map(async (row) =>
      shown(row, await directory.open(['invitations', 'email_sealed', row.invitationId], row.emailSealed)),
    ),
  );
  return pageOf(invitations, page.limit);
}

function shown(row: InvitationRow, email: string): Invitation {
  return {
    ...{ id: row.invitationId, email, role: row.role, invitedBy: row.invitedBy },
    createdAt: row.createdAt.toString(),
    expiresAt: row.expiresAt.toString(),
  };
}

/** Withdraws an invitation. @throws Problem not_found */
export async function withdrawInvitation(
  { database, clock }: PeopleContext,
  tenantId: string,
  invitationId: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    if (await revokeInvitation(tx, tenantId, invitationId, clock.now())) return;
    throw new Problem('not_found', 'No such invitation waits for an answer.');
  });
}

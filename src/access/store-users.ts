import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { UserStatus } from './user.ts';

/** The key under a purpose, sealed; undefined: none was made yet. */
export async function selectDirectoryKey(db: Queryable, purpose: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('directory_keys')
    .select('key_sealed')
    .where('purpose', '=', purpose)
    .executeTakeFirst();
  return row?.key_sealed;
}

/** Does nothing where there is one: of several processes that start at once, one wins. */
export async function insertDirectoryKey(
  db: Queryable,
  purpose: string,
  keySealed: Buffer,
  createdAt: Temporal.Instant,
): Promise<void> {
  await db
    .insertInto('directory_keys')
    .values({ purpose, key_sealed: keySealed, created_at: createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

interface NewUserRow {
  readonly userId: string;
  readonly emailDigest: Buffer;
  readonly emailSealed: Buffer;
  readonly nameSealed: Buffer;
  readonly passwordHash: string | null;
  readonly createdAt: Temporal.Instant;
}

/** False where somebody has the e-mail address already. */
export async function insertUser(db: Queryable, user: NewUserRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('users')
    .values({
      user_id: user.userId,
      email_digest: user.emailDigest,
      email_sealed: user.emailSealed,
      name_sealed: user.nameSealed,
      status: 'active',
      password_hash: user.passwordHash,
      totp_sealed: null,
      totp_step_used: null,
      created_at: user.createdAt,
      updated_at: user.createdAt,
    })
    .onConflict((conflict) => conflict.column('email_digest').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** What signing in needs to know of a person. */
export interface UserRow {
  readonly userId: string;
  readonly emailDigest: Buffer;
  readonly emailSealed: Buffer;
  readonly nameSealed: Buffer;
  readonly status: UserStatus;
  readonly passwordHash: string | null;
  readonly totpSealed: Buffer | null;
  readonly passkeys: number;
  readonly identities: number;
}

export function selectUserByEmail(db: Queryable, emailDigest: Buffer): Promise<UserRow | undefined> {
  return selectUser(db, sql`email_digest = ${emailDigest}`);
}

export function selectUserById(db: Queryable, userId: string): Promise<UserRow | undefined> {
  return selectUser(db, sql`user_id = ${userId}`);
}

/** The same, locked until the transaction ends: what a person signs in by is changed by one at a time. */
export function lockUser(tx: Queryable, userId: string): Promise<UserRow | undefined> {
  return selectUser(tx, sql`user_id = ${userId} for update of users`);
}

async function selectUser(db: Queryable, condition: ReturnType<typeof sql>): Promise<UserRow | undefined> {
  const { rows } = await sql<UserRow>`
    select user_id as "userId", email_digest as "emailDigest", email_sealed as "emailSealed",
      name_sealed as "nameSealed", status, password_hash as "passwordHash", totp_sealed as "totpSealed",
      (select count(*)::int from passkeys where passkeys.user_id = users.user_id) as passkeys,
      (select count(*)::int from oidc_identities where oidc_identities.user_id = users.user_id) as identities
    from users where ${condition}`.execute(db);
  return rows[0];
}

export async function updateName(
  db: Queryable,
  userId: string,
  nameSealed: Buffer,
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('users')
    .set({ name_sealed: nameSealed, updated_at: now })
    .where('user_id', '=', userId)
    .execute();
}

export async function updatePassword(
  db: Queryable,
  userId: string,
  passwordHash: string,
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('users')
    .set({ password_hash: passwordHash, updated_at: now })
    .where('user_id', '=', userId)
    .execute();
}

/** `stepUsed` is the step of the code by which it was confirmed; null secret: none any more. */
export async function updateTotp(
  db: Queryable,
  userId: string,
  totp: { readonly sealed: Buffer; readonly stepUsed: number } | null,
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('users')
    .set({
      totp_sealed: totp?.sealed ?? null,
      totp_step_used: totp === null ? null : BigInt(totp.stepUsed),
      updated_at: now,
    })
    .where('user_id', '=', userId)
    .execute();
}

/** Uses up a code's 30 seconds; false where they, or later ones, were used before. */
export async function useTotpStep(db: Queryable, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ totp_step_used: BigInt(step) })
    .where('user_id', '=', userId)
    .where('totp_sealed', 'is not', null)
    .where((row) => row.or([row('totp_step_used', 'is', null), row('totp_step_used', '<', BigInt(step))]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function updateUserStatus(
  db: Queryable,
  userId: string,
  status: UserStatus,
  now: Temporal.Instant,
): Promise<void> {
  await db.updateTable('users').set({ status, updated_at: now }).where('user_id', '=', userId).execute();
}

export interface IdentityRow {
  readonly issuer: string;
  readonly subject: string;
  readonly userId: string;
  readonly createdAt: Temporal.Instant;
}

/** Does nothing where the identity is somebody's already. */
export async function insertIdentity(db: Queryable, identity: IdentityRow): Promise<void> {
  await db
    .insertInto('oidc_identities')
    .values({
      issuer: identity.issuer,
      subject: identity.subject,
      user_id: identity.userId,
      created_at: identity.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function selectIdentity(db: Queryable, issuer: string, subject: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('oidc_identities')
    .select('user_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.user_id;
}
